"""The base of every form: options of its fields, what reveals what, and the crispy helper."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

# Mixed into forms of every kind; to the type checker it is one.
if TYPE_CHECKING:
    Base = forms.BaseForm
else:
    Base = object


class NhsukFormMixin(Base):
    """Gives any Django form the looks of the NHS design system; ``today`` goes to the dates that need it.

    ``options`` sets display options for fields made elsewhere (a model form, a package's form):
    ``options = {"notes": {"heading": True, "size": "l"}}``.
    """

    options: dict[str, dict[str, Any]] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            if today is not None and hasattr(field, "today"):
                field.today = today
            if name in self.options:
                field.nhsuk = {**getattr(field, "nhsuk", {}), **self.options[name]}

    @cached_property
    def helper(self) -> FormHelper:
        """The crispy helper: fields alone, because the page holds the form element, its token and its buttons."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        revealed = self.revealed()
        helper.layout = Layout(*(name for name in self.fields if name not in revealed))
        return helper

    def revealed(self) -> dict[str, tuple[str, str]]:
        """Return, for each field that a choice reveals, the choosing field and the choice's value."""
        found = {}
        for chooser, field in self.fields.items():
            for value, names in (getattr(field, "nhsuk", {}).get("reveals") or {}).items():
                for name in [names] if isinstance(names, str) else names:
                    found[name] = (chooser, str(value))
        return found

    def typed(self, name: str) -> str:
        """Return what the person typed in a text field, trimmed but otherwise as it stands."""
        return str(self[name].value() or "").strip()

    def _clean_fields(self) -> None:
        """Clean the fields, then forget answers and errors that belong to a choice nobody made.

        Without JavaScript every revealed field is on the screen, so an answer left in one must not block the form.
        """
        # Here and not in clean(), which forms override: their own rules must see only the answers that count.
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
        for name, (chooser, value) in self.revealed().items():
            chosen = self.cleaned_data.get(chooser)
            values = chosen if isinstance(chosen, (list, tuple)) else [chosen]
            if value not in [str(each) for each in values]:
                self.errors.pop(name, None)
                self.cleaned_data[name] = self.empty_answer(name)

    def empty_answer(self, name: str) -> Any:
        """Return what the field's cleaned value is when nothing was answered."""
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            return []
        if isinstance(field, forms.BooleanField):
            return False
        return "" if isinstance(field, (forms.CharField, forms.ChoiceField)) else None


class NhsukForm(NhsukFormMixin, forms.Form):
    """A form of the NHS design system."""


class NhsukModelForm(NhsukFormMixin, forms.ModelForm):
    """A model form of the NHS design system."""


def field_of(form: forms.BaseForm, name: str) -> Any:
    """Return a form's own copy of one of our fields, to give it choices and options that only this form has."""
    return form.fields[name]
