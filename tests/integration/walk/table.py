"""What each address answers to whom. Every app keeps its part in a module of its own beside this one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Role
from tests.integration.walk.world import World

ANONYMOUS = "anonymous"
SUPERUSER = "superuser"
ROLES = [str(role) for role in Role.values]
DESK, VACCINATOR, SENIOR = str(Role.DESK), str(Role.VACCINATOR), str(Role.SENIOR_NURSE)
COORDINATOR, ANALYST, ADMINISTRATOR = str(Role.COORDINATOR), str(Role.ANALYST), str(Role.ADMINISTRATOR)
PRIVACY_LEAD = str(Role.PRIVACY_LEAD)
CLINIC = [DESK, VACCINATOR, SENIOR, COORDINATOR]

Arguments = Callable[[World], dict[str, Any]]
BY_POST = " POST"


def nothing(world: World) -> dict[str, Any]:
    """The arguments of an address without any."""
    return {}


@dataclass(frozen=True)
class Entry:
    """The answers of one address to GET, by who asks: each one status, or several that are all right.

    An entry whose name ends in BY_POST ("api-people POST") says what a POST of ``sends`` is answered instead, for an
    address that only takes one, or that allows it to others than may read.

    ``own`` is for a team's own people by role, ``others`` for another team's people with a role that ``own`` lets in;
    those whom it does not let in get 403 or 404. Whoever is turned away from GET is turned away from POST too.
    """

    anonymous: tuple[int, ...]
    own: dict[str, tuple[int, ...]]
    others: tuple[int, ...]
    superuser: tuple[int, ...]
    arguments: Arguments = nothing
    # Pages on which every team's clinics stand, such as the public list.
    everybodys: bool = False
    # The question in the query string; for an entry whose name ends in BY_POST, what is posted.
    sends: Arguments = nothing


def public(*statuses: int, arguments: Arguments = nothing) -> Entry:
    """The same for everybody, signed in or not: 200 unless told."""
    answer = statuses or (200,)
    return Entry(answer, dict.fromkeys(ROLES, answer), answer, answer, arguments, everybodys=True)


def staff(
    roles: Iterable[str] = tuple(ROLES),
    *statuses: int,
    arguments: Arguments = nothing,
    others: tuple[int, ...] | None = None,
    superuser: tuple[int, ...] = (403, 404),
    refused: tuple[int, ...] = (403,),
    sends: Arguments = nothing,
) -> Entry:
    """A staff page: whoever is not signed in is sent to do so, ``roles`` see it, the rest are refused.

    With ``arguments`` it is about a row, which is not there (404) for another team; without, another team's people see
    their own. A superuser without a team sees no staff page unless told.
    """
    answer = statuses or (200,)
    about_a_row = arguments is not nothing
    return Entry(
        (302,),
        {role: answer if role in set(roles) else refused for role in ROLES},
        others or ((404,) if about_a_row else answer),
        superuser,
        arguments,
        sends=sends,
    )


def api(
    roles: Iterable[str] = tuple(ROLES),
    *statuses: int,
    arguments: Arguments = nothing,
    others: tuple[int, ...] | None = None,
    superuser: tuple[int, ...] = (403, 404, 405),
    sends: Arguments = nothing,
) -> Entry:
    """An API address for ``roles`` with a token or a session: 401 without, 403 for other roles, 404 for other teams."""
    answer = statuses or (200,)
    about_a_row = arguments is not nothing or sends is not nothing
    return Entry(
        (401,),
        {role: answer if role in set(roles) else (403,) for role in ROLES},
        others or ((404,) if about_a_row else answer),
        superuser,
        arguments,
        sends=sends,
    )
