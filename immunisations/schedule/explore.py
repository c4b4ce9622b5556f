"""All possible days at once, for doses known only by month or year.

Six doses known by their year could lie on 365 to the sixth combinations of days. What a machine remembers between
two doses is little, though: its state, and the days of the few doses that the state refers to. So the doses are placed
one after another in time, and for every state reached those days are kept as zones. A zone is split where the judgement
of the next dose may differ; all the days of a part are then judged by one of them. Nothing is left out and nothing is
sampled: the answer is the same as if each combination were tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from .dates import Days, Span
from .machine import LAST, Machine, State
from .person import NO_DOSE_BEFORE, Verdict
from .zones import Zone

# Steps after which the search gives up (TooManyDays); six doses known by their year need two thousand at most.
# Twenty doses that could each be on any day of a whole childhood would need more than anyone can wait for.
MOST_STEPS = 40_000


class TooManyDays(Exception):
    """There are too many possible orders to follow them all."""


@dataclass(slots=True)
class Found:
    """``ends``: (state, day of the last dose) after all doses, of every state those with the latest and the earliest
    days. ``verdicts``: for each dose, each (counts, rule, code) it can get, with its parameters where they are always
    the same, else None. A dose that need not belong to the series at all has the key None."""

    ends: list[tuple[State, int]] = field(default_factory=list)
    verdicts: list[dict[Any, Any]] = field(default_factory=list)


def explore(machine: Machine, doses: Sequence[tuple[int, Days]]) -> Found:
    """Follow every possible order and day of these doses: (label, days) each. Doses that fall on one day are one.

    Raises TooManyDays when there are too many.
    """
    return _Search(machine, doses).run()


# How many doses of each kind are left to be placed.
_Left = tuple[int, ...]

# (counts, rule, code) of a verdict, and its parameters where they are always the same, else None.
_Worth = tuple[tuple[bool | None, str, str] | None, Mapping[str, Any] | None]

# (doses left, state with the numbers of doses in place of their days) -> the days those doses can have been on
_Layer = dict[tuple[_Left, State], list[Zone]]


class _Next(NamedTuple):
    """Doses that can be the next, all on one day: their kinds, what they are together, the days they can all be on
    as far as their own dates say; how many of each kind are left after them, and what those can be."""

    kinds: tuple[int, ...]
    label: int
    first: int
    last: int
    left: _Left
    more: int


class _Search:
    def __init__(self, machine: Machine, doses: Sequence[tuple[int, Days]]) -> None:
        self.machine = machine
        doses = [(machine.read_as(label), days) for label, days in doses]
        # Doses that cannot be told apart share a kind; the search only says how many of each kind are left.
        self.kinds = sorted(set(doses), key=lambda dose: (dose[1], dose[0]))
        self.kind_of = [self.kinds.index(dose) for dose in doses]
        self.numbers = tuple(self.kind_of.count(kind) for kind in range(len(self.kinds)))
        self.found: list[dict[Any, Any]] = [{} for _ in self.kinds]
        self.choices: dict[_Left, list[_Next]] = {}
        self.steps = 0

    def run(self) -> Found:
        # in layers by how many doses are left
        layers: list[_Layer] = [{} for _ in range(sum(self.numbers) + 1)]
        layers[-1][self.numbers, self.machine.start] = [Zone.without_doses()]
        for number in range(len(layers) - 1, 0, -1):
            for (left, state), zones in layers[number].items():
                for zone in zones:
                    self._place_next(layers, left, state, zone)
        ends = [
            (self._on_days(state, days), days[LAST])
            for (_left, state), zones in layers[0].items()
            for zone in zones
            for days in (zone.last_days(), zone.first_days())
        ]
        return Found(ends, [self.found[kind] for kind in self.kind_of])

    def _place_next(self, layers: list[_Layer], left: _Left, state: State, zone: Zone) -> None:
        """Add to the layers every way the next day with a dose can turn out."""
        judged: dict[tuple[int, ...], list[tuple[State, Zone]]] = {}
        renumbered: dict[tuple[tuple[int, ...], int], list[tuple[State, Zone]]] = {}
        for coming in self._next_doses(left):
            ways = judged.get(coming.kinds)
            if ways is None:
                grown = zone.with_dose(coming.first, coming.last)
                ways = judged[coming.kinds] = self._judge_all(state, coming, grown) if grown else []
            after = renumbered.get((coming.kinds, coming.more))
            if after is None:
                forgetful = [(self.machine.forget(state_after, coming.more), part) for state_after, part in ways]
                after = renumbered[coming.kinds, coming.more] = [self._renumbered(*way) for way in forgetful]
            layer = layers[sum(coming.left)]
            for state_after, part in after:
                _add(layer.setdefault((coming.left, state_after), []), part)

    def _next_doses(self, left: _Left) -> list[_Next]:
        """Every choice of doses for the next day on which there is any."""
        choices = self.choices.get(left)
        if choices is None:
            choices = self.choices[left] = list(self._choose(left))
        self._count(len(choices))
        return choices

    def _choose(self, left: _Left) -> Iterator[_Next]:
        kinds = self.kinds
        remaining = [kind for kind, number in enumerate(left) if number]
        # No dose may be left behind in the past, so the next day is no later than any remaining dose's last.
        latest = min(kinds[kind][1].last for kind in remaining)
        able = [kind for kind in remaining if kinds[kind][1].first <= latest]
        for together in product(*(range(left[kind] + 1) for kind in able)):
            here = tuple(kind for kind, number in zip(able, together, strict=True) if number)
            if not here:
                continue
            left_after = list(left)
            for kind, number in zip(able, together, strict=True):
                left_after[kind] -= number
            first = max(kinds[kind][1].first for kind in here)
            more = self._label(kind for kind, number in enumerate(left_after) if number)
            yield _Next(here, self._label(here), first, latest, tuple(left_after), more)

    def _label(self, kinds: Iterable[int]) -> int:
        """What doses of these kinds are together."""
        label = 0
        for kind in kinds:
            label |= self.kinds[kind][0]
        return label

    def _judge_all(self, state: State, coming: _Next, zone: Zone) -> list[tuple[State, Zone]]:
        """What the newest dose of a zone leads to: each state after it, and the days on which it does."""
        machine, newest = self.machine, zone.size - 1
        parts = [zone]
        for dose, length, *within in machine.limits(state, coming.label):
            if isinstance(length, Span):
                parts = [half for part in parts for half in _split_by_span(part, newest, dose, length, *within)]
            elif dose < newest:
                parts = [half for part in parts for half in part.split(newest, dose, length)]
        self._count(len(parts))
        places = machine.remembered(state)
        ways = []
        for part in parts:
            days = part.first_days()
            state_after, verdict = self._step(state, coming.label, days)
            self._note(coming.kinds, self._worth(state, coming, part, verdict))
            # in each place there is what there was before, the newest dose or nothing
            numbers = [
                (newest if day == days[newest] else before) if day else 0
                for day, before in zip(machine.remembered(state_after), places, strict=True)
            ]
            ways.append((machine.with_days(state_after, numbers), part))
        return ways

    def _step(self, state: State, label: int, days: Sequence[int]) -> tuple[State, Verdict | None]:
        gap = days[-1] - days[LAST] if len(days) > LAST + 1 else NO_DOSE_BEFORE
        return self.machine.step(self._on_days(state, days), label, days[-1], gap)

    def _on_days(self, state: State, days: Sequence[int]) -> State:
        """The state with days in place of the numbers of doses."""
        numbers = self.machine.remembered(state)
        return self.machine.with_days(state, [days[number] if number else 0 for number in numbers])

    def _renumbered(self, state: State, zone: Zone) -> tuple[State, Zone]:
        """The state and its zone with no more doses than it refers to: 1 is the last, the others as they come."""
        doses = [0, zone.size - 1]
        numbers = []
        for number in self.machine.remembered(state):
            if number and number not in doses:
                doses.append(number)
            numbers.append(doses.index(number))
        return self.machine.with_days(state, numbers), zone.only(doses)

    def _worth(self, state: State, coming: _Next, zone: Zone, verdict: Verdict | None) -> _Worth:
        """A verdict, with its parameters if all the days of a zone share them."""
        if verdict is None:
            return None, None
        key = verdict[:3]
        if not verdict.params:
            return key, verdict.params
        if all(self.found[kind].get(key, key) is None for kind in coming.kinds):
            # known to differ already
            return key, None
        for days in _corners(zone):
            _state, other = self._step(state, coming.label, days)
            if other != verdict:
                return key, None
        return key, verdict.params

    def _note(self, kinds: Sequence[int], worth: _Worth) -> None:
        key, params = worth
        for kind in kinds:
            known = self.found[kind]
            if key not in known:
                known[key] = params
            elif known[key] != params:
                known[key] = None

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooManyDays


def _corners(zone: Zone) -> Iterator[list[int]]:
    """Days among which each dose is as early and as late as it can be, and the newest as near to and as far from each
    other as it can be."""
    yield zone.last_days()
    newest = zone.size - 1
    for other in range(1, newest):
        least, most = zone.least_after(newest, other), zone.most_after(newest, other)
        if least < most:
            yield zone.at_most_after(newest, other, least).first_days()
            yield zone.at_most_after(other, newest, -most).first_days()


def _split_by_span(zone: Zone, newest: int, dose: int, span: Span, within: Days | None = None) -> Iterator[Zone]:
    """Where the newest dose is less than a span after another, and where it is as much or more: a year after some days
    is a day more than after others. Left whole where the newest dose is on none of the days on which that matters."""
    if within and (zone.latest(newest) < within.first or zone.earliest(newest) > within.last):
        yield zone
        return
    lengths = span.lengths()
    if zone.most_after(newest, dose) < lengths[0] or zone.least_after(newest, dose) >= lengths[-1]:
        yield zone
        return
    for start in span.changes(zone.earliest(dose), zone.latest(dose)):
        before, zone = zone.split(dose, 0, start)
        yield from before.split(newest, dose, span.after(before.earliest(dose)) - before.earliest(dose))
    yield from zone.split(newest, dose, span.after(zone.earliest(dose)) - zone.earliest(dose))


def _add(zones: list[Zone], zone: Zone) -> None:
    """Add the days of a zone to those of others, with as few zones as will do."""
    apart: list[Zone] = []
    for other in zones:
        both = zone.joined(other)
        if both is other:
            return
        if both:
            zone = both
        else:
            apart.append(other)
    zones[:] = [*apart, zone]
