"""Not given, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.vaccines import Series
from immunisations.models import Vaccination
from nhsuk.forms import CheckboxesField, NhsukForm, RadiosField, TextField, field_of


class NotGivenForm(NhsukForm):
    """What was not given, one reason, and a note if there is more to say."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    series = CheckboxesField(
        label=_("What is not given?"), subject=_("what is not given"), choices=(), size="m", small=True
    )
    reason = RadiosField(label=_("Why?"), subject=_("why it is not given"), choices=(), size="m")
    note = TextField(
        label=_("Note (optional)"),
        help_text=_("For example, who declined, or when to ask again"),
        required=False,
        max_length=500,
        size="s",
    )

    def __init__(self, *args: Any, series: Sequence[str], prison: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "series").choices = [(code, Series(code).label) for code in series]
        field_of(self, "reason").choices = [
            (value, label)
            for value, label in Vaccination.Reason.choices
            if prison or value != Vaccination.Reason.NOT_PRODUCED
        ]
