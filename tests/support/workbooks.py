"""Spreadsheets for tests, written part by part, so that each can be as odd as what people send."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Styles of cells: 0 plain, 1 a built-in date, 2 a date of our own making, 3 a number in red.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\-mmm\\-yyyy"/>'
    '<numFmt numFmtId="165" formatCode="[Red]0.00"/></numFmts><cellXfs count="4"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


class Raw(str):
    """A cell as it stands in the file: ``Raw('t="n" s="1"><v>1</v>')``."""


def letters(number: int) -> str:
    """Return the name of the ``number``-th column, counted from 0."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def date_cell(serial: int, style: int = 1) -> Raw:
    """Return a cell with a day."""
    return Raw(f's="{style}"><v>{serial}</v>')


def number_cell(text: str) -> Raw:
    """Return a cell with a number, as it is written in the file."""
    return Raw(f"><v>{text}</v>")


def formula_cell(formula: str, value: str = "1") -> Raw:
    """Return a cell with a formula and what it came to."""
    return Raw(f't="str"><f>{escape(formula)}</f><v>{escape(value)}</v>')


def workbook(
    rows: Sequence[Sequence[str | Raw | None]],
    *,
    since_1904: bool = False,
    sheets: Sequence[str] = ("Sheet1",),
    shared: bool = True,
    replace: dict[str, bytes] | None = None,
) -> bytes:
    """Return an .xlsx file whose first sheet has these rows; ``replace`` puts other bytes in place of its parts."""
    texts: list[str] = []
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for place, value in enumerate(row):
            name = f"{letters(place)}{number}"
            if value is None:
                continue
            if isinstance(value, Raw):
                cells.append(f'<c r="{name}" {value}</c>' if not value.startswith(">") else f'<c r="{name}"{value}</c>')
            elif shared:
                texts.append(value)
                cells.append(f'<c r="{name}" t="s"><v>{len(texts) - 1}</v></c>')
            else:
                cells.append(f'<c r="{name}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><workbookPr date1904="{int(since_1904)}"/>'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, (replace or {}).get(path, text.encode()))
    return out.getvalue()
