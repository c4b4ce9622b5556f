"""HPV and MenACWY: one dose each, in the teenage programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..dates import iso
from ..person import ADDITIONAL, Outcome, Person, Verdict, counts, finished, not_needed, too_young, unfinished
from ..rulebook import RuleBook
from .base import Limit, Machine, Series, State


class OneDose(Series):
    """A series of one dose: ``prefix`` names its rules."""

    prefix: str

    def __init__(self, book: RuleBook) -> None:
        self.dose = book[f"{self.prefix}-dose"]
        self.due = self.dose.span("due")
        self.offered = self.dose.span("offered")
        self.youngest = book[f"{self.prefix}-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.latest = book[f"{self.prefix}-latest"]
        self.before = self.latest.span("before")

    def machine(self, person: Person, side: Any) -> OneDoseCourse:
        return OneDoseCourse(self, person)

    def complete(self, person: Person) -> Outcome:
        """The answer once a dose counts."""
        return finished(1, self.dose.id)

    def left_out(self, person: Person) -> tuple[str, str, Mapping[str, Any]] | None:
        """(rule, code, params) if this person is outside the programme for a reason other than age."""
        return None

    def unsure(self, person: Person) -> tuple[str, str, Mapping[str, Any]] | None:
        """(rule, code, params) if a nurse must be asked whether this person is in the programme."""
        return None


class OneDoseCourse(Machine):
    """State: whether a dose counts."""

    start = (False,)

    def __init__(self, rules: OneDose, person: Person) -> None:
        self.rules = rules
        self.person = person
        self.youngest = person.at(rules.minimum)

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        return ((0, self.youngest),)

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        if state[0]:
            return state, ADDITIONAL
        if day < self.youngest:
            return state, too_young(rules.youngest, rules.minimum, self.youngest - day)
        return (True,), counts(rules.dose.id, 1)

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        if state[0]:
            return rules.complete(person)
        left_out = rules.left_out(person)
        if left_out:
            return not_needed(0, *left_out)
        return unfinished(
            person, rules.name, counted=0, dose=1, due=person.at(rules.due), possible=person.at(rules.offered),
            vaccine=rules.name, rule=rules.dose.id, latest=person.at(rules.before), latest_rule=rules.latest.id,
            ask=rules.unsure(person),
        )  # fmt: skip


class HPV(OneDose):
    name = "HPV"
    labels = {"HPV": 1}
    prefix = "hpv"

    def __init__(self, book: RuleBook) -> None:
        super().__init__(book)
        self.males = book["hpv-males"]
        self.weakened = book["hpv-weakened"]

    def complete(self, person: Person) -> Outcome:
        done = super().complete(person)
        if "immunosuppressed" not in person.facts:
            return done
        params = {"doses": self.weakened.number("doses")}
        return done._replace(rule=self.weakened.id, code="complete_but_three", params=params)

    def left_out(self, person: Person) -> tuple[str, str, Mapping[str, Any]] | None:
        sexes = person.facts & {"male", "female"}
        if sexes == {"male"} and person.born < self.males.begins:
            return self.males.id, "not_needed_male", {"from_on": iso(self.males.begins)}
        return None

    def unsure(self, person: Person) -> tuple[str, str, Mapping[str, Any]] | None:
        sexes = person.facts & {"male", "female"}
        if len(sexes) != 1 and person.born < self.males.begins:
            return self.males.id, "ask_sex", {"from_on": iso(self.males.begins)}
        return None


class MenACWY(OneDose):
    name = "MENACWY"
    labels = {"MENACWY": 1}
    prefix = "menacwy"
