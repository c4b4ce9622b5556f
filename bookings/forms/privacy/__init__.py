"""The forms by which records of other teams are opened, and by which privacy leads see who looked."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.queries.looks import Question
from immunisations.queries.emergency import Asked
from nhsuk.forms import (
    DateInputField,
    NameField,
    NhsNumberField,
    NhsukForm,
    NumberField,
    PostcodeField,
    TextareaField,
    TextField,
)


class LooksForm(NhsukForm):
    """Which looks at records: of a person, by a member of staff, between two days. Nothing is all of them."""

    nhs_number = NhsNumberField(
        label=_("NHS number of the person (optional)"), subject=_("an NHS number"), required=False, size="s"
    )
    username = TextField(
        label=_("Username of a member of staff (optional)"),
        subject=_("a username"),
        required=False,
        size="s",
        max_length=150,
        autocomplete="off",
        autocapitalize="none",
        spellcheck=False,
        width=20,
    )
    since = DateInputField(label=_("From (optional)"), subject=_("the first day"), required=False, size="s")
    until = DateInputField(label=_("To (optional)"), subject=_("the last day"), required=False, size="s")

    def question(self) -> Question:
        """Return what is asked for."""
        data = self.cleaned_data
        return Question(
            nhs_number=data["nhs_number"], username=data["username"], since=data["since"], until=data["until"]
        )


class OlderForm(NhsukForm):
    """Where the next page begins."""

    before = NumberField(required=False)


class EmergencyForm(NhsukForm):
    """Exactly who it is, and why their record is needed now."""

    date_of_birth = DateInputField(
        label=_("Date of birth"), subject=_("a date of birth"), help_text=_("For example, 27 3 2020"), size="s"
    )
    nhs_number = NhsNumberField(
        label=_("NHS number, if it is known"), subject=_("an NHS number"), required=False, size="s"
    )
    first_name = NameField(
        label=_("First name, if the NHS number is not known"),
        subject=_("a first name"),
        required=False,
        size="s",
        autocomplete="off",
        width=20,
    )
    last_name = NameField(
        label=_("Last name, if the NHS number is not known"), required=False, size="s", autocomplete="off", width=20
    )
    postcode = PostcodeField(
        label=_("Postcode, if the NHS number is not known"), subject=_("a postcode"), required=False, size="s"
    )
    reason = TextareaField(
        label=_("Why do you need this record now?"),
        subject=_("why you need this record now"),
        help_text=_("The privacy leads of both teams read this."),
        max_length=500,
        size="s",
        rows=3,
    )

    def clean(self) -> dict[str, Any] | None:
        """Refuse to look for anybody who is not named exactly."""
        cleaned = super().clean()
        data = self.cleaned_data
        if "nhs_number" in data and not data["nhs_number"] and not self.errors.keys() & {"first_name", "postcode"}:
            if not data.get("first_name"):
                self.add_error("nhs_number", ValidationError(_("Enter an NHS number, or a whole name and a postcode")))
            elif not data.get("postcode"):
                self.add_error("postcode", ValidationError(_("Enter the postcode: a name alone finds nobody here")))
        return cleaned

    def asked(self) -> Asked:
        """Return the facts to find them by: the NHS number alone decides where there is one."""
        data = self.cleaned_data
        if data["nhs_number"]:
            return Asked(data["date_of_birth"], nhs_number=data["nhs_number"])
        return Asked(
            data["date_of_birth"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            postcode=data["postcode"],
        )
