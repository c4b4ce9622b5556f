"""The one box in which everything is searched."""

from django.utils.translation import gettext_lazy as _

from nhsuk.forms import NhsukForm, TextField


class SearchForm(NhsukForm):
    """A name, a date of birth, an NHS number, a reference, a postcode: any of them, in any order."""

    q = TextField(
        label=_("Find a person"),
        subject=_("a name, date of birth, NHS number or reference"),
        help_text=_("Name, date of birth (14 3 20), NHS number, booking reference, phone or postcode"),
        size="s",
        spellcheck=False,
        autocomplete="off",
    )
