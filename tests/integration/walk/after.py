"""After the dose, and the end of a clinic: reactions, follow-ups, the page that closes it."""

from typing import Any

from tests.integration.walk.clinic_day import clinic, person, record
from tests.integration.walk.table import ANALYST, CLINIC, COORDINATOR, ROLES, SENIOR, VACCINATOR, Entry, api, staff
from tests.integration.walk.world import World

NURSES = [VACCINATOR, SENIOR]
CLOSES = [SENIOR, COORDINATOR]


def reaction(world: World) -> dict[str, Any]:
    """A reaction to their dose."""
    return {**person(world), "reaction": world.vaccination.reactions.order_by("pk")[0].public_id}


def follow_up(world: World) -> dict[str, Any]:
    """What is to be done for them."""
    return {"follow_up": world.person.follow_ups.order_by("pk")[0].public_id}


def to_change(world: World) -> dict[str, Any]:
    """The same, as the API names it."""
    return {"public_id": follow_up(world)["follow_up"]}


TABLE: dict[str, Entry] = {
    "follow-ups": staff(CLINIC),
    "follow-up": staff(CLINIC, arguments=follow_up),
    "follow-up-add": staff(CLINIC, arguments=person),
    "reaction-record": staff(NURSES, 200, 302, arguments=record),
    "reaction": staff(CLINIC, 200, 302, arguments=reaction),
    "reaction-correct": staff(NURSES, 200, 302, arguments=reaction),
    "reaction-export": staff(CLINIC, arguments=reaction),
    "clinic-day-end": staff(CLOSES, arguments=clinic),
    # Somebody is still here: it stays open.
    "clinic-day-end POST": staff(CLOSES, 409, arguments=clinic, sends=lambda world: {"does": "close"}),
    "clinic-day-reopen": staff(CLOSES, arguments=clinic),
    "clinic-day-reopen POST": staff(CLOSES, 409, arguments=clinic, sends=lambda world: {"reason": "Late entries"}),
    "clinic-day-report-file": staff([VACCINATOR, SENIOR, COORDINATOR, ANALYST], arguments=clinic),
    "api-reactions": api(CLINIC, 400, superuser=(400,)),
    "api-reactions POST": api(
        NURSES,
        201,
        sends=lambda world: {
            "vaccination": str(world.vaccination.public_id),
            "kind": "faint",
            "began_at": world.vaccination.recorded_at.isoformat(),
            "actions": ["watched"],
        },
    ),
    "api-follow-ups": api(CLINIC),
    "api-follow-ups POST": api(
        CLINIC,
        201,
        sends=lambda world: {
            "person": str(world.person.public_id),
            "session": str(world.session.public_id),
            "step": "phone",
            "due_on": "2099-03-14",
        },
    ),
    "api-follow-up-changes": api(ROLES, 405, arguments=to_change, others=(405,)),
    "api-follow-up-changes POST": api(
        CLINIC,
        201,
        409,
        arguments=to_change,
        sends=lambda world: {"version": 1, "state": "done", "came_of_it": "Booked"},
    ),
}
