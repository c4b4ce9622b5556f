"""6-in-1: three doses in infancy, and a fourth for those who would otherwise have no Hib after the first birthday."""

from __future__ import annotations

from collections.abc import Sequence

from ..dates import Days, Span, iso
from ..person import (
    ADDITIONAL,
    Outcome,
    Person,
    Verdict,
    counts,
    finished,
    too_soon,
    too_young,
    unfinished,
)
from ..rulebook import RuleBook
from .base import LAST, Limit, Machine, Series, State

SIX_IN_ONE = 1


class SixInOne(Series):
    name = "6IN1"
    labels = {"6IN1": SIX_IN_ONE}
    others = frozenset({"HIBMENC"})
    never_counted = frozenset({"OPV"})

    def __init__(self, book: RuleBook) -> None:
        self.oral_polio = book["6in1-oral-polio"]
        primary = book["6in1-primary"]
        self.primary = primary.number("doses")
        self.due = [Span.parse(age) for age in primary.params["due"]]
        self.youngest = book["6in1-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.gap = book["6in1-gap"].days("gap")
        self.short_gap = book["6in1-short-gap"].days("gap")
        self.short_gaps = book["6in1-short-gap"].number("times")
        self.before = book["6in1-latest"].span("before")
        self.dose_4 = book["6in1-dose-4"]
        self.dose_4_due = self.dose_4.span("due")
        self.dose_4_minimum = self.dose_4.span("minimum")
        self.hib_booster = book["6in1-hib-booster"]
        self.hib_booster_due = self.hib_booster.span("due")
        self.hib_booster_minimum = self.hib_booster.span("minimum")

    def never(self, vaccine: str, days: Days) -> Verdict:
        rule = self.oral_polio
        if days.first >= rule.begins:
            return Verdict(False, rule.id, "oral_polio_from", {"from_on": iso(rule.begins)})
        return Verdict(False, rule.id, "oral_polio", {})

    def sides(self, person: Person) -> Sequence[bool]:
        return hib_menc_given(person, self.hib_booster_minimum)

    def machine(self, person: Person, side: bool) -> SixInOneCourse:
        return SixInOneCourse(self, person, side)


def hib_menc_given(person: Person, from_age: Span) -> Sequence[bool]:
    """Whether a Hib/MenC was given from an age: the answers that its dates allow."""
    given = person.days.get("HIBMENC")
    if not given:
        return (False,)
    from_day = person.at(from_age)
    if any(days.first >= from_day for days in given):
        return (True,)
    return (False, True) if any(days.last >= from_day for days in given) else (False,)


class SixInOneCourse(Machine):
    """State: doses that count (to four), short gaps accepted while fewer than three count, whether a primary dose was
    given from the age of the fourth (for whoever needs a fourth)."""

    start = (0, 0, False)

    def __init__(self, rules: SixInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.hib_menc = hib_menc
        self.youngest = person.at(rules.minimum)
        self.before = person.at(rules.before)
        if person.born >= rules.dose_4.begins:
            self.fourth_rule, due, minimum = rules.dose_4, rules.dose_4_due, rules.dose_4_minimum
            self.fourth_needed = True
        else:
            self.fourth_rule, due, minimum = rules.hib_booster, rules.hib_booster_due, rules.hib_booster_minimum
            self.fourth_needed = not hib_menc
        self.fourth_due = person.at(due)
        self.fourth_age = minimum
        self.fourth_from = person.at(minimum)

    def limits(self, state: State, label: int) -> list[Limit]:
        return self.limits_after(LAST, state)

    def limits_after(self, last_six: int, state: State) -> list[Limit]:
        """As ``limits``, where the last 6-in-1 need not be the last dose; 0 for none that matters."""
        ages: tuple[int, ...] = ()
        if state[0] < self.rules.primary:
            ages = (self.youngest, self.fourth_from)
        elif self.may_need_fourth(state):
            ages = (self.fourth_from, self.before)
        limits: list[Limit] = [(0, age) for age in ages]
        if last_six:
            limits += [(last_six, self.rules.gap), (last_six, self.rules.short_gap)]
        return limits

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        counted, short_gaps, late_primary = state
        if counted < rules.primary:
            if day < self.youngest:
                return state, too_young(rules.youngest, rules.minimum, self.youngest - day)
            late_primary = late_primary or (self.fourth_needed and day >= self.fourth_from)
            if gap >= rules.gap:
                verdict = counts("6in1-primary", counted + 1)
            elif gap >= rules.short_gap and short_gaps < rules.short_gaps:
                params = {"dose": counted + 1, "days": gap, "needs": rules.gap}
                verdict = Verdict(True, "6in1-short-gap", "counts_short_gap", params)
                short_gaps += 1
            else:
                return state, too_soon("6in1-gap", gap, rules.gap)
            # how the course was completed no longer matters
            return (counted + 1, short_gaps if counted + 1 < rules.primary else 0, late_primary), verdict
        if not self.needs_fourth(state, day):
            return state, ADDITIONAL
        if day < self.fourth_from:
            return state, too_young(self.fourth_rule, self.fourth_age, self.fourth_from - day)
        if gap < rules.gap:
            return state, too_soon("6in1-gap", gap, rules.gap)
        return (counted + 1, 0, False), counts(self.fourth_rule.id, counted + 1)

    def may_need_fourth(self, state: State) -> bool:
        """Whether three doses count and a fourth is needed, unless it is too late for it."""
        counted, _short_gaps, late_primary = state
        return counted == self.rules.primary and self.fourth_needed and not late_primary

    def needs_fourth(self, state: State, day: int) -> bool:
        return day < self.before and self.may_need_fourth(state)

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        counted = state[0]
        after_gap = last + rules.gap if last is not None else 0
        if counted < rules.primary:
            due = max(person.at(rules.due[counted]), after_gap)
            possible = max(self.youngest, after_gap)
            rule = "6in1-primary"
        elif self.needs_fourth(state, person.on):
            due = max(self.fourth_due, after_gap)
            possible = max(self.fourth_from, after_gap)
            rule = self.fourth_rule.id
        else:
            return finished(counted, self.fourth_rule.id if counted > rules.primary else "6in1-primary")
        return unfinished(
            person, "6IN1", counted=counted, dose=counted + 1, due=due, possible=possible, vaccine="6IN1",
            rule=rule, latest=self.before, latest_rule="6in1-latest",
        )  # fmt: skip
