"""Dates as a record states them: a day, a month or a year, and never more exact than that."""

import re
import unicodedata
from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import override

from nhsuk.language import date_words

DATE_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# Nothing that anybody types for a date is longer.
LONGEST = 40
# As months are written by hand in much of Europe.
ROMAN = dict(zip(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), range(1, 13), strict=True))


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
        return date_words(first)
    return date_words(first, "month") if first.month == last.month else str(first.year)


class UnreadableDate(ValueError):
    """What was typed is no date, or could be several. The message is a sentence for whoever typed it."""


def read_date(typed: str, *, born: date, today: date) -> str:
    """Return what was typed as "2021-02-03", "2021-02" or "2021", exactly as exact as it was typed.

    Takes 3/2/2021, 3 2 21, 3.2.2021, 030221, 3 Feb 2021, 3rd February 21, 3 II 2021, 02/2021, Feb 2021, 2021 and
    2021-02-03; the day comes before the month, as written in Britain and Europe. A year of two digits is the one
    between birth and today. Raises UnreadableDate for anything that could be read in two ways, is no date, or lies
    before birth or after today.
    """
    tokens = _tokens(typed)
    written = _read(tokens, born=born, today=today)
    try:
        first, last = span_of(written)
    except ValueError as problem:
        raise UnreadableDate(_("This is not a real date: check the day and the month")) from problem
    if last < born:
        raise UnreadableDate(_("This is before the person was born (%(born)s)") % {"born": date_words(born)})
    if first > today:
        raise UnreadableDate(_("This is in the future"))
    return written


def _tokens(typed: str) -> list[str]:
    """Return the numbers and words of what was typed, in plain digits and small letters."""
    plain = "".join(
        character for character in unicodedata.normalize("NFKC", typed) if unicodedata.category(character) != "Cf"
    )
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain).strip().casefold()
    if not plain:
        raise UnreadableDate(_("Enter the date, or a month and year, or a year"))
    plain = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", plain)
    unreadable = UnreadableDate(_("Write the date like 3/2/2021, Feb 2021 or 2021"))
    if len(plain) > LONGEST or re.fullmatch(r"[\w\s./,'’\-–]+", plain) is None or "_" in plain:
        raise unreadable
    tokens = re.findall(r"\d+|[^\W\d]+", plain)
    if len(tokens) == 1 and len(tokens[0]) in (6, 8) and tokens[0].isascii() and tokens[0].isdigit():
        tokens = _unglued(tokens[0])
    if not 1 <= len(tokens) <= 3:
        raise unreadable
    return tokens


def _unglued(digits: str) -> list[str]:
    """Return 030221, 03022021 or 20210203 in its three parts."""
    if len(digits) == 8 and digits[:2] in ("19", "20") and digits[4:6] <= "12" and digits[4:6] != "20":
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]]


def _read(tokens: list[str], *, born: date, today: date) -> str:
    """Return the tokens as a date in the form of ``span_of``, whether or not such a day exists."""
    if len(tokens) == 1:
        return _year(tokens[0])
    if _is_year(tokens[0]):
        # As computers write it: the year first.
        month = _month(tokens[1])
        return f"{tokens[0]}-{month:02}" + (f"-{_day(tokens[2]):02}" if len(tokens) == 3 else "")
    if len(tokens) == 2:
        return _month_and_year(*tokens)
    first, second, year = tokens
    # "Feb 3 2021" as well: a name cannot be taken for a day.
    day_word, month_word = (second, first) if not first.isdigit() else (first, second)
    if month_word.isdigit() and int(month_word) > 12 and 1 <= int(day_word) <= 12:
        raise UnreadableDate(_("There is no month %(month)s: write the day first") % {"month": int(month_word)})
    day, month = _day(day_word), _month(month_word)
    if len(year) == 2 and year.isdigit():
        return f"{_century(int(year), month, day, born=born, today=today)}-{month:02}-{day:02}"
    return f"{_year(year)}-{month:02}-{day:02}"


def _month_and_year(first: str, second: str) -> str:
    """Return "Feb 2021" or "02/2021"; and 3/21, which can be no day of a month."""
    if _is_year(second):
        return f"{second}-{_month(first):02}"
    if not second.isdigit() or len(second) == 1:
        raise UnreadableDate(_("Add the year"))
    if len(second) > 2:
        return f"{_year(second)}-{_month(first):02}"
    raise UnreadableDate(_("Write the year with 4 numbers: %(typed)s could be a day") % {"typed": second})


def _is_year(token: str) -> bool:
    return re.fullmatch(r"(19|20)\d\d", token, re.ASCII) is not None


def _year(token: str) -> str:
    if _is_year(token):
        return token
    if token.isdigit() and len(token) != 4:
        raise UnreadableDate(_("Write the year with 4 numbers"))
    if token.isdigit():
        raise UnreadableDate(_("Check the year: it must be 1900 or later"))
    raise UnreadableDate(_("Write the date like 3/2/2021, Feb 2021 or 2021"))


def _day(token: str) -> int:
    if token.isdigit() and len(token) <= 2 and 1 <= int(token) <= 31:
        return int(token)
    raise UnreadableDate(_("This is not a real date: check the day and the month"))


def _month(token: str) -> int:
    """Return the month of a number, a Roman number, or a name in English or the page's language cut to three letters
    or more."""
    if token.isdigit():
        if len(token) <= 2 and 1 <= int(token) <= 12:
            return int(token)
        raise UnreadableDate(_("This is not a real date: check the day and the month"))
    if token in ROMAN:
        return ROMAN[token]
    if token.startswith("sept"):
        return 9
    found = set()
    if len(token) >= 3:
        found = {number for number, name in MONTHS.items() if str(name).casefold().startswith(token)}
        with override("en"):
            found |= {number for number, name in MONTHS.items() if str(name).casefold().startswith(token)}
    if len(found) != 1:
        raise UnreadableDate(_("Write the month as a number or a name, like 2 or Feb"))
    return found.pop()


def _century(year: int, month: int, day: int, *, born: date, today: date) -> int:
    """Return the year of two digits that lies between birth and today. Raises UnreadableDate where both could."""
    years = [1900 + year, 2000 + year]
    fitting = []
    for each in years:
        try:
            if born <= date(each, month, day) <= today:
                fitting.append(each)
        except ValueError:
            continue
    if len(fitting) == 2:
        raise UnreadableDate(
            _("Write the year with 4 numbers: it could be %(first)s or %(second)s")
            % {"first": years[0], "second": years[1]}
        )
    if fitting:
        return fitting[0]
    # None fits: a year soon to come is a slip that lies in the future, any other one that lies before birth.
    return years[1] if years[1] <= today.year + 10 else years[0]
