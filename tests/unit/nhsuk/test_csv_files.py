"""The CSV files that leave the service: no cell of them is a formula to a spreadsheet."""

import csv
import io

import pytest

from nhsuk.csv_files import csv_response, csv_text, harmless
from tests.support.source import ROOT


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+44 7700 900982",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =cmd|' /C calc'!A0",
        "%0A=1",
        "|calc",
        "\uff1d1+1",
        "\x00=1+1",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert next(csv.reader(io.StringIO(csv_text([[cell]]), newline="")))[0].startswith("'")


def test_what_no_spreadsheet_would_run_stays_as_it_is() -> None:
    for cell in ("Khan", "O’Neil", "27/3/2020", "999 000 0018", "", "Zoë", "a=b"):
        assert harmless(cell) == cell
    assert (harmless(None), harmless(-3), harmless(4)) == ("", "-3", "4")


def test_a_file_is_downloaded_and_kept_nowhere() -> None:
    response = csv_response("list.csv", [["Name", "Note"], ["Amina", "=1+1, “two”\nlines"]])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["Name", "Note"], ["Amina", "'=1+1, “two”\nlines"]]


def test_every_csv_is_written_here() -> None:
    apps = ("accounts", "bookings", "clinics", "config", "immunisations", "messaging", "nhsuk")
    writers = [
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if "csv.writer" in path.read_text() or "csv.DictWriter" in path.read_text() or "text/csv" in path.read_text()
    ]
    assert writers == ["nhsuk/csv_files.py"]
