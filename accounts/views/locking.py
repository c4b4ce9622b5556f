"""The lock, as buttons and scripts ask for it, and the PIN that opens it."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts import locking, tries
from accounts.actions import set_pin
from accounts.forms import PinForm
from accounts.guard import StaffRequired


class LockNow(StaffRequired):
    """Locks at once, and returns to the page: it shows the lock screen now."""

    team_needed = False

    def post(self, request: HttpRequest) -> HttpResponse:
        """Lock. A script is told so; a page is led back to where the button was pressed."""
        locking.lock(request.session)
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"locked": True, "seconds": 0})
        back = request.POST.get("next", "")
        # Only a path of ours: anything else would be taken for the name of a page.
        if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})):
            back = reverse("account-start")
        return redirect(back)


class LockState(StaffRequired):
    """What an open page asks to know when to cover itself."""

    team_needed = False

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say whether the session is locked, and in how many seconds it will be. Does not count as activity."""
        return self._state()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Somebody is typing on a page that asks for nothing: that counts as activity, unless it is locked."""
        if not locking.is_locked(request.session, timezone.now()):
            locking.note_activity(request.session, timezone.now())
        return self._state()

    def _state(self) -> HttpResponse:
        seconds = locking.seconds_left(self.request.session, timezone.now())
        return JsonResponse(
            {
                "locked": seconds == 0,
                "seconds": None if seconds is None else round(seconds),
                # A page that somebody else left open is not uncovered for whoever has signed in since.
                "who": str(self.user.public_id),
            }
        )


class Unlock(StaffRequired):
    """Opens the lock for a script that has covered the open page."""

    team_needed = False

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer 200 where the PIN or password is right, 403 where it is wrong, 401 where the session has ended."""
        if not locking.is_locked(request.session, timezone.now()):
            return JsonResponse({"locked": False})
        answer = locking.try_to_unlock(
            request,
            self.user,
            pin=request.POST.get("unlock_pin", ""),
            password=request.POST.get("unlock_password", ""),
            at=timezone.now(),
        )
        if answer is locking.Answer.OPEN:
            return JsonResponse({"locked": False})
        if answer is locking.Answer.WRONG:
            return JsonResponse({"code": "wrong", "detail": _("That is not right. Try again.")}, status=403)
        messages.error(request, _("There were too many wrong tries. You have been signed out."))
        return JsonResponse({"code": "signed_out", "detail": _("You have been signed out.")}, status=401)


class PinSet(StaffRequired, FormView):
    """One's own PIN for the lock screen: set it, change it, or take it away."""

    team_needed = False
    template_name = "accounts/pin.html"
    form_class = PinForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the PIN away where the button says so, else go on with what was typed."""
        if "remove" in request.POST:
            set_pin(user=self.user, pin="", at=timezone.now(), source="staff")
            messages.success(request, _("Your PIN has been removed. Your password opens the lock screen."))
            return redirect("account-home")
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whose password it asks for."""
        return {**super().get_form_kwargs(), "user": self.user}

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form; after too many tries at the password, one that only says so."""
        form = super().get_form(form_class)
        if form.is_bound and not tries.count(self.request, "login_failed", f"pin:{self.user.pk}"):
            form.too_many_tries = True
        return form

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Keep the PIN."""
        tries.forget(self.request, "login_failed", f"pin:{self.user.pk}")
        set_pin(user=self.user, pin=form.cleaned_data["pin"], at=timezone.now(), source="staff")
        messages.success(self.request, _("Your PIN has been saved. It opens the lock screen."))
        return redirect("account-home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether there is a PIN already."""
        return super().get_context_data(pin_set=bool(self.user.pin_hash), **kwargs)
