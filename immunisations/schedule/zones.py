"""Sets of days of several doses, by how far apart any two of them can be.

A zone is every choice of days, one for each of a few doses, that keeps to bounds of two kinds: a dose is no earlier
and no later than some day, and no less and no more than so many days after another. Whatever a rule asks of two doses
is such a bound, so all days on which doses were judged alike are one zone, however many they are, and the zone after
one more dose takes no longer to work out for years than for days.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import ge


class Zone:
    """``bounds[i * size + j]`` is the most days that dose ``i`` can be after dose ``j``; 0 is no dose but the beginning
    of time. Every bound is as tight as the others make it, so two zones of the same days are equal."""

    __slots__ = ("bounds", "size")

    def __init__(self, size: int, bounds: tuple[int, ...]) -> None:
        self.size = size
        self.bounds = bounds

    @classmethod
    def without_doses(cls) -> Zone:
        """Before any dose."""
        return cls(1, (0,))

    def with_dose(self, first: int, last: int) -> Zone | None:
        """With one more dose, as the highest number, on a day from ``first`` to ``last`` and after dose 1, which is
        the last one so far. None where there is no such day."""
        size, bounds = self.size, self.bounds
        if size > 1:
            first = max(first, 1 - bounds[1])
        if first > last:
            return None
        up = [last + most for most in bounds[:size]]
        if size == 1:
            return Zone(2, (0, -first, last, 0))
        down = [min(bounds[place] - first, bounds[place + 1] - 1) for place in range(0, size * size, size)]
        grown: list[int] = []
        for dose, behind in enumerate(down):
            grown += map(min, bounds[dose * size : dose * size + size], [behind + most for most in up])
            grown.append(behind)
        grown += up
        grown.append(0)
        return Zone(size + 1, tuple(grown))

    def earliest(self, dose: int) -> int:
        return -self.bounds[dose]

    def latest(self, dose: int) -> int:
        return self.bounds[dose * self.size]

    def least_after(self, dose: int, other: int) -> int:
        """The fewest days that ``dose`` can be after ``other``."""
        return -self.bounds[other * self.size + dose]

    def most_after(self, dose: int, other: int) -> int:
        """The most days that ``dose`` can be after ``other``."""
        return self.bounds[dose * self.size + other]

    def at_most_after(self, dose: int, other: int, most: int) -> Zone:
        """Where ``dose`` is no more than ``most`` days after ``other``. There must be such days."""
        size, bounds = self.size, self.bounds
        if most >= bounds[dose * size + other]:
            return self
        tail = bounds[other * size : other * size + size]
        tight: list[int] = []
        for place in range(0, size * size, size):
            row = bounds[place : place + size]
            by_way = row[dose] + most
            # what is no nearer to the other by this way is no nearer to any
            tight += map(min, row, [by_way + more for more in tail]) if by_way < row[other] else row
        return Zone(size, tuple(tight))

    def split(self, dose: int, other: int, days: int) -> list[Zone]:
        """Where ``dose`` is fewer than ``days`` days after ``other``, and where it is as many or more: both, or the one
        that there is."""
        size = self.size
        if self.bounds[dose * size + other] < days or -self.bounds[other * size + dose] >= days:
            return [self]
        return [self.at_most_after(dose, other, days - 1), self.at_most_after(other, dose, -days)]

    def only(self, doses: Sequence[int]) -> Zone:
        """The days of some of the doses, whatever those of the others are."""
        size, bounds = self.size, self.bounds
        return Zone(len(doses), tuple([bounds[dose * size + other] for dose in doses for other in doses]))

    def first_days(self) -> list[int]:
        """The earliest day of every dose: all of them can be so early at once."""
        return [-most for most in self.bounds[: self.size]]

    def last_days(self) -> list[int]:
        """The latest day of every dose: all of them can be so late at once."""
        return list(self.bounds[:: self.size])

    def holds(self, other: Zone) -> bool:
        """Whether all the days of another zone of the same doses are in this one."""
        return all(map(ge, self.bounds, other.bounds))

    def joined(self, other: Zone) -> Zone | None:
        """The days of both, if they are one zone: ``other`` itself where it has them all."""
        size = self.size
        bounds = tuple(map(max, self.bounds, other.bounds))
        if bounds == other.bounds:
            return other
        both = Zone(size, bounds)
        for place, (most, bound) in enumerate(zip(self.bounds, bounds, strict=True)):
            if bound > most:
                # what of both is beyond this bound of mine must all be in the other
                dose, from_dose = divmod(place, size)
                beyond = both.at_most_after(from_dose, dose, -most - 1)
                if not other.holds(beyond):
                    return None
        return both
