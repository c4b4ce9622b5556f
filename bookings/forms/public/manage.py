"""Finding a booking again."""

from django.utils.translation import gettext_lazy as _

from nhsuk.forms import DateInputField, NhsukForm, TextField


class FindForm(NhsukForm):
    """A reference and the date of birth of one of the people booked."""

    reference = TextField(
        label=_("Booking reference"),
        help_text=_("10 letters and numbers, like K7M4X-T2PQR. It is in our message to you."),
        subject=_("your booking reference"),
        max_length=40,
        width=20,
        spellcheck=False,
        autocapitalize="characters",
        autocomplete="off",
        size="s",
    )
    date_of_birth = DateInputField(
        label=_("Date of birth of one of the people booked"),
        help_text=_("For example, 27 3 2020"),
        subject=_("the date of birth"),
        size="s",
    )
