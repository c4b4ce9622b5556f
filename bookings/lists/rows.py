"""Each row of a list, checked: the facts of a person, or the sentences that say why it is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings.lists.columns import Columns, Fact
from bookings.lists.problems import FORMULA, LONGEST_CELL
from immunisations.actions.people import PRISON_NUMBER
from immunisations.matching import Details
from immunisations.search import fold
from nhsuk.forms import NameField, NhsNumberField, PhoneField, PostcodeField, TextField
from nhsuk.forms.identifiers import compact

YES = frozenset(["yes", "y", "true", "1", "x", "staff", "officer", "employee", "works there", "✓", "✔"])
NO = frozenset(["", "no", "n", "false", "0", "-", "–", "resident", "prisoner", "patient"])
SEXES = {"f": "female", "female": "female", "m": "male", "male": "male", "other": "other", "o": "other", "": ""}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?", re.ASCII)
WRITTEN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]+(\d{1,2}|[a-z]{3,9})[-/., ]+(\d{2,4})(?: [\d:]+)?", re.ASCII)
SCIENTIFIC = re.compile(r"\d([.,]\d+)?e\+?\d+", re.ASCII | re.IGNORECASE)
OLDEST = date(1900, 1, 1)


@dataclass
class Row:
    """One row: its number in the file, its cells as they stood, what it says, and what is wrong with it."""

    number: int
    cells: list[str]
    details: dict[str, Any] = field(default_factory=dict)
    prison_number: str = ""
    group: str = ""
    location: str = ""
    is_staff: bool = False
    note: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems

    @property
    def name(self) -> str:
        """LAST, First, as far as it could be read."""
        first, last = self.details.get("first_name", ""), self.details.get("last_name", "")
        return f"{last.upper()}, {first}" if last else first

    def to_match(self) -> Details:
        """Return what is known of the person, for matching."""
        return Details(
            first_name=self.details["first_name"],
            last_name=self.details["last_name"],
            date_of_birth=self.details["date_of_birth"],
            nhs_number=self.details["nhs_number"],
            postcode=self.details["postcode"],
            prison_number=self.prison_number,
        )


class _Wrong(Exception):
    """A cell that cannot be taken, with its sentence."""


def check_rows(columns: Columns, facts: Sequence[str], *, group: str, all_staff: bool, today: date) -> list[Row]:
    """Return every row of a list, checked. ``facts`` says what each column is ("": not used).

    ``group`` is the wing or site of those whose row names none; ``all_staff`` says that everybody works there. A row
    that says the same person as one before is told to be so.
    """
    places = {fact: number for number, fact in enumerate(facts) if fact}
    rows = []
    for number, cells in zip(columns.numbers, columns.rows, strict=True):
        row = Row(number, cells)
        rows.append(row)
        _read(row, {fact: cells[place] for fact, place in places.items()}, today)
        row.group = row.group or group
        row.is_staff = row.is_staff or all_staff
    _note_repeats(rows)
    return rows


def _read(row: Row, cells: dict[str, str], today: date) -> None:
    def take(fact: Fact, read: Any) -> Any:
        cell = cells.get(fact.value, "")
        try:
            if cell == FORMULA:
                raise _Wrong(_("%(column)s is a formula. Type the value instead.") % {"column": fact.label})
            if len(cell) > LONGEST_CELL:
                raise _Wrong(_("%(column)s is too long.") % {"column": fact.label})
            return read(cell)
        except _Wrong as wrong:
            row.problems.append(_ended(str(wrong)))
        except ValidationError as wrong:
            row.problems.append(_ended(wrong.messages[0]))
        return ""

    names = take(Fact.FULL_NAME, _whole_name) or ("", "")
    first = take(Fact.FIRST_NAME, _text(Fact.FIRST_NAME, NameField)) or names[0]
    last = take(Fact.LAST_NAME, _text(Fact.LAST_NAME, NameField)) or names[1]
    if not first and last and not row.problems:
        # Somebody with one name: whichever column it stands in.
        first, last = last, ""
    if not first and not row.problems:
        row.problems.append(_("There is no name."))
    row.details = {
        "first_name": first,
        "last_name": last,
        "date_of_birth": take(Fact.DATE_OF_BIRTH, lambda cell: _birth(cell, today)),
        "nhs_number": take(Fact.NHS_NUMBER, _nhs_number),
        "postcode": take(Fact.POSTCODE, PostcodeField(subject=_("the postcode"), required=False).clean),
        "phone": take(Fact.PHONE, PhoneField(subject=_("the phone number"), required=False, international=True).clean),
        "language": take(Fact.LANGUAGE, _text(Fact.LANGUAGE, TextField, 60)),
        "sex": take(Fact.SEX, _sex),
        "interpreter_needed": take(Fact.INTERPRETER, _yes(Fact.INTERPRETER)) or False,
    }
    row.prison_number = take(Fact.PRISON_NUMBER, _prison_number)
    row.group = take(Fact.GROUP, _text(Fact.GROUP, TextField, 60))
    row.location = take(Fact.LOCATION, _text(Fact.LOCATION, TextField, 30))
    row.is_staff = take(Fact.IS_STAFF, _yes(Fact.IS_STAFF)) or False
    row.note = take(Fact.NOTE, _text(Fact.NOTE, TextField, 300))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _text(fact: Fact, kind: type[TextField], most: int = 100) -> Any:
    field = kind(subject=str(fact.label).lower(), required=False, max_length=most)
    return lambda cell: field.clean(cell)


def _whole_name(cell: str) -> tuple[str, str]:
    if not cell:
        return "", ""
    last, comma, first = cell.partition(",")
    if not comma:
        raise _Wrong(_("The whole name must be written LAST, First, with a comma. Or give each its own column."))
    clean = NameField(subject=_("the name"), required=False).clean
    return clean(first.strip()), clean(last.strip())


def _birth(cell: str, today: date) -> date:
    text = cell.casefold().strip(" .")
    if not text:
        raise _Wrong(_("There is no date of birth."))
    if found := ISO.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := WRITTEN.fullmatch(text):
        if len(found[3]) != 4:
            raise _Wrong(_("The year of birth must include 4 numbers: “%(date)s”.") % {"date": cell[:40]})
        month = int(found[2]) if found[2].isdigit() else _month(found[2])
        parts = int(found[3]), month, int(found[1])
    else:
        raise _Wrong(_("“%(date)s” is not a date of birth. Write it like 27/3/1985.") % {"date": cell[:40]})
    try:
        born = date(*parts)
    except ValueError as wrong:
        raise _Wrong(
            _("“%(date)s” is not a real date. Write the day first, like 27/3/1985.") % {"date": cell[:40]}
        ) from wrong
    if born > today:
        raise _Wrong(_("The date of birth must be today or in the past."))
    if born < OLDEST:
        raise _Wrong(_("The date of birth must be on or after 1 January 1900."))
    return born


def _month(word: str) -> int:
    return next((number for number, name in enumerate(MONTHS, start=1) if word.startswith(name)), 0)


def _nhs_number(cell: str) -> str:
    if SCIENTIFIC.fullmatch(cell.replace(" ", "")):
        whole = cell.replace(" ", "").replace(",", ".").lower().partition("e")
        digits = whole[0].replace(".", "")
        if len(digits) != 10 or whole[2].lstrip("+0") != "9":
            raise _Wrong(
                _("The spreadsheet cut the NHS number to “%(number)s”: its last digits are lost. Type it again.")
                % {"number": cell[:20]}
            )
        cell = digits
    number = NhsNumberField(subject=_("the NHS number"), required=False).clean(cell)
    return str(number)


def _prison_number(cell: str) -> str:
    number = compact(cell)
    if number and not PRISON_NUMBER.fullmatch(number):
        raise _Wrong(
            _("“%(number)s” is not a prison number: a letter, 4 digits and 2 letters, like A1234BC.")
            % {"number": cell[:20]}
        )
    return number


def _sex(cell: str) -> str:
    found = SEXES.get(cell.casefold())
    if found is None:
        raise _Wrong(_("Sex must be female, male or other, or empty."))
    return found


def _yes(fact: Fact) -> Any:
    def read(cell: str) -> bool:
        word = cell.casefold()
        if word not in YES | NO:
            raise _Wrong(_("%(column)s: write yes or no.") % {"column": fact.label})
        return word in YES

    return read


def _note_repeats(rows: Sequence[Row]) -> None:
    """Say of each row which earlier one is the same person: by a number, or by name and date of birth."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        if not row.ready:
            continue
        person = (fold(row.details["first_name"]), fold(row.details["last_name"]), row.details["date_of_birth"])
        keys: list[tuple[object, ...]] = [("nhs", row.details["nhs_number"])] if row.details["nhs_number"] else []
        keys += [("prison", row.prison_number)] if row.prison_number else []
        numbered = bool(keys)
        keys += [("person", *person)]
        for key in keys:
            earlier = seen.get(key)
            if earlier is None or (key[0] == "person" and numbered and earlier in _numbered(rows)):
                continue
            row.problems.append(_("The same person as in row %(number)s.") % {"number": earlier})
            break
        else:
            for key in keys:
                seen.setdefault(key, row.number)


def _numbered(rows: Sequence[Row]) -> set[int]:
    """Return the rows with a number of their own: two of one name and birthday with different numbers are two."""
    return {row.number for row in rows if row.details.get("nhs_number") or row.prison_number}
