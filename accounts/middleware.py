"""What is asked of every request of somebody who is signed in, before any page is.

Every view is guarded but those whose module ``PUBLIC_VIEWS`` of the settings names: a new room is closed until somebody
says otherwise. In this order:

1. ``NeverKept``: no answer of theirs is kept by a browser or a proxy, whatever it is.
2. ``ActiveMembership``: ``request.membership``, the team they work for at the moment.
3. ``SecondFactor``: without a second factor only its set-up, the password page and signing out answer.
4. ``IdleLock``: a locked session is shown the lock screen, at the same address, whatever was asked for.

**Requests that nobody made.** A script that asks by itself, such as the day's list looking whether it is still fresh,
sends the header ``X-Background: 1``. It is answered as ever but does not count as somebody being there, so that an
open page does not keep a tablet unlocked. While the session is locked it gets 403 ``{"code": "locked", ...}``, and the
script goes on showing what it has; where a second factor is still to be set up, 403 ``{"code": "second_factor", ...}``.
The API answers these two in the same way. A page without scripts that loads itself anew has ``?refresh=auto`` in the
address of the next load instead: it counts as little, and is shown the lock screen.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import locking, second_factor
from accounts.models import Membership
from accounts.recurring import Recurring

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
SESSION_KEY = "team"
BACKGROUND = "X-Background"

# Pages that lead to a second factor, or out.
WITHOUT_SECOND_FACTOR = {
    "account-second-factor",
    "account_logout",
    "account_change_password",
    "account_inactive",
}
# Pages that a locked session may still ask for: those of the lock, and out.
WHILE_LOCKED = {"account-unlock", "account-lock-state", "account-lock-now", "account_logout"}
# Fields of the lock screen, beside those that it keeps of what was sent.
UNLOCK_FIELDS = ("unlock_pin", "unlock_password", "unlock_method", "unlock_once")
SECONDS_TO_REMEMBER_A_REPEAT = 15 * 60


class NeverKept:
    """Say of every answer but the public's that nothing may keep it: pages, refusals, and what leads elsewhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "not_public", False):
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """Remember whose page it is."""
        request.not_public = not is_public(view)  # type: ignore[attr-defined]


class ActiveMembership:
    """Put ``request.membership`` on every request: the chosen one of the user's memberships, or None.

    Lazy: a page that does not ask, such as every public page, pays no query for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = SimpleLazyObject(lambda: active_membership(request))  # type: ignore[attr-defined]
        return self.get_response(request)


_MEMBERSHIPS: Recurring[Membership] = Recurring(
    lambda user: Membership.objects.filter(user=user).select_related("team").order_by("team__name"),
    user=BigIntegerField(),
)


def active_membership(request: HttpRequest) -> Membership | None:
    """Return the membership chosen in this session, else the user's first; None where there is none."""
    if not request.user.is_authenticated:
        return None
    memberships = _MEMBERSHIPS.all(user=request.user.pk)
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in memberships if m.team_id == chosen), memberships[0] if memberships else None)


def is_public(view: View) -> bool:
    """Whether a view is one of the public's, or says no more than that the service is up."""
    module = getattr(view, "view_class", view).__module__
    return any(module == each or module.startswith(f"{each}.") for each in settings.PUBLIC_VIEWS)


def name_of(request: HttpRequest) -> str:
    """Return the url name of the address asked for."""
    match = request.resolver_match
    return match.view_name if match else ""


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: the API's callers, and pages that look by themselves."""
    return request.path.startswith("/api/") or BACKGROUND in request.headers


def is_background(request: HttpRequest) -> bool:
    """Whether nobody made this request: a page that is open asked by itself."""
    return BACKGROUND in request.headers or request.GET.get("refresh") == "auto"


def refusal(code: str, sentence: str) -> HttpResponse:
    """Return a refusal for a script."""
    response = JsonResponse({"code": code, "detail": sentence}, status=403)
    add_never_cache_headers(response)
    return response


class SecondFactor:
    """Lead whoever has no second factor to its set-up, where one is needed; nothing else answers until then.

    A session that was opened without the factor of somebody who has one, such as from before it was needed, ends.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return what is answered instead of the page, or None to let the request through."""
        if not second_factor.needed() or is_public(view) or not request.user.is_authenticated:
            return None
        if second_factor.was_asked(request):
            return None
        if second_factor.is_set_up(request.user):
            logout(request)
            if wants_json(request):
                return refusal(second_factor.CODE, _("Sign in again, with your sign-in code."))
            return redirect_to_login(request.get_full_path())
        if name_of(request) in WITHOUT_SECOND_FACTOR:
            # Its page leaves out what would not answer yet.
            request.setting_up = True  # type: ignore[attr-defined]
            return None
        if wants_json(request):
            return refusal(second_factor.CODE, str(second_factor.SET_UP_FIRST))
        response = redirect("account-second-factor")
        add_never_cache_headers(response)
        return response


class IdleLock:
    """Answer every request of a locked session with the lock screen, at the same address.

    What was sent is kept in the screen's own form and done, once, when the PIN or the password is right: a nurse who
    was called away while saving loses nothing. Files and passwords are not kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the lock screen, or None to let the request through."""
        if is_public(view) or not request.user.is_authenticated or name_of(request) in WHILE_LOCKED:
            return None
        now = timezone.now()
        unlocking = request.method == "POST" and "unlock_method" in request.POST
        if not locking.is_locked(request.session, now):
            if not is_background(request):
                locking.note_activity(request.session, now)
            # When an open page is to look whether it is locked.
            request.lock_seconds = locking.seconds_left(request.session, now)  # type: ignore[attr-defined]
            return resume(request) if unlocking else None
        if wants_json(request):
            return refusal("locked", _("The screen is locked. Unlock it with your PIN or your password."))
        if not unlocking:
            return lock_screen(request, method=request.method or "GET")
        answer = locking.try_to_unlock(
            request,
            request.user,
            pin=request.POST.get("unlock_pin", ""),
            password=request.POST.get("unlock_password", ""),
            at=now,
        )
        if answer is locking.Answer.OPEN:
            return resume(request)
        if answer is locking.Answer.ENDED:
            messages.error(request, _("There were too many wrong tries. You have been signed out."))
            return redirect_to_login(request.get_full_path())
        return lock_screen(request, method=request.POST["unlock_method"], wrong=True)


def kept_fields(posted: QueryDict) -> list[tuple[str, str]]:
    """Return what the lock screen keeps of what was sent: all but secrets and its own fields."""
    left_out = {*UNLOCK_FIELDS, "csrfmiddlewaretoken"}
    return [
        (name, value)
        for name, values in posted.lists()
        if name not in left_out and not is_secret(name)
        for value in values
    ]


def is_secret(name: str) -> bool:
    """Whether a field holds a secret, by its name."""
    return "password" in name or name in ("pin", "pin_again")


def lock_screen(request: HttpRequest, *, method: str, wrong: bool = False) -> TemplateResponse:
    """Return the lock screen. It names nobody but the user."""
    sent = method == "POST"
    response = TemplateResponse(
        request,
        "accounts/locked.html",
        {
            "method": "POST" if sent else "GET",
            # The same after a wrong try: it is the same thing that was sent.
            "once": (once_of(request) if wrong else "") or get_random_string(22),
            "kept": kept_fields(request.POST) if sent else [],
            "files_lost": bool(request.FILES) if sent else False,
            "wrong": wrong,
        },
        status=403,
    )
    add_never_cache_headers(response)
    return response


def once_of(request: HttpRequest) -> str:
    """Return by what the thing that was sent is told apart, as the lock screen wrote it down."""
    return "".join(re.findall("[A-Za-z0-9]", request.POST.get("unlock_once", "")))[:40]


def resume(request: HttpRequest) -> HttpResponse | None:
    """Go on with what was asked for before the lock: show the page, or do once what was sent."""
    if request.POST["unlock_method"] != "POST":
        return redirect(request.get_full_path())
    if not cache.add(f"unlock-once:{request.session.session_key}:{once_of(request)}", 1, SECONDS_TO_REMEMBER_A_REPEAT):
        messages.info(request, _("What you sent was taken the first time. It was not done again."))
        return redirect("account-start")
    posted = request.POST.copy()
    for name in UNLOCK_FIELDS:
        posted.pop(name, None)
    request.POST = posted  # type: ignore[assignment]
    return None
