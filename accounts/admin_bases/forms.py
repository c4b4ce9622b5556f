"""What a form of the admin changed, as the audit stores it."""

import datetime
import decimal
import uuid
from collections.abc import Iterable
from typing import Any, cast

from django.db import models
from django.forms import BaseForm, ModelChoiceField

# Never written to the audit, whatever form they come through.
SECRET = ("password", "password1", "password2", "usable_password", "token_hash")


def as_json(value: Any) -> Any:
    """Return ``value`` as the audit can store it: rows by their outside name, moments and days in ISO form."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.Model):
        return str(getattr(value, "public_id", None) or value.pk)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, Iterable):
        return [as_json(each) for each in value]
    return str(value)


def initial_of(form: BaseForm, name: str) -> Any:
    """Return what a field was before, as the audit can store it."""
    value, field = form.get_initial_for_field(form.fields[name], name), form.fields[name]
    if isinstance(field, ModelChoiceField) and value is not None and not isinstance(value, models.Model):
        value = cast(Any, field.queryset).model._default_manager.filter(pk=value).first()
    return as_json(value)


def changes_of(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a form's changed fields were before and are now, secrets left out."""
    names = [name for name in form.changed_data if name not in SECRET and name in form.cleaned_data]
    before = {name: initial_of(form, name) for name in names}
    after = {name: as_json(form.cleaned_data[name]) for name in names}
    if any(name in SECRET for name in form.changed_data):
        after["credentials"] = "changed"
    return before, after


def whole_row_of(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a changed row of an inline was before and is now: only "removed" if it was."""
    # A hidden field is bound to the page that the row is on, and says nothing new.
    names = [
        name
        for name, field in form.fields.items()
        if name in form.cleaned_data and name not in ("DELETE", *SECRET) and not field.widget.is_hidden
    ]
    was = {name: initial_of(form, name) for name in names}
    removed = form.cleaned_data.get("DELETE")
    return was, {"removed": True} if removed else {name: as_json(form.cleaned_data[name]) for name in names}
