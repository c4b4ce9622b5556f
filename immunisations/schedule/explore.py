"""All possible days at once, for doses known only by month or year.

Six doses known by their year could lie on 365 to the sixth combinations of days. What a machine remembers between
two doses is little, though: its state and the day of the last dose. So the doses are placed one after another in
time, and for every state reached the *set* of days the last dose can have been on is kept, as the bits of one
integer. "All days 21 to 27 days after any of these" is then a few shifts. Nothing is left out and nothing is
sampled: the answer is the same as if each combination were tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from .dates import Days
from .person import NO_DOSE_BEFORE, Verdict

# Steps after which the search gives up (TooManyDays); six doses known by their year need a few hundred to a few
# thousand. Twenty doses that could each be on any day of a whole childhood may need more than anyone can wait for.
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


def explore(machine: Any, doses: Sequence[tuple[int, Days]]) -> Found:
    """Follow every possible order and day of these doses: (label, days) each. Doses that fall on one day are one.

    Raises TooManyDays when there are too many.
    """
    return _Search(machine, doses).run()


class _Search:
    def __init__(self, machine: Any, doses: Sequence[tuple[int, Days]]) -> None:
        self.machine = machine
        # Doses that cannot be told apart share a kind; the search only says how many of each kind are left.
        self.kinds = sorted(set(doses), key=lambda dose: (dose[1], dose[0]))
        self.kind_of = [self.kinds.index(dose) for dose in doses]
        self.numbers = tuple(self.kind_of.count(kind) for kind in range(len(self.kinds)))
        self.base = min(days.first for _label, days in doses)
        self.found: list[dict[Any, Any]] = [{} for _ in self.kinds]
        self.steps = 0

    def run(self) -> Found:
        # (doses left, state) -> the days the last dose can have been on, in layers by how many doses are left
        layers: list[dict[tuple[tuple[int, ...], Any], int]] = [{} for _ in range(sum(self.numbers) + 1)]
        layers[-1][self.numbers, self.machine.start] = 0
        for number in range(len(layers) - 1, 0, -1):
            for (left, state), last_days in layers[number].items():
                for left_after, state_after, days in self._next(left, state, last_days):
                    layer = layers[sum(left_after)]
                    coming = [kind[1].first for kind, count in zip(self.kinds, left_after, strict=True) if count]
                    key = (left_after, self.machine.settle(state_after, min(coming)) if coming else state_after)
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
        judged: dict[tuple[int, int], list[tuple[Any, int, Any]]] = {}
        for together in product(*(range(left[kind] + 1) for kind in able)):
            here = [kind for kind, number in zip(able, together, strict=True) if number]
            if not here:
                continue
            left_after = list(left)
            for kind, number in zip(able, together, strict=True):
                left_after[kind] -= number
            label = 0
            for kind in here:
                label |= kinds[kind][0]
            earliest = max(kinds[kind][1].first for kind in here)
            ways = judged.get((label, earliest))
            if ways is None:
                ways = judged[label, earliest] = self._judge_all(state, label, last_days, earliest, latest, spread)
            for state_after, days, verdict in ways:
                for kind in here:
                    self._note(kind, verdict)
                yield tuple(left_after), state_after, days

    def _judge_all(
        self, state: Any, label: int, last_days: int, earliest: int, latest: int, spread: dict[tuple[int, int], int]
    ) -> list[tuple[Any, int, Any]]:
        """What a dose in these days can lead to: (state after it, the days on which it does, verdict)."""
        ways: dict[tuple[Any, Any], tuple[Any, int, Any]] = {}
        for days, gaps in self._cells(state, label, last_days, earliest, latest, spread):
            state_after, verdict = self._judge(state, label, days, gaps)
            known = ways.get((state_after, verdict[0]))
            if known:
                params = verdict[1] if verdict[1] == known[2][1] else None
                ways[state_after, verdict[0]] = (state_after, days | known[1], (verdict[0], params))
            else:
                ways[state_after, verdict[0]] = (state_after, days, verdict)
        return list(ways.values())

    def _cells(
        self, state: Any, label: int, last_days: int, earliest: int, latest: int, spread: dict[tuple[int, int], int]
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """The days from ``earliest`` to ``latest``, split where the machine's judgement may change: (days, gaps)."""
        machine = self.machine
        if last_days:
            bounds = [1, *(gap for gap in sorted(set(machine.gaps(state, label))) if gap > 1)]
            gap_classes = list(zip(bounds, [*(bound - 1 for bound in bounds[1:]), NO_DOSE_BEFORE], strict=True))
        else:
            gap_classes = [(NO_DOSE_BEFORE, NO_DOSE_BEFORE)]
        starts = {earliest, *(day for day in machine.cuts(state, label) if earliest < day <= latest)}
        remembered = machine.remembers(state, label)
        if remembered:
            first, end = max(remembered[0], earliest), min(remembered[1], latest + 1)
            starts.update(range(first, end + (end <= latest)))
        ordered = sorted(starts)
        segments = [
            (((1 << (stop - start)) - 1) << (start - self.base))
            for start, stop in zip(ordered, [*ordered[1:], latest + 1], strict=True)
        ]
        for gaps in gap_classes:
            if last_days:
                reach = spread.get(gaps)
                if reach is None:
                    reach = spread[gaps] = self._after(last_days, *gaps)
                if not reach:
                    continue
            for segment in segments:
                days = segment & reach if last_days else segment
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
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManyDays
        first, last = self.base + _lowest(days), self.base + days.bit_length() - 1
        state_after, verdict = self.machine.step(state, label, first, gaps[0])
        if verdict is None:
            return state_after, (None, None)
        key = (verdict.counts, verdict.rule, verdict.code)
        params = verdict.params
        if params and (first != last or gaps[0] != gaps[1]):
            _state, other = self.machine.step(state, label, last, min(gaps[1], gaps[0] + 1))
            if other.params != params:
                params = None
        return state_after, (key, params)

    def _note(self, kind: int, verdict: tuple[Any, Any]) -> None:
        key, params = verdict
        known = self.found[kind]
        if key not in known:
            known[key] = params
        elif known[key] != params:
            known[key] = None


def _lowest(days: int) -> int:
    return (days & -days).bit_length() - 1


__all__ = ["Found", "TooManyDays", "Verdict", "explore"]
