"""Who is calling, and how they are reached."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.details import Contact, Reach
from bookings.drafts import LONGEST_NEEDS
from bookings.forms.public.contact import RELATIONSHIPS
from bookings.forms.public.people import MY_NEEDS
from bookings.models import Booking
from bookings.owing import is_mobile
from nhsuk.forms import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    NameField,
    NhsukForm,
    PhoneField,
    PostcodeField,
    RadiosField,
    TextareaField,
    TextField,
)

TEXT, EMAIL, LETTER, ALOUD = "text", "email", "letter", "aloud"
MYSELF = "myself"
OTHER = "other"


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
