"""Pneumococcal conjugate vaccine: one dose before the first birthday and one from it, which alone is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..person import ADDITIONAL, Outcome, Person, Verdict, counts, finished, too_young, unfinished
from ..rulebook import RuleBook
from .base import Limit, Machine, Series, State


class Pneumococcal(Series):
    name = "PNEUMOCOCCAL"
    labels = {"PNEUMOCOCCAL": 1}

    def __init__(self, book: RuleBook) -> None:
        self.infant = book["pcv-course"].number("infant")
        self.youngest = book["pcv-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.dose_1 = book["pcv-dose-1"]
        self.due_1 = self.dose_1.span("due")
        self.decided_at = self.dose_1.span("decided_at")
        self.dose_1_before = book["pcv-dose-1-before-july-2025"]
        self.due_1_before = self.dose_1_before.span("due")
        self.booster = book["pcv-booster"]
        self.booster_due = self.booster.span("due")
        self.booster_minimum = self.booster.span("minimum")
        self.gap = self.booster.days("gap")
        self.before = book["pcv-latest"].span("before")

    def machine(self, person: Person, side: Any) -> PneumococcalCourse:
        return PneumococcalCourse(self, person)


class PneumococcalCourse(Machine):
    """State: doses that count before the first birthday, and whether one was given from it."""

    start = (0, False)

    def __init__(self, rules: Pneumococcal, person: Person) -> None:
        self.rules = rules
        self.person = person
        self.youngest = person.at(rules.minimum)
        self.birthday_1 = person.at(rules.booster_minimum)

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        return ((0, self.youngest), (0, self.birthday_1))

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        infant, complete = state
        if complete:
            return state, ADDITIONAL
        if day >= self.birthday_1:
            return (infant, True), counts("pcv-course", infant + 1)
        if day < self.youngest:
            return state, too_young(rules.youngest, rules.minimum, self.youngest - day)
        if infant >= rules.infant:
            return state, too_young(rules.booster, rules.booster_minimum, self.birthday_1 - day)
        return (infant + 1, complete), counts("pcv-course", infant + 1)

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        infant, complete = state
        if complete:
            return finished(infant + 1, "pcv-course")
        if infant >= rules.infant:
            due, possible, rule = person.at(rules.booster_due), self.birthday_1, rules.booster.id
        else:
            possible = self.youngest
            if person.at(rules.decided_at) >= rules.dose_1.begins:
                due, rule = person.at(rules.due_1), rules.dose_1.id
            else:
                due, rule = person.at(rules.due_1_before), rules.dose_1_before.id
        if last is not None:
            due, possible = max(due, last + rules.gap), max(possible, last + rules.gap)
        return unfinished(
            person, "PNEUMOCOCCAL", counted=infant, dose=infant + 1, due=due, possible=possible,
            vaccine="PNEUMOCOCCAL", rule=rule, latest=person.at(rules.before), latest_rule="pcv-latest",
        )  # fmt: skip
