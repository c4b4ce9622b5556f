"""Zones hold the same days as if each choice of days were kept, whatever is done to them."""

import datetime
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from immunisations.schedule.dates import Span
from immunisations.schedule.zones import Zone

FAR = range(-2, 14)
starts = st.integers(1, 6)
windows = st.tuples(starts, st.integers(0, 5)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))
DOSE = st.integers(0, 3)
cuts = st.lists(st.tuples(DOSE, DOSE, st.integers(-8, 8)).filter(lambda cut: cut[0] != cut[1]), max_size=4)


def days_in(zone):
    """Every choice of days of a small zone."""
    size, bounds = zone.size, zone.bounds
    return {
        days
        for days in itertools.product(FAR, repeat=size - 1)
        if all(
            (0, *days)[i] - (0, *days)[j] <= bounds[i * size + j] for i in range(size) for j in range(size)
        )
    }  # fmt: skip


def is_tight(zone, days):
    """Whether every bound is reached by some choice of days."""
    size = zone.size
    return all(
        max((0, *each)[i] - (0, *each)[j] for each in days) == zone.bounds[i * size + j]
        for i in range(size)
        for j in range(size)
    )


def three_doses(draws):
    """A zone of three doses, the first of them the last given before the newest two; and its days by trying all."""
    zone = Zone.without_doses().with_dose(*draws[0])
    days = {(day,) for day in range(draws[0][0], draws[0][1] + 1)}
    for first, last in draws[1:]:
        grown = zone.with_dose(first, last)
        days = {(*each, day) for each in days for day in range(first, last + 1) if day > each[0]}
        if grown is None:
            assert not days
            return None, set()
        zone = grown
    return zone, days


def cut_down(zone, days, how):
    """Both after the same cuts, as long as days are left."""
    for dose, other, most in how:
        kept = {each for each in days if (0, *each)[dose] - (0, *each)[other] <= most}
        if kept:
            zone, days = zone.at_most_after(dose, other, most), kept
    return zone, days


@settings(max_examples=150, deadline=None)
@given(st.lists(windows, min_size=3, max_size=3), cuts)
def test_a_zone_has_the_days_that_keep_to_all_that_was_asked(draws, how):
    zone, days = cut_down(*three_doses(draws), how) if three_doses(draws)[0] else (None, set())
    if zone is None:
        return
    assert days_in(zone) == days
    assert is_tight(zone, days)
    assert tuple(zone.first_days()[1:]) in days
    assert tuple(zone.last_days()[1:]) in days
    for dose in (1, 2, 3):
        assert zone.earliest(dose) == min(each[dose - 1] for each in days)
        assert zone.latest(dose) == max(each[dose - 1] for each in days)
    apart = {each[2] - each[1] for each in days}
    assert (zone.least_after(3, 2), zone.most_after(3, 2)) == (min(apart), max(apart))
    assert days_in(zone.only([0, 3, 1])) == {(each[2], each[0]) for each in days}


@settings(max_examples=150, deadline=None)
@given(st.lists(windows, min_size=3, max_size=3), cuts, DOSE, DOSE, st.integers(-4, 6))
def test_a_zone_splits_into_what_is_nearer_and_what_is_farther(draws, how, dose, other, length):
    zone, days = three_doses(draws)
    if zone is None or dose == other:
        return
    zone, days = cut_down(zone, days, how)
    near = {each for each in days if (0, *each)[dose] - (0, *each)[other] < length}
    assert [days_in(half) for half in zone.split(dose, other, length)] == [
        half for half in (near, days - near) if half
    ]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(windows, min_size=3, max_size=3), cuts, cuts)
def test_two_zones_are_joined_only_where_that_adds_no_day(draws, how, otherwise):
    whole, days = three_doses(draws)
    if whole is None:
        return
    (one, of_one), (two, of_two) = cut_down(whole, days, how), cut_down(whole, days, otherwise)
    assert one.holds(two) == (of_two <= of_one)
    both = one.joined(two)
    if both is not None:
        assert days_in(both) == of_one | of_two
    else:
        # no zone has just these days: the smallest that has them all has more
        hull = Zone(one.size, tuple(map(max, one.bounds, two.bounds)))
        assert days_in(hull) > of_one | of_two
    if of_one <= of_two:
        assert both is two


def test_without_doses_nothing_is_bound():
    nothing = Zone.without_doses()
    assert (nothing.size, nothing.bounds) == (1, (0,))
    assert nothing.with_dose(5, 4) is None
    assert nothing.with_dose(5, 5).bounds == (0, -5, 5, 0)


def test_the_parts_of_a_zone_join_again():
    whole = Zone.without_doses().with_dose(1, 9).with_dose(3, 12)
    near, far = whole.split(2, 1, 4)
    assert near.joined(far).bounds == far.joined(near).bounds == whole.bounds
    early, late = whole.split(1, 0, 5)
    _middle, last = late.split(1, 0, 7)
    assert early.joined(last) is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["12 months", "3 months", "5 years", "10 years", "28 days"]), st.dates(
    datetime.date(1999, 1, 1), datetime.date(2027, 1, 1)), st.integers(0, 800))  # fmt: skip
def test_a_span_says_where_its_length_changes(text, first, more):
    span, start = Span.parse(text), first.toordinal()
    lengths = [span.after(day) - day for day in range(start, start + more + 1)]
    changes = [start + n for n, (before, length) in enumerate(itertools.pairwise(lengths), 1) if before != length]
    assert span.changes(start, start + more) == changes
