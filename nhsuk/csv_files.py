"""The one way in which a CSV file leaves the service: what a spreadsheet opens cannot run anything."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins with one of these is a formula to a spreadsheet, or hides one behind a blank (CWE-1236).
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
# The same in full width, which some spreadsheets read as the plain signs.
FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
# Read as text and not shown by the spreadsheets people have.
QUOTE = "'"


def harmless(cell: object) -> str:
    """Return a cell as text that no spreadsheet takes for a formula: an apostrophe goes before what would be one."""
    text = "" if cell is None else str(cell).replace("\x00", "")
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return text
    return QUOTE + text if text.lstrip().startswith(STARTS + FULL_WIDTH) or text.startswith(STARTS) else text


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, every cell harmless."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_response(filename: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return rows as a CSV file to download, with the mark by which spreadsheets know UTF-8. Never kept by a browser.

    ``filename`` is ours: letters, digits, dots and dashes, no name of a person.
    """
    response = HttpResponse("\ufeff" + csv_text(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response
