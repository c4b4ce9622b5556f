"""Finding a booking again, and changing it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from bookings.forms.public.contact import EMAIL, NEITHER, TEXT, ContactForm
from bookings.models import Appointment
from clinics import words
from nhsuk.forms import CheckboxesField, DateInputField, NhsukForm, RadiosField, TextField
from nhsuk.language import isolate

# Why somebody cancels, where they want to say so.
REASONS = {
    "time": _("We cannot come at this time"),
    "unwell": _("Somebody is unwell"),
    "elsewhere": _("The vaccination was given somewhere else"),
    "far": _("The clinic is too far away"),
    "changed_mind": _("We do not want the vaccination now"),
    "other": _("Another reason"),
}


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


class CancelForm(NhsukForm):
    """Why they cancel, if they want to say so."""

    reason = RadiosField(
        label=_("Why are you cancelling? (optional)"),
        help_text=_("You do not need to answer."),
        choices=list(REASONS.items()),
        required=False,
        size="s",
        error_messages={"invalid_choice": _("Select one of the reasons, or none")},
    )

    def clean_reason(self) -> str:
        """Return the reason in English, as staff read it; "" where none was given."""
        chosen = self.cleaned_data.get("reason")
        with override("en-gb"):
            return str(REASONS[chosen]) if chosen else ""


class WhoMovesForm(NhsukForm):
    """Whose appointments are to be moved to another time or clinic."""

    people = CheckboxesField(
        label=_("Whose appointment do you want to change?"),
        help_text=_("Select all that apply. We find times for them one after the other."),
        heading=True,
        error_messages={"required": _("Select whose appointment you want to change")},
    )

    def __init__(self, *args: Any, appointments: Sequence[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.choices = [(str(each.public_id), isolate(str(each))) for each in appointments]
        field.nhsuk["choice_hints"] = {
            str(each.public_id): _t("%(day)s, %(time)s")
            % {"day": words.day(each.session.date), "time": words.clock(each.starts_at)}
            for each in appointments
        }


class ReachForm(ContactForm):
    """How the contact of a booking is reached from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contact_by"]
        field.label = _t("How should we write to you about this booking?")
        field.help_text = _t("Select all that apply. We send the details of your booking again.")
        field.nhsuk["choice_hints"] = {NEITHER: _t("Use your reference to see the booking. Keep it safe.")}
        field.error_messages["required"] = _t("Select how we should write to you")
        field.own_messages = frozenset({"required"})


__all__ = ["EMAIL", "NEITHER", "TEXT", "CancelForm", "FindForm", "ReachForm", "WhoMovesForm"]
