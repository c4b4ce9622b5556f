"""The gaps between live vaccines: when a measles vaccine may follow yellow fever or chickenpox vaccine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .dates import Days
from .person import Person
from .rulebook import RuleBook


class LiveDays(NamedTuple):
    """The days on which other live vaccines were given, under one reading of their dates."""

    yellow_fever: tuple[int, ...]
    varicella: tuple[int, ...]


def readings(person: Person) -> Sequence[LiveDays]:
    """The readings of half-known dates that matter: all on their first day, all on their last, and all on their
    last day before the day asked about (on that very day chickenpox vaccine stands in nobody's way)."""

    def reading(day_of: Callable[[Days], int]) -> LiveDays:
        return LiveDays(
            tuple(day_of(days) for days in person.days.get("YELLOWFEVER", ())),
            tuple(day_of(days) for days in person.days.get("VARICELLA", ())),
        )

    def last_before(days: Days) -> int:
        return days.last - 1 if days.last == person.on and not days.known else days.last

    return tuple(dict.fromkeys((reading(lambda d: d.first), reading(lambda d: d.last), reading(last_before))))


class LiveGap:
    """The gaps as the rule states them."""

    def __init__(self, book: RuleBook) -> None:
        rule = book["live-vaccine-gap"]
        self.yellow_fever = rule.days("yellow_fever")
        self.varicella = rule.days("varicella")

    def notes(self, day: int, person: Person) -> tuple[tuple[str, dict[str, int]], ...]:
        """What is said of a measles vaccine given too close to another live vaccine. It counts all the same.
        Only known days are looked at."""
        notes: list[tuple[str, dict[str, int]]] = []
        for vaccine, code, needs in (
            ("YELLOWFEVER", "note_yellow_fever", self.yellow_fever),
            ("VARICELLA", "note_varicella", self.varicella),
        ):
            given = person.days.get(vaccine, ())
            apart = min((abs(day - days.first) for days in given if days.known), default=needs)
            if 0 < apart < needs:
                notes.append((code, {"days": apart, "needs": needs}))
            elif apart == 0 and vaccine == "YELLOWFEVER":
                notes.append(("note_same_day", {}))
        return tuple(notes)

    def first_day(self, day: int, live: LiveDays) -> int:
        """The first day from ``day`` on which no other live vaccine stands in the way."""
        moved = True
        while moved:
            moved = False
            for given in live.yellow_fever:
                if day < given + self.yellow_fever:
                    day, moved = given + self.yellow_fever, True
            for given in live.varicella:
                if given != day and day < given + self.varicella:
                    day, moved = given + self.varicella, True
        return day
