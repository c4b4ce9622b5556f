"""Days, ages and half-known dates.

Inside the schedule a day is its ordinal (an int, as ``date.toordinal`` counts), because comparing and adding
whole days is most of the work. Dates come in and go out as ``datetime.date`` or ISO text at the edge.
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .errors import ScheduleError

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_SPAN_PART = re.compile(r"(\d+) (day|week|month|year)s?", re.ASCII)

# The last year a question may be asked about: ages are added to dates, and the calendar ends in 9999.
LAST_YEAR = 9000


class Span(NamedTuple):
    """A length of time as a schedule states it: whole calendar months, or whole days, never both."""

    months: int
    days: int

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read '8 weeks', '15 months', '3 years 4 months' or '28 days' as written in a rule file."""
        months = days = 0
        position = 0
        while position < len(text):
            found = _SPAN_PART.match(text, position)
            if not found:
                raise ValueError(f"not a length of time: {text!r}")
            number, unit = int(found[1]), found[2]
            months += {"month": number, "year": 12 * number}.get(unit, 0)
            days += {"day": number, "week": 7 * number}.get(unit, 0)
            position = found.end() + (text[found.end() : found.end() + 1] == " ")
        if bool(months) == bool(days):
            raise ValueError(f"a length of time is months and years, or weeks and days: {text!r}")
        return cls(months, days)

    def lengths(self) -> range:
        """Every number of days this can be, and a day more: the gaps at which it may be over."""
        if not self.months:
            return range(self.days, self.days + 1)
        return range(self.months * 146097 // 4800 - 3, self.months * 146097 // 4800 + 5)

    def first_to_reach(self, day: int) -> int:
        """The first day that has ``day`` or a later one this long after it."""
        start = day - self.lengths()[-1] - 1
        while self.after(start) < day:
            start += 1
        return start

    def changes(self, first: int, last: int) -> list[int]:
        """The days from ``first`` to ``last`` from which this is another number of days than from the day before."""
        if not self.months or first >= last:
            return []
        years = range(datetime.date.fromordinal(first).year, datetime.date.fromordinal(last).year + 1)
        return [day for year in years for day in _changes_in(self, year) if first < day <= last]

    def after(self, day: int) -> int:
        """The day this long after ``day``.

        Whole years end on the same day of the year, and 29 February becomes 1 March. Other months end on the
        same day of the month, or on the month's last day where it is shorter.
        """
        if not self.months:
            return day + self.days
        start = datetime.date.fromordinal(day)
        years, month = divmod(start.month - 1 + self.months, 12)
        year, month = start.year + years, month + 1
        last = calendar.monthrange(year, month)[1] if start.day > 28 else 28
        if start.day <= last:
            return datetime.date(year, month, start.day).toordinal()
        end_of_month = datetime.date(year, month, last).toordinal()
        return end_of_month + 1 if self.months % 12 == 0 else end_of_month


@lru_cache(maxsize=2_000)
def _changes_in(span: Span, year: int) -> list[int]:
    """The days of a year from which a span is another number of days than from the day before."""
    first, end = datetime.date(year, 1, 1).toordinal(), datetime.date(year + 1, 1, 1).toordinal()
    after = [span.after(day) for day in range(first - 1, end)]
    return [first + number for number, (before, day) in enumerate(pairwise(after)) if day - before != 1]


class Days(NamedTuple):
    """The days on which a dose may have been given: one, or all from ``first`` to ``last``."""

    first: int
    last: int

    @property
    def known(self) -> bool:
        return self.first == self.last


def days_of(text: str) -> Days:
    """Read '2019-06-01', '2019-06' or '2019'. Raises ScheduleError ``bad_date`` for anything else."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ScheduleError("bad_date", f"{text[:40]!r} is not a date. Write it as 2019-06-01, or 2019-06, or 2019.")
    year, month, day = found.groups()
    try:
        first = datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ScheduleError("bad_date", f"{text!r} is not a day that exists.") from None
    if first.year > LAST_YEAR:
        raise ScheduleError("bad_date", f"The year {first.year} is too far away.")
    if day:
        length = 1
    elif month:
        length = calendar.monthrange(first.year, first.month)[1]
    else:
        length = 366 if calendar.isleap(first.year) else 365
    return Days(first.toordinal(), first.toordinal() + length - 1)


def iso(day: int) -> str:
    return datetime.date.fromordinal(day).isoformat()


def in_words(iso_date: str) -> str:
    """'2026-02-10' as '10 February 2026', '2026-02' as 'February 2026'."""
    year, *rest = iso_date.split("-")
    words = [year]
    if rest:
        words.insert(0, calendar.month_name[int(rest[0])])
    if len(rest) > 1:
        words.insert(0, str(int(rest[1])))
    return " ".join(words)
