"""What was typed into a search box, sorted into what it can mean."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import phonenumbers

from immunisations.search.names import name_words

MOST_WORDS = 6


@dataclass(frozen=True)
class Query:
    """What was typed into the search box, sorted into what it can mean."""

    text: str
    words: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    nhs_number: str = ""
    code: str = ""
    postcode: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.facts)

    @property
    def facts(self) -> int:
        """How many different things about somebody were typed: a name in however many words is one."""
        return sum(map(bool, (self.words, self.dates, self.nhs_number, self.code or self.phone, self.postcode)))


MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}
PHONE = re.compile(r"(?<!\w)(?:\+\d|0)[\d\s()-]{7,}\d(?!\w)", re.ASCII)
DATE = re.compile(r"(?<![\w])(\d{1,2})[\s./-]+(\d{1,2}|[a-z]{3,9})[\s./-]+(\d{4}|\d{2})(?![\w])", re.ASCII)
ISO_DATE = re.compile(r"(?<![\w])(\d{4})-(\d{2})-(\d{2})(?![\w])", re.ASCII)
# As a number pad gives it: eight digits and nothing else, and not the end of a telephone number.
BARE_DATE = re.compile(r"(?<!\w)(?<!\d[\s-])(\d{2})(\d{2})((?:19|20)\d{2})(?!\w)", re.ASCII)
NHS_NUMBER = re.compile(r"(?<!\w)(\d{3})[\s-]?(\d{3})[\s-]?(\d{4})(?!\w)", re.ASCII)
POSTCODE = re.compile(r"(?<!\w)([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})(?!\w)", re.ASCII)


def read_query(text: str, *, today: date) -> Query:
    """Sort what was typed into an NHS number, a date of birth, a postcode, a telephone number, a code and words of a
    name, in any order.

    A code is anything else with digits: a booking reference or a local number, such as a prison number.
    """
    rest = unicodedata.normalize("NFKC", text)[:200].casefold()
    nhs_number = postcode = code = ""
    dates: list[date] = []
    for pattern in (ISO_DATE, DATE, BARE_DATE):
        for found in pattern.finditer(rest):
            parts = found.groups()
            day, month, year = reversed(parts) if pattern is ISO_DATE else parts
            value = _date(day, month, year, today)
            # Eight digits that are no day which has come are some other number.
            if value is not None and (pattern is not BARE_DATE or value <= today):
                dates.append(value)
                rest = rest.replace(found.group(0), " ")
    number = NHS_NUMBER.search(rest)
    if number:
        nhs_number = "".join(number.groups())
        rest = rest.replace(number.group(0), " ")
    place = POSTCODE.search(rest)
    if place:
        postcode = f"{place[1]} {place[2]}".upper()
        rest = rest.replace(place.group(0), " ")
    called = PHONE.search(rest)
    phone = _phone(called.group(0)) if called else ""
    if called:
        code = "".join(c for c in called.group(0) if c.isdigit())
        rest = rest.replace(called.group(0), " ")
    words = []
    for part in rest.split():
        if any(c.isdigit() for c in part):
            code = code or "".join(c for c in part if c.isalnum()).upper()
        else:
            words += name_words(part)
    return Query(text, tuple(words[:MOST_WORDS]), tuple(dates), nhs_number, code, postcode, phone)


def _date(day: str, month: str, year: str, today: date) -> date | None:
    """Return the date of three parts as people say them; a year of two digits is the latest that is not to come."""
    number = int(month) if month.isdigit() else MONTHS.get(month)
    if number is None:
        return None
    full = int(year)
    if len(year) == 2:
        century = today.year // 100 * 100
        full = century + int(year) if century + int(year) <= today.year else century - 100 + int(year)
    try:
        return date(full, number, int(day))
    except ValueError:
        return None


def _phone(text: str) -> str:
    """Return a telephone number as it is stored, or "" where it is none."""
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
