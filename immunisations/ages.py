"""Ages to the day, as the schedule counts them."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def years_between(born: date, on: date) -> int:
    """Return the age in whole years on a day; somebody born on 29 February is a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _months_between(born: date, on: date) -> int:
    months = (on.year - born.year) * 12 + on.month - born.month
    return months - (on.day < born.day)


def age_in_words(born: date, on: date) -> str:
    """Return the exact age on a day: in weeks and days under 16 weeks, months to 2 years, then years and months."""
    days = (on - born).days
    if days < 0:
        return _("not born yet")
    if days < 7 * 16:
        weeks, rest = divmod(days, 7)
        words = ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}
        if rest or not weeks:
            tail = ngettext("%(count)s day", "%(count)s days", rest) % {"count": rest}
            return f"{words} {tail}" if weeks else tail
        return words
    months = _months_between(born, on)
    if months < 24:
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    years, rest = divmod(months, 12)
    words = ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    if rest and years < 18:
        words += " " + ngettext("%(count)s month", "%(count)s months", rest) % {"count": rest}
    return words
