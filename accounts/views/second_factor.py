"""Setting up the sign-in code, and the recovery codes that stand in for it."""

from typing import Any

import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from accounts import second_factor
from accounts.actions import renew_recovery_codes, set_up_second_factor
from accounts.errors import Refused
from accounts.forms import RenewCodesForm, SetUpForm
from accounts.guard import StaffRequired

# In the session while new recovery codes are on show: until their owner says that they are kept.
SHOW_CODES = "show_recovery_codes"


def squares(text: str) -> tuple[int, str]:
    """Return a QR code as the side of its square and an SVG path of its dark parts, in units of one module."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    path = "".join(
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark
    )
    return len(matrix), path


class SecondFactorSetUp(StaffRequired, FormView):
    """The first time: take the secret into an app, by picture or by hand, and type the first code."""

    team_needed = False
    template_name = "accounts/second_factor.html"
    form_class = SetUpForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the secret; whoever has a second factor goes on."""
        if second_factor.is_set_up(self.user):
            return redirect("account-home")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the secret of this session: the same picture however often the page is loaded."""
        return {**super().get_form_kwargs(), "user": self.user, "secret": get_totp_secret()}

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        """Keep the app, and show the recovery codes."""
        try:
            app = set_up_second_factor(user=self.user, secret=form.secret, at=timezone.now(), source="staff")
        except Refused as refused:
            messages.error(self.request, str(refused))
            return redirect("account-home")
        clear_totp_secret(self.request)
        second_factor.mark_asked(self.request, app)
        # A new session key: what was opened with the password alone is worth nothing from here on.
        update_session_auth_hash(self.request, self.user)
        self.request.session[SHOW_CODES] = True
        return redirect("account-recovery-codes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the page the picture, the key to type, and the link for an app on the same device."""
        secret = get_totp_secret()
        url = get_adapter().build_totp_url(self.user, secret)
        size, path = squares(url)
        key = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return super().get_context_data(
            url=url, size=size, path=path, key=" ".join(key), required=second_factor.needed(), **kwargs
        )


class ShownOnce(StaffRequired):
    """Recovery codes, shown after they are made until their owner has kept them; never again (404)."""

    team_needed = False

    def codes(self) -> list[str]:
        """Return the codes on show. Raises Http404 where none are."""
        codes = second_factor.recovery_codes(self.user) if SHOW_CODES in self.request.session else None
        if codes is None:
            raise Http404
        return [f"{code[:4]} {code[4:]}" for code in codes]


class RecoveryCodes(ShownOnce, View):
    """Ten codes, each good once, for when the app is not at hand."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them; where they were kept already, go on to one's own page."""
        if SHOW_CODES not in request.session:
            return redirect("account-home")
        return TemplateResponse(request, "accounts/recovery_codes.html", {"codes": self.codes()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """They are kept: do not show them again."""
        request.session.pop(SHOW_CODES, None)
        return redirect("account-start")


class RecoveryCodesDownload(ShownOnce, View):
    """The codes on show, as a text file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file."""
        lines = [
            _("Recovery codes. Each can be used once. Keep them where only you can get at them."),
            "",
            *self.codes(),
        ]
        response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
        return response


class RecoveryCodesRenew(StaffRequired, FormView):
    """Ten new recovery codes: those before stop working. Asks for a code first."""

    team_needed = False
    template_name = "accounts/recovery_codes_renew.html"
    form_class = RenewCodesForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; whoever has no second factor is led to set it up."""
        if not second_factor.is_set_up(self.user):
            return redirect("account-second-factor")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whose code it is."""
        return {**super().get_form_kwargs(), "user": self.user}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Make them, and show them."""
        try:
            renew_recovery_codes(user=self.user, at=timezone.now(), source="staff")
        except Refused as refused:
            messages.error(self.request, str(refused))
            return redirect("account-home")
        self.request.session[SHOW_CODES] = True
        return redirect("account-recovery-codes")
