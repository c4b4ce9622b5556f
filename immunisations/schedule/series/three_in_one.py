"""3-in-1 (Td/IPV): what is left of five doses of diphtheria, tetanus and polio vaccine after the tenth birthday."""

from __future__ import annotations

from collections.abc import Sequence

from ..person import ADDITIONAL, Outcome, Person, Verdict, before_day, counts, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import Machine, Series, State
from .four_in_one import FOUR_IN_ONE, FourInOne, FourInOneCourse
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
    was given; Td/IPV doses that count; the day of the third dose or of the last booster, whichever the next is
    counted from (0 once that is long past)."""

    start: State

    def __init__(self, rules: ThreeInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.four = FourInOneCourse(rules.four, person, hib_menc)
        self.start = (self.four.start, 0, False, 0, 0)
        self.birthday_10 = person.at(rules.minimum)
        self.remembered_from: int | None = None

    def gaps(self, state: State, label: int) -> Sequence[int]:
        gaps = self.four.gaps(state[0], label & (SIX_IN_ONE | FOUR_IN_ONE) or FOUR_IN_ONE)
        if label == TD_IPV:
            four = state[0]
            # what matters to the childhood doses is how long ago the last of each kind was
            longest = self.rules.gap - min(four[1], four[2]) if not four[5] else 0
            return (self.rules.gap, *range(2, longest + 1))
        return (*gaps, self.rules.gap) if label & TD_IPV else gaps

    def cuts(self, state: State, label: int) -> Sequence[int]:
        cuts = [self.birthday_10]
        if label & (SIX_IN_ONE | FOUR_IN_ONE):
            cuts += self.four.cuts(state[0], label & (SIX_IN_ONE | FOUR_IN_ONE))
        if state[4]:
            cuts.append(self._next_from(state))
        return cuts

    def remembers(self, state: State, label: int) -> tuple[int, int] | None:
        """Any dose that may be the third, the booster or the fourth, unless it is long before the tenth birthday."""
        four, primary, booster, given, _anchor = state
        childhood = label & (SIX_IN_ONE | FOUR_IN_ONE)
        held = self.four.remembers(four, childhood) if childhood else None
        first = [held[0]] if held else []
        if self.remembered_from is None:
            day = self.birthday_10
            while day > self.person.born and self._matters(day - 1):
                day -= 1
            self.remembered_from = day
        in_all = primary + booster + given
        if in_all < self.rules.doses - 1:
            if label & SIX_IN_ONE and primary < self.rules.primary and in_all == self.rules.primary - 1:
                first.append(self.remembered_from)
            ready = four[3]
            if childhood and not four[5] and ready:
                first.append(max(self.remembered_from, ready))
            if label & TD_IPV and in_all >= self.rules.primary - 1:
                first.append(self.birthday_10)
        return (min(first), self.person.on + 1) if first else None

    def settle(self, state: State, day: int) -> State:
        four, primary, booster, given, anchor = state
        four = self.four.settle(four, day)
        in_all = primary + booster + given
        if in_all >= self.rules.doses:
            return (self.four.done, primary, booster, given, 0)
        if anchor and self._next_rule(state) != self.rules.fifth.id and self._next_from(state) <= day:
            anchor = 0
        return (four, primary, booster, given, anchor)

    def _matters(self, day: int) -> bool:
        """Whether the dose after one of this day may have to wait for it beyond the tenth birthday."""
        rules = self.rules
        return max(rules.after_third.after(day), rules.after_booster.after(day)) > self.birthday_10

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        rules = self.rules
        four, primary, booster, given, anchor = state
        verdict: Verdict | None = None
        if label & TD_IPV:
            verdict = self._judge(state, day, gap)
            if verdict.counts:
                given += 1
                if primary + given >= rules.primary:
                    anchor = day
        if label & (SIX_IN_ONE | FOUR_IN_ONE):
            four_after, _verdict = self.four.step(four, label & (SIX_IN_ONE | FOUR_IN_ONE), day, gap)
            if four_after[5]:
                if not booster:
                    booster, anchor = True, day if self._matters(day) else 0
            elif four_after[0][0] > four[0][0] and primary < rules.primary:
                primary += 1
                if primary + given == rules.primary:
                    anchor = day if self._matters(day) else 0
            four = four_after
        elif not four[5]:
            six_gap, four_gap = rules.four.six.gap, rules.four.gap
            since = (min(four[1] + gap, six_gap), min(four[2] + gap, four_gap))
            four = (four[0], *since, *four[3:])
        if primary + booster + given >= rules.doses:
            return (self.four.done, primary, booster, given, 0), verdict
        return (four, primary, booster, given, anchor), verdict

    def _judge(self, state: State, day: int, gap: int) -> Verdict:
        rules = self.rules
        _four, primary, booster, given, anchor = state
        if primary + booster + given >= rules.doses:
            return ADDITIONAL
        if day < self.birthday_10:
            return too_young(rules.youngest, rules.minimum, self.birthday_10 - day)
        if anchor and primary + given >= rules.primary:
            from_day = self._next_from(state)
            if day < from_day:
                return before_day(self._next_rule(state), day, from_day)
        if gap < rules.gap:
            return too_soon("3in1-primary", gap, rules.gap)
        return counts(self._next_rule(state), given + 1)

    def _next_from(self, state: State) -> int:
        """The first day the dose after the third, or after a booster, counts."""
        _four, primary, booster, given, anchor = state
        if booster:
            span = self.rules.after_booster
        elif primary + given == self.rules.primary:
            span = self.rules.after_third
        else:
            span = self.rules.fifth_after
        return span.after(anchor)

    def _next_rule(self, state: State) -> str:
        _four, primary, booster, given, _anchor = state
        if booster:
            return self.rules.teenage.id
        if primary + given < self.rules.primary:
            return "3in1-primary"
        return "3in1-fourth" if primary + given == self.rules.primary else self.rules.fifth.id

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        _four, primary, booster, given, anchor = state
        if primary + booster + given >= rules.doses:
            return finished(given, "3in1-five-doses")
        rule = self._next_rule(state)
        possible = self.birthday_10 if last is None else max(self.birthday_10, last + rules.gap)
        due = possible
        if anchor and primary + given >= rules.primary:
            due = possible = max(possible, self._next_from(state))
            if rule == rules.fifth.id:
                due = max(due, rules.fifth_due.after(anchor))
        if person.on < self.birthday_10:
            rule = rules.teenage.id
        if rule == rules.teenage.id:
            due = max(possible, person.at(rules.due))
        return unfinished(
            person, "3IN1", counted=given, dose=given + 1, due=due, possible=possible, vaccine="3IN1", rule=rule,
        )  # fmt: skip
