"""3-in-1 (Td/IPV): what is left of five doses of diphtheria, tetanus and polio vaccine after the tenth birthday."""

from __future__ import annotations

from collections.abc import Sequence

from ..dates import Span
from ..person import ADDITIONAL, Outcome, Person, Verdict, before_day, counts, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import LAST, SOON, Ahead, Machine, Series, State
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
    was given; Td/IPV doses that count; the days from which the next counts and is due, where it waits for
    the third dose or a booster (LAST: to be reckoned from the last dose; 0: not at all, or no longer)."""

    start: State

    def __init__(self, rules: ThreeInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.four = FourInOneCourse(rules.four, person, hib_menc)
        self.start = (self.four.start, 0, False, 0, 0)
        self.birthday_10 = person.at(rules.minimum)

    def gaps(self, state: State, label: int, last: int | None = None) -> Sequence[int]:
        gaps = self.four.gaps(state[0], label & (SIX_IN_ONE | FOUR_IN_ONE) or FOUR_IN_ONE, last)
        if label == TD_IPV and last is not None:
            # nothing comes after it that the childhood doses matter to
            return (self.rules.gap,)
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
        if state[4] not in (0, LAST):
            cuts.append(state[4][0])
        return cuts

    def settle(self, state: State, ahead: Ahead) -> State:
        four, primary, booster, given, anchor = state
        four = self.four.settle(four, ahead._replace(label=ahead.label & (SIX_IN_ONE | FOUR_IN_ONE)))
        if anchor:
            first = last = anchor
            if anchor == LAST:
                first, last = (self._waits(state, day) for day in (ahead.first, ahead.last))
            if self._next_rule(state) != self.rules.fifth.id and (
                last[0] <= max(ahead.day, self.birthday_10) or self._is_booster(four, ahead)
            ):
                anchor = 0
            elif not ahead.reaches(TD_IPV, first[0], last[0]) and (first[1] <= self.person.on) == (
                last[1] <= self.person.on
            ):
                # all Td/IPV still to be read are on the same side of it, and so is today
                from_day = ahead.next_day(TD_IPV, last[0]) or last[0]
                anchor = (from_day, max(from_day, last[1]))
        return (four, primary, booster, given, anchor)

    def breaks(self, state: State, ahead: Ahead) -> Sequence[int]:
        days = list(self.four.breaks(state[0], ahead))
        if state[4] == LAST:
            for_count, for_due = self._spans(self._next_rule(state))
            days += [for_count.first_to_reach(edge) for edge in (*ahead.edges(TD_IPV), self.birthday_10)]
            days.append(for_due.first_to_reach(self.person.on + 1))
        return days

    def _is_booster(self, four: State, ahead: Ahead) -> bool:
        """Whether the next dose is sure to be the pre-school booster: the one after is then counted from it."""
        _six, since_six, since_four, ready, _hib, done = four
        if done or ready != self.four.birthday_3:
            return False
        gap = ahead.day - ahead.last
        if ahead.label == FOUR_IN_ONE:
            return ahead.day >= ready and gap + since_four >= self.rules.four.gap
        if ahead.label == SIX_IN_ONE:
            return ahead.day >= max(ready, self.four.six_from) and gap + since_six >= self.rules.four.six.gap
        return False

    def holds_last(self, state: State) -> bool:
        return bool(state[4] == LAST) or self.four.holds_last(state[0])

    def soon(self, state: State, last: int, coming: int) -> State | None:
        four = None if state[4] == LAST else self.four.soon(state[0], last, coming)
        return None if four is None else (four, *state[1:])

    def pin(self, state: State, last: int) -> State:
        four, primary, booster, given, anchor = state
        if anchor == LAST:
            anchor = self._waits(state, last)
        return (self.four.pin(four, last), primary, booster, given, anchor)

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        rules = self.rules
        state = self.pin(state, day - gap)
        four, primary, booster, given, anchor = state
        verdict: Verdict | None = None
        if label & TD_IPV:
            verdict = self._judge(state, day, gap)
            if verdict.counts:
                given += 1
                if primary + given >= rules.primary:
                    anchor = LAST
        if label & (SIX_IN_ONE | FOUR_IN_ONE):
            four_after, _verdict = self.four.step(four, label & (SIX_IN_ONE | FOUR_IN_ONE), day, gap)
            if four_after[5]:
                if not booster:
                    booster, anchor = True, LAST
            elif four_after[0][0] > four[0][0] and primary < rules.primary:
                primary += 1
                if primary + given == rules.primary:
                    anchor = LAST
            four = four_after
        elif not four[5]:
            if four[3] == SOON:
                four = (*four[:3], self.four.birthday_3, *four[4:])
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
            from_day = anchor[0]
            if day < from_day:
                return before_day(self._next_rule(state), day, from_day)
        if gap < rules.gap:
            return too_soon("3in1-primary", gap, rules.gap)
        return counts(self._next_rule(state), given + 1)

    def _waits(self, state: State, day: int) -> tuple[int, int]:
        """The days from which the next dose counts and is due, after a third dose or a booster on ``day``."""
        for_count, for_due = self._spans(self._next_rule(state))
        return for_count.after(day), for_due.after(day)

    def _spans(self, rule: str) -> tuple[Span, Span]:
        """How long the next dose waits until it counts, and until it is due."""
        rules = self.rules
        if rule == rules.fifth.id:
            return rules.fifth_after, rules.fifth_due
        wait = rules.after_booster if rule == rules.teenage.id else rules.after_third
        return wait, wait

    def _next_rule(self, state: State) -> str:
        _four, primary, booster, given, _anchor = state
        if booster:
            return self.rules.teenage.id
        if primary + given < self.rules.primary:
            return "3in1-primary"
        return "3in1-fourth" if primary + given == self.rules.primary else self.rules.fifth.id

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        if last is not None:
            state = self.pin(state, last)
        _four, primary, booster, given, anchor = state
        if primary + booster + given >= rules.doses:
            return finished(given, "3in1-five-doses")
        rule = self._next_rule(state)
        possible = self.birthday_10 if last is None else max(self.birthday_10, last + rules.gap)
        due = possible
        if anchor and primary + given >= rules.primary:
            possible = max(possible, anchor[0])
            due = max(possible, anchor[1])
        if person.on < self.birthday_10:
            rule = rules.teenage.id
        if rule == rules.teenage.id:
            due = max(possible, person.at(rules.due))
        return unfinished(
            person, "3IN1", counted=given, dose=given + 1, due=due, possible=possible, vaccine="3IN1", rule=rule,
        )  # fmt: skip
