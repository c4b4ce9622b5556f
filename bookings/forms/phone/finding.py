"""Finding a caller's booking again, and for how many people times are looked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.policies import MOST_PEOPLE
from nhsuk.forms import (
    EmailField,
    NhsukForm,
    PhoneField,
    RadiosField,
    TextField,
)


class FindBookingForm(NhsukForm):
    """A reference, a telephone number or an email address, in one box."""

    booking = TextField(
        label=_("Reference, phone number or email address"),
        help_text=_("The caller’s reference, like K7M4X-T2PQR, or what they booked or joined the waiting list with"),
        subject=_("a reference, a phone number or an email address"),
        max_length=254,
        width=20,
        spellcheck=False,
        autocomplete="off",
        size="s",
    )

    def phone(self) -> str:
        """Return what was typed as a telephone number, "" where it is none."""
        return self._as(PhoneField(required=False, international=True))

    def email(self) -> str:
        """Return what was typed as an email address, "" where it is none."""
        return self._as(EmailField(required=False))

    def _as(self, field: forms.Field) -> str:
        try:
            return str(field.clean(self.cleaned_data["booking"]))
        except forms.ValidationError:
            return ""


class HowManyForm(NhsukForm):
    """For how many people times are looked for."""

    people = RadiosField(
        label=_("How many people?"),
        choices=[(str(number), str(number)) for number in range(1, MOST_PEOPLE + 1)],
        size="s",
        inline=True,
    )
