"""4-in-1: the pre-school booster, given as 4-in-1 or, where no Hib came after the first birthday, as 6-in-1."""

from __future__ import annotations

from collections.abc import Sequence

from ..person import ADDITIONAL, Outcome, Person, Verdict, before_day, finished, too_soon, too_young, unfinished
from ..rulebook import RuleBook
from .base import Limit, Machine, Series, State
from .six_in_one import SIX_IN_ONE, SixInOne, SixInOneCourse, hib_menc_given

FOUR_IN_ONE = 2
CHILDHOOD = SIX_IN_ONE | FOUR_IN_ONE


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
    """State: the state of the 6-in-1 course; the day of the last 6-in-1 and that of the last 4-in-1, while another
    dose can be too close to it; the day of the 6-in-1 from which the booster is counted; whether a 6-in-1 or a Hib/MenC
    was given from the first birthday; whether the booster is done (then the rest is forgotten)."""

    start: State
    done: State = ((), 0, 0, 0, False, True)

    def __init__(self, rules: FourInOne, person: Person, hib_menc: bool) -> None:
        self.rules = rules
        self.person = person
        self.six = SixInOneCourse(rules.six, person, hib_menc)
        self.start = (SixInOneCourse.start, 0, 0, 0, hib_menc, False)
        self.birthday_3 = person.at(rules.minimum)
        self.due_age = person.at(rules.due)
        self.six_from = person.at(rules.six_from)
        self.hib_from = person.at(rules.hib_from)
        self.before = person.at(rules.before)

    def remembered(self, state: State) -> tuple[int, ...]:
        return state[1:4]

    def with_days(self, state: State, days: Sequence[int]) -> State:
        return (state[0], *days[:3], *state[4:])

    def limits(self, state: State, label: int) -> list[Limit]:
        six, last_six, last_four, completed, hib, done = state
        rules = self.rules
        limits: list[Limit] = []
        if done:
            return limits
        if label & SIX_IN_ONE:
            limits += self.six.limits_after(last_six, six)
            if completed:
                limits.append((0, self.six_from))
            if not hib:
                limits.append((0, self.hib_from))
        elif last_six:
            limits.append((last_six, rules.six.gap))
        if last_four:
            limits.append((last_four, rules.gap))
        if label:
            limits.append((0, self.birthday_3))
            if completed:
                limits.append((completed, rules.after))
        return limits

    def forget(self, state: State, more: int) -> State:
        return state if more & SIX_IN_ONE else (state[0], 0, *state[2:])

    def step(self, state: State, label: int, day: int, gap: int) -> tuple[State, Verdict | None]:
        rules = self.rules
        six, last_six, last_four, completed, hib, done = state
        if done:
            return state, (ADDITIONAL if label & FOUR_IN_ONE else None)
        gap_six, gap_four = day - last_six, day - last_four
        ready = self._ready(completed)
        verdict = None
        if label & SIX_IN_ONE:
            if ready and day >= ready and day >= self.six_from and gap_six >= rules.six.gap:
                return self.done, Verdict(True, "4in1-six-in-one", "counts_booster", {})
            counted = six[0]
            six, _verdict = self.six.step(six, SIX_IN_ONE, day, gap_six)
            if six[0] > counted and six[0] >= rules.primary:
                completed = day
            hib = hib or day >= self.hib_from
        if label & FOUR_IN_ONE:
            if not ready:
                verdict = Verdict(False, rules.after_primary.id, "needs_primary", {})
            elif day < self.birthday_3:
                verdict = too_young(rules.booster, rules.minimum, self.birthday_3 - day)
            elif day < ready:
                verdict = before_day(rules.after_primary.id, day, ready)
            elif gap_four < rules.gap:
                verdict = too_soon("4in1-gap", gap_four, rules.gap)
            else:
                return self.done, Verdict(True, rules.booster.id, "counts_booster", {})
        if label & SIX_IN_ONE:
            last_six = day
        elif gap_six >= rules.six.gap:
            last_six = 0
        if not completed or completed == day:
            # the booster can only count later than any 4-in-1 given so far could be too close to it
            last_four = 0
        elif label & FOUR_IN_ONE:
            last_four = day
        elif gap_four >= rules.gap:
            last_four = 0
        return (six, last_six, last_four, completed, hib, False), verdict

    def pass_by(self, state: State, day: int) -> State:
        """The state after a day on which a dose of neither kind was given."""
        rules = self.rules
        six, last_six, last_four, *rest = state
        return (
            six,
            last_six if day - last_six < rules.six.gap else 0,
            last_four if day - last_four < rules.gap else 0,
            *rest,
        )

    def _ready(self, completed: int) -> int:
        """The first day a booster can count after the 6-in-1 from which it is counted; 0 where there is none."""
        return max(self.rules.after.after(completed), self.birthday_3) if completed else 0

    def finish(self, state: State, last: int | None) -> Outcome:
        rules, person = self.rules, self.person
        _six, _last_six, last_four, completed, hib, done = state
        if done:
            return finished(rules.needed, rules.booster.id)
        due: int | None
        possible: int | None
        vaccine = "4IN1" if hib else "6IN1"
        if completed:
            rule, code = rules.booster.id, None
            possible = self._ready(completed)
            if last_four:
                possible = max(possible, last_four + rules.gap)
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
