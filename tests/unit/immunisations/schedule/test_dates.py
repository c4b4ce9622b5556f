"""Days, ages and half-known dates: each against the calendar itself."""

import datetime

import pytest

from immunisations.schedule import ScheduleError
from immunisations.schedule.dates import Days, Span, days_of, in_words, iso

LENGTHS = [Span.parse(text) for text in ("28 days", "1 month", "3 months", "11 months", "1 year", "3 years 4 months")]
# Around the ends of months, of a leap year and of a year of a century that is none.
STRETCHES = [("2023-12-27", "2024-03-03"), ("2025-02-25", "2025-03-03"), ("2100-02-26", "2100-03-02")]


def day(text):
    return datetime.date.fromisoformat(text).toordinal()


def days(first, last):
    return range(day(first), day(last) + 1)


@pytest.mark.parametrize(
    ("text", "months", "of_days"),
    [
        ("1 day", 0, 1),
        ("28 days", 0, 28),
        ("8 weeks", 0, 56),
        ("1 week 2 days", 0, 9),
        ("15 months", 15, 0),
        ("1 year", 12, 0),
        ("3 years 4 months", 40, 0),
    ],
)
def test_a_length_of_time_is_read_as_a_rule_states_it(text, months, of_days):
    assert Span.parse(text) == (months, of_days)


@pytest.mark.parametrize(
    "text", ["", "0 days", "28", "days", "28 day s", "1 month 2 days", "1 year, 2 months", "x1 day"]
)
def test_anything_else_is_no_length_of_time(text):
    with pytest.raises(ValueError, match="length of time"):
        Span.parse(text)


@pytest.mark.parametrize(
    ("from_day", "text", "to"),
    [
        ("2025-11-30", "3 months", "2026-02-28"),
        ("2023-11-30", "3 months", "2024-02-29"),
        ("2025-08-31", "6 months", "2026-02-28"),
        ("2025-01-28", "1 month", "2025-02-28"),
        ("2025-01-29", "1 month", "2025-02-28"),
        ("2025-03-31", "1 month", "2025-04-30"),
        ("2024-02-29", "1 year", "2025-03-01"),
        ("2024-02-29", "4 years", "2028-02-29"),
        ("2024-02-29", "18 months", "2025-08-29"),
        ("2025-12-15", "1 month", "2026-01-15"),
        ("2025-12-31", "28 days", "2026-01-28"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_and_whole_years_on_1_march(from_day, text, to):
    assert iso(Span.parse(text).after(day(from_day))) == to


@pytest.mark.parametrize("length", LENGTHS, ids=str)
@pytest.mark.parametrize(("first", "last"), STRETCHES)
def test_the_first_day_to_reach_a_day_is_the_first_that_does(length, first, last):
    for wanted in days(first, last):
        start = length.first_to_reach(wanted)
        assert length.after(start - 1) < wanted <= length.after(start)


@pytest.mark.parametrize("length", LENGTHS, ids=str)
@pytest.mark.parametrize(("first", "last"), STRETCHES)
def test_the_days_from_which_a_length_changes_are_all_there_are(length, first, last):
    wanted = [each for each in days(first, last)[1:] if length.after(each) - length.after(each - 1) != 1]
    assert length.changes(day(first), day(last)) == wanted
    assert length.changes(day(last), day(first)) == []
    for one in days(first, last):
        assert length.changes(one, one) == []
        assert length.changes(one - 1, one) == [each for each in wanted if each == one] or one == day(first)


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_every_number_of_days_that_a_length_can_be_is_among_its_lengths(length):
    for first, last in STRETCHES:
        for each in days(first, last):
            assert length.after(each) - each in length.lengths()
            assert length.after(each) - each + 1 in length.lengths() or not length.months


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019-06-01", "2019-06-01", "2019-06-01"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-12", "2019-12-01", "2019-12-31"),
        ("2019", "2019-01-01", "2019-12-31"),
        ("2020", "2020-01-01", "2020-12-31"),
        ("9000", "9000-01-01", "9000-12-31"),
    ],
)
def test_a_date_is_all_days_it_can_be(text, first, last):
    read = days_of(text)
    assert read == Days(day(first), day(last))
    assert read.known is (first == last)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 41, f"'{'x' * 40}' is not a date. Write it as 2019-06-01, or 2019-06, or 2019."),
        ("2019-6-1", "'2019-6-1' is not a date. Write it as 2019-06-01, or 2019-06, or 2019."),
        ("2019-06-01 ", "'2019-06-01 ' is not a date. Write it as 2019-06-01, or 2019-06, or 2019."),
        ("2019-02-29", "'2019-02-29' is not a day that exists."),
        ("2019-13", "'2019-13' is not a day that exists."),
        ("2019-00", "'2019-00' is not a day that exists."),
        ("2019-06-00", "'2019-06-00' is not a day that exists."),
        ("0000", "'0000' is not a day that exists."),
        ("9001", "The year 9001 is too far away."),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ScheduleError) as refused:
        days_of(text)
    assert (refused.value.code, refused.value.message) == ("bad_date", sentence)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-10", "10 February 2026"),
        ("2026-12-01", "1 December 2026"),
        ("2026-02", "February 2026"),
        ("2026", "2026"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(text, words):
    assert in_words(text) == words
