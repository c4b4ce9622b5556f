"""The gaps between live vaccines: when a measles vaccine may follow yellow fever or chickenpox vaccine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """The readings of half-known dates that matter: all on their first day; all on their last; and each in turn on its
    last day but one, with the others on their last. On the very day asked about, or the first day for the dose,
    chickenpox vaccine stands in nobody's way: where that is the last day, one given the day before keeps the dose
    waiting for longest, and from then on others of that day do, too."""
    given = {word: person.days.get(vaccine, ()) for vaccine, word in LIVE.items()}
    latest = {word: [days.last for days in each] for word, each in given.items()}
    found = [_reading({word: [days.first for days in each] for word, each in given.items()}), _reading(latest)]
    for word, each in given.items():
        for place, days in enumerate(each):
            others = latest[word][:place] + latest[word][place + 1 :]
            found.append(_reading({**latest, word: [*others, _last_but_one(days)]}))
    return tuple(dict.fromkeys(found))


def _reading(given: Mapping[str, Sequence[int]]) -> LiveDays:
    return LiveDays(**{word: tuple(sorted(days)) for word, days in given.items()})


def _last_but_one(days: Days) -> int:
    return days.last if days.known else days.last - 1


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
