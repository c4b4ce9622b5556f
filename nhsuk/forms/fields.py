"""The ordinary fields: text, choices, files. Each refuses what it cannot take with a sentence that says what to do."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from nhsuk.forms.options import JOINERS, SELECT, UNSTORABLE, FieldOptions


def storable(text: str) -> bool:
    """Whether a database can hold the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def visible(text: str, keep: str = "") -> str:
    """Return the text without control and invisible characters, except joiners within words and those in ``keep``."""
    kept = JOINERS + keep
    return "".join(c for c in text if c in kept or unicodedata.category(c) not in ("Cc", "Cf")).strip()


class TextField(FieldOptions, forms.CharField):
    """One line of text. ``max_length`` (default 200) refuses more with a sentence; nothing is cut off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)
        # Django's validators speak of "null characters" and counts; run_validators below says it in plain words.
        own = (ProhibitNullCharactersValidator, MaxLengthValidator)
        self.validators = [each for each in self.validators if not isinstance(each, own)]

    def to_python(self, value: Any) -> Any:
        """Return the text without invisible characters; NUL is left for ``run_validators`` to refuse."""
        text = super().to_python(value)
        return visible(text, keep="\x00") if isinstance(text, str) else text

    def run_validators(self, value: Any) -> None:
        """Refuse what a database cannot hold and what is too long."""
        if isinstance(value, str):
            if not storable(value):
                raise self.error("unstorable", UNSTORABLE)
            if self.max_length is not None and len(value) > self.max_length:
                raise self.error(
                    "max_length", _("%(Subject)s must be %(limit)s characters or fewer"), limit=self.max_length
                )
        super().run_validators(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return no maxlength: a browser that cuts off a pasted answer does it silently."""
        return {}


class TextareaField(TextField):
    """Several lines of text, 2,000 characters at most unless told. ``count=True`` shows how many are left."""

    widget = forms.Textarea

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the text with its lines kept and other invisible characters left out."""
        text = forms.CharField.to_python(self, value)
        return visible(text.replace("\r\n", "\n"), keep="\x00\n\t") if isinstance(text, str) else text


class EmailField(TextField):
    """An email address, 254 characters at most. Nothing is asked about who owns it."""

    widget = forms.EmailInput
    default_validators = forms.EmailField.default_validators

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("spellcheck", False)
        super().__init__(*args, **kwargs)

    def run_validators(self, value: Any) -> None:
        """Refuse what is not an email address, with an example."""
        try:
            super().run_validators(value)
        except ValidationError as problem:
            if problem.error_list[0].code != "invalid":
                raise
            words = _("Enter an email address in the correct format, like name@example.com")
            raise self.error("invalid", words) from problem


class PasswordField(TextField):
    """A password, taken as typed; pasting is allowed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("strip", False)
        kwargs.setdefault("widget", forms.PasswordInput)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the password untouched."""
        return forms.CharField.to_python(self, value)


class NumberField(FieldOptions, forms.IntegerField):
    """A whole number in a text box (browsers change number boxes when a wheel turns). Blanks and commas are ignored."""

    widget = forms.TextInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("inputmode", "numeric")
        super().__init__(*args, **kwargs)
        self.validators = []

    def to_python(self, value: Any) -> int | None:
        """Return the number or None; refuse anything but digits, and more than nine of them."""
        if isinstance(value, str):
            value = visible(value).replace(" ", "").replace(",", "")
            if value and not (value.lstrip("-").isdecimal() and len(value) <= 9):
                raise self.error("invalid", _("%(Subject)s must be a whole number"))
        try:
            return super().to_python(value)
        except ValidationError as problem:
            raise self.error("invalid", _("%(Subject)s must be a whole number")) from problem

    def run_validators(self, value: Any) -> None:
        """Refuse a number outside ``min_value`` to ``max_value``."""
        if value in self.empty_values:
            return
        if self.min_value is not None and value < self.min_value:
            raise self.error("min_value", _("%(Subject)s must be %(limit)s or more"), limit=self.min_value)
        if self.max_value is not None and value > self.max_value:
            raise self.error("max_value", _("%(Subject)s must be %(limit)s or fewer"), limit=self.max_value)


class RadiosField(FieldOptions, forms.ChoiceField):
    """One of several answers, as radio buttons. ``choice_hints`` and ``reveals`` go by the choice's value."""

    widget = forms.RadioSelect
    required_words = SELECT


class SelectField(FieldOptions, forms.ChoiceField):
    """One of many, as a drop-down list: for staff screens only."""

    required_words = SELECT


class CheckboxesField(FieldOptions, forms.MultipleChoiceField):
    """Any of several answers. ``exclusive`` names values, such as "none", that cannot stand beside another."""

    widget = forms.CheckboxSelectMultiple
    required_words = SELECT

    def validate(self, value: Any) -> None:
        """Refuse unknown answers, and "none of these" beside another."""
        super().validate(value)
        alone = set(self.nhsuk.get("exclusive", ())) & set(value)
        if alone and len(value) > 1:
            label = next(str(text) for key, text in self.widget.choices if str(key) in alone)
            words = _("Select what applies, or select “%(choice)s”")
            raise self.error("exclusive", words, choice=label)


class CheckboxField(FieldOptions, forms.BooleanField):
    """A single checkbox, its label beside it."""

    required_words = SELECT


class FileUploadField(FieldOptions, forms.FileField):
    """A file; ``max_bytes`` (default 5 MB) refuses a larger one."""

    required_words = SELECT

    def __init__(self, *args: Any, max_bytes: int = 5_000_000, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_bytes = max_bytes

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file or None; refuse an empty or a too large one."""
        try:
            upload = super().to_python(data)
        except ValidationError as problem:
            if problem.code == "empty":
                raise self.error("empty", _("The selected file is empty")) from problem
            raise self.error(
                problem.code or "invalid", _("The selected file could not be read. Try again")
            ) from problem
        if upload is not None and upload.size > self.max_bytes:
            limit = self.max_bytes // 1_000_000
            raise self.error("too_large", _("The selected file must be smaller than %(limit)sMB"), limit=limit)
        return upload
