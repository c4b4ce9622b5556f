"""How a series reads doses: a reading of doses one after another, in the order they were given.

A machine reads one dose at a time. What it must remember between two doses is its *state*, a tuple; what the next
dose is judged by is the state, which vaccine it was, the day and the gap to the dose before. The same machine
serves a person whose dates are all known (one walk through the doses) and one whose dates are half known, for
whom ``explore`` follows all possible days at once. For that a machine says on which days (``cuts``) and at which
gaps (``gaps``) its judgement may change, and on which days the state itself remembers the day (``remembers``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

from .dates import Days
from .person import Outcome, Verdict

State = tuple[Any, ...]

# In a state, in place of a day: the day of the last dose. A machine that must remember the day of a dose writes
# this first, so that all days of that dose share one state until another dose comes between.
LAST = -1

# The same, where that day matters to the next dose only and is then forgotten.
SOON = -2


class Ahead(NamedTuple):
    """What is known before the next dose: its label (0 for any), the labels of all doses still to be read, the first
    day it can be on; the first and last day the last dose can have been on; the last day any dose can be on; and
    each dose still to be read, as its label and its possible days."""

    label: int
    more: int
    day: int
    first: int
    last: int
    horizon: int
    doses: tuple[tuple[int, Days], ...]

    def edges(self, label: int) -> list[int]:
        """The days on which doses of ``label`` still to be read begin or cease to be possible."""
        return [edge for other, days in self.doses if other & label for edge in (days.first, days.last + 1)]

    def reaches(self, label: int, first: int, last: int) -> bool:
        """Whether a dose of ``label`` still to be read can be on the days after ``first``, up to ``last``."""
        return any(other & label and days.first < last and first <= days.last for other, days in self.doses)

    def next_day(self, label: int, day: int) -> int | None:
        """The first day from ``day`` on which a dose of ``label`` can be; None where none can."""
        coming = [max(days.first, day) for other, days in self.doses if other & label and days.last >= day]
        return min(coming, default=None)


class Machine(ABC):
    """One person's course in one series. ``start`` is the state before any dose."""

    start: State = ()

    def gaps(self, state: State, label: int, last: int | None = None) -> Sequence[int]:
        """The gaps, in days, from which the judgement of the next dose may differ. ``last`` is given where no dose
        comes after it: the last day on which it can be. What a later dose would be judged by then matters no more."""
        return ()

    def cuts(self, state: State, label: int) -> Sequence[int]:
        """The days from which the judgement of the next dose may differ."""
        return ()

    def remembers(self, state: State, label: int) -> tuple[int, int] | None:
        """The days [first, last) on which the state after the next dose holds the very day."""
        return None

    def read_as(self, label: int) -> int:
        """The label without what makes no difference to this person."""
        return label

    def settle(self, state: State, ahead: Ahead) -> State:
        """The same state without what can no longer matter. A due day in the past may be lost by it, but no status
        and no verdict."""
        return state

    def holds_last(self, state: State) -> bool:
        """Whether the state refers to the day of the last dose, as LAST."""
        return False

    def soon(self, state: State, last: int, coming: int) -> State | None:
        """The state with SOON for LAST, if the day of the last dose (``last`` or earlier) matters to the next dose
        but no longer to one on ``coming`` or later; else None."""
        return None

    def breaks(self, state: State, ahead: Ahead) -> Sequence[int]:
        """The days of the last dose from which ``settle`` may make something else of a state that holds LAST."""
        return ()

    def pin(self, state: State, last: int) -> State:
        """The state with the day of the last dose written where it says LAST."""
        return state

    @abstractmethod
    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        """The state after a dose and the verdict on it (None: the dose is not one of this series)."""

    @abstractmethod
    def finish(self, state: State, last: int | None) -> Outcome:
        """Where the series stands. ``last`` is the day of the last dose read; a later one moves no date earlier."""
