"""The API. Signed in by session here; tokens are the same users by another door."""

from typing import Any

from tests.integration.walk.table import CLINIC, ROLES, SENIOR, VACCINATOR, Entry, api, public
from tests.integration.walk.world import World


def session(world: World) -> dict[str, Any]:
    """A public clinic."""
    return {"public_id": world.session.public_id}


def person(world: World) -> dict[str, Any]:
    """A person of the team's."""
    return {"public_id": world.person.public_id}


def vaccination(world: World) -> dict[str, Any]:
    """A record of the team's."""
    return {"public_id": world.vaccination.public_id}


def fact(world: World) -> dict[str, Any]:
    """A person of the team's, and something that could hold for life."""
    return {"public_id": world.person.public_id, "fact": "anaphylaxis-measles"}


def booking(world: World) -> dict[str, Any]:
    """A booking of the team's."""
    return {"reference": world.booking.reference}


# Only for sending: there is nothing to read, whoever asks. What an empty body is answered stands under POST: whoever
# may not send anything is told so first.
POST_ONLY = api(ROLES, 405)
# Whose records are asked for must stand in the query, which the walk does not send.
ASKS_WHOSE = api(CLINIC, 400, superuser=(400,))

TABLE: dict[str, Entry] = {
    "schema": public(),
    "api-docs": public(),
    "api-clinic-sessions": public(),
    "api-clinic-session": public(arguments=session),
    "api-clinic-session-times": public(arguments=session),
    "api-people": POST_ONLY,
    "api-people POST": api(CLINIC, 400, superuser=(400, 403)),
    "api-people-search": POST_ONLY,
    "api-people-search POST": api(CLINIC, 400, superuser=(400, 403)),
    "api-person": api(CLINIC, arguments=person),
    "api-person-forecast": api(CLINIC, arguments=person),
    "api-record-checks": ASKS_WHOSE,
    "api-record-checks POST": api([VACCINATOR, SENIOR], 400, superuser=(400, 403)),
    "api-vaccinations": ASKS_WHOSE,
    "api-vaccinations POST": api([VACCINATOR, SENIOR], 400, superuser=(400, 403)),
    "api-vaccination-corrections": api(ROLES, 405, arguments=vaccination, others=(405,)),
    "api-vaccination-corrections POST": api(
        [VACCINATOR, SENIOR],
        201,
        400,
        403,
        409,
        arguments=vaccination,
        sends=lambda world: {"what": "entered_in_error", "reason": "Recorded twice"},
    ),
    "api-person-facts": api(CLINIC, arguments=person),
    "api-person-fact-lift": api(ROLES, 405, arguments=fact, others=(405,)),
    # The fact never stood: whoever may lift facts is told so.
    "api-person-fact-lift POST": api([SENIOR], 404, arguments=fact, sends=lambda world: {"reason": "Ruled out"}),
    "api-dose-judgements": ASKS_WHOSE,
    "api-dose-judgements POST": api(
        [VACCINATOR, SENIOR],
        409,
        sends=lambda world: {
            "person": str(world.person.public_id),
            "first": {"vaccine": "MMR", "given_on": "2022-03-01"},
            "second": {"vaccine": "MMR", "given_on": "2022-03-04"},
            "verdict": "two_doses",
            "reason": "Two stamps",
        },
    ),
    "api-bookings": POST_ONLY,
    "api-bookings POST": api(CLINIC, 400, superuser=(400, 403)),
    "api-booking": api(CLINIC, arguments=booking),
}
