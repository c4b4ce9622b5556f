"""What every series is: a name, the vaccines it reads, and a machine for each person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..dates import Days
from ..machine import LAST, Limit, Machine, State
from ..person import Outcome, Person, Verdict
from ..rulebook import RuleBook

__all__ = ["LAST", "Limit", "Machine", "Series", "State"]


class Series(ABC):
    """A series: its name, the vaccines it reads, and the machine for a person.

    ``listed`` are the labels of doses that are always reported, ``listed_if_counting`` of those that are only where
    they serve in the series; None stands for all. ``others`` are vaccines that only influence it. ``sides`` are the
    readings of those that are possible: one where their dates are known. ``never_counted`` are vaccines that are
    reported with the series and never count in it.
    """

    name: ClassVar[str]
    labels: ClassVar[Mapping[str, int]]
    listed: ClassVar[int | None] = None
    listed_if_counting: ClassVar[int] = 0
    others: ClassVar[frozenset[str]] = frozenset()
    never_counted: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def __init__(self, book: RuleBook) -> None:
        """Read the numbers of this series from the rules."""

    def sides(self, person: Person) -> Sequence[Any]:
        return (None,)

    def reads_as(self, side: Any) -> Any:
        """What of a side makes a difference to how doses are read; the rest only moves the next one."""
        return side

    def notes(self, person: Person, days: Days) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """(code, params) of what is said besides of a dose that counts or may count."""
        return ()

    def remarks(
        self, person: Person, outcome: Outcome, verdicts: Sequence[Verdict | None]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """(code, params) of what is said besides of where the series stands."""
        return ()

    def never(self, vaccine: str, days: Days) -> Verdict:
        """The verdict on a dose of one of ``never_counted``."""
        raise KeyError(vaccine)

    @abstractmethod
    def machine(self, person: Person, side: Any) -> Machine:
        """This person's course, under one reading of the vaccines that only influence it."""

    def label_name(self, label: int) -> str:
        """The vaccine to show for an entry that several vaccines of one day were folded into."""
        return next(name for name, bit in reversed(list(self.labels.items())) if label & bit)
