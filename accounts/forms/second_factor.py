"""The code from an app: when it is set up, when signing in, and when recovery codes are made anew."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from nhsuk.forms import NhsukForm, NhsukFormMixin, TextField

# Longer than any code is good for, with a clock half a minute out on either side.
SECONDS_A_CODE_LASTS = 120


def first_use(user: User, code: str) -> bool:
    """Whether this code of the user's app comes for the first time: whoever saw it typed cannot use it again."""
    digits = "".join(character for character in code if character in "0123456789")
    return cache.add(f"sign-in-code:{user.pk}:{digits[:20]}", 1, SECONDS_A_CODE_LASTS)


def code_field(**words: Any) -> TextField:
    """Return the field of a code, which a telephone may offer to fill in."""
    return TextField(
        subject=_("the code"),
        max_length=20,
        autocomplete="one-time-code",
        inputmode="numeric",
        spellcheck=False,
        width=10,
        **words,
    )


class CodeForm(NhsukFormMixin, AuthenticateForm):
    """The second question of signing in: a code from the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(
            label=_("Code"),
            help_text=_("The 6 digits that your app shows now, or one of your recovery codes."),
        )

    def clean_code(self) -> str:
        """Return the code. Refuses one that is wrong, one that was used, and any after too many tries."""
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not first_use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class RenewCodesForm(CodeForm):
    """A code from the app or a recovery code, before recovery codes are made anew."""


class SetUpForm(NhsukForm):
    """The first code of a new app: shows that the app has taken the secret."""

    code = code_field(label=_("Code"), help_text=_("The 6 digits that your app shows now."))

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = secret

    def clean_code(self) -> str:
        """Return the code. Refuses a wrong one, and any after too many tries."""
        code: str = self.cleaned_data["code"]
        forget = check_rate_limit(self.user)
        if not validate_totp_code(self.secret, code) or not first_use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        forget()
        return code
