"""What each column of a list is: read from its header, and changed by whoever adds the list."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.lists.problems import MOST_ABOVE, MOST_ROWS
from bookings.lists.reading import Table
from bookings.lists.spreadsheets import too_long


class Fact(models.TextChoices):
    """What a column can say of a person."""

    FIRST_NAME = "first_name", _("First name")
    LAST_NAME = "last_name", _("Last name")
    FULL_NAME = "full_name", _("Whole name, as LAST, First")
    DATE_OF_BIRTH = "date_of_birth", _("Date of birth")
    NHS_NUMBER = "nhs_number", _("NHS number")
    PRISON_NUMBER = "prison_number", _("Prison number")
    GROUP = "group", _("Wing or site")
    LOCATION = "location", _("Cell or pitch")
    IS_STAFF = "is_staff", _("Works there (yes or no)")
    SEX = "sex", _("Sex")
    POSTCODE = "postcode", _("Postcode")
    PHONE = "phone", _("Phone")
    LANGUAGE = "language", _("Language spoken")
    INTERPRETER = "interpreter", _("Interpreter needed (yes or no)")
    NOTE = "note", _("Note for the day")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


# The words by which files call them, folded; exactly these, because "name of next of kin" is no name.
HEADERS: dict[Fact, frozenset[str]] = {
    Fact.FIRST_NAME: _words(
        "first name|firstname|forename|forenames|forename s|first names|given name|given names|name first|"
        "first|christian name|name forename|person first name|names first"
    ),
    Fact.LAST_NAME: _words(
        "last name|lastname|surname|family name|last|second name|name last|name surname|person last name"
    ),
    Fact.FULL_NAME: _words("name|full name|fullname|patient name|prisoner name|resident|resident name"),
    Fact.DATE_OF_BIRTH: _words("date of birth|dob|d o b|birth date|birthdate|born|date birth|birthday"),
    Fact.NHS_NUMBER: _words("nhs number|nhs no|nhs|nhsnumber|nhs num|nhs no number|nhsno"),
    Fact.PRISON_NUMBER: _words(
        "prison number|prison no|prisoner number|prisoner no|noms|noms number|noms no|noms id|nomis|nomis id|"
        "nomis number|nomis no|offender number|offender no|prison id"
    ),
    Fact.GROUP: _words(
        "wing|site|house block|houseblock|house unit|unit|block|residential unit|location wing|wing or site|"
        "wing site|camp"
    ),
    Fact.LOCATION: _words("cell|cell number|cell no|cell location|room|pitch|plot|location cell|location"),
    Fact.IS_STAFF: _words("staff|works there|staff or resident|is staff|role|member of staff|type"),
    Fact.SEX: _words("sex|gender"),
    Fact.POSTCODE: _words("postcode|post code|home postcode"),
    Fact.PHONE: _words("phone|telephone|mobile|phone number|mobile number|tel|telephone number"),
    Fact.LANGUAGE: _words("language|first language|main language|spoken language|language spoken|preferred language"),
    Fact.INTERPRETER: _words("interpreter|interpreter needed|interpreter required|needs interpreter"),
    Fact.NOTE: _words("note|notes|comment|comments|remarks"),
}
BY_HEADER = {words: fact for fact, known in HEADERS.items() for words in known}
# Fewer known words in a row, and it is no header.
FEWEST = 2


@dataclass(frozen=True)
class Columns:
    """How a list's table is read: the header's words ("" where there is none), what each column is, and the rows."""

    headers: list[str]
    facts: list[str]
    rows: list[list[str]]
    numbers: list[int]


def folded(header: str) -> str:
    """Return a header's words in small letters, without accents, signs or what stands in brackets."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", header)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def fact_of(header: str) -> Fact | None:
    """Return what a column with this header is, or None."""
    return BY_HEADER.get(folded(header))


def _guess(headers: Sequence[str]) -> list[str]:
    """Return the facts of a row of headers, each at most once, "" where a header is none that we know."""
    found: list[str] = []
    for header in headers:
        fact = fact_of(header)
        found.append(fact.value if fact is not None and fact.value not in found else "")
    return found


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return two rows as one header: of merged cells, the first alone holds the words of all."""
    carried, last = [], ""
    for up in above:
        last = up or last
        carried.append(last)
    joined = []
    for up, over, down in zip(above, carried, below, strict=True):
        words = [f"{over} {down}".strip(), down, up]
        joined.append(next((each for each in words if each and fact_of(each)), f"{up} {down}".strip()))
    return joined


def read_columns(table: Table) -> Columns:
    """Return the columns of a table, wherever its header stands: below titles, in two rows, or nowhere.

    Raises UnreadableList (``too_many_rows``).
    """
    best: tuple[int, int, list[str]] = (0, 0, [])
    top = table.rows[:MOST_ABOVE]
    for number, row in enumerate(top):
        ways = [(row, number + 1)]
        if number + 1 < len(top):
            ways.append((_joined(row, top[number + 1]), number + 2))
        for headers, rest in ways:
            score = sum(map(bool, _guess(headers)))
            if score > best[0]:
                best = (score, rest, list(headers))
    score, rest, headers = best
    if score < FEWEST:
        rest, headers = 0, [""] * len(table.rows[0])
    rows, numbers = table.rows[rest:], table.numbers[rest:]
    if len(rows) > MOST_ROWS:
        raise too_long()
    return Columns([header[:60] for header in headers], _guess(headers), rows, numbers)
