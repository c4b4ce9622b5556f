"""What templates ask about the user."""

from django import template

from accounts.admin_site import may_use_admin
from accounts.models import User
from accounts.permissions import Permission, teams_where

register = template.Library()

register.filter("may_use_admin", may_use_admin)


@register.filter
def may_somewhere(user: object, permission: str) -> bool:
    """Whether the user may do this, by the permission's name, in any of their teams."""
    return isinstance(user, User) and bool(teams_where(user, Permission(permission)))
