"""The order of the queue, and what is said about how long it takes."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.queue import Pace, Waiting, in_order, pace_of

TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def order(*waiting: Waiting) -> list[int]:
    return [one.visit for one in in_order(waiting)]


def test_whoever_comes_early_waits_from_the_booked_time() -> None:
    assert order(Waiting(1, TEN - minutes(30), TEN), Waiting(2, TEN - minutes(10), None)) == [2, 1]


def test_whoever_comes_late_has_lost_the_place() -> None:
    assert order(Waiting(1, TEN + minutes(20), TEN), Waiting(2, TEN + minutes(10), None)) == [2, 1]


def test_whoever_has_an_appointment_goes_before_who_walked_in_after_its_time() -> None:
    assert order(Waiting(2, TEN + minutes(5), None), Waiting(1, TEN - minutes(5), TEN)) == [1, 2]


def test_of_two_who_wait_equally_long_the_first_to_come_is_next() -> None:
    assert order(Waiting(3, TEN, None), Waiting(2, TEN - minutes(5), TEN), Waiting(1, TEN, None)) == [2, 1, 3]


def test_without_a_pace_nobody_can_say() -> None:
    assert pace_of([], at=TEN).wait(3) == "we cannot say yet"
    assert pace_of([(TEN - minutes(30), None)], at=TEN).wait(3) == "we cannot say yet"
    assert pace_of([(TEN - minutes(5), TEN)], at=TEN).wait(3) == "we cannot say yet"


def test_the_pace_is_that_of_the_last_hour() -> None:
    long_ago = [(TEN - minutes(200), TEN - minutes(60))] * 50
    lately = [(TEN - minutes(50), TEN - minutes(59)), (TEN - minutes(30), TEN)]
    assert pace_of([*long_ago, *lately], at=TEN) == Pace(2, minutes(60))


def test_a_clinic_that_began_less_than_an_hour_ago_is_judged_by_that_time() -> None:
    seen = [(TEN - minutes(20), TEN - minutes(10)), (TEN - minutes(10), TEN)]
    assert pace_of(seen, at=TEN).wait(2) == "about 20 to 30 minutes"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "less than 10 minutes"),
        (1, "less than 10 minutes"),
        (2, "about 10 to 20 minutes"),
        (4, "about 20 to 30 minutes"),
        (23, "about 110 to 120 minutes"),
        (24, "more than 2 hours"),
    ],
)
def test_the_wait_is_a_range_of_ten_minutes(before: int, words: str) -> None:
    assert Pace(12, minutes(60)).wait(before) == words
