"""Times and days in the words of the public pages."""

from datetime import UTC, date, datetime, time

import pytest

from clinics import words


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (time(9), "9am"),
        (time(10, 20), "10:20am"),
        (time(12), "midday"),
        (time(12, 5), "12:05pm"),
        (time(0), "midnight"),
        (time(14), "2pm"),
        (datetime(2026, 7, 4, 9, 5, tzinfo=UTC), "10:05am"),
        (datetime(2026, 12, 4, 9, 5, tzinfo=UTC), "9:05am"),
    ],
)
def test_a_time_is_said_without_a_24_hour_clock(at, shown):
    assert words.clock(at) == shown


def test_a_day_is_said_in_full():
    assert words.day(date(2026, 3, 14)) == "Saturday 14 March 2026"
    assert words.plain_date(date(2026, 3, 4)) == "4 March 2026"


def test_a_list_ends_with_and():
    assert [words.listed(some) for some in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


@pytest.mark.parametrize(
    ("miles", "shown"), [(0, "0.5"), (0.9, "1"), (2.3, "2.5"), (9.7, "9.5"), (9.8, "10"), (16.8, "17")]
)
def test_a_distance_is_rounded_to_half_miles_then_to_miles(miles, shown):
    assert words.miles(miles) == shown
