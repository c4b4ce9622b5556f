"""Who works in a team."""

from accounts.models import Membership, User
from accounts.permissions import ROLES, Permission


def members(team_id: int, permission: Permission | None = None) -> list[User]:
    """Return a team's active members by name, only those whose role there allows ``permission`` where one is given."""
    rows = Membership.objects.filter(team=team_id, user__is_active=True).select_related("user")
    if permission is not None:
        rows = rows.filter(role__in=ROLES[permission])
    return sorted((row.user for row in rows), key=lambda user: (str(user).casefold(), user.pk))
