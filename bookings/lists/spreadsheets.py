"""The first sheet of an .xlsx workbook, read as a stream: never whole, never run, and never more than we take.

Of a workbook (ECMA-376, Office Open XML) only what a list of people needs is read: the first sheet's cells, the shared
texts, and which formats are dates. A document type in any part is refused, so no entity is ever expanded.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from bookings.lists.problems import (
    FORMULA,
    LONGEST_CELL,
    MOST_ABOVE,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    UnreadableList,
)

# Of one part, unpacked. A sheet of 2,000 people and twenty columns takes about 4 MB.
MOST_UNPACKED = 24_000_000
# A part that unpacks to more than this many times its size was made to.
MOST_RATIO = 200
MOST_PARTS = 500
CHUNK = 65_536
CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
# Built-in number formats that are dates (ECMA-376 part 1, 18.8.30).
DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(45, 48), *range(50, 59)})
LAST_DAY = 2_958_465  # 31 December 9999


class _Enough(Exception):
    """As much was read as is ever needed."""


def too_long() -> UnreadableList:
    """Return the refusal of a list with too many people."""
    return UnreadableList(
        _("This list has more than %(most)s rows. Divide it, for example by wing, and add each part.")
        % {"most": f"{MOST_ROWS:,}"},
        code="too_many_rows",
    )


def too_large() -> UnreadableList:
    """Return the refusal of a file that holds more than a list of people does."""
    return UnreadableList(
        _("This file holds far more than a list of people. Copy the list alone into a new file."), code="too_large"
    )


def broken() -> UnreadableList:
    """Return the refusal of a workbook that cannot be read."""
    return UnreadableList(
        _("This spreadsheet cannot be read. Open it, save it again as .xlsx or CSV, and add that."), code="broken"
    )


def read_workbook(file: IO[bytes]) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Return the numbered rows of the first sheet as text, empty ones left out, and sentences on what was assumed.

    A date becomes "2020-03-27", a whole number its digits, a formula ``FORMULA``. Raises UnreadableList.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, KeyError) as bad:
        raise broken() from bad
    except RuntimeError as bad:
        # How the library says that a part is encrypted, or packed in a way that it does not know.
        raise broken() from bad


def _read(archive: zipfile.ZipFile) -> tuple[list[tuple[int, list[str]]], list[str]]:
    parts = {part.filename: part for part in archive.infolist()[: MOST_PARTS + 1]}
    if len(parts) > MOST_PARTS:
        raise too_large()
    if "xl/workbook.xml" not in parts:
        raise UnreadableList(
            _("This file is not a spreadsheet that we can read. Save it as .xlsx or CSV, and add that."),
            code="wrong_kind",
        )
    workbook = _Workbook()
    _parse(archive, parts["xl/workbook.xml"], workbook.begins)
    links = _Links()
    if "xl/_rels/workbook.xml.rels" in parts:
        _parse(archive, parts["xl/_rels/workbook.xml.rels"], links.begins)
    if not workbook.sheets:
        raise broken()
    target = links.targets.get(workbook.sheets[0][1], "worksheets/sheet1.xml")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if path not in parts:
        raise broken()
    styles = _Styles()
    if "xl/styles.xml" in parts:
        _parse(archive, parts["xl/styles.xml"], styles.begins)
    texts = _Texts()
    if "xl/sharedStrings.xml" in parts:
        _parse(archive, parts["xl/sharedStrings.xml"], texts.begins, texts.ends, texts.says)
    sheet = _Sheet(texts.texts, styles.dates, since_1904=workbook.since_1904)
    try:
        _parse(archive, parts[path], sheet.begins, sheet.ends, sheet.says)
    except _Enough as enough:
        raise too_long() from enough
    said = []
    if len(workbook.sheets) > 1:
        said.append(_("Only the first sheet was read: %(name)s.") % {"name": workbook.sheets[0][0][:60]})
    if workbook.since_1904:
        said.append(_("This spreadsheet counts its days from 1904. Compare a date of birth with your own list."))
    return sheet.rows, said


def _parse(
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    begins: Callable[[str, dict[str, str]], None],
    ends: Callable[[str], None] | None = None,
    says: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to the callbacks in pieces; stop where it unpacks to more than any list needs."""
    if part.file_size > MOST_UNPACKED or part.file_size > max(part.compress_size, 1) * MOST_RATIO + CHUNK:
        raise too_large()
    parser = expat.ParserCreate(namespace_separator=" ")

    def local(name: str) -> str:
        return name.rpartition(" ")[2]

    def refuse(*_args: object) -> None:
        raise broken()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: begins(
        local(name), {local(key): value for key, value in attributes.items()}
    )
    if ends is not None:
        parser.EndElementHandler = lambda name: ends(local(name))
    if says is not None:
        parser.CharacterDataHandler = says
    unpacked = 0
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            unpacked += len(piece)
            # What the archive says of the part's size may be a lie.
            if unpacked > MOST_UNPACKED:
                raise too_large()
            parser.Parse(piece, False)
    parser.Parse(b"", True)


class _Workbook:
    """The sheets' names, and whether days are counted from 1904."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "sheet" and given.get("state", "visible") == "visible" and len(self.sheets) < MOST_PARTS:
            self.sheets.append((given.get("name", ""), given.get("id", "")))
        elif name == "workbookPr":
            self.since_1904 = given.get("date1904", "0") in ("1", "true", "on")


class _Links:
    """Which part a sheet's id means."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and len(self.targets) < MOST_PARTS:
            self.targets[given.get("Id", "")] = given.get("Target", "")


class _Styles:
    """Which of the cells' styles are dates."""

    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.dates: list[bool] = []
        self.inside = False

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
            self.inside = name == "cellXfs"
        elif name == "xf" and self.inside:
            if len(self.dates) > 65_000:
                raise too_large()
            self.dates.append(self._is_date(given.get("numFmtId", "0")))

    def _is_date(self, code: str) -> bool:
        own = self.formats.get(code)
        if own is None:
            return code.isdigit() and len(code) < 4 and int(code) in DATE_FORMATS
        # Without what stands in quotes or brackets, such as [Red] or "day".
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", own).lower()
        return any(letter in bare for letter in "dy")


class _Texts:
    """The texts that cells point to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.kept = 0
        self.parts: list[str] | None = None
        self.reading = self.phonetic = False

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self.parts = []
        elif name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.reading = not self.phonetic

    def says(self, text: str) -> None:
        if self.reading and self.parts is not None:
            self.parts.append(text)

    def ends(self, name: str) -> None:
        if name == "t":
            self.reading = False
        elif name == "rPh":
            self.phonetic = False
        elif name == "si":
            text = "".join(self.parts or ())
            self.kept += len(text) + 50
            if self.kept > 4 * MOST_TEXT:
                raise too_large()
            self.texts.append(text[: LONGEST_CELL + 1])
            self.parts = None


class _Sheet:
    """The cells of a sheet, row by row."""

    def __init__(self, texts: list[str], dates: list[bool], *, since_1904: bool) -> None:
        self.texts, self.dates, self.since_1904 = texts, dates, since_1904
        self.rows: list[tuple[int, list[str]]] = []
        self.kept = self.number = self.column = 0
        self.row: list[str] = []
        self.kind = self.style = ""
        self.formula = self.reading = False
        self.parts: list[str] = []

    def begins(self, name: str, given: dict[str, str]) -> None:
        if name == "row":
            self.row, said = [], given.get("r", "")
            self.number = int(said) if said.isdigit() and len(said) < 8 else self.number + 1
        elif name == "c":
            found = CELL.fullmatch(given.get("r", ""))
            self.column = _column(found[1]) if found else len(self.row)
            self.kind, self.style = given.get("t", "n"), given.get("s", "0")
            self.formula, self.parts = False, []
        elif name == "f":
            self.formula = True
        elif name in ("v", "t"):
            self.reading = True

    def says(self, text: str) -> None:
        if self.reading:
            self.parts.append(text)

    def ends(self, name: str) -> None:
        if name in ("v", "t"):
            self.reading = False
        elif name == "c":
            self._cell()
        elif name == "row" and any(self.row):
            # Rows that only have a colour count for nothing.
            self.rows.append((self.number, self.row))
            if len(self.rows) > MOST_ROWS + MOST_ABOVE + 1:
                raise _Enough

    def _cell(self) -> None:
        if self.column >= MOST_COLUMNS:
            return
        value = FORMULA if self.formula else self._value("".join(self.parts))
        self.kept += len(value)
        if self.kept > MOST_TEXT:
            raise too_large()
        self.row += [""] * (self.column + 1 - len(self.row))
        self.row[self.column] = value[: LONGEST_CELL + 1]

    def _value(self, text: str) -> str:
        if self.kind == "s":
            number = int(text) if text.isdigit() and len(text) < 9 else -1
            return self.texts[number].strip() if 0 <= number < len(self.texts) else ""
        if self.kind in ("str", "inlineStr"):
            return text.strip()
        if self.kind == "b":
            return _("yes") if text == "1" else _("no")
        if self.kind == "e":
            return ""
        if self.kind == "d":
            return text[:10]
        style = int(self.style) if self.style.isdigit() and len(self.style) < 6 else 0
        is_date = style < len(self.dates) and self.dates[style]
        return _day(text, since_1904=self.since_1904) if is_date else _number(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str) -> str:
    """Return a number as it is read: a whole one in digits, unless digits were lost ("9.99E9" stays as it is)."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return text.strip()
    if not value.is_finite() or value.adjusted() > 15:
        return text.strip()
    digits = len(value.as_tuple().digits)
    if value == value.to_integral_value():
        lost = "E" in text.upper() and value.adjusted() + 1 > digits
        return text.strip() if lost else str(int(value))
    return text.strip()


def _day(text: str, *, since_1904: bool) -> str:
    """Return the day that a serial number means. Serial 60 of the usual count is 29 February 1900, which never was."""
    try:
        serial = int(Decimal(text.strip()))
    except (InvalidOperation, ValueError, OverflowError):
        return text.strip()
    if not 0 < serial <= LAST_DAY - 1462:
        return text.strip()
    if since_1904:
        found = date(1904, 1, 1) + timedelta(days=serial)
    elif serial == 60:
        return text.strip()
    else:
        found = date(1899, 12, 31) + timedelta(days=serial - (serial > 60))
    return found.isoformat()
