"""What columns of these tables may hold, as conditions for the database itself."""

from collections.abc import Iterable

from django.db import models

from immunisations.text import VISIBLE


def visible(field: str, *, blank: bool = False) -> models.Q:
    """Return the condition that something of the text can be seen; with ``blank``, or that it is empty."""
    condition = models.Q(**{f"{field}__regex": VISIBLE})
    return condition | models.Q(**{field: ""}) if blank else condition


def known(field: str, values: Iterable[str], *, blank: bool = False) -> models.Q:
    """Return the condition that the value is one of a list; with ``blank``, or that it is empty."""
    return models.Q(**{f"{field}__in": [*values, ""] if blank else [*values]})
