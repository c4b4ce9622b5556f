"""A measured thing, its goal, and the line that says both."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One result. ``met`` is None where there is no goal, only a number to know."""

    name: str
    measured: str
    goal: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        if self.met is None:
            return f"{self.name}: {self.measured}"
        return f"{self.name}: {self.measured} (goal: {self.goal}): {'met' if self.met else 'MISSED'}"


def at_most(name: str, measured: str, value: float, limit: float, goal: str, *, and_also: bool = True) -> Line:
    """Return the line of a value that must not be above ``limit``; ``and_also`` is a further condition."""
    return Line(name, measured, goal, value <= limit and and_also)


def at_least(name: str, measured: str, value: float, limit: float, goal: str) -> Line:
    """Return the line of a value that must not be below ``limit``."""
    return Line(name, measured, goal, value >= limit)
