"""What every part of the API reads and writes alike: fields that take one form and no other, and the shape of errors.

A value of the wrong type is refused, never bent into the right one: a number is not a name, "yes" is not true.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from nhsuk.forms.fields import visible
from nhsuk.forms.identifiers import NhsNumberField as NhsNumberFormField
from nhsuk.forms.identifiers import PhoneField as PhoneFormField
from nhsuk.forms.identifiers import PostcodeField as PostcodeFormField

EARLIEST_YEAR = 1900
LATEST_YEAR = 2199
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOST_UNKNOWN_NAMES = 10
LONGEST_NAME_SHOWN = 60


class StrictSerializer(serializers.Serializer):
    """Refuses a field that it does not know: a misspelt name would otherwise lose what it holds without a word."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values of the known fields; raise ValidationError naming every field that is wrong."""
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if not unknown:
            return super().to_internal_value(data)
        errors: dict[str, Any] = {
            str(name)[:LONGEST_NAME_SHOWN]: [_("There is no field of this name.")]
            for name in unknown[:MOST_UNKNOWN_NAMES]
        }
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as wrong:
            errors = {**wrong.detail, **errors} if isinstance(wrong.detail, dict) else errors
        raise serializers.ValidationError(errors)


class TextField(serializers.CharField):
    """One line of text without invisible characters; null means none where the field may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        if not kwargs.get("required", True):
            kwargs.setdefault("default", "")
            kwargs.pop("required")
            kwargs.setdefault("allow_blank", True)
            kwargs.setdefault("allow_null", True)
        super().__init__(**kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Read null as no text, where null is allowed."""
        if data is None and self.allow_null:
            return True, ""
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; refuse what is not text."""
        if not isinstance(data, str):
            self.fail("invalid")
        # NUL is kept here so that the validators refuse it instead of nobody noticing it.
        text = visible(data, keep="\x00")
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class _FormText(TextField):
    """Text that one of the form fields of the pages reads and tidies, so that every door takes the same."""

    form_field: forms.Field

    def to_internal_value(self, data: Any) -> str:
        """Return the tidied text; raise what the form field says."""
        return str(self.form_field.clean(super().to_internal_value(data)))


class NhsNumberField(_FormText):
    """Ten digits with a right check digit, spaces or dashes between them allowed."""

    form_field = NhsNumberFormField(required=False)


class PostcodeField(_FormText):
    """A full UK postcode, in any case and spacing."""

    form_field = PostcodeFormField(required=False)


class PhoneField(_FormText):
    """A telephone number: of the UK, or of any country with its country code. Stored as E.164."""

    form_field = PhoneFormField(required=False, international=True)


class EmailField(serializers.EmailField):
    """An email address, or none."""

    def __init__(self, **kwargs: Any) -> None:
        for name, value in (("max_length", 254), ("default", ""), ("allow_blank", True), ("allow_null", True)):
            kwargs.setdefault(name, value)
        kwargs.pop("required", None)
        super().__init__(**kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Read null as no address."""
        if data is None:
            return True, ""
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the address; refuse what is not text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false, and nothing that merely sounds like it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


class ChoiceField(serializers.ChoiceField):
    """One of a few codes, as text. The refusal names the codes and does not repeat what was sent."""

    default_error_messages = {"invalid_choice": _("This is not one of the codes that this field takes: {codes}.")}

    def to_internal_value(self, data: Any) -> Any:
        """Return the code."""
        blank = data == "" and self.allow_blank
        if not isinstance(data, str) or (data not in self.choice_strings_to_values and not blank):
            self.fail("invalid_choice", codes=", ".join(filter(None, self.choice_strings_to_values)))
        return super().to_internal_value(data)


class IdField(serializers.UUIDField):
    """The id of a thing: a UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the UUID; refuse numbers."""
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD, from 1900 on. ``past=True`` refuses days to come."""

    default_error_messages = {
        "form": _("Give the date as YYYY-MM-DD, a day that exists."),
        "early": _("The year must be 1900 or later."),
        "late": _("The year must be 2199 or earlier."),
        "future": _("The date must be today or in the past."),
    }

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.past = past

    def to_internal_value(self, data: Any) -> date:
        """Return the day."""
        if not isinstance(data, str) or not ISO_DATE.fullmatch(data):
            self.fail("form")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("form")
        if day.year < EARLIEST_YEAR:
            self.fail("early")
        if day.year > LATEST_YEAR:
            self.fail("late")
        if self.past and day > timezone.localdate():
            self.fail("future")
        return day


class MomentField(serializers.DateTimeField):
    """A moment as ISO 8601 with its offset from UTC: without one, an hour of autumn would come twice."""

    default_error_messages = {
        "form": _("Give the moment as ISO 8601, like 2026-03-14T10:20:00+00:00."),
        "offset": _("Give the offset from UTC too, like 2026-03-14T10:20:00+00:00 or 2026-07-14T10:20:00+01:00."),
        "range": _("The year must be between 1900 and 2199."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Return the moment, aware."""
        if not isinstance(value, str) or len(value) > 40 or ISO_DATE.fullmatch(value):
            self.fail("form")
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
        if moment is None:
            self.fail("form")
        if moment.utcoffset() is None:
            self.fail("offset")
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            self.fail("range")
        return moment


class ErrorSerializer(serializers.Serializer):
    """Every error: a word for a machine and a sentence for a person."""

    code = serializers.CharField(help_text="A word for a machine; it does not change.")
    detail = serializers.CharField(help_text="A sentence for a person, which says what to do.")
    fields = serializers.JSONField(  # type: ignore[assignment]
        required=False, help_text="With code `invalid`: for each field that was wrong, what is wrong with it."
    )
    details = serializers.JSONField(
        required=False, help_text="What a machine can go on with, such as the nearest free times."
    )
