"""Forms and fields that speak the words and wear the looks of the NHS design system.

A form derives from ``NhsukForm`` (or ``NhsukModelForm``); its fields come from here. See docs/reference/pages.md.
"""

from nhsuk.forms.base import NhsukForm, NhsukFormMixin, NhsukModelForm, field_of
from nhsuk.forms.dates import DateInputField, DatePartError, PartialDate
from nhsuk.forms.fields import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    FileUploadField,
    NumberField,
    PasswordField,
    RadiosField,
    SelectField,
    TextareaField,
    TextField,
)
from nhsuk.forms.identifiers import NameField, NhsNumberField, PhoneField, PostcodeField

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "DateInputField",
    "DatePartError",
    "EmailField",
    "FileUploadField",
    "NameField",
    "NhsNumberField",
    "NhsukForm",
    "NhsukFormMixin",
    "NhsukModelForm",
    "NumberField",
    "PartialDate",
    "PasswordField",
    "PhoneField",
    "PostcodeField",
    "RadiosField",
    "SelectField",
    "TextField",
    "TextareaField",
    "field_of",
]
