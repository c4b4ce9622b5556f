"""The gaps between live vaccines: when a measles vaccine may follow yellow fever or chickenpox vaccine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .dates import Days, iso
from .person import Person
from .rulebook import RuleBook

# Every vaccine that keeps a measles vaccine waiting, in the order of LiveDays, and the word it has in the rule.
LIVE = {"YELLOWFEVER": "yellow_fever", "VARICELLA": "varicella", "MEASLES_ONLY": "measles_only"}


class LiveDays(NamedTuple):
    """The days on which other live vaccines were given, under one reading of their dates."""

    yellow_fever: tuple[int, ...] = ()
    varicella: tuple[int, ...] = ()
    measles_only: tuple[int, ...] = ()


def readings(person: Person) -> Sequence[LiveDays]:
    """The readings of half-known dates that matter: all on their first day, all on their last, and all on the last day
    but one. On the very day asked about, or the first day for the dose, chickenpox vaccine stands in nobody's way:
    where that is the last day, the day before it keeps the dose waiting for longest."""

    def reading(day_of: Callable[[Days], int]) -> LiveDays:
        return LiveDays(*(tuple(day_of(days) for days in person.days.get(vaccine, ())) for vaccine in LIVE))

    return tuple(dict.fromkeys((reading(lambda d: d.first), reading(lambda d: d.last), reading(_last_but_one))))


def _last_but_one(days: Days) -> int:
    return days.last if days.known else max(days.first, days.last - 1)


class LiveGap:
    """The gaps as the rule states them."""

    def __init__(self, book: RuleBook) -> None:
        rule = book["live-vaccine-gap"]
        self.needs = {word: rule.days(word) for word in LIVE.values()}
        self.same_day_allowed = frozenset(rule.params["same_day"])

    def notes(self, dose: Days, person: Person) -> tuple[tuple[str, dict[str, int]], ...]:
        """What is said of a measles vaccine given too close to another live vaccine. It counts all the same.

        Of each other vaccine the worst that is known is said: how close it was; or, where a day is not fully known,
        that it was too close on every possible day, or on some.
        """
        notes: list[tuple[str, dict[str, int]]] = []
        for vaccine, word in LIVE.items():
            needs = self.needs[word]
            same_day_allowed = word in self.same_day_allowed
            worst = min((_closeness(dose, days, needs, same_day_allowed) for days in person.days.get(vaccine, ())),
                        default=NOT_TOO_CLOSE)  # fmt: skip
            kind, days = worst
            if kind == KNOWN:
                notes.append(
                    (f"note_{word}", {"days": days, "needs": needs}) if days else (f"note_{word}_same_day", {})
                )
            elif kind == CERTAIN:
                notes.append((f"note_{word}_certain", {"needs": needs}))
            elif kind == PERHAPS:
                notes.append((f"note_{word}_perhaps", {"needs": needs}))
        return tuple(notes)

    def waits(self, day: int, person: Person) -> tuple[tuple[str, dict[str, Any]], ...]:
        """What is said of a measles vaccine that waits until ``day`` for other live vaccines, given as late as they
        can have been."""
        return tuple(
            (f"wait_{word}", {"until_on": iso(day), "needs": self.needs[word]})
            for vaccine, word in LIVE.items()
            if any(day - self.needs[word] in (days.last, _last_but_one(days)) for days in person.days.get(vaccine, ()))
        )

    def first_day(self, day: int, live: LiveDays) -> int:
        """The first day from ``day`` on which no other live vaccine stands in the way."""
        while True:
            before = day
            for word, given_on in live._asdict().items():
                for given in given_on:
                    if given != day or word not in self.same_day_allowed:
                        day = max(day, given + self.needs[word])
            if day == before:
                return day


# How surely two doses were too close, the surest first.
KNOWN, CERTAIN, PERHAPS, NOT = range(4)
NOT_TOO_CLOSE, CERTAINLY_TOO_CLOSE, PERHAPS_TOO_CLOSE = (NOT, 0), (CERTAIN, 0), (PERHAPS, 0)


def _closeness(dose: Days, other: Days, needs: int, same_day_allowed: bool) -> tuple[int, int]:
    """(how surely two doses were too close, days apart where known)."""
    nearest = max(0, other.first - dose.last, dose.first - other.last)
    farthest = max(other.last - dose.first, dose.last - other.first)
    if nearest >= needs or (same_day_allowed and farthest == 0):
        return NOT_TOO_CLOSE
    if dose.known and other.known:
        return KNOWN, nearest
    if farthest < needs and not (same_day_allowed and nearest == 0):
        return CERTAINLY_TOO_CLOSE
    return PERHAPS_TOO_CLOSE
