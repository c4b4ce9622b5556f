"""4-in-1: the pre-school booster, given as 4-in-1 or, where no Hib came after the first birthday, as 6-in-1."""

from __future__ import annotations

from collections.abc import Sequence

from ..dates import leap_edges
from ..person import ADDITIONAL, Outcome, Person, Verdict, before_day, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import LAST, SOON, Ahead, Machine, Series, State
from .six_in_one import SIX_IN_ONE, SixInOne, SixInOneCourse, hib_menc_given

FOUR_IN_ONE = 2
BOTH = SIX_IN_ONE | FOUR_IN_ONE


class FourInOne(Series):
    name = "4IN1"
    labels = {"6IN1": SIX_IN_ONE, "4IN1": FOUR_IN_ONE}
    listed = FOUR_IN_ONE
    listed_if_counting = SIX_IN_ONE
    others = frozenset({"HIBMENC"})

    def __init__(self, book: RuleBook) -> None:
        self.six = SixInOne(book)
        self.booster = book["4in1-booster"]
        self.needed = self.booster.number("doses")
        self.due = self.booster.span("due")
        self.minimum = self.booster.span("minimum")
        self.after_primary = book["4in1-after-primary"]
        self.primary = self.after_primary.number("primary")
        self.after = self.after_primary.span("after")
        self.gap = book["4in1-gap"].days("gap")
        self.six_from = book["4in1-six-in-one"].span("from_age")
        self.hib_from = book["4in1-six-in-one"].span("hib_from")
        self.before = book["4in1-latest"].span("before")

    def sides(self, person: Person) -> Sequence[bool]:
        return hib_menc_given(person, self.hib_from)

    def machine(self, person: Person, side: bool) -> FourInOneCourse:
        return FourInOneCourse(self, person, side)


class FourInOneCourse(Machine):
    """State: the state of the 6-in-1 course; days from the last 6-in-1 to the last dose of any kind, and the same
    from the last 4-in-1 (the gap at most, which also stands for none); the first day a booster can count
    (LAST: to be reckoned from the last dose, which completed the primary course); whether a 6-in-1 or a Hib/MenC was
    given from the first birthday; whether the booster is done (then the rest is forgotten)."""

    start: State
    done: State = ((), 0, 0, 0, False, True)

    def __init__(self, rules: FourInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.six = SixInOneCourse(rules.six, person, hib_menc)
        self.start = (SixInOneCourse.start, rules.six.gap, rules.gap, 0, hib_menc, False)
        self.birthday_3 = person.at(rules.minimum)
        self.due_age = person.at(rules.due)
        self.six_from = person.at(rules.six_from)
        self.hib_from = person.at(rules.hib_from)
        self.before = person.at(rules.before)
        self.ready_after: dict[int, int] = {}
        self.first_ready: dict[int, int] = {}

    def gaps(self, state: State, label: int, last: int | None = None) -> Sequence[int]:
        gaps = self._short_gaps(state, label)
        if last is not None and last + self.rules.gap <= self.person.on:
            # too long ago to keep the next dose waiting: how close the last ones were only decides what they were worth
            gaps = self._deciding_gaps(state, label)
        return (*gaps, *self.rules.after.lengths()) if state[3] == SOON else gaps

    def _deciding_gaps(self, state: State, label: int) -> Sequence[int]:
        """The gaps that decide whether a dose counts."""
        _six, since_six, since_four, _ready, _hib, done = state
        if done:
            return ()
        four_gaps = (self.rules.gap - since_four,) if label & FOUR_IN_ONE else ()
        if label & SIX_IN_ONE:
            return (*four_gaps, self.rules.six.short_gap - since_six, self.rules.six.gap - since_six)
        return four_gaps

    def _short_gaps(self, state: State, label: int) -> Sequence[int]:
        """The gaps that decide, and those after which the doses before still matter, each for itself."""
        _six, since_six, since_four, _ready, _hib, done = state
        gaps = self._deciding_gaps(state, label)
        if done or label == BOTH:
            return gaps
        remembered = self.rules.six.gap - since_six if label == FOUR_IN_ONE else self.rules.gap - since_four
        return (*gaps, *range(2, remembered + 1))

    def cuts(self, state: State, label: int) -> Sequence[int]:
        six, _since_six, _since_four, ready, _hib, done = state
        if done:
            return ()
        cuts = [self.birthday_3, ready]
        if ready == SOON:
            cuts += leap_edges(self.person.born, self.person.on)
        elif label & FOUR_IN_ONE:
            cuts.append(ready - self.rules.gap + 1)
        if label & SIX_IN_ONE:
            cuts += (*self.six.cuts(six, SIX_IN_ONE), self.hib_from, self.six_from)
            gap = self.rules.six.gap - 1
            cuts += (self.six.fourth_from - gap, self.six.before - 1, max(ready, self.six_from) - gap)
        return cuts

    def settle(self, state: State, ahead: Ahead) -> State:
        six, since_six, since_four, ready, hib, done = state
        if done:
            return state
        if since_six < self.rules.six.gap and self._over(SIX_IN_ONE, self.rules.six.gap - since_six, ahead):
            since_six = self.rules.six.gap
        if (
            since_four < self.rules.gap
            and ahead.last + self.rules.gap <= self.person.on
            and self._over(FOUR_IN_ONE, self.rules.gap - since_four, ahead)
        ):
            since_four = self.rules.gap
        if ready > 0 or ready == LAST:
            earliest, latest = ready, ready
            if ready == LAST:
                earliest, latest = self._ready_after(ahead.first), self._ready_after(ahead.last)
            if latest <= max(ahead.day, self.birthday_3):
                ready = self.birthday_3
            elif earliest > self.person.on:
                # no dose is late enough, nor is today: of several days the latest is said
                if earliest >= self.before or latest < self.before:
                    ready = latest
            elif latest <= self.person.on and not ahead.reaches(BOTH, earliest, latest):
                # all doses still to be read are on the same side of it, so the day of the next one will do
                ready = ahead.next_day(BOTH, latest) or latest
        return (six, since_six, since_four, ready, hib, False)

    @staticmethod
    def _over(label: int, gap: int, ahead: Ahead) -> bool:
        """Whether no dose of ``label`` can come within ``gap`` days of the last dose."""
        coming = ahead.next_day(label, ahead.day)
        return coming is None or coming >= ahead.last + gap

    def breaks(self, state: State, ahead: Ahead) -> Sequence[int]:
        if state[3] != LAST:
            return ()
        ready = (*ahead.edges(BOTH), self.person.on + 1, self.before)
        return [self._first_ready(day) for day in ready if day > self.birthday_3]

    def _first_ready(self, day: int) -> int:
        """The first day of a 6-in-1 that keeps the booster waiting until ``day`` or longer."""
        first = self.first_ready.get(day)
        if first is None:
            first = self.first_ready[day] = self.rules.after.first_to_reach(day)
        return first

    def holds_last(self, state: State) -> bool:
        return bool(state[3] == LAST)

    def soon(self, state: State, last: int, coming: int) -> State | None:
        if self.rules.after.months % 12 or state[3] != LAST or self._ready_after(last) > coming:
            return None
        return (*state[:3], SOON, *state[4:])

    def pin(self, state: State, last: int) -> State:
        if state[3] != LAST:
            return state
        return (*state[:3], self._ready_after(last), *state[4:])

    def _ready_after(self, day: int) -> int:
        """The first day a booster can count after a 6-in-1 of this day that counts."""
        ready = self.ready_after.get(day)
        if ready is None:
            ready = self.ready_after[day] = max(self.rules.after.after(day), self.birthday_3)
        return ready

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        rules = self.rules
        six, since_six, since_four, ready, hib, done = state
        if done:
            return state, (ADDITIONAL if label & FOUR_IN_ONE else None)
        forget = ready == SOON
        if forget or ready == LAST:
            ready = self._ready_after(day - gap)
        gap_six, gap_four = gap + since_six, gap + since_four
        verdict = None
        ready_before = ready
        if label & SIX_IN_ONE:
            if ready and day >= ready and day >= self.six_from and gap_six >= rules.six.gap:
                return self.done, Verdict(True, "4in1-six-in-one", "counts_booster", {})
            counted = six[0]
            six, _verdict = self.six.step(six, SIX_IN_ONE, day, gap_six)
            if six[0] > counted and six[0] >= rules.primary:
                ready = LAST
            hib = hib or day >= self.hib_from
        if label & FOUR_IN_ONE:
            if not ready_before:
                verdict = Verdict(False, rules.after_primary.id, "needs_primary", {})
            elif day < self.birthday_3:
                verdict = too_young(rules.booster, rules.minimum, self.birthday_3 - day)
            elif day < ready_before:
                verdict = before_day(rules.after_primary.id, day, ready_before)
            elif gap_four < rules.gap:
                verdict = too_soon("4in1-gap", gap_four, rules.gap)
            else:
                return self.done, Verdict(True, rules.booster.id, "counts_booster", {})
        if forget and ready != LAST:
            ready = self.birthday_3
        since_six, since_four = min(gap_six, rules.six.gap), min(gap_four, rules.gap)
        if label & SIX_IN_ONE:
            since_six = rules.six.gap if not forget and self._six_forgotten(six, day, ready) else 0
        if label & FOUR_IN_ONE:
            since_four = 0
        if ready in (0, LAST) or (label & FOUR_IN_ONE and not forget and day + rules.gap <= ready):
            # a booster can only count later than this: a 4-in-1 given so far cannot be too close to it
            since_four = rules.gap
        return (six, since_six, since_four, ready, hib, False), verdict

    def _six_forgotten(self, six: State, day: int, ready: int) -> bool:
        """Whether no dose can be too close to a 6-in-1 of this day: none that is so close would count anyway."""
        gap = self.rules.six.gap
        if six[0] < self.rules.six.primary:
            return False
        if self.six.may_need_fourth(six) and self.six.fourth_from - gap < day < self.six.before - 1:
            return False
        return ready == LAST or day + gap <= max(ready, self.six_from)

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        _six, _since_six, since_four, ready, hib, done = state if last is None else self.pin(state, last)
        if done:
            return finished(rules.needed, rules.booster.id)
        due: int | None
        possible: int | None
        vaccine = "4IN1" if hib else "6IN1"
        if ready:
            rule, code = rules.booster.id, None
            possible = ready
            if last is not None and since_four < rules.gap:
                possible = max(possible, last - since_four + rules.gap)
            due = max(self.due_age, possible)
            if vaccine == "6IN1":
                # no gap to the last 6-in-1 is needed: it was before the first birthday
                possible = max(possible, self.six_from)
        else:
            due = possible = None
            rule, code = rules.after_primary.id, "not_yet_primary"
        return unfinished(
            person, "4IN1", counted=0, dose=1, due=due, possible=possible, vaccine=vaccine, rule=rule,
            due_code=code, latest=self.before, latest_rule="4in1-latest",
        )  # fmt: skip
