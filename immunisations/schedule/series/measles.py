"""Measles: MMR and MMRV, two doses that count, and the further doses some people are advised."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..dates import Days, iso
from ..explore import explore
from ..live import LIVE, LiveDays, LiveGap, readings
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

MMR, MMRV = 1, 2

# An option: a second dose that counts although it was early completes the course, and no further one is advised.
NO_EARLY_SECOND_ADVICE = "no-early-second-advice"

# What the state keeps of the first dose that counts. A second is too close to it for three months, but not from the age
# of 18 months: that is never, until that age or by the day of the first. Else all that matters is whether it was given
# from the second birthday.
NONE, NEVER_CLOSE, FROM_SECOND_BIRTHDAY, CLOSE_UNTIL_18_MONTHS, CLOSE_BY_DAY = range(5)


class Side(NamedTuple):
    """Chickenpox vaccines given: in all, from the first birthday, and the live-vaccine days."""

    varicella: int
    varicella_from_1: int
    live: LiveDays


class Measles(Series):
    name = "MEASLES"
    labels = {"MMR": MMR, "MMRV": MMRV}
    others = frozenset({"VARICELLA", "YELLOWFEVER"})
    never_counted = frozenset({"MEASLES_ONLY"})

    def __init__(self, book: RuleBook) -> None:
        self.needed = book["measles-two-doses"].number("doses")
        self.first_birthday = book["measles-first-birthday"]
        self.minimum_1 = self.first_birthday.span("minimum")
        self.gap = book["measles-gap"].days("gap")
        self.second_minimum = book["measles-second-minimum"]
        self.minimum_2 = self.second_minimum.span("minimum")
        self.due_1 = book["measles-dose-1"].span("due")
        self.at_18_months = book["measles-dose-2-at-18-months"]
        self.at_3y4m = book["measles-dose-2-at-3-years-4-months"]
        self.due_2_at_18_months = self.at_18_months.span("due")
        self.due_2_at_3y4m = self.at_3y4m.span("due")
        self.late_start = book["measles-dose-2-after-late-start"].span("from_age")
        self.early_second = book["measles-early-second"]
        self.early_until = self.early_second.span("until_age")
        self.early_spacing = self.early_second.span("spacing")
        self.mmrv_rule = book["measles-mmrv"]
        self.mmrv_born_from = self.mmrv_rule.date("born_from")
        self.second_mmrv = book["measles-second-mmrv"]
        self.second_mmrv_doses = self.second_mmrv.number("doses")
        self.second_mmrv_due = self.second_mmrv.span("due")
        self.second_mmrv_due_without_any = self.second_mmrv.span("due_without_any")
        self.second_mmrv_counts_from = self.second_mmrv.span("counts_from")
        self.catch_up = book["measles-mmrv-catch-up"]
        self.catch_up_born = (self.catch_up.date("born_from"), self.catch_up.date("born_to"))
        self.catch_up_varicella = self.catch_up.number("varicella_doses")
        self.outbreak_from = book["measles-outbreak-infant"].span("from_age")
        self.probably_immune = book["measles-born-before-1970"]
        self.measles_only = book["measles-single"]
        self.live_gap = LiveGap(book)

    def sides(self, person: Person) -> Sequence[Side]:
        varicella = person.days.get("VARICELLA", [])
        if not varicella and person.days.keys().isdisjoint(LIVE):
            return (NO_OTHER_VACCINES,)
        counted = {(0, 0)}
        in_all, late = self.catches_up(person), self.counts_mmrv(person)
        if in_all or late:
            found = varicella_counts(varicella, person.at(self.second_mmrv_counts_from))
            counted = {(of_all * in_all, of_late * late) for of_all, of_late in found}
        return tuple(Side(*numbers, live) for numbers in sorted(counted) for live in readings(person))

    def counts_mmrv(self, person: Person) -> bool:
        """Whether this person needs two vaccines with chickenpox in them."""
        return self.second_mmrv.begins <= person.born <= self.second_mmrv.ends

    def catches_up(self, person: Person) -> bool:
        """Whether this person may be offered one MMRV after two doses that count."""
        first, last = self.catch_up_born
        facts = person.facts
        return "no-chickenpox" in facts and "had-chickenpox" not in facts and first <= person.born <= last

    def reads_as(self, side: Side) -> tuple[int, int]:
        return side.varicella, side.varicella_from_1

    def notes(self, person: Person, days: Days) -> tuple[tuple[str, dict[str, int]], ...]:
        return () if person.days.keys().isdisjoint(LIVE) else self.live_gap.notes(days, person)

    def remarks(
        self, person: Person, outcome: Outcome, verdicts: Sequence[Verdict | None]
    ) -> tuple[tuple[str, dict[str, Any]], ...]:
        if outcome.status == "complete":
            further = any(verdict and verdict.code == "counts_extra" for verdict in verdicts)
            return (("further_given", {}),) if further else ()
        # Nobody waits for a vaccine that is out of the way before the dose is due.
        if outcome.earliest is None or outcome.earliest <= max(person.on, outcome.due or 0):
            return ()
        return self.live_gap.waits(outcome.earliest, person)

    def never(self, vaccine: str, days: Days) -> Verdict:
        return Verdict(False, self.measles_only.id, "measles_only", {})

    def machine(self, person: Person, side: Side) -> MeaslesCourse:
        return MeaslesCourse(self, person, side)


NO_OTHER_VACCINES = Side(0, 0, LiveDays())


class MeaslesCourse(Machine):
    """State: doses that count (at most two); what matters of the first, and its day where that does; whether the second
    was too early to stand alone; chickenpox-containing measles vaccines from the first birthday; whether any MMRV was
    given. The last two are kept only for those whom they concern."""

    start = (0, NONE, 0, False, 0, False)

    def __init__(self, rules: Measles, person: Person, side: Side) -> None:
        at = person.at
        self.rules = rules
        self.person = person
        self.side = side
        self.birthday_1 = at(rules.minimum_1)
        self.from_15_months = at(rules.minimum_2)
        self.from_18_months = at(rules.early_until)
        self.birthday_2 = at(rules.late_start)
        self.counts_mmrv = rules.counts_mmrv(person)
        self.mmrv_counts_from = at(rules.second_mmrv_counts_from)
        self.catches_up = rules.catches_up(person)
        self.advises_third = NO_EARLY_SECOND_ADVICE not in person.options

    def read_as(self, label: int) -> int:
        return label if self.counts_mmrv or self.catches_up else MMR

    def remembered(self, state: State) -> tuple[int, ...]:
        return (state[2],)

    def with_days(self, state: State, days: Sequence[int]) -> State:
        return (*state[:2], days[0], *state[3:])

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        counted, first, first_day, early, mmrv, any_mmrv = state
        owes_mmrv, may_catch_up = self._owes_mmrv(MMRV, mmrv), self._may_catch_up(any_mmrv)
        ages: list[int] = []
        limits: list[Limit] = []
        if counted and (counted < 2 or early or owes_mmrv or may_catch_up):
            limits.append((LAST, self.rules.gap))
        if not counted:
            ages += (self.birthday_1, *self._close_ages, self.from_18_months, self.birthday_2)
        elif counted == 1:
            ages.append(self.from_15_months)
            if first == CLOSE_UNTIL_18_MONTHS:
                ages.append(self.from_18_months)
            elif first == CLOSE_BY_DAY:
                ages.append(self.from_18_months)
                limits.append((first_day, self.rules.early_spacing, Days(self.from_15_months, self.from_18_months - 1)))
        elif early:
            ages.append(self.from_18_months)
        if owes_mmrv:
            ages.append(self.mmrv_counts_from)
        if may_catch_up:
            ages += (self.rules.catch_up.begins, self.rules.catch_up.ends + 1)
        return [*((0, age) for age in ages), *limits]

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict]:
        rules = self.rules
        counted, first, first_day, early, mmrv, any_mmrv = state
        mmrv_before, any_before = mmrv, any_mmrv
        if label & MMRV:
            # no more is remembered than what something may still depend on
            if self._owes_mmrv(MMRV, mmrv) and day >= self.mmrv_counts_from:
                mmrv += 1
            any_mmrv = any_mmrv or self._may_catch_up(any_mmrv)
        if day < self.birthday_1:
            verdict = too_young(rules.first_birthday, rules.minimum_1, self.birthday_1 - day)
        elif counted == 0:
            counted, first = 1, self._kept_of_first(day)
            first_day = day if first == CLOSE_BY_DAY else 0
            verdict = counts("measles-two-doses", 1)
        elif counted == 1:
            if gap < rules.gap:
                verdict = too_soon("measles-gap", gap, rules.gap)
            elif day < self.from_15_months:
                verdict = too_young(rules.second_minimum, rules.minimum_2, self.from_15_months - day)
            else:
                early = self.advises_third and day < self._close_until(first, first_day)
                counted, first, first_day = 2, NONE, 0
                if early:
                    params = {"dose": 2, "days": self.from_18_months - day}
                    verdict = Verdict(True, "measles-early-second", "counts_but_early", params)
                else:
                    verdict = counts("measles-two-doses", 2)
        else:
            early, verdict = self._third(label, day, gap, early, mmrv_before, any_before)
        return (counted, first, first_day, early, mmrv, any_mmrv), verdict

    def _kept_of_first(self, day: int) -> int:
        """What matters of a first dose of this day."""
        if day >= self.from_18_months:
            return NEVER_CLOSE if day < self.birthday_2 else FROM_SECOND_BIRTHDAY
        close_until = self.rules.early_spacing.after(day)
        if close_until >= self.from_18_months:
            return CLOSE_UNTIL_18_MONTHS
        return CLOSE_BY_DAY if close_until > self.from_15_months else NEVER_CLOSE

    @cached_property
    def _close_ages(self) -> tuple[int, int]:
        """From when on a first dose keeps the second waiting beyond its own minimum age, and until 18 months."""
        spacing = self.rules.early_spacing
        return spacing.first_to_reach(self.from_15_months + 1), spacing.first_to_reach(self.from_18_months)

    def _close_until(self, first: int, first_day: int) -> int:
        """The first day on which a second dose is no longer too close to the first."""
        if first == CLOSE_BY_DAY:
            return self.rules.early_spacing.after(first_day)
        return self.from_18_months if first == CLOSE_UNTIL_18_MONTHS else 0

    def _third(self, label: int, day: int, gap: int, early: bool, mmrv: int, any_mmrv: bool) -> tuple[bool, Verdict]:
        """A dose after two that count: a further one that was advised, or an additional one."""
        rules = self.rules
        advised = None
        if early:
            if day >= self.from_18_months:
                advised = "measles-early-second"
            elif not self._owes_mmrv(label, mmrv):
                days = self.from_18_months - day
                return True, too_young(rules.early_second, rules.early_until, days)
        if advised is None and self._owes_mmrv(label, mmrv):
            advised = "measles-second-mmrv"
        if (
            advised is None
            and label & MMRV
            and self._may_catch_up(any_mmrv)
            and rules.catch_up.begins <= day <= rules.catch_up.ends
        ):
            advised = "measles-mmrv-catch-up"
        if advised is None:
            return early, ADDITIONAL
        if gap < rules.gap:
            return early, too_soon("measles-gap", gap, rules.gap)
        return early and day < self.from_18_months, Verdict(True, advised, "counts_extra", {})

    def _owes_mmrv(self, label: int, mmrv: int) -> bool:
        had = mmrv + self.side.varicella_from_1
        return bool(self.counts_mmrv and label & MMRV and had < self.rules.second_mmrv_doses)

    def _may_catch_up(self, any_mmrv: bool) -> bool:
        return self.catches_up and not any_mmrv and self.side.varicella < self.rules.catch_up_varicella

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        counted, first, first_day, early, mmrv, any_mmrv = state
        after_gap = last + rules.gap if last is not None else 0
        if counted >= rules.needed:
            return self._finish_third(early, mmrv, any_mmrv, after_gap)
        outbreak = "outbreak" in person.facts
        if counted == 0:
            infant_from = person.at(rules.outbreak_from)
            if outbreak and last is None and infant_from <= person.on < self.birthday_1:
                return self._unfinished(
                    0, 1, infant_from, infant_from, "MMR", "measles-outbreak-infant",
                    due_code="outbreak_infant", counts_if_given=False,
                )  # fmt: skip
            due = person.at(rules.due_1)
            ask = None
            if last is None and person.born <= rules.probably_immune.ends:
                from_on = iso(rules.probably_immune.ends + 1)
                ask = ("measles-born-before-1970", "ask_born_before", {"from_on": from_on})
            return self._unfinished(0, 1, due, self.birthday_1, None, "measles-dose-1", ask=ask)
        due, rule = self._second_dose_age()
        if first == FROM_SECOND_BIRTHDAY:
            due, rule = after_gap, "measles-dose-2-after-late-start"
        due = max(due, after_gap)
        possible = max(self.from_15_months, after_gap)
        if outbreak:
            if possible < due:
                due, rule = possible, "measles-outbreak-second"
        else:
            possible = max(possible, self._close_until(first, first_day))
        return self._unfinished(1, 2, due, possible, None, rule)

    def _second_dose_age(self) -> tuple[int, str]:
        rules, person = self.rules, self.person
        if person.born >= rules.at_18_months.begins:
            return person.at(rules.due_2_at_18_months), rules.at_18_months.id
        return person.at(rules.due_2_at_3y4m), rules.at_3y4m.id

    def _finish_third(self, early: bool, mmrv: int, any_mmrv: bool, after_gap: int) -> Outcome:
        rules, person = self.rules, self.person
        if early:
            due = max(self._second_dose_age()[0], after_gap)
            possible = max(self.from_18_months, after_gap)
            return self._unfinished(2, 3, due, possible, None, "measles-early-second")
        if self._owes_mmrv(MMRV, mmrv):
            some = mmrv + self.side.varicella_from_1
            due = person.at(rules.second_mmrv_due if some else rules.second_mmrv_due_without_any)
            possible = max(self.from_15_months, after_gap)
            return self._unfinished(2, 3, max(due, after_gap), possible, "MMRV", "measles-second-mmrv")
        window = rules.catch_up
        if window.begins <= person.on <= window.ends and self._may_catch_up(any_mmrv):
            due = max(window.begins, after_gap)
            if rules.live_gap.first_day(max(due, person.on), self.side.live) <= window.ends:
                return self._unfinished(2, 3, due, due, "MMRV", "measles-mmrv-catch-up")
        return finished(2, "measles-two-doses")

    def _unfinished(
        self,
        counted: int,
        dose: int,
        due: int,
        possible: int,
        vaccine: str | None,
        rule: str,
        *,
        ask: tuple[str, str, dict[str, Any]] | None = None,
        due_code: str | None = None,
        counts_if_given: bool = True,
    ) -> Outcome:
        person, rules, live = self.person, self.rules, self.side.live
        on = person.on
        earliest = possible if possible > on else on
        if any(live):
            earliest = rules.live_gap.first_day(earliest, live)
            possible = min(rules.live_gap.first_day(possible, live), earliest)
        if vaccine is None:
            offered = due if due > on else on
            mmrv = person.born >= rules.mmrv_born_from and offered >= rules.mmrv_rule.begins
            vaccine = "MMRV" if mmrv else "MMR"
        return unfinished(
            person, "MEASLES", counted=counted, dose=dose, due=due, possible=possible, earliest=earliest,
            vaccine=vaccine, rule=rule, ask=ask, due_code=due_code, counts_if_given=counts_if_given,
        )  # fmt: skip


class VaricellaCount(Machine):
    """Chickenpox vaccines in all and from the first birthday, neither above two; one a day."""

    start = (0, 0)

    def __init__(self, birthday_1: int) -> None:
        self.birthday_1 = birthday_1

    def limits(self, state: State, label: int) -> Sequence[Limit]:
        return ((0, self.birthday_1),)

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, None]:
        total, late = state
        return (min(2, total + 1), min(2, late + (day >= self.birthday_1))), None

    def finish(self, state: State, last: int | None) -> Outcome:
        return finished(state[0], "measles-second-mmrv")


def varicella_counts(varicella: Sequence[Days], birthday_1: int) -> Sequence[tuple[int, int]]:
    """Every pair (in all, from the first birthday) that the dates allow."""
    if all(days.known for days in varicella):
        given = {days.first for days in varicella}
        return ((len(given), sum(day >= birthday_1 for day in given)),)
    found = explore(VaricellaCount(birthday_1), [(1, days) for days in varicella])
    return sorted({state for state, _last in found.ends})
