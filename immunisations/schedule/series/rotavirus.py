"""Rotavirus: two doses by mouth, early in life or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dates import Span
from ..person import ADDITIONAL, Outcome, Person, Verdict, counts, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import LAST, Limit, Machine, Series, State


class Rotavirus(Series):
    name = "ROTAVIRUS"
    labels = {"ROTAVIRUS": 1}

    def __init__(self, book: RuleBook) -> None:
        course = book["rotavirus-course"]
        self.doses = course.number("doses")
        self.due = [Span.parse(age) for age in course.params["due"]]
        self.youngest = book["rotavirus-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.gap = book["rotavirus-gap"].days("gap")
        self.first_before = book["rotavirus-latest-first"].span("before")
        self.before = book["rotavirus-latest"].span("before")

    def machine(self, person: Person, side: Any) -> RotavirusCourse:
        return RotavirusCourse(self, person)


class RotavirusCourse(Machine):
    """State: doses that count."""

    start = (0,)

    def __init__(self, rules: Rotavirus, person: Person) -> None:
        self.rules = rules
        self.person = person
        self.youngest = person.at(rules.minimum)
        self.latest = (person.at(rules.first_before), person.at(rules.before))

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        return ((0, self.youngest), (0, self.latest[state[0] > 0]), (LAST, self.rules.gap))

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        (counted,) = state
        if counted >= rules.doses:
            return state, ADDITIONAL
        if day < self.youngest:
            return state, too_young(rules.youngest, rules.minimum, self.youngest - day)
        if gap < rules.gap:
            return state, too_soon("rotavirus-gap", gap, rules.gap)
        latest = self.latest[counted > 0]
        if day >= latest:
            params = {"dose": counted + 1, "days": day - latest + 1}
            verdict = Verdict(True, self._latest_rule(counted), "counts_late", params)
        else:
            verdict = counts("rotavirus-course", counted + 1)
        return (counted + 1,), verdict

    @staticmethod
    def _latest_rule(counted: int) -> str:
        return "rotavirus-latest" if counted else "rotavirus-latest-first"

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        (counted,) = state
        if counted >= rules.doses:
            return finished(counted, "rotavirus-course")
        due, possible = person.at(rules.due[counted]), self.youngest
        if last is not None:
            due, possible = max(due, last + rules.gap), max(possible, last + rules.gap)
        return unfinished(
            person, "ROTAVIRUS", counted=counted, dose=counted + 1, due=due, possible=possible, vaccine="ROTAVIRUS",
            rule="rotavirus-course", latest=self.latest[counted > 0], latest_rule=self._latest_rule(counted),
        )  # fmt: skip
