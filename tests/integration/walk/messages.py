"""Messages: what staff do about them, the link that stops them, and what GOV.UK Notify calls."""

from typing import Any

from tests.integration.walk.table import COORDINATOR, DESK, SENIOR, Entry, public, staff
from tests.integration.walk.world import World

HANDLERS = [DESK, SENIOR, COORDINATOR]


def message(world: World) -> dict[str, Any]:
    """A message of the team's."""
    return {"message": world.message.public_id}


TABLE: dict[str, Entry] = {
    "messages-to-check": staff(HANDLERS),
    "message-to-check": staff(HANDLERS, arguments=message),
    "messages-stop-for-caller": staff(HANDLERS),
    "letters": staff(HANDLERS),
    "letters-print": staff(HANDLERS),
    # Whoever has the link may stop what is sent to its booking; it names nobody.
    "message-stop": public(arguments=lambda world: {"token": world.link_token}),
    # Without the cookie of somebody who found their booking: to where it is found.
    "booking-reminders": public(302),
    "notify-receipt": public(405),
    "notify-reply": public(405),
}
