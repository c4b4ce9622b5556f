"""The door of every staff page.

A staff view derives from ``StaffRequired`` first::

    class DayList(StaffRequired, TemplateView):
        permission = Permission.RUN_DESK

Whoever is not signed in is sent to sign in and comes back; whoever has no membership, or not the ``permission`` in the
team they work for at the moment, is refused (403). Nothing it answers is kept by a browser or a proxy, so the Back
button of a shared tablet shows nothing after signing out. Rows of the database are still reached through
``accounts.access``. ``request.membership`` is lazy: ask ``if request.membership``, never ``is None``.
"""

from typing import Any, ClassVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.views.generic.base import View

from accounts.models import Membership, User
from accounts.permissions import Permission, may


class StaffRequired(View):
    """Signed in, in a team, with the view's ``permission`` there (any role where it is None); never cached.

    ``team_needed = False`` lets in a user who is in no team yet, such as a superuser.
    """

    permission: ClassVar[Permission | None] = None
    team_needed: ClassVar[bool] = True

    @property
    def user(self) -> User:
        """The signed-in user: nobody else gets past ``dispatch``."""
        return cast(User, self.request.user)

    @property
    def membership(self) -> Membership | None:
        """The membership that the user works under at the moment; None where they are in no team."""
        return self.request.membership or None  # type: ignore[attr-defined]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the request through, or send it to sign in; raise PermissionDenied for the wrong role."""
        if not request.user.is_authenticated:
            response: HttpResponseBase = redirect_to_login(request.get_full_path())
        else:
            membership = request.membership  # type: ignore[attr-defined]
            if self.team_needed and not membership:
                raise PermissionDenied
            if self.permission and not (membership and may(request.user, self.permission, membership.team_id)):
                raise PermissionDenied
            response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response
