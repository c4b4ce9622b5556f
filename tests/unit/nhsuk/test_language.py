"""Dates, times, lists and numbers are written as each language does, with the same digits in all."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils.translation import override

from clinics import words
from nhsuk.forms.dates import _month
from nhsuk.language import date_words, in_language, isolate, numbers_in_order

SUNDAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("language", "day", "short", "month"),
    [
        ("en-gb", "Sunday 15 March 2026", "Sun 15 Mar", "March 2026"),
        ("pl", "niedziela, 15 marca 2026", "nd, 15 mar", "marzec 2026"),
        ("ro", "duminică, 15 martie 2026", "dum, 15 mar", "martie 2026"),
        ("ur", "اتوار، 15 مارچ 2026", "اتوار 15 مارچ", "مارچ 2026"),
        ("ar", "الأحد، 15 مارس 2026", "الأحد 15 مارس", "مارس 2026"),
    ],
)
def test_a_date_in_each_language(language: str, day: str, short: str, month: str) -> None:
    with override(language):
        assert (date_words(SUNDAY, "day"), date_words(SUNDAY, "short")) == (day, short)
        assert date_words(SUNDAY, "month") == month


def test_a_moment_is_of_its_day_in_england() -> None:
    assert words.day(datetime(2026, 7, 3, 23, 30, tzinfo=UTC)) == "Saturday 4 July 2026"
    assert words.short_day(datetime(2026, 7, 3, 23, 30, tzinfo=UTC)) == "Sat 4 Jul"


@pytest.mark.parametrize(
    ("language", "shown"), [("en-gb", ["9am", "midday", "2:20pm"]), ("pl", ["9:00", "12:00", "14:20"])]
)
def test_a_time_is_written_as_the_language_counts_its_hours(language: str, shown: list[str]) -> None:
    with override(language):
        assert [words.clock(each) for each in (time(9), time(12), time(14, 20))] == shown


def test_lists_have_the_comma_and_distances_the_decimal_sign_of_the_language() -> None:
    names = ["Amina", "Bilal", "Caleb"]
    assert words.listed(names) == "Amina, Bilal and Caleb"
    assert words.miles(2.4) == "2.5"
    with override("ur"):
        assert "Amina، Bilal" in words.listed(names)
    with override("pl"):
        assert (words.miles(2.4), words.miles(12.2)) == ("2,5", "12")


@pytest.mark.parametrize(
    ("language", "typed", "month"),
    [
        ("pl", "marca", 3),
        ("pl", "marzec", 3),
        ("pl", "pazdziernika", 10),
        ("pl", "march", 3),
        ("pl", "maj", 5),
        ("ro", "noiembrie", 11),
        ("ur", "جنوری", 1),
        ("ar", "ديسمبر", 12),
        ("ar", "dec", 12),
        ("en-gb", "marca", None),
    ],
)
def test_a_month_may_be_typed_in_the_language_of_the_page_or_in_english(
    language: str, typed: str, month: int | None
) -> None:
    with override(language):
        assert _month(typed) == month


def test_names_are_isolated_only_where_the_page_runs_from_right_to_left() -> None:
    assert isolate("12 High Street") == "12 High Street"
    with override("ar"):
        assert isolate("12 High Street") == "\u206812 High Street\u2069"
        assert isolate("") == ""


def test_an_address_in_another_language_differs_only_in_how_it_begins() -> None:
    assert in_language("/clinics/?near=WR11", "pl") == "/pl/clinics/?near=WR11"
    assert in_language("/", "ar") == "/ar/"
    with override("pl"):
        assert in_language("/pl/clinics/?near=WR11", "en-gb") == "/clinics/?near=WR11"
        assert in_language("/pl/", "ur") == "/ur/"
        assert in_language("/place/", "ur") == "/ur/place/"


def test_names_with_numbers_keep_their_order_and_addresses_in_tags_are_left_alone() -> None:
    shown = numbers_in_order('<a href="/guides/6-in-1/">6-in-1</a> 07700 900 982 27 3 2020')
    assert shown == '<a href="/guides/6-in-1/">\u20666-in-1\u2069</a> \u206607700 900 982\u2069 27 3 2020'
