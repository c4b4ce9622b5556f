"""Dates as a record states them: a day, a month or a year, and never more exact than that."""

import re
from datetime import date

from django.utils import formats

DATE_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def span_of(given_on: str) -> tuple[date, date]:
    """Return the first and last day that a date as written can mean. Raises ValueError for what is none."""
    found = DATE_FORM.fullmatch(given_on)
    if found is None:
        raise ValueError("not a year, month or day")
    year, month, day = (int(part or 0) for part in found.groups())
    if found[3] is not None:
        exact = date(year, month, day)
        return exact, exact
    if found[2] is not None:
        first = date(year, month, 1)
        return first, date(year + month // 12, month % 12 + 1, 1) - date.resolution
    return date(year, 1, 1), date(year, 12, 31)


def date_in_words(given_on: str) -> str:
    """Return "2019-03-03", "2019-03" or "2019" in words."""
    first, last = span_of(given_on)
    if first == last:
        return formats.date_format(first, "j F Y")
    return formats.date_format(first, "F Y") if first.month == last.month else str(first.year)
