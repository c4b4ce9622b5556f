"""3-in-1 (Td/IPV): what is left of five doses of diphtheria, tetanus and polio vaccine after the tenth birthday."""

from __future__ import annotations

from collections.abc import Sequence

from ..dates import Span
from ..person import ADDITIONAL, Outcome, Person, Verdict, before_day, counts, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import LAST, Limit, Machine, Series, State
from .four_in_one import CHILDHOOD, FOUR_IN_ONE, FourInOne, FourInOneCourse
from .six_in_one import SIX_IN_ONE

TD_IPV = 4


class ThreeInOne(Series):
    name = "3IN1"
    labels = {"6IN1": SIX_IN_ONE, "4IN1": FOUR_IN_ONE, "3IN1": TD_IPV}
    listed = TD_IPV
    others = frozenset({"HIBMENC"})

    def __init__(self, book: RuleBook) -> None:
        self.four = FourInOne(book)
        self.doses = book["3in1-five-doses"].number("doses")
        self.primary = book["3in1-five-doses"].number("primary")
        self.youngest = book["3in1-minimum"]
        self.minimum = self.youngest.span("minimum")
        self.teenage = book["3in1-teenage"]
        self.due = self.teenage.span("due")
        self.after_booster = self.teenage.span("after")
        self.gap = book["3in1-primary"].days("gap")
        self.after_third = book["3in1-fourth"].span("after")
        self.fifth = book["3in1-fifth"]
        self.fifth_due = self.fifth.span("due")
        self.fifth_after = self.fifth.span("after")

    def sides(self, person: Person) -> Sequence[bool]:
        return self.four.sides(person)

    def machine(self, person: Person, side: bool) -> ThreeInOneCourse:
        return ThreeInOneCourse(self, person, side)


class ThreeInOneCourse(Machine):
    """State: the state of the 4-in-1 course; 6-in-1 doses that are primary doses; whether the pre-school booster
    was given; Td/IPV doses that count; the day of the third dose or booster from which the next is counted, where
    there is one, and the rule by which it is."""

    start: State

    def __init__(self, rules: ThreeInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.four = FourInOneCourse(rules.four, person, hib_menc)
        # which vaccine the booster would be makes no difference here
        self.start = ((*self.four.start[:4], True, False), 0, False, 0, 0, "")
        self.birthday_10 = person.at(rules.minimum)

    def remembered(self, state: State) -> tuple[int, ...]:
        return (*self.four.remembered(state[0]), state[4])

    def with_days(self, state: State, days: Sequence[int]) -> State:
        return (self.four.with_days(state[0], days), *state[1:4], days[3], state[5])

    def limits(self, state: State, label: int) -> list[Limit]:
        four, _primary, _booster, _given, counted_from, by_rule = state
        limits = self.four.limits(four, label & CHILDHOOD)
        if label & TD_IPV:
            limits += [(0, self.birthday_10), (LAST, self.rules.gap)]
            if counted_from:
                limits.append((counted_from, self._spans(by_rule)[0]))
        return limits

    def forget(self, state: State, more: int) -> State:
        # without childhood doses still to come, only how many there were matters
        return (self.four.forget(state[0], more) if more & CHILDHOOD else self.four.done, *state[1:])

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        rules = self.rules
        four, primary, booster, given, counted_from, by_rule = state
        verdict: Verdict | None = None
        if label & TD_IPV:
            verdict = self._judge(state, day, gap)
            if verdict.counts:
                given += 1
                if primary + given >= rules.primary:
                    counted_from = day
        if label & CHILDHOOD:
            four_after, _verdict = self.four.step(four, label & CHILDHOOD, day, gap)
            if four_after[5]:
                if not booster:
                    booster, counted_from = True, day
            elif four_after[0][0] > four[0][0] and primary < rules.primary:
                primary += 1
                # also where a 6-in-1 was given after Td/IPV: the next dose is counted from the last
                if primary + given >= rules.primary:
                    counted_from = day
            four = four_after
        elif not four[5]:
            four = self.four.pass_by(four, day)
        if primary + booster + given >= rules.doses:
            return (self.four.done, primary, booster, given, 0, ""), verdict
        if counted_from == day:
            by_rule = self._next_rule(primary, booster, given)
        return (four, primary, booster, given, counted_from, by_rule), verdict

    def _judge(self, state: State, day: int, gap: int) -> Verdict:
        rules = self.rules
        _four, primary, booster, given, counted_from, by_rule = state
        if primary + booster + given >= rules.doses:
            return ADDITIONAL
        if day < self.birthday_10:
            return too_young(rules.youngest, rules.minimum, self.birthday_10 - day)
        rule = self._next_rule(primary, booster, given)
        if counted_from and primary + given >= rules.primary:
            from_day = self._spans(by_rule)[0].after(counted_from)
            if day < from_day:
                return before_day(rule, day, from_day)
        if gap < rules.gap:
            return too_soon("3in1-primary", gap, rules.gap)
        return counts(rule, given + 1)

    def _spans(self, rule: str) -> tuple[Span, Span]:
        """How long the next dose waits until it counts, and until it is due."""
        rules = self.rules
        if rule == rules.fifth.id:
            return rules.fifth_after, rules.fifth_due
        wait = rules.after_booster if rule == rules.teenage.id else rules.after_third
        return wait, wait

    def _next_rule(self, primary: int, booster: bool, given: int) -> str:
        if booster:
            return self.rules.teenage.id
        if primary + given < self.rules.primary:
            return "3in1-primary"
        return "3in1-fourth" if primary + given == self.rules.primary else self.rules.fifth.id

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        _four, primary, booster, given, counted_from, by_rule = state
        if primary + booster + given >= rules.doses:
            return finished(given, "3in1-five-doses")
        rule = self._next_rule(primary, booster, given)
        possible = self.birthday_10 if last is None else max(self.birthday_10, last + rules.gap)
        due = possible
        if counted_from and primary + given >= rules.primary:
            for_count, for_due = self._spans(by_rule)
            possible = max(possible, for_count.after(counted_from))
            due = max(possible, for_due.after(counted_from))
        if person.on < self.birthday_10:
            rule = rules.teenage.id
        if rule == rules.teenage.id:
            due = max(possible, person.at(rules.due))
        return unfinished(
            person, "3IN1", counted=given, dose=given + 1, due=due, possible=possible, vaccine="3IN1", rule=rule,
        )  # fmt: skip
