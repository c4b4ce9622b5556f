"""A PIN to open one's own locked screen."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from nhsuk.forms import NhsukForm, PasswordField

DIGITS = 6
UP = "01234567890"


def easy_to_guess(pin: str) -> bool:
    """Whether a PIN is among the first that anybody tries: one digit, two or three over and over, or a run."""
    for length in (1, 2, 3):
        if pin == pin[:length] * (DIGITS // length):
            return True
    # 112233, 111222, 123321, 012345, 987654.
    pairs = all(pin[i] == pin[i + 1] for i in range(0, DIGITS, 2))
    halves = len(set(pin[:3])) == 1 and len(set(pin[3:])) == 1
    mirrored = pin == pin[::-1] and (pin[:3] in UP or pin[:3] in UP[::-1])
    return pairs or halves or mirrored or pin in UP or pin in UP[::-1]


class PinForm(NhsukForm):
    """The PIN twice, and the password of whoever sets it."""

    pin = PasswordField(
        label=_("PIN"),
        subject=_("a PIN"),
        help_text=_("6 digits. Not a run such as 123456, not the same digits over and over, and not your birthday."),
        autocomplete="new-password",
        inputmode="numeric",
        width=10,
    )
    pin_again = PasswordField(
        label=_("PIN again"), subject=_("the PIN again"), autocomplete="new-password", inputmode="numeric", width=10
    )
    password = PasswordField(
        label=_("Your password"), subject=_("your password"), autocomplete="current-password", width=20
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        # After too many tries the password is not even looked at: the answer would tell whether it is right.
        self.too_many_tries = False

    def clean_pin(self) -> str:
        """Return the PIN. Refuses what is not six digits, and what anybody would try first."""
        pin: str = self.cleaned_data["pin"]
        if len(pin) != DIGITS or any(each not in "0123456789" for each in pin):
            raise ValidationError(_("The PIN must be 6 digits"), code="invalid")
        if easy_to_guess(pin):
            raise ValidationError(_("That PIN is too easy to guess. Choose another"), code="easy")
        return pin

    def clean(self) -> dict[str, Any] | None:
        """Refuse two different PINs, and everything after too many tries."""
        cleaned = super().clean()
        if self.too_many_tries:
            self.add_error(None, ValidationError(_("There were too many tries. Wait 5 minutes and try again")))
        pin, again = self.cleaned_data.get("pin"), self.cleaned_data.get("pin_again")
        if pin and again and pin != again:
            self.add_error("pin_again", ValidationError(_("The two PINs must be the same"), code="differ"))
        return cleaned

    def clean_password(self) -> str:
        """Return the password. Refuses another than the user's own."""
        password: str = self.cleaned_data["password"]
        if not self.too_many_tries and not self.user.check_password(password):
            raise ValidationError(_("The password is not right"), code="wrong")
        return password
