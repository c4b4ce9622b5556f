"""From what was uploaded or pasted to rows of text, whatever program wrote it."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from bookings.lists.problems import (
    FORMULA,
    LONGEST_CELL,
    MOST_ABOVE,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    UnreadableList,
)
from bookings.lists.spreadsheets import read_workbook, too_large, too_long

ZIP = b"PK\x03\x04"
# How files of other kinds begin, and what to say of them.
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_KINDS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ("\t", ",", ";", "|")


@dataclass
class Table:
    """Rows of text as wide as the longest, each with its number in the file, and what had to be assumed to read them.

    Empty rows and columns are left out.
    """

    rows: list[list[str]]
    numbers: list[int]
    assumed: list[str] = field(default_factory=list)


def read_file(file: IO[bytes], size: int) -> Table:
    """Return the rows of an uploaded file: CSV in any usual encoding, or an .xlsx workbook. Raises UnreadableList."""
    if size > MOST_BYTES:
        raise UnreadableList(
            _("The file must be smaller than %(limit)sMB") % {"limit": MOST_BYTES // 1_000_000}, code="too_large"
        )
    start = file.read(8)
    file.seek(0)
    if not start:
        raise UnreadableList(_("The selected file is empty"), code="empty")
    if start.startswith(ZIP):
        rows, said = read_workbook(file)
        return _tidy(rows, said)
    if start.startswith(OLD_EXCEL):
        raise UnreadableList(
            _(
                "This is an old spreadsheet (.xls) or one with a password. Save it as .xlsx or CSV without a password, "
                "and add that."
            ),
            code="wrong_kind",
        )
    if start.startswith(OTHER_KINDS):
        raise UnreadableList(
            _("This file is not a list. Add a spreadsheet (.xlsx) or a CSV file, or paste the list."), code="wrong_kind"
        )
    text, said = _decode(file.read(MOST_BYTES + 1))
    return _tidy(_rows(text), said)


def read_text(text: str) -> Table:
    """Return the rows of what was pasted: tabs, commas or semicolons between the columns. Raises UnreadableList."""
    return _tidy(_rows(text), [])


def _decode(data: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, and a sentence where its encoding had to be guessed."""
    unreadable = UnreadableList(
        _("The letters of this file cannot be read. Save it as “CSV UTF-8” or .xlsx, and add that."), code="encoding"
    )
    try:
        for mark, encoding in MARKS:
            if data.startswith(mark):
                return data.decode(encoding), []
        zeros = data[:2000].count(0)
        if zeros > len(data[:2000]) // 4:
            # Without its mark: every second byte of plain letters is zero, the first or the second of each pair.
            first = data[:2000:2].count(0) > zeros // 2
            text = data.decode("utf-16-be" if first else "utf-16-le")
            return text, [_("This file does not say how its letters are written: it was read as UTF-16.")]
    except UnicodeDecodeError as problem:
        raise unreadable from problem
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as problem:
        raise unreadable from problem
    words = _(
        "This file is not written in UTF-8: it was read as Windows-1252. Check names with accents before you go on."
    )
    return text, [words]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    if "\x00" in text:
        raise UnreadableList(
            _("This file is not a list. Add a spreadsheet (.xlsx) or a CSV file, or paste the list."), code="wrong_kind"
        )
    lines = text.splitlines()[: MOST_ABOVE + 10]
    # The sign that stands most often in the first lines.
    delimiter = max(DELIMITERS, key=lambda sign: sum(min(line.count(sign), MOST_COLUMNS) for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    number = kept = 0
    try:
        for number, row in enumerate(reader, start=1):
            if not any(cell.strip() for cell in row):
                continue
            if len(found) > MOST_ROWS + MOST_ABOVE:
                raise too_long()
            cells = [cell[: LONGEST_CELL + 1] for cell in row[:MOST_COLUMNS]]
            kept += sum(map(len, cells))
            if kept > MOST_TEXT:
                raise too_large()
            found.append((number, cells))
    except csv.Error as problem:
        raise UnreadableList(
            _("Row %(row)s cannot be read: a quotation mark is not closed.") % {"row": number + 1}, code="broken"
        ) from problem
    return found


def plain(cell: str) -> str:
    """Return a cell in one line, without blanks at its ends or characters that nobody sees."""
    kept = "".join(" " if c in "\t\r\n\u00a0" else c for c in cell)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs")).split())


def _tidy(rows: Sequence[tuple[int, list[str]]], said: list[str]) -> Table:
    """Leave out empty rows and columns; say of formulas that they were not run."""
    tidy = [(number, [plain(cell) for cell in row]) for number, row in rows]
    tidy = [(number, row) for number, row in tidy if any(row)]
    if not tidy:
        raise UnreadableList(_("There are no rows in this list."), code="no_rows")
    width = max(len(row) for _number, row in tidy)
    cells = [row + [""] * (width - len(row)) for _number, row in tidy]
    used = [column for column in range(width) if any(row[column] for row in cells)]
    cells = [[row[column] for column in used] for row in cells]
    if any(FORMULA in row for row in cells):
        said = [*said, _("Some cells hold formulas. What they come to is not used: type those values instead.")]
    return Table(cells, [number for number, _row in tidy], said)
