"""Which directions allow a vaccine on a day, and what is said where none does."""

from datetime import date, timedelta

from clinics.directions import in_force, why_none
from clinics.models import Direction

OLD = Direction(
    name="MMR direction",
    version="4",
    vaccines=["MMR"],
    valid_from=date(2024, 11, 1),
    valid_until=date(2026, 10, 31),
)
COMING = Direction(
    name="MMR direction", version="5", vaccines=["MMR"], valid_from=date(2026, 12, 1), valid_until=date(2028, 11, 30)
)
DAY = timedelta(days=1)


def test_a_direction_is_in_force_from_its_first_day_to_its_last():
    for day, found in [
        (OLD.valid_from - DAY, []),
        (OLD.valid_from, [OLD]),
        (OLD.valid_until, [OLD]),
        (OLD.valid_until + DAY, []),
    ]:
        assert in_force([OLD, COMING], "MMR", day) == found
    assert in_force([OLD], "MMRV", OLD.valid_from) == []


def test_where_none_is_in_force_it_says_which_ended_or_begins_later_or_that_there_is_none():
    between = date(2026, 11, 21)
    assert why_none([OLD, COMING], "MMR", between) == "MMR direction, version 4, ended on 31 October 2026."
    assert why_none([COMING], "MMR", between) == "MMR direction, version 5, begins on 1 December 2026."
    assert why_none([OLD, COMING], "6IN1", between) == "There is no direction for 6-in-1."
