"""Dates and vaccines as they are typed from a record: read as they stand, or asked back."""

from datetime import date

import pytest

from immunisations.vaccine_names import UnknownVaccine, read_line, read_vaccine
from immunisations.written_dates import UnreadableDate, read_date

BORN, TODAY = date(2020, 2, 3), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *[
            (typed, "2021-02-03")
            for typed in (
                "3/2/2021", "3 2 21", "3.2.21", "03-02-2021", "030221", "03022021", "20210203", "2021-02-03",
                "3 Feb 2021", "3rd February 21", "Feb 3 2021", "3 II 2021", " 3, 2, 21 ", "٣/٢/٢٠٢١",
            )
        ],
        *[(typed, "2021-02") for typed in ("02/2021", "2/2021", "Feb 2021", "2021-02", "II 2021", "february, 2021")],
        ("2021", "2021"),
        ("2020", "2020"),
        ("Feb 2020", "2020-02"),
        ("21/11/26", "2026-11-21"),
    ],
)  # fmt: skip
def test_a_date_is_read_exactly_as_exact_as_it_was_typed(typed, read):
    assert read_date(typed, born=BORN, today=TODAY) == read


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "hello", "21", "3/2", "3 Feb", "Feb 21", "3/21", "2/25/21", "31/2/21", "29/2/21", "3/2/21/4",
        "2022-13", "99999", "0000", "1850", "2/2/2020", "22/11/26", "Dec 2026", "2027", "3/2/85",
        "😀", "\x00", "<script>",
        "3/2/202", "x" * 5000, "1" * 5000, "Ju 2021", "2021-2-30",
    ],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_asked_back(typed):
    with pytest.raises(UnreadableDate) as problem:
        read_date(typed, born=BORN, today=TODAY)
    assert str(problem.value)


def test_a_year_of_two_digits_lies_between_birth_and_today_or_is_asked_for():
    assert read_date("1/5/63", born=date(1960, 1, 1), today=TODAY) == "1963-05-01"
    assert read_date("1/5/19", born=date(1960, 1, 1), today=TODAY) == "2019-05-01"
    with pytest.raises(UnreadableDate, match="it could be 1920 or 2020"):
        read_date("1/5/20", born=date(1915, 1, 1), today=TODAY)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mmr", "MMR"), ("MMRV", "MMRV"), ("mmrv", "MMRV"), ("priorix", "MMR"), ("Priorix-Tetra", "MMRV"),
        ("6 in 1", "6IN1"), ("6-in-1", "6IN1"), ("5in1", "5IN1"), ("3IN1", "3IN1"), ("td/ipv", "3IN1"),
        ("pcv", "PNEUMOCOCCAL"),
        ("rota", "ROTAVIRUS"), ("opv", "OPV"), ("measles", "MEASLES_ONLY"), ("yellow f", "YELLOWFEVER"),
    ],
)  # fmt: skip
def test_a_vaccine_is_known_by_its_whole_name_or_a_start_that_fits_one_alone(typed, code):
    assert read_vaccine(typed) == (code, "")


@pytest.mark.parametrize("typed", ["", "m", "men", "flu", "priori", "\x00", "mmrvx", "😀", "x" * 5000])
def test_a_name_that_fits_none_or_several_is_asked_back(typed):
    with pytest.raises(UnknownVaccine) as problem:
        read_vaccine(typed)
    assert str(problem.value)


def test_a_vaccine_on_no_list_keeps_its_name():
    assert read_vaccine("Other: BCG") == ("OTHER", "BCG")
    assert read_vaccine("another vaccine, Typhim Vi") == ("OTHER", "Typhim Vi")


def test_a_line_is_a_name_and_a_date():
    assert read_line("MMR 3/2/21") == ("MMR", "3/2/21")
    assert read_line("6 in 1 May 2020") == ("6 in 1", "May 2020")
    assert read_line("prevenar 13") == ("prevenar 13", "")
    assert read_line("flu 2020") == ("flu 2020", "")
