"""What every series is: a reading of doses one after another, in the order they were given.

A machine reads one dose at a time. What it must remember between two doses is its *state*, a tuple; what the next
dose is judged by is the state, which vaccine it was, the day and the gap to the dose before. The same machine
serves a person whose dates are all known (one walk through the doses) and one whose dates are half known, for
whom ``explore`` follows all possible days at once. For that a machine says on which days (``cuts``) and at which
gaps (``gaps``) its judgement may change, and on which days the state itself remembers the day (``remembers``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..person import Outcome, Person, Verdict
from ..rulebook import RuleBook

State = tuple[Any, ...]


class Machine(ABC):
    """One person's course in one series. ``start`` is the state before any dose."""

    start: State = ()

    def gaps(self, state: State, label: int) -> Sequence[int]:
        """The gaps, in days, from which the judgement of the next dose may differ."""
        return ()

    def cuts(self, state: State, label: int) -> Sequence[int]:
        """The days from which the judgement of the next dose may differ."""
        return ()

    def remembers(self, state: State, label: int) -> tuple[int, int] | None:
        """The days [first, last) on which the state after the next dose holds the very day."""
        return None

    def settle(self, state: State, day: int) -> State:
        """The same state without what no longer matters once the next dose is on ``day`` or later. A date in the
        past may be lost by it, but no status and no verdict."""
        return state

    @abstractmethod
    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        """The state after a dose and the verdict on it (None: the dose is not one of this series)."""

    @abstractmethod
    def finish(self, state: State, last: int | None) -> Outcome:
        """Where the series stands. ``last`` is the day of the last dose read; a later one moves no date earlier."""


class Series(ABC):
    """A series: its name, the vaccines it reads, and the machine for a person.

    ``listed`` are the labels of doses that are always reported, ``listed_if_counting`` of those that are only where
    they serve in the series; None stands for all. ``others`` are vaccines that only influence it. ``sides`` are the
    readings of those that are possible: one where their dates are known.
    """

    name: ClassVar[str]
    labels: ClassVar[Mapping[str, int]]
    listed: ClassVar[int | None] = None
    listed_if_counting: ClassVar[int] = 0
    others: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def __init__(self, book: RuleBook) -> None:
        """Read the numbers of this series from the rules."""

    def sides(self, person: Person) -> Sequence[Any]:
        return (None,)

    @abstractmethod
    def machine(self, person: Person, side: Any) -> Machine:
        """This person's course, under one reading of the vaccines that only influence it."""

    def label_name(self, label: int) -> str:
        """The vaccine to show for an entry that several vaccines of one day were folded into."""
        return next(name for name, bit in reversed(list(self.labels.items())) if label & bit)
