"""Lists as people send them, read into rows: encodings, spreadsheets, and what is refused with a sentence."""

import io
import time
import tracemalloc
import zipfile

import pytest

from bookings.lists.problems import FORMULA, MOST_ROWS, UnreadableList
from bookings.lists.reading import Table, read_file, read_text
from tests.support.workbooks import MAIN, Raw, date_cell, formula_cell, number_cell, workbook

HEADER = "First name,Last name,Date of birth"
ROWS = [["First name", "Last name", "Date of birth"], ["Zoë", "Núñez", "27/3/1985"]]


def read(data: bytes) -> Table:
    return read_file(io.BytesIO(data), len(data))


def refusal(data: bytes) -> UnreadableList:
    with pytest.raises(UnreadableList) as caught:
        read(data)
    assert caught.value.status == 422
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_says_how_it_is_written_is_read_without_a_word(encoding: str) -> None:
    table = read(f"{HEADER}\r\nZoë,Núñez,27/3/1985\r\n".encode(encoding))
    assert (table.rows, table.numbers, table.assumed) == (ROWS, [1, 2], [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_and_said_to_be_assumed(encoding: str) -> None:
    table = read(f"{HEADER}\nZoë,Núñez,27/3/1985\n".encode(encoding))
    assert table.rows == ROWS
    assert "UTF-16" in table.assumed[0]


def test_windows_1252_is_read_and_said_to_be_assumed() -> None:
    table = read(f"{HEADER}\nZoë,Núñez,27/3/1985\n".encode("cp1252"))
    assert table.rows == ROWS
    assert "Windows-1252" in table.assumed[0]


def test_what_no_encoding_explains_is_refused() -> None:
    assert "cannot be read" in str(refusal(HEADER.encode() + b"\nZo\x81\x8d,Khan,27/3/1985\n"))


@pytest.mark.parametrize("sign", ["\t", ",", ";", "|"])
def test_columns_may_be_divided_by_any_usual_sign(sign: str) -> None:
    text = f"{HEADER}\nZoë,Núñez,27/3/1985".replace(",", sign)
    assert read_text(text).rows == ROWS


def test_a_comma_inside_quotes_divides_nothing() -> None:
    assert read_text('Name,DOB\n"KHAN, Amina",27/3/1985').rows[1] == ["KHAN, Amina", "27/3/1985"]


def test_empty_rows_and_columns_are_left_out_and_rows_keep_their_numbers() -> None:
    table = read_text("First name,,DOB\n,,\nAmina,,27/3/1985\n\nBilal,,1/1/1990")
    assert table.rows == [["First name", "DOB"], ["Amina", "27/3/1985"], ["Bilal", "1/1/1990"]]
    assert table.numbers == [1, 3, 5]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old spreadsheet (.xls) or one with a password"),
        (b"%PDF-1.7\n1 0 obj", "not a list"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a list"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "not a list"),
        (b"GIF89a\x01\0", "not a list"),
        (b"{\\rtf1\\ansi", "not a list"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0abc", "not a list"),
        (b"PK\x03\x04garbage that is no archive", "cannot be read"),
        (b"", "is empty"),
        (b"\n\n ,,\n", "no rows"),
    ],
    ids=["xls", "pdf", "png", "jpeg", "gif", "rtf", "program", "broken zip", "nothing", "blank"],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(start: bytes, words: str) -> None:
    assert words in str(refusal(start))


def test_a_word_document_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "not a spreadsheet that we can read" in str(refusal(out.getvalue()))


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    assert "quotation mark" in str(refusal(f'{HEADER}\n"Amina,{"x" * 140_000}'.encode()))


def test_a_million_rows_are_refused_at_once() -> None:
    data = (HEADER + "\n" + "Amina,Khan,27/3/1985\n" * 100_000).encode()
    began = time.monotonic()
    assert f"more than {MOST_ROWS:,} rows" in str(refusal(data))
    assert time.monotonic() - began < 3


# Spreadsheets


def test_a_spreadsheet_is_read_with_its_dates_and_whole_numbers() -> None:
    data = workbook(
        [
            ["First name", "DOB", "NHS number", "Staff"],
            ["Zoë", date_cell(31_133), number_cell("9990000018"), Raw('t="b"><v>1</v>')],
            ["Amina", date_cell(31_133, style=2), number_cell("9.990000018E9"), Raw('t="b"><v>0</v>')],
            ["Bilal", "27/3/1985", number_cell("9.99E+9"), None],
            ["Chloe", Raw('t="d"><v>1985-03-27T00:00:00</v>'), number_cell("12.5"), None],
        ]
    )
    assert read(data).rows[1:] == [
        ["Zoë", "1985-03-27", "9990000018", "yes"],
        ["Amina", "1985-03-27", "9990000018", "no"],
        ["Bilal", "27/3/1985", "9.99E+9", ""],
        ["Chloe", "1985-03-27", "12.5", ""],
    ]


def test_days_counted_from_1904_are_read_and_said_to_be() -> None:
    table = read(workbook([["First name", "DOB"], ["Amina", date_cell(31_133 - 1462)]], since_1904=True))
    assert table.rows[1] == ["Amina", "1985-03-27"]
    assert "1904" in table.assumed[0]


def test_the_day_that_never_was_is_no_date() -> None:
    table = read(workbook([["First name", "DOB"], ["A", date_cell(60)], ["B", date_cell(59)], ["C", date_cell(61)]]))
    assert [row[1] for row in table.rows[1:]] == ["60", "1900-02-28", "1900-03-01"]


def test_a_formula_is_never_run_and_its_value_never_believed() -> None:
    table = read(workbook([["First name", "DOB"], ["Amina", formula_cell("TODAY()", "31133")], ["=1+1", "+3"]]))
    assert table.rows[1:] == [["Amina", FORMULA], ["=1+1", "+3"]]
    assert "formulas" in table.assumed[0]


def test_texts_may_stand_in_the_cells_themselves() -> None:
    assert read(workbook([["First name", "DOB"], ["Zoë & Co", "1"]], shared=False)).rows[1] == ["Zoë & Co", "1"]


def test_only_the_first_sheet_is_read_and_that_is_said() -> None:
    table = read(workbook([["First name", "DOB"], ["Amina", "1"]], sheets=("B wing", "C wing")))
    assert "Only the first sheet was read: B wing." in table.assumed


def test_a_spreadsheet_with_too_many_rows_is_refused_in_time_and_memory() -> None:
    row = '<row><c t="inlineStr"><is><t>Amina</t></is></c></row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row * 300_000}</sheetData></worksheet>'.encode()
    data = workbook([["a"]], replace={"xl/worksheets/sheet1.xml": sheet})
    tracemalloc.start()
    began = time.monotonic()
    assert refusal(data).code in ("too_many_rows", "too_large")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 5
    assert peak < 30_000_000


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"]
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part: str) -> None:
    data = workbook([["a"]], replace={part: b" " * 60_000_000})
    assert len(data) < 200_000
    tracemalloc.start()
    began = time.monotonic()
    assert refusal(data).code == "too_large"
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 2
    assert peak < 10_000_000


def test_a_part_that_lies_about_its_size_is_stopped_while_it_is_read() -> None:
    data = workbook([["a"]], replace={"xl/worksheets/sheet1.xml": b"<a>" + b" " * 60_000_000 + b"</a>"})
    # The size that the archive's own list tells.
    true_size = (60_000_007).to_bytes(4, "little")
    assert data.count(true_size) == 2
    assert refusal(data.replace(true_size, (20_000).to_bytes(4, "little"))).code in ("too_large", "broken")


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY b "boom">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a><b></a>",
        b"\xff\xfe\xfd",
        b"",
    ],
    ids=["entity", "outside entity", "not closed", "not text", "nothing"],
)
def test_a_part_that_is_not_plain_xml_is_refused(xml: bytes) -> None:
    assert refusal(workbook([["a"]], replace={"xl/worksheets/sheet1.xml": xml})).code == "broken"


def test_cells_far_out_and_very_long_ones_take_no_room() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
    far = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    assert read(workbook([["a"]], replace={"xl/worksheets/sheet1.xml": far.encode()})).rows == [["1"]]
    assert len(read(workbook([["x" * 40_000, "b"]])).rows[0][0]) < 600
