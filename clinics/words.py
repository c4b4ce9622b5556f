"""Times, days and lists as the public pages say them: “10:20am”, “midday”, “Saturday 14 March 2026”, “A, B and C”."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from clinics.times import LONDON
from nhsuk.language import counts_24_hours, date_words, decimal, with_commas


def clock(moment: datetime | time) -> str:
    """Return the wall time in England: “9am”, “10:20am”, “midday”, “midnight”, never a 24-hour clock.

    Languages that count 24 hours do so here too: “14:20”.
    """
    shown = moment.astimezone(LONDON).time() if isinstance(moment, datetime) else moment
    if counts_24_hours():
        return f"{shown.hour}:{shown.minute:02}"
    if (shown.hour, shown.minute) == (12, 0):
        # Translators: the time 12 o’clock in the day
        return _("midday")
    if (shown.hour, shown.minute) == (0, 0):
        return _("midnight")
    hour = shown.hour % 12 or 12
    # Translators: a time before midday, as 10:20am. A language that counts 24 hours is not asked for these two.
    digits = f"{hour}:{shown.minute:02}" if shown.minute else f"{hour}"
    return (_("%(time)sam") if shown.hour < 12 else _("%(time)spm")) % {"time": digits}


def hours(start: datetime | time, end: datetime | time) -> str:
    """Return “10am to 2pm”."""
    # Translators: from one time to another, “10am to 2pm”
    return _("%(start)s to %(end)s") % {"start": clock(start), "end": clock(end)}


def day(on: date | datetime) -> str:
    """Return “Saturday 14 March 2026”; of a moment, its day in England."""
    return date_words(_on(on), "day")


def plain_date(on: date | datetime) -> str:
    """Return “14 March 2026”, for days that are not appointments."""
    return date_words(_on(on), "plain")


def short_day(on: date | datetime) -> str:
    """Return “Sat 14 Mar”, where every character is paid for: in a text message."""
    return date_words(_on(on), "short")


def brief_day(on: date | datetime) -> str:
    """Return “14 Mar”."""
    return date_words(_on(on), "brief")


def brief_date(on: date | datetime) -> str:
    """Return “14 Mar 2026”."""
    return date_words(_on(on), "brief_year")


def month(on: date) -> str:
    """Return “March 2026”."""
    return date_words(on, "month")


def _on(on: date | datetime) -> date:
    return on.astimezone(LONDON).date() if isinstance(on, datetime) else on


def listed(words: Sequence[str]) -> str:
    """Return “Amina”, “Amina and Bilal” or “Amina, Bilal and Caleb”."""
    if len(words) < 2:
        return "".join(words)
    # Translators: the end of a list: %(first)s is all but the last, “Amina, Bilal”
    return _("%(first)s and %(last)s") % {"first": with_commas(words[:-1]), "last": words[-1]}


def miles(distance: float) -> str:
    """Return a distance in half miles, in whole miles from 10 on: “0.5”, “1”, “2.5”, “12”. Never under half a mile."""
    if distance >= 9.75:
        return str(round(distance))
    return decimal(max(1, round(distance * 2)) / 2)
