"""Wall times in England, and the two nights a year on which they cannot be trusted."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.times import LONDON, NotATime, london_day, wall_time


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (date(2026, 1, 15), time(10, 20), datetime(2026, 1, 15, 10, 20, tzinfo=UTC)),
        (date(2026, 7, 15), time(10, 20), datetime(2026, 7, 15, 9, 20, tzinfo=UTC)),
        (date(2026, 3, 29), time(0, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (date(2026, 10, 25), time(0, 59), datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_stored_as_its_moment(day: date, at: time, moment: datetime) -> None:
    assert wall_time(day, at) == moment


@pytest.mark.parametrize("at", [time(1, 0), time(1, 30), time(1, 59)])
def test_a_time_skipped_when_the_clocks_go_forward_is_refused(at: time) -> None:
    with pytest.raises(NotATime, match="go forward"):
        wall_time(date(2026, 3, 29), at)


@pytest.mark.parametrize("at", [time(1, 0), time(1, 30), time(1, 59)])
def test_a_time_that_comes_twice_when_the_clocks_go_back_is_refused(at: time) -> None:
    with pytest.raises(NotATime, match="go back"):
        wall_time(date(2026, 10, 25), at)


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.times().filter(lambda t: t.hour != 1).map(lambda t: t.replace(fold=0)),
)
def test_any_other_time_shows_again_as_it_was_given(day: date, at: time) -> None:
    moment = wall_time(day, at)
    assert moment.utcoffset() is not None
    assert moment.astimezone(LONDON).replace(tzinfo=None) == datetime.combine(day, at)


def test_the_day_in_england_begins_at_midnight_there() -> None:
    assert london_day(datetime(2026, 7, 14, 23, 0, tzinfo=UTC)) == date(2026, 7, 15)
    assert london_day(datetime(2026, 7, 14, 22, 59, tzinfo=UTC)) == date(2026, 7, 14)
