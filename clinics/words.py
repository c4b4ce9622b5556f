"""Times, days and lists as the public pages say them: “10:20am”, “midday”, “Saturday 14 March 2026”, “A, B and C”."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinics.times import LONDON


def clock(moment: datetime | time) -> str:
    """Return the wall time in England: “9am”, “10:20am”, “midday”, “midnight”, never a 24-hour clock."""
    shown = moment.astimezone(LONDON).time() if isinstance(moment, datetime) else moment
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


def day(on: date) -> str:
    """Return “Saturday 14 March 2026”."""
    return _date(on, "l j F Y", get_language())


def plain_date(on: date) -> str:
    """Return “14 March 2026”, for days that are not appointments."""
    return _date(on, "j F Y", get_language())


@lru_cache(maxsize=1000)
def _date(on: date, words: str, language: str | None) -> str:
    # Kept, because lists say the same few days again and again; a date’s words depend on nothing else.
    return date_format(on, words)


def listed(words: Sequence[str]) -> str:
    """Return “Amina”, “Amina and Bilal” or “Amina, Bilal and Caleb”."""
    if len(words) < 2:
        return "".join(words)
    # Translators: the end of a list: %(first)s is all but the last, “Amina, Bilal”
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def miles(distance: float) -> str:
    """Return a distance in half miles, in whole miles from 10 on: “0.5”, “1”, “2.5”, “12”. Never under half a mile."""
    if distance >= 9.75:
        return str(round(distance))
    halves = max(1, round(distance * 2))
    return f"{halves / 2:g}"
