"""Which of their teams a member of staff is working for at the moment."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "team"


class ActiveMembership:
    """Put ``request.membership`` on every request: the chosen one of the user's memberships, or None.

    Lazy: a page that does not ask, such as every public page, pays no query for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = SimpleLazyObject(lambda: active_membership(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def active_membership(request: HttpRequest) -> Membership | None:
    """Return the membership chosen in this session, else the user's first; None where there is none."""
    if not request.user.is_authenticated:
        return None
    memberships = list(request.user.memberships.select_related("team").order_by("team__name"))
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in memberships if m.team_id == chosen), memberships[0] if memberships else None)
