"""Seating a family among free places."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinics.runs import FreePlace, Grid, Need, Run

TEN = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ONE = Need()
LONG = Need(extra_time=True)


def at(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


def grid(*free: tuple[int, int] | tuple[int, int, int]) -> Grid:
    """A grid of ten-minute places: (minutes after ten, vaccinator[, period])."""
    return Grid(
        [FreePlace(number, at(row[0]), row[1], row[2] if len(row) == 3 else 1) for number, row in enumerate(free, 1)],
        minutes=10,
    )


def seats(run: Run | None) -> list[tuple[int, int]] | None:
    return [(int((seat.starts_at - TEN).seconds / 60), seat.lane) for seat in run.seats] if run else None


def test_a_family_sits_one_after_the_other_with_the_same_vaccinator_where_it_can() -> None:
    free = grid((0, 1), (0, 2), (10, 2), (20, 2), (20, 1))
    assert seats(free.run_at(TEN, [ONE, ONE, ONE])) == [(0, 2), (10, 2), (20, 2)]


def test_a_family_changes_vaccinator_rather_than_being_refused() -> None:
    assert seats(grid((0, 1), (10, 2), (20, 1)).run_at(TEN, [ONE, ONE, ONE])) == [(0, 1), (10, 2), (20, 1)]


def test_two_of_a_family_are_never_seated_at_one_minute() -> None:
    free = grid((0, 1), (0, 2), (0, 3))
    assert list(free.runs([ONE, ONE])) == []
    assert free.nearest_split([ONE, ONE]) is None


def test_extra_time_takes_two_places_in_a_row_with_one_vaccinator() -> None:
    assert seats(grid((0, 1), (10, 1), (20, 1)).run_at(TEN, [LONG, ONE])) == [(0, 1), (20, 1)]
    assert grid((0, 1), (10, 2), (20, 1)).run_at(TEN, [LONG, ONE]) is None


def test_a_run_does_not_cross_from_one_period_into_the_next() -> None:
    assert grid((0, 1, 1), (10, 1, 2)).run_at(TEN, [ONE, ONE]) is None
    assert grid((0, 1, 1), (10, 1, 2)).run_at(TEN, [LONG]) is None


def test_a_gap_in_the_grid_breaks_a_run() -> None:
    assert list(grid((0, 1), (20, 1)).runs([ONE, ONE])) == []


def test_a_split_keeps_the_family_at_the_clinic_for_the_shortest_time() -> None:
    free = grid((0, 1), (60, 1), (80, 1), (200, 1))
    run = free.nearest_split([ONE, ONE])
    assert seats(run) == [(60, 1), (80, 1)]
    assert run is not None
    assert not run.together


def test_of_two_splits_equally_short_the_one_nearer_the_wish_is_taken() -> None:
    free = grid((0, 1), (20, 1), (100, 1), (120, 1))
    assert seats(free.nearest_split([ONE, ONE], near=at(110))) == [(100, 1), (120, 1)]
    assert seats(free.nearest_split([ONE, ONE])) == [(0, 1), (20, 1)]


def test_the_nearest_runs_come_in_order_of_time() -> None:
    free = grid((0, 1), (10, 1), (20, 1), (30, 1), (40, 1))
    nearest = free.nearest(free.runs([ONE]), at(30))
    assert [seats(run) for run in nearest] == [[(20, 1)], [(30, 1)], [(40, 1)]]


free_places = st.sets(st.tuples(st.integers(0, 11).map(lambda n: n * 10), st.integers(1, 3)), max_size=36)
families = st.lists(st.booleans().map(lambda extra: Need(extra_time=extra)), min_size=1, max_size=6)


def uses(run: Run) -> list[int]:
    return [place for seat in run.seats for place in seat.place_ids]


@given(free_places, families)
def test_every_run_uses_free_places_once_and_one_minute_never_twice(
    free: set[tuple[int, int]], needs: Sequence[Need]
) -> None:
    ordered = sorted(free)
    places = dict(enumerate(ordered, 1))
    table = grid(*ordered)
    runs = list(table.runs(needs))
    split = table.nearest_split(needs)
    assert not runs or split is not None, "a family that fits together fits apart too"
    for run in [*runs, *([split] if split else [])]:
        used = uses(run)
        minutes = [places[place][0] for place in used]
        assert len(set(used)) == len(used) == sum(need.slots for need in needs)
        assert len(set(minutes)) == len(minutes)
        assert minutes == sorted(minutes)
        for seat, need in zip(run.seats, needs, strict=True):
            assert len(seat.place_ids) == need.slots
            assert {places[place][1] for place in seat.place_ids} == {seat.lane}
    for run in runs:
        assert run.together


@given(free_places, families, st.integers(0, 11))
def test_one_place_more_never_takes_a_run_away(free: set[tuple[int, int]], needs: Sequence[Need], added: int) -> None:
    before = [run.starts_at for run in grid(*sorted(free)).runs(needs)]
    after = [run.starts_at for run in grid(*sorted(free | {(added * 10, 1)})).runs(needs)]
    assert set(before) <= set(after)
