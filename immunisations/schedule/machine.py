"""How a series reads doses: a reading of doses one after another, in the order they were given.

A machine reads one dose at a time. What it must remember between two doses is its *state*, a tuple; what the next
dose is judged by is the state, which vaccine it was, the day and the gap to the dose before. The same machine
serves a person whose dates are all known (one walk through the doses) and one whose dates are half known, for
whom ``explore`` follows all possible days at once. For that a machine says from which days, and from how long after
which doses, its judgement may change (``limits``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from .dates import Days, Span
from .person import Outcome, Verdict

State = tuple[Any, ...]

# While days are not known, numbers of doses stand for them in a state. 0 is no dose, this the last one so far.
LAST = 1

# From so long after a dose, given by its number, or from a day, with 0 for the dose; and the days on which that
# matters, where it does not on all. Those days begin and end at limits of their own.
Limit = tuple[int, int | Span] | tuple[int, Span, Days]


class Machine(ABC):
    """One person's course in one series. ``start`` is the state before any dose.

    A state that holds days of doses has a place for each, with 0 for none. A step leaves in every place the day that
    was there, the day of the new dose, or 0.
    """

    start: State = ()

    def read_as(self, label: int) -> int:
        """The label without what makes no difference to this person."""
        return label

    def remembered(self, state: State) -> tuple[int, ...]:
        """What stands in the places for days."""
        return ()

    def with_days(self, state: State, days: Sequence[int]) -> State:
        """The state with these in the places for days."""
        return state

    @abstractmethod
    def limits(self, state: State, label: int) -> Sequence[Limit]:
        """Where the judgement of the next dose may differ, and the state after it."""

    def forget(self, state: State, more: int) -> State:
        """The same state without what matters to none of ``more``, the labels of all doses still to be read."""
        return state

    @abstractmethod
    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        """The state after a dose and the verdict on it (None: the dose is not one of this series)."""

    @abstractmethod
    def finish(self, state: State, last: int | None) -> Outcome:
        """Where the series stands. ``last`` is the day of the last dose read; a later one moves no date earlier, nor
        does a later day in the state."""
