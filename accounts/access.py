"""Reach rows only through the teams of the person who asks.

Another team's row is not there (404); a row of one's own team without the right role is refused (403).
"""

from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404

from accounts.models import Team, User
from accounts.permissions import Permission, may, roles_in

Row = TypeVar("Row", bound=models.Model)


def access(
    queryset: "models.QuerySet[Row]", *, user: User, permission: Permission, team_field: str = "team", **lookup: object
) -> Row:
    """Return the one row of ``queryset`` that matches ``lookup`` and belongs to a team of the user's.

    Raises Http404 where there is none in any of their teams, PermissionDenied where their role there does not allow
    ``permission``. ``team_field`` is the path from the row to its team, such as "team" or "session__team".
    """
    try:
        row = queryset.filter(**{f"{team_field}__in": list(roles_in(user))}).get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError) as missing:
        raise Http404 from missing
    team: Any = row
    for part in team_field.split("__"):
        team = getattr(team, part)
    require(user, permission, team)
    return row


def check_access(user: User, permission: Permission, team: Team | int | None) -> None:
    """Raise what ``access`` raises, of a row that is read already: it belongs to ``team``, None where there is none."""
    team_id = team.pk if isinstance(team, Team) else team
    if team_id is None or team_id not in roles_in(user):
        raise Http404
    require(user, permission, team_id)


def require(user: User, permission: Permission, team: Team | int) -> None:
    """Raise PermissionDenied unless the user may do ``permission`` in ``team``."""
    if not may(user, permission, team):
        raise PermissionDenied
