"""All possible days at once, for doses known only by month or year.

Six doses known by their year could lie on 365 to the sixth combinations of days. What a machine remembers between
two doses is little, though: its state and the day of the last dose. So the doses are placed one after another in
time, and for every state reached the *set* of days the last dose can have been on is kept, as the bits of one
integer. "All days 21 to 27 days after any of these" is then a few shifts. Nothing is left out and nothing is
sampled: the answer is the same as if each combination were tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from .dates import Days
from .machine import Ahead, Machine
from .person import NO_DOSE_BEFORE

# Steps after which the search gives up (TooManyDays); six doses known by their year mostly need a few thousand.
# Twenty doses that could each be on any day of a whole childhood would need more than anyone can wait for.
MOST_STEPS = 40_000


class TooManyDays(Exception):
    """There are too many possible orders to follow them all."""


@dataclass(slots=True)
class Found:
    """``ends``: every (state, first, last day of the last dose) after all doses. ``verdicts``: for each dose, each
    (counts, rule, code) it can get, with its parameters where they are always the same, else None. A dose that
    need not belong to the series at all has the key None."""

    ends: list[tuple[Any, int, int]] = field(default_factory=list)
    verdicts: list[dict[tuple[bool | None, str, str] | None, Any]] = field(default_factory=list)


def explore(machine: Machine, doses: Sequence[tuple[int, Days]]) -> Found:
    """Follow every possible order and day of these doses: (label, days) each. Doses that fall on one day are one.

    Raises TooManyDays when there are too many.
    """
    return _Search(machine, doses).run()


class _Search:
    def __init__(self, machine: Machine, doses: Sequence[tuple[int, Days]]) -> None:
        self.machine = machine
        doses = [(machine.read_as(label), days) for label, days in doses]
        # Doses that cannot be told apart share a kind; the search only says how many of each kind are left.
        self.kinds = sorted(set(doses), key=lambda dose: (dose[1], dose[0]))
        self.kind_of = [self.kinds.index(dose) for dose in doses]
        self.numbers = tuple(self.kind_of.count(kind) for kind in range(len(self.kinds)))
        self.base = min(days.first for _label, days in doses)
        self.found: list[dict[Any, Any]] = [{} for _ in self.kinds]
        self.steps = 0
        # doses left -> their labels, the last day of any, and each one's label and days
        self.coming: dict[tuple[int, ...], tuple[int, int, tuple[tuple[int, Days], ...]]] = {}

    def run(self) -> Found:
        # (doses left, state) -> the days the last dose can have been on, in layers by how many doses are left
        layers: list[dict[tuple[tuple[int, ...], Any], int]] = [{} for _ in range(sum(self.numbers) + 1)]
        layers[-1][self.numbers, self.machine.start] = 0
        for number in range(len(layers) - 1, 0, -1):
            for (left, state), last_days in layers[number].items():
                for left_after, state_after, days in self._next(left, state, last_days):
                    layer = layers[sum(left_after)]
                    coming = [kind[1].first for kind, count in zip(self.kinds, left_after, strict=True) if count]
                    if coming:
                        ahead = self._ahead(0, left_after, min(coming), days)
                        state_after = self.machine.settle(state_after, ahead)
                    key = (left_after, state_after)
                    layer[key] = layer.get(key, 0) | days
        ends = [
            (state, self.base + _lowest(days), self.base + days.bit_length() - 1)
            for (_left, state), days in layers[0].items()
        ]
        return Found(ends, [self.found[kind] for kind in self.kind_of])

    def _next(self, left: tuple[int, ...], state: Any, last_days: int) -> Iterator[tuple[Any, Any, int]]:
        """Every way the next day with a dose can turn out: (doses left, state, possible days)."""
        kinds = self.kinds
        remaining = [kind for kind, number in enumerate(left) if number]
        # No dose may be left behind in the past, so the next day is no later than any remaining dose's last.
        latest = min(kinds[kind][1].last for kind in remaining)
        able = [kind for kind in remaining if kinds[kind][1].first <= latest]
        spread: dict[tuple[int, int], int] = {}
        judged: dict[tuple[int, int, bool, bool], list[tuple[Any, int, Any]]] = {}
        for together in product(*(range(left[kind] + 1) for kind in able)):
            here = [kind for kind, number in zip(able, together, strict=True) if number]
            if not here:
                continue
            self._count(1)
            left_after = list(left)
            for kind, number in zip(able, together, strict=True):
                left_after[kind] -= number
            label = 0
            for kind in here:
                label |= kinds[kind][0]
            earliest = max(kinds[kind][1].first for kind in here)
            coming = min((kinds[kind][1].first for kind, count in enumerate(left_after) if count), default=0)
            # what is judged the same for all that come later is judged once
            soon = bool(coming and last_days and self._soon(state, last_days, coming))
            key = (label, earliest, soon, not coming)
            ways = judged.get(key)
            if ways is None:
                ways = self._ways(
                    state, label, left, last_days, earliest, latest, spread, coming if soon else 0, not coming
                )
                judged[key] = ways
            self._count(len(ways) // 8)
            for state_after, days, verdict in ways:
                for kind in here:
                    self._note(kind, verdict)
                yield tuple(left_after), state_after, days

    def _ahead(self, label: int, left: tuple[int, ...], day: int, last_days: int) -> Ahead:
        """What is known before the next dose: see Ahead."""
        coming = self.coming.get(left)
        if coming is None:
            doses = tuple(kind for kind, number in zip(self.kinds, left, strict=True) if number)
            more = 0
            for other, _days in doses:
                more |= other
            coming = self.coming[left] = (more, max(days.last for _label, days in doses), doses)
        more, horizon, doses = coming
        first, last = self.base + _lowest(last_days), self.base + last_days.bit_length() - 1
        return Ahead(label, more, day, first, last, horizon, doses)

    def _soon(self, state: Any, last_days: int, coming: int) -> Any:
        return self.machine.soon(state, self.base + last_days.bit_length() - 1, coming)

    def _ways(
        self,
        state: Any,
        label: int,
        left: tuple[int, ...],
        last_days: int,
        earliest: int,
        latest: int,
        spread: dict[tuple[int, int], int],
        coming: int,
        final: bool,
    ) -> list[tuple[Any, int, Any]]:
        """As ``_judge_all``, each possible day of the last dose apart if the state refers to it and it still matters
        after the next. ``coming`` is the first day of the dose after the next, if it does not. ``final``: none comes
        after the next."""
        machine = self.machine
        if last_days:
            earliest = max(earliest, self.base + _lowest(last_days) + 1)
            ahead = self._ahead(label, left, earliest, last_days)
            state = machine.settle(state, ahead)
            if coming and machine.holds_last(state):
                state = self._soon(state, last_days, coming) or state
            if machine.holds_last(state):
                ways: dict[tuple[Any, Any], tuple[Any, int, Any]] = {}
                for pinned, days in self._apart(state, last_days, earliest, ahead).items():
                    for way in self._judge_all(pinned, label, days, earliest, latest, {}, final):
                        _join(ways, way)
                return list(ways.values())
        return self._judge_all(state, label, last_days, earliest, latest, spread, final)

    def _apart(self, state: Any, last_days: int, earliest: int, ahead: Ahead) -> dict[Any, int]:
        """The days of the last dose by the state that each leaves: together where it does not matter which it was."""
        machine = self.machine
        apart: dict[Any, int] = {}
        cuts = sorted({cut - self.base for cut in machine.breaks(state, ahead)})
        cuts = [cut for cut in cuts if _lowest(last_days) < cut < last_days.bit_length()]
        for start, end in zip([0, *cuts], [*cuts, last_days.bit_length()], strict=True):
            group = last_days & ((1 << end) - (1 << start))
            if not group:
                continue
            first, last = self.base + _lowest(group), self.base + group.bit_length() - 1
            known = ahead._replace(day=max(earliest, first + 1), first=first, last=last)
            settled = machine.settle(state, known)
            if not machine.holds_last(settled):
                apart[settled] = apart.get(settled, 0) | group
                continue
            self._count(group.bit_count() // 4)
            while group:
                day = _lowest(group)
                group ^= 1 << day
                last = self.base + day
                known = ahead._replace(day=max(earliest, last + 1), first=last, last=last)
                pinned = machine.settle(machine.pin(settled, last), known)
                apart[pinned] = apart.get(pinned, 0) | 1 << day
        return apart

    def _judge_all(
        self,
        state: Any,
        label: int,
        last_days: int,
        earliest: int,
        latest: int,
        spread: dict[tuple[int, int], int],
        final: bool,
    ) -> list[tuple[Any, int, Any]]:
        """What a dose in these days can lead to: (state after it, the days on which it does, verdict)."""
        ways: dict[tuple[Any, Any], tuple[Any, int, Any]] = {}
        for days, gaps in self._cells(state, label, last_days, earliest, latest, spread, final):
            state_after, verdict = self._judge(state, label, days, gaps)
            _join(ways, (state_after, days, verdict))
        return list(ways.values())

    def _cells(
        self,
        state: Any,
        label: int,
        last_days: int,
        earliest: int,
        latest: int,
        spread: dict[tuple[int, int], int],
        final: bool,
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """The days from ``earliest`` to ``latest``, split where the machine's judgement may change: (days, gaps)."""
        machine = self.machine
        gaps = machine.gaps(state, label, latest if final else None) if last_days else ()
        gap_cuts = sorted({gap for gap in gaps if gap > 1})
        starts = {earliest, *(day for day in machine.cuts(state, label) if earliest < day <= latest)}
        remembered = machine.remembers(state, label)
        if remembered:
            first, end = max(remembered[0], earliest), min(remembered[1], latest + 1)
            starts.update(range(first, end + (end <= latest)))
        if last_days and not last_days & (last_days - 1):
            # one day only: a gap to it is a day
            last = self.base + _lowest(last_days)
            earliest = max(earliest, last + 1)
            starts = {earliest, *(day for day in starts if day > earliest)}
            starts.update(last + gap for gap in gap_cuts if earliest < last + gap <= latest)
            ordered = sorted(starts) if earliest <= latest else []
            for start, stop in zip(ordered, [*ordered[1:], latest + 1], strict=False):
                yield ((1 << (stop - start)) - 1) << (start - self.base), (start - last, stop - 1 - last)
            return
        ordered = sorted(starts)
        segments = [
            (((1 << (stop - start)) - 1) << (start - self.base))
            for start, stop in zip(ordered, [*ordered[1:], latest + 1], strict=True)
        ]
        if last_days:
            bounds = [1, *gap_cuts]
            gap_classes = list(zip(bounds, [*(bound - 1 for bound in gap_cuts), NO_DOSE_BEFORE], strict=True))
        else:
            gap_classes = [(NO_DOSE_BEFORE, NO_DOSE_BEFORE)]
        for gaps in gap_classes:
            if last_days and gaps not in spread:
                spread[gaps] = self._after(last_days, *gaps)
            for segment in segments:
                days = segment & spread[gaps] if last_days else segment
                if days:
                    yield days, gaps

    def _after(self, last_days: int, low: int, high: int) -> int:
        """The days that lie ``low`` to ``high`` days after any of ``last_days``."""
        if high == NO_DOSE_BEFORE:
            # every later day: as far as any dose can reach
            first = _lowest(last_days) + low
            end = max(days.last for _label, days in self.kinds) - self.base + 1
            return ((1 << (end - first)) - 1) << first if end > first else 0
        reach, width, wanted = last_days << low, 1, high - low + 1
        while width < wanted:
            shift = min(width, wanted - width)
            reach |= reach << shift
            width += shift
        return reach

    def _judge(self, state: Any, label: int, days: int, gaps: tuple[int, int]) -> tuple[Any, Any]:
        self._count(1)
        first, last = self.base + _lowest(days), self.base + days.bit_length() - 1
        state_after, verdict = self.machine.step(state, label, first, gaps[0])
        if verdict is None:
            return state_after, (None, None)
        key = (verdict.counts, verdict.rule, verdict.code)
        params: Mapping[str, Any] | None = verdict.params
        if params and (first != last or gaps[0] != gaps[1]):
            _state, other = self.machine.step(state, label, last, min(gaps[1], gaps[0] + 1))
            if other is None or other.params != params:
                params = None
        return state_after, (key, params)

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooManyDays

    def _note(self, kind: int, verdict: tuple[Any, Any]) -> None:
        key, params = verdict
        known = self.found[kind]
        if key not in known:
            known[key] = params
        elif known[key] != params:
            known[key] = None


def _join(ways: dict[tuple[Any, Any], tuple[Any, int, Any]], way: tuple[Any, int, Any]) -> None:
    """Add a way: ways to the same state with the same verdict are one, on the days of both."""
    state, days, verdict = way
    known = ways.get((state, verdict[0]))
    if known:
        days |= known[1]
        verdict = (verdict[0], verdict[1] if verdict[1] == known[2][1] else None)
    ways[state, verdict[0]] = (state, days, verdict)


def _lowest(days: int) -> int:
    return (days & -days).bit_length() - 1


__all__ = ["Found", "TooManyDays", "explore"]
