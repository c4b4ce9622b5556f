"""Adding somebody who walked in: four facts, and whatever else they have."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.forms.clinic_day.choices import WHO_IS_HERE
from immunisations.models import Visit
from nhsuk.forms import (
    CheckboxField,
    DateInputField,
    NameField,
    NhsNumberField,
    NhsukForm,
    PhoneField,
    PostcodeField,
    RadiosField,
    TextField,
)


class WalkInForm(NhsukForm):
    """First name, last name, date of birth, who is with them; everything after that may stay empty."""

    first_name = NameField(label=_("First name"), subject=_("a first name"), size="s", autocomplete="off", width=20)
    last_name = NameField(
        label=_("Last name"),
        help_text=_("Leave empty for somebody with one name"),
        required=False,
        size="s",
        autocomplete="off",
        width=20,
    )
    date_of_birth = DateInputField(
        label=_("Date of birth"), subject=_("a date of birth"), help_text=_("For example, 27 3 2020"), size="s"
    )
    approximate = CheckboxField(label=_("The date of birth is not certain"), required=False, small=True)
    here = RadiosField(
        label=_("Is a parent or carer here?"),
        subject=_("whether a parent or carer is here"),
        choices=WHO_IS_HERE,
        size="s",
        reveals={"parent": ["carer_name"]},
        inline=False,
    )
    carer_name = NameField(label=_("Name of the parent or carer (optional)"), required=False, max_length=100)
    why = RadiosField(
        label=_("Why did they come? (optional)"), choices=Visit.Why, required=False, size="s", inline=True
    )
    postcode = PostcodeField(label=_("Postcode (optional)"), subject=_("a postcode"), required=False, size="s")
    no_fixed_abode = CheckboxField(label=_("No fixed address"), required=False, small=True)
    phone = PhoneField(
        label=_("Phone (optional)"), subject=_("a phone number"), required=False, size="s", international=True
    )
    nhs_number = NhsNumberField(label=_("NHS number (optional)"), subject=_("an NHS number"), required=False, size="s")
    language = TextField(
        label=_("Language spoken, if not English (optional)"), required=False, size="s", max_length=60, width=20
    )
    interpreter_needed = CheckboxField(label=_("Interpreter needed"), required=False, small=True)

    def details(self) -> dict[str, Any]:
        """Return the facts as ``add_person`` takes them."""
        data = self.cleaned_data
        return {
            "first_name": data["first_name"],
            "last_name": data["last_name"],
            "date_of_birth": data["date_of_birth"],
            "date_of_birth_is_approximate": data["approximate"],
            "postcode": data["postcode"],
            "no_fixed_abode": data["no_fixed_abode"],
            "phone": data["phone"],
            "nhs_number": data["nhs_number"],
            "language": data["language"],
            "interpreter_needed": data["interpreter_needed"],
        }
