"""The API."""

from tests.integration.walk.table import CLINIC, ROLES, Entry, api, public
from tests.integration.walk.world import World


def session(world: World) -> dict:
    return {"public_id": world.session.public_id}


def person(world: World) -> dict:
    return {"public_id": world.person.public_id}


def booking(world: World) -> dict:
    return {"reference": world.booking.reference}


# Only for sending: reading is not offered.
POST_ONLY = api(ROLES, 405)
# Whose records are asked for must be said in the query, which the walk does not.
ASKS_WHOSE = api(ROLES, 400, superuser=(400,))

TABLE: dict[str, Entry] = {
    "schema": public(),
    "api-docs": public(),
    "api-clinic-sessions": public(),
    "api-clinic-session": public(arguments=session),
    "api-clinic-session-times": public(arguments=session),
    "api-bookings": POST_ONLY,
    "api-booking": api(CLINIC, arguments=booking),
    "api-people": POST_ONLY,
    "api-people-search": POST_ONLY,
    "api-person": api(CLINIC, arguments=person),
    "api-person-forecast": api(CLINIC, arguments=person),
    "api-record-checks": ASKS_WHOSE,
    "api-vaccinations": ASKS_WHOSE,
}
