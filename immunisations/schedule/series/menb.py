"""MenB: two doses before the first birthday and one from it, or two from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..person import ADDITIONAL, Outcome, Person, Verdict, counts, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import LAST, Limit, Machine, Series, State


class MenB(Series):
    name = "MENB"
    labels = {"MENB": 1}

    def __init__(self, book: RuleBook) -> None:
        course = book["menb-course"]
        self.infant = course.number("infant")
        self.booster = course.number("booster")
        self.without_infant = course.number("without_infant")
        self.youngest = book["menb-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.due_1 = book["menb-dose-1"].span("due")
        self.dose_2 = book["menb-dose-2"]
        self.due_2 = self.dose_2.span("due")
        self.decided_at = self.dose_2.span("decided_at")
        self.dose_2_before = book["menb-dose-2-before-july-2025"]
        self.due_2_before = self.dose_2_before.span("due")
        self.booster_rule = book["menb-booster"]
        self.booster_due = self.booster_rule.span("due")
        self.booster_minimum = self.booster_rule.span("minimum")
        self.gap = book["menb-gap"].days("gap")
        self.infant_gap = book["menb-gap"].days("infant_gap")
        self.before = book["menb-latest"].span("before")

    def machine(self, person: Person, side: Any) -> MenBCourse:
        return MenBCourse(self, person)


class MenBCourse(Machine):
    """State: doses that count before the first birthday, and from it."""

    start = (0, 0)

    def __init__(self, rules: MenB, person: Person) -> None:
        self.rules = rules
        self.person = person
        self.youngest = person.at(rules.minimum)
        self.birthday_1 = person.at(rules.booster_minimum)

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        return ((0, self.youngest), (0, self.birthday_1), (LAST, self.rules.infant_gap), (LAST, self.rules.gap))

    def _needed(self, infant: int) -> int:
        """Doses needed from the first birthday."""
        return self.rules.booster if infant >= self.rules.infant else self.rules.without_infant

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        infant, later = state
        if later >= self._needed(infant):
            return state, ADDITIONAL
        if day < self.youngest:
            return state, too_young(rules.youngest, rules.minimum, self.youngest - day)
        if day < self.birthday_1:
            if infant >= rules.infant:
                return state, too_young(rules.booster_rule, rules.booster_minimum, self.birthday_1 - day)
            if gap < rules.infant_gap:
                return state, too_soon("menb-gap", gap, rules.infant_gap)
            return (infant + 1, later), counts("menb-course", infant + 1)
        if gap < rules.gap:
            return state, too_soon("menb-gap", gap, rules.gap)
        return (infant, later + 1), counts("menb-course", infant + later + 1)

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        infant, later = state
        counted = infant + later
        if later >= self._needed(infant):
            return finished(counted, "menb-course")
        possible = self.youngest
        if infant >= rules.infant:
            due, rule = person.at(rules.booster_due), rules.booster_rule.id
            possible = self.birthday_1
        elif counted == 0:
            due, rule = person.at(rules.due_1), "menb-dose-1"
        elif counted == 1:
            if person.at(rules.decided_at) >= rules.dose_2.begins:
                due, rule = person.at(rules.due_2), rules.dose_2.id
            else:
                due, rule = person.at(rules.due_2_before), rules.dose_2_before.id
        else:
            due, rule = person.at(rules.booster_due), rules.booster_rule.id
        if last is not None:
            due, possible = max(due, last + rules.gap), max(possible, last + rules.gap)
        return unfinished(
            person, "MENB", counted=counted, dose=counted + 1, due=due, possible=possible, vaccine="MENB", rule=rule,
            latest=person.at(rules.before), latest_rule="menb-latest",
        )  # fmt: skip
