"""Columns found by their headers, and each row checked: what is taken, and the sentence for what is not."""

from datetime import date
from typing import Any

import pytest

from bookings.lists.columns import Fact, fact_of, read_columns
from bookings.lists.problems import FORMULA
from bookings.lists.reading import read_text
from bookings.lists.rows import Row, check_rows

TODAY = date(2026, 11, 21)


def rows_of(text: str, **details: Any) -> list[Row]:
    columns = read_columns(read_text(text))
    return check_rows(columns, columns.facts, **{"group": "", "all_staff": False, "today": TODAY, **details})


def one(**cells: str) -> Row:
    """Check one row: Amina Khan of 1985 unless told."""
    facts = {"first_name": "Amina", "last_name": "Khan", "date_of_birth": "27/3/1985", **cells}
    columns = read_columns(read_text("\t".join(facts) + "\n" + "\t".join(value or " " for value in facts.values())))
    return check_rows(columns, list(facts), group="", all_staff=False, today=TODAY)[0]


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("Surname", Fact.LAST_NAME),
        ("FORENAME(S)", Fact.FIRST_NAME),
        ("Forenames", Fact.FIRST_NAME),
        ("D.O.B.", Fact.DATE_OF_BIRTH),
        ("NHS No.", Fact.NHS_NUMBER),
        ("NOMS", Fact.PRISON_NUMBER),
        ("NOMIS ID", Fact.PRISON_NUMBER),
        ("Wing", Fact.GROUP),
        ("Cell", Fact.LOCATION),
        ("First Language", Fact.LANGUAGE),
        ("Next of kin name", None),
        ("", None),
    ],
)
def test_columns_are_known_by_the_words_people_use(header: str, fact: Fact | None) -> None:
    assert fact_of(header) is fact


def test_a_header_below_titles_is_found() -> None:
    columns = read_columns(read_text("HMP Hewell\nList of 20 November\nSurname,Forename,DOB,Wing\nDoe,Ann,1/2/1990,B"))
    assert columns.facts == ["last_name", "first_name", "date_of_birth", "group"]
    assert columns.rows == [["Doe", "Ann", "1/2/1990", "B"]] and columns.numbers == [4]


def test_a_header_of_merged_cells_in_two_rows_is_joined() -> None:
    columns = read_columns(read_text("Name,,DOB,Location,\nFirst,Last,,Wing,Cell\nAnn,Doe,1/2/1990,B,12"))
    assert columns.facts == ["first_name", "last_name", "date_of_birth", "group", "location"]
    assert columns.rows == [["Ann", "Doe", "1/2/1990", "B", "12"]]


def test_a_list_without_a_header_leaves_the_columns_to_be_chosen() -> None:
    columns = read_columns(read_text("Ann,Doe,1/2/1990\nBob,Roe,3/4/1980"))
    assert columns.facts == ["", "", ""] and len(columns.rows) == 2


def test_a_whole_row_is_read() -> None:
    row = rows_of(
        "Surname,Forename,DOB,NHS no,Prison number,Wing,Cell,Staff,Sex,Postcode,Phone,Language,Interpreter,Notes\n"
        "KHAN,Amina,27 Mar 1985,999 000 0018,a1234bc,B,2-14,no,F,wr114bs,07700 900982,Urdu,yes,Escort"
    )[0]
    assert row.problems == []
    assert row.details == {
        "first_name": "Amina",
        "last_name": "KHAN",
        "date_of_birth": date(1985, 3, 27),
        "nhs_number": "9990000018",
        "postcode": "WR11 4BS",
        "phone": "+447700900982",
        "language": "Urdu",
        "sex": "female",
        "interpreter_needed": True,
    }
    assert (row.prison_number, row.group, row.location, row.is_staff, row.note) == (
        "A1234BC",
        "B",
        "2-14",
        False,
        "Escort",
    )


@pytest.mark.parametrize(
    "typed", ["27/3/1985", "27.03.1985", "27-3-1985", "1985-03-27", "27 March 1985", "27-Mar-1985", "27th mar 1985"]
)
def test_a_date_of_birth_may_be_written_in_any_usual_way(typed: str) -> None:
    assert one(date_of_birth=typed).details["date_of_birth"] == date(1985, 3, 27)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"first_name": "", "last_name": ""}, "There is no name."),
        ({"first_name": FORMULA}, "First name is a formula. Type the value instead."),
        ({"date_of_birth": ""}, "There is no date of birth."),
        ({"date_of_birth": "27/3/85"}, "The year of birth must include 4 numbers: “27/3/85”."),
        ({"date_of_birth": "3/27/1985"}, "“3/27/1985” is not a real date. Write the day first, like 27/3/1985."),
        ({"date_of_birth": "29/2/2023"}, "“29/2/2023” is not a real date. Write the day first, like 27/3/1985."),
        ({"date_of_birth": "31133"}, "“31133” is not a date of birth. Write it like 27/3/1985."),
        ({"date_of_birth": "22/11/2026"}, "The date of birth must be today or in the past."),
        ({"date_of_birth": "1/1/1850"}, "The date of birth must be on or after 1 January 1900."),
        (
            {"nhs_number": "9.99E+09"},
            "The spreadsheet cut the NHS number to “9.99E+09”: its last digits are lost. Type it again.",
        ),
        ({"nhs_number": "9990000019"}, "Check the NHS number – one digit may be wrong."),
        ({"nhs_number": "12345"}, "NHS number must be 10 digits – you entered 5."),
        (
            {"prison_number": "A123BC"},
            "“A123BC” is not a prison number: a letter, 4 digits and 2 letters, like A1234BC.",
        ),
        ({"postcode": "nowhere"}, "Enter a full UK postcode, like WR11 4BS."),
        ({"is_staff": "maybe"}, "Works there (yes or no): write yes or no."),
        ({"group": "x" * 61}, "The wing or site must be 60 characters or fewer."),
        ({"first_name": "x" * 700}, "First name is too long."),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(cells: dict[str, str], sentence: str) -> None:
    row = one(**cells)
    assert sentence.replace("The wing", "Wing") in [each.replace("The wing", "Wing") for each in row.problems]
    assert not row.ready


def test_an_nhs_number_written_as_a_power_with_all_its_digits_is_whole() -> None:
    assert one(nhs_number="9.990000018E+09").details["nhs_number"] == "9990000018"


def test_a_name_that_looks_like_a_formula_is_text() -> None:
    row = one(first_name="=HYPERLINK(1)", last_name="-Khan")
    assert (row.details["first_name"], row.details["last_name"]) == ("=HYPERLINK(1)", "-Khan")


def test_somebody_with_one_name_is_taken() -> None:
    assert one(first_name="", last_name="Cher").details["first_name"] == "Cher"


def test_a_whole_name_needs_its_comma() -> None:
    good, bad = rows_of('Name,DOB\n"KHAN, Amina",1/2/1990\nAmina Khan,1/2/1990')
    assert (good.details["first_name"], good.details["last_name"]) == ("Amina", "KHAN")
    assert "LAST, First" in bad.problems[0]


def test_the_same_person_twice_is_one() -> None:
    rows = rows_of(
        "First name,Last name,DOB,NHS no\n"
        "Amina,Khan,1/2/1990,9990000018\nAmina,Khan,1/2/1990,\nA,Khan,1/2/1990,9990000018"
    )
    assert [row.problems for row in rows] == [
        [],
        ["The same person as in row 2."],
        ["The same person as in row 2."],
    ]


def test_two_of_one_name_and_birthday_with_numbers_of_their_own_are_two() -> None:
    rows = rows_of("First name,Last name,DOB,Prison number\nJohn,Smith,1/2/1990,A1234BC\nJohn,Smith,1/2/1990,A1234BD")
    assert [row.problems for row in rows] == [[], []]


def test_what_holds_for_all_rows_is_added_where_a_row_says_nothing() -> None:
    rows = rows_of("First name,DOB,Wing\nA,1/2/1990,B\nC,1/2/1991,", group="Gate", all_staff=True)
    assert [(row.group, row.is_staff) for row in rows] == [("B", True), ("Gate", True)]
