"""What every form of the staff asks of a person first."""

from django.utils.translation import gettext_lazy as _

from nhsuk.forms import DateInputField, NameField, NhsukForm


class PersonForm(NhsukForm):
    """Names and date of birth."""

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
