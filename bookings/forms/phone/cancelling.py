"""Cancelling for a caller."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from nhsuk.forms import (
    CheckboxesField,
    NhsukForm,
    TextField,
    field_of,
)


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
