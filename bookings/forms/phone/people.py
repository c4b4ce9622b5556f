"""The people whom a caller books for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.details import PersonDetails
from bookings.drafts import LONGEST_NEEDS
from bookings.forms.person import PersonForm
from bookings.forms.public.people import NEEDS
from clinics.models import ClinicSession
from nhsuk.forms import (
    CheckboxesField,
    CheckboxField,
    DateInputField,
    NhsNumberField,
    RadiosField,
    TextareaField,
    field_of,
)

# What is ticked for a person besides the longer appointment, which changes the times.
PERSON_NEEDS = {code: words for code, words in NEEDS.items() if code != "extra_time"}


class CallPersonForm(PersonForm):
    """One person who is booked."""

    date_of_birth = DateInputField(
        label=_("Date of birth"),
        help_text=_("For example, 27 3 2020. The year alone, or month and year, where they do not know it"),
        partial=True,
        size="s",
    )
    nhs_number = NhsNumberField(label=_("NHS number (optional)"), subject=_("an NHS number"), required=False, size="s")
    extra_time = CheckboxField(label=_("A longer appointment"), required=False, small=True)
    wanted = CheckboxesField(
        label=_("Vaccines they ask for (optional)"),
        help_text=_("Leave empty where they are not sure: the nurse checks what is needed"),
        required=False,
        size="s",
        small=True,
    )
    gelatine_free = CheckboxField(label=_("Wants a vaccine without gelatine from pigs"), required=False, small=True)
    needs = CheckboxesField(
        label=_("Extra help (optional)"), choices=list(PERSON_NEEDS.items()), required=False, size="s", small=True
    )
    words = TextareaField(
        label=_("What else the clinic should know (optional)"),
        subject=_("what else the clinic should know"),
        required=False,
        max_length=200,
        rows=2,
        size="s",
    )

    def __init__(self, *args: Any, number: int, session: ClinicSession | None, **kwargs: Any) -> None:
        """Without a ``session`` no vaccines are asked for: they are those of a clinic."""
        super().__init__(*args, prefix=str(number), **kwargs)
        self.number = number
        person = {"number": number}
        subjects = {
            "first_name": _t("the first name of person %(number)s") % person,
            "last_name": _t("the last name of person %(number)s") % person,
            "date_of_birth": _t("the date of birth of person %(number)s") % person,
            "nhs_number": _t("the NHS number of person %(number)s") % person,
        }
        for name, subject in subjects.items():
            field_of(self, name).subject = subject
        if session is None:
            del self.fields["wanted"]
        else:
            field_of(self, "wanted").choices = [
                (offer.vaccine, offer.get_vaccine_display()) for offer in session.offers.all()
            ]

    @property
    def unfolds(self) -> bool:
        """Whether something is typed, ticked or wrong in what is folded away."""
        names = [each for each in ("nhs_number", "wanted", "gelatine_free", "needs", "words") if each in self.fields]
        return any(self.errors.get(name) for name in names) or any(self[name].value() for name in names)

    @property
    def born(self) -> date:
        """The first day that the date of birth can be."""
        return self.cleaned_data["date_of_birth"].earliest

    def details(self, postcode: str) -> PersonDetails:
        """Return the person as ``make_booking`` takes them."""
        data = self.cleaned_data
        help_words = [str(NEEDS[code]) for code in data["needs"]]
        if data["extra_time"]:
            help_words.insert(0, str(NEEDS["extra_time"]))
        if data["words"]:
            help_words.append(data["words"])
        return PersonDetails(
            first_name=data["first_name"],
            last_name=data["last_name"],
            date_of_birth=data["date_of_birth"].earliest,
            date_of_birth_is_approximate=data["date_of_birth"].exact is None,
            nhs_number=data["nhs_number"],
            postcode=postcode,
            gelatine_free=data["gelatine_free"],
            extra_time=data["extra_time"],
            support_needs=". ".join(help_words)[:LONGEST_NEEDS],
            wanted=tuple(data.get("wanted", ())),
        )


class AddPersonForm(CallPersonForm):
    """One more person for a booking, and when they come."""

    starts_at = RadiosField(label=_("Time"), subject=_("a time"), size="s", inline=False)

    def __init__(self, *args: Any, times: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, number=1, **kwargs)
        field_of(self, "starts_at").choices = list(times)
        self.fields["starts_at"].error_messages["invalid_choice"] = _t("That time has just been taken. Select another")
        field_of(self, "starts_at").own_messages = frozenset({"invalid_choice"})
        subjects = {
            "first_name": _t("the first name"),
            "last_name": _t("the last name"),
            "date_of_birth": _t("the date of birth"),
            "nhs_number": _t("the NHS number"),
        }
        for name, subject in subjects.items():
            field_of(self, name).subject = subject
