"""Working days in England: Mondays to Fridays that are no bank holiday.

The days are those of the Banking and Financial Dealings Act 1971, schedule 1, paragraph 1, the two of common law (Good
Friday, Christmas Day), and the two that are appointed every year under section 1(3) of the Act (New Year's Day, the
first Monday in May), with the days appointed instead of those that fall on a weekend. A day appointed once, such as for
a coronation, is not foreseen: whoever sees to a follow-up changes its day in place.
"""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar (Calendar (New Style) Act 1750), by Gauss's reckoning."""
    century = year // 100
    # How old the moon is on 1 January, corrected for leap years left out and for the moon's own drift.
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - moon - year % 100 % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


@lru_cache(maxsize=32)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of a year in England, also those on a weekend."""
    easter = easter_sunday(year)
    days = {
        easter - 2 * ONE_DAY,
        easter + ONE_DAY,
        _first_monday(year, 5),
        _last_monday(year, 5),
        _last_monday(year, 8),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        days.add(fixed)
        if fixed.weekday() >= SATURDAY:
            # The next day of the week that is none yet: after a Christmas on a Saturday, Monday and Tuesday.
            instead = fixed + ONE_DAY
            while instead.weekday() >= SATURDAY or instead in days or instead == date(year, 12, 26):
                instead += ONE_DAY
            days.add(instead)
    return frozenset(days)


def is_working_day(day: date) -> bool:
    """Whether the day is a Monday to Friday and no bank holiday in England."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """Return the day that is ``count`` working days after ``day``."""
    while count:
        day += ONE_DAY
        count -= is_working_day(day)
    return day
