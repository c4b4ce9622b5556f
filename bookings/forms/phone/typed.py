"""What was typed in a call so far, put back into its forms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nhsuk.forms import (
    CheckboxesField,
    CheckboxField,
    DateInputField,
    NhsukForm,
)
from nhsuk.forms.dates import PARTS


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
