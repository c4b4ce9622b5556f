"""Booking for somebody on the phone: all that is asked, on one page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.details import Contact, PersonDetails, Reach
from bookings.drafts import LONGEST_NEEDS
from bookings.forms.person import PersonForm
from bookings.forms.public.contact import RELATIONSHIPS
from bookings.forms.public.people import MY_NEEDS, NEEDS
from bookings.forms.public.waiting_list import TimesWantedForm
from bookings.models import Booking
from bookings.owing import is_mobile
from bookings.policies import MOST_PEOPLE
from clinics.models import ClinicSession
from nhsuk.forms import (
    CheckboxesField,
    CheckboxField,
    DateInputField,
    EmailField,
    NameField,
    NhsNumberField,
    NhsukForm,
    PhoneField,
    PostcodeField,
    RadiosField,
    TextareaField,
    TextField,
    field_of,
)
from nhsuk.forms.dates import PARTS

TEXT, EMAIL, LETTER, ALOUD = "text", "email", "letter", "aloud"
MYSELF = "myself"
OTHER = "other"
# What is ticked for a person besides the longer appointment, which changes the times.
PERSON_NEEDS = {code: words for code, words in NEEDS.items() if code != "extra_time"}


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


class ReachOfCallerForm(NhsukForm):
    """How the contact of a booking is reached."""

    phone = PhoneField(
        label=_("Phone number (optional)"),
        help_text=_("The booking can be found again by it"),
        subject=_("a phone number"),
        required=False,
        international=True,
        autocomplete="off",
        size="s",
    )
    confirm_by = CheckboxesField(
        label=_("How should we confirm the booking?"),
        subject=_("how the booking is confirmed"),
        choices=[
            (TEXT, _("Text message to the phone number")),
            (EMAIL, _("Email")),
            (LETTER, _("Printed letter")),
            (ALOUD, _("Read aloud now, nothing is sent")),
        ],
        choice_dividers={ALOUD: _("or")},
        exclusive=[ALOUD],
        reveals={EMAIL: ["email"], LETTER: ["address"]},
        size="s",
        small=True,
    )
    email = EmailField(
        label=_("Email address"),
        subject=_("an email address in the correct format, like name@example.com"),
        autocomplete="off",
    )
    address = TextareaField(
        label=_("Address for the letter"),
        help_text=_("One line of the address a line, the postcode last"),
        subject=_("the address for the letter"),
        max_length=300,
        rows=4,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way of confirming needs."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        by_text = TEXT in (data.get("confirm_by") or []) and "phone" not in self.errors
        if by_text and not is_mobile(data.get("phone") or ""):
            self.add_error("phone", _("Enter a UK mobile number for the text message, like 07700 900 982"))
        return data

    def reach(self) -> Reach:
        """Return it as ``change_contact`` takes it."""
        data = self.cleaned_data
        ways = data["confirm_by"]
        return Reach(
            phone=data["phone"],
            texts=TEXT in ways,
            email=data["email"],
            letters=LETTER in ways,
            address=data["address"],
        )

    @staticmethod
    def initial_of(booking: Booking) -> dict[str, Any]:
        """Return what the booking has, as the form begins."""
        given = {
            TEXT: booking.texts and is_mobile(booking.phone),
            EMAIL: booking.email,
            LETTER: booking.letters,
        }
        return {
            "phone": booking.phone,
            "confirm_by": [way for way, there in given.items() if there] or [ALOUD],
            "email": booking.email,
            "address": booking.address,
        }


class CallerForm(ReachOfCallerForm):
    """Who is calling, and how the booking is confirmed to them."""

    contact_name = NameField(
        label=_("Caller’s full name"), subject=_("the caller’s full name"), max_length=200, size="s", width=20
    )
    relationship = RadiosField(
        label=_("Relationship to the people booked"),
        subject=_("the caller’s relationship to the people booked"),
        choices=[(MYSELF, _("Books for themselves")), *RELATIONSHIPS.items()],
        reveals={OTHER: ["other"]},
        size="s",
        small=True,
    )
    other = NameField(label=_("Who are they?"), subject=_("who the caller is"), max_length=60, width=20)
    postcode = PostcodeField(
        label=_("Postcode where they live (optional)"), subject=_("a postcode"), required=False, size="s"
    )
    interpreter_needed = CheckboxField(label=_("Interpreter needed at the clinic"), required=False, small=True)
    spoken_language = TextField(
        label=_("Language spoken, if not English (optional)"),
        subject=_("the language spoken"),
        required=False,
        max_length=60,
        width=20,
        size="s",
    )
    my_needs = CheckboxesField(
        label=_("Help for the caller (optional)"), choices=list(MY_NEEDS.items()), required=False, size="s", small=True
    )

    field_order = ("contact_name", "relationship", "other")

    def clean(self) -> dict[str, Any]:
        """Ask for the language an interpreter is for."""
        data = super().clean()
        if data.get("interpreter_needed") and not data.get("spoken_language") and "spoken_language" not in self.errors:
            self.add_error("spoken_language", _("Enter the language that the interpreter is for"))
        return data

    def contact(self) -> Contact:
        """Return who booked as ``make_booking`` takes it."""
        data = self.cleaned_data
        chosen = data["relationship"]
        # As the website says it: what is kept from whoever booked for somebody else goes by these words.
        words = _t("Booked for themselves") if chosen == MYSELF else str(RELATIONSHIPS[chosen])
        ways = data["confirm_by"]
        return Contact(
            name=data["contact_name"],
            relationship=data["other"] if chosen == OTHER else words,
            phone=data["phone"],
            texts=TEXT in ways,
            email=data["email"],
            spoken_language=data["spoken_language"],
            interpreter_needed=data["interpreter_needed"],
            support_needs=". ".join(str(MY_NEEDS[code]) for code in data["my_needs"])[:LONGEST_NEEDS],
            letters=LETTER in ways,
            address=data.get("address", ""),
        )


class WaitingCallerForm(CallerForm):
    """Who is calling, and how they are told of a time."""

    confirm_by = CheckboxesField(
        label=_("How should we tell them of a time?"),
        help_text=_("A time is kept for 2 hours: only a text message or an email reaches them soon enough"),
        subject=_("text message, email or both: nobody can wait without"),
        choices=[(TEXT, _("Text message to the phone number")), (EMAIL, _("Email"))],
        reveals={EMAIL: ["email"]},
        size="s",
        small=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No letter would come in time.
        del self.fields["address"]
        self.fields["phone"].help_text = _t("They can be found again by it")
        self.fields["relationship"].label = _t("Relationship to the people who wait")
        field_of(self, "relationship").subject = _t("the caller’s relationship to the people who wait")


class TimesForCallerForm(TimesWantedForm):
    """The website's questions about the times, as they are asked on the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "venues": _t("Which places can they come to?"),
            "weekdays": _t("Which days can they come?"),
            "parts": _t("What part of the day can they come?"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["weekdays"].error_messages["required"] = _t("Select the days on which they can come")
        self.fields["parts"].error_messages["required"] = _t("Select the part of the day when they can come")
        for name in labels:
            field_of(self, name).nhsuk["size"] = "s"
            field_of(self, name).nhsuk["small"] = True
        field_of(self, "venues").help_text = _t("Select all that apply")


def html_names(form: NhsukForm) -> Iterator[str]:
    """Yield the name of every box of a form, three of them for a date."""
    for name, field in form.fields.items():
        html_name = form.add_prefix(name)
        if isinstance(field, DateInputField):
            yield from (f"{html_name}_{part}" for part in PARTS)
        else:
            yield html_name


def typed_before(form_class: type[NhsukForm], typed: Mapping[str, Sequence[str]], prefix: str = "") -> dict[str, Any]:
    """Return what was typed, by the name of ``html_names``, as a form's initial answers."""
    found: dict[str, Any] = {}
    for name, field in form_class.base_fields.items():
        html_name = f"{prefix}-{name}" if prefix else name
        values = list(typed.get(html_name, []))
        if isinstance(field, DateInputField):
            found[name] = {part: "".join(typed.get(f"{html_name}_{part}", [])[:1]) for part in PARTS}
        elif isinstance(field, CheckboxesField):
            found[name] = values
        elif isinstance(field, CheckboxField):
            found[name] = bool(values)
        else:
            found[name] = values[0] if values else ""
    return found


class CancelForCallerForm(NhsukForm):
    """Whose appointment is cancelled, and why."""

    who = CheckboxesField(
        label=_("Whose appointment is cancelled?"), subject=_("whose appointment is cancelled"), size="m"
    )
    reason = TextField(
        label=_("Reason (optional)"), subject=_("the reason"), required=False, max_length=200, width=20, size="s"
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "who").choices = list(choices)


__all__ = [
    "ALOUD",
    "EMAIL",
    "LETTER",
    "TEXT",
    "AddPersonForm",
    "CallPersonForm",
    "CallerForm",
    "CancelForCallerForm",
    "FindBookingForm",
    "HowManyForm",
    "ReachOfCallerForm",
    "TimesForCallerForm",
    "WaitingCallerForm",
    "html_names",
    "typed_before",
]
