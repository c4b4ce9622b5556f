"""Where a person stands in every series by their record alone, without a day on which it was asked.

A forecast answers for one day, and much of it is old the next: "due" becomes "overdue", a vaccine is no longer given
from a birthday on. What is kept in a database must not grow old. A standing therefore holds the dates between which
each answer holds, none of them raised to any day, and ``Standing.status_on`` reads the answer of a day from them.
The same record gives the same standing on whatever day it is worked out.

It knows the sex and no other fact: an outbreak, a pregnancy or a fever is of one day and belongs to a forecast.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from .dates import LAST_YEAR, Days, days_of
from .engine import VACCINES, Schedule
from .explore import TooManyDays, explore
from .machine import Machine
from .person import NO_DOSE_BEFORE, Outcome, Person
from .results import Dose
from .rulebook import RuleBook
from .series import Series
from .series.six_in_one import SixInOne

# To be raised whenever this module or the engine comes to read the same rules differently.
READING = 3

# What a series has come to by the record alone.
OPEN, COMPLETE, NOT_NEEDED, TOO_OLD = "open", "complete", "not_needed", "too_old"
STATES = (OPEN, COMPLETE, NOT_NEEDED, TOO_OLD)

# Vaccines that keep others away for a while.
_LIVE = frozenset({"VARICELLA", "YELLOWFEVER", "MEASLES_ONLY"})

# After every birthday that a rule names, for anybody whose birth a question may be asked about.
_LATE = datetime.date(LAST_YEAR, 12, 31).toordinal()


class Given(NamedTuple):
    """A dose by its vaccine and its date as known: all of a Dose that matters here."""

    vaccine: str
    given_on: str


class Standing(NamedTuple):
    """Where one series stands.

    ``state`` is "open" while a dose is still to be given, else "complete", "not_needed" or "too_old".
    ``counted`` doses count; ``next_dose`` is the number of the dose to give, ``due_on`` its recommended day,
    ``possible_from`` the first day on which it may be given and would count, whatever the day is now (both None where
    another series must be finished first). ``vaccine`` is what to give, "" where that depends on the day of the visit.
    From ``closes_on`` the dose is no longer given, and the series is ``closes_as``: "too_old", or "complete" without
    it. ``nurse_decides`` says that, once due, a nurse must be asked; ``uncertain`` that a date known only by its month
    or year leaves open how many doses count or what is next: what stands here is then the careful reading, with the
    fewest doses and the latest dates. ``last_given_on`` is the last day on which a dose of the series may have been
    given, counting or not.
    """

    series: str
    state: str
    counted: int
    next_dose: int | None
    vaccine: str
    due_on: datetime.date | None
    possible_from: datetime.date | None
    closes_on: datetime.date | None
    closes_as: str
    nurse_decides: bool
    uncertain: bool
    last_given_on: datetime.date | None

    def status_on(self, day: datetime.date) -> str:
        """The status on a day, no earlier than the last dose: one of ``immunisations.schedule.STATUSES``."""
        return status_on(self, day)


def status_on(row: Any, day: datetime.date) -> str:
    """The status on ``day`` of a Standing, or of a row that holds the same: one of
    ``immunisations.schedule.STATUSES``.

    As the forecast of that day for somebody of whom nothing but doses and sex is known. Where a half-known date leaves
    the standing uncertain, "ask", although the forecast may be surer on some days.
    """
    if row.uncertain:
        return "ask"
    if row.state != OPEN:
        return str(row.state)
    if row.closes_on and day >= row.closes_on:
        return str(row.closes_as)
    if row.due_on is None or day < row.due_on:
        return "not_yet"
    if row.nurse_decides:
        return "ask"
    return "overdue" if (day - row.due_on).days >= _schedule().overdue_after else "due"


@cache
def _schedule() -> Schedule:
    return Schedule(RuleBook.read())


@cache
def rules_version() -> str:
    """A short name for the rules by which standings are worked out: see ``version_of``."""
    return version_of(_schedule().book)


def version_of(book: RuleBook) -> str:
    """A short name for a book of rules: another whenever a number or a date of any rule is changed, the same where
    only words are."""
    deciding = [
        (rule.id, rule.applies_by, str(rule.in_force_from), str(rule.in_force_to), dict(rule.params)) for rule in book
    ]
    text = json.dumps(sorted(deciding, key=lambda each: each[0]), sort_keys=True, default=str)
    return f"{READING}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def standing(date_of_birth: datetime.date, doses: Iterable[Dose | Given], sex: str = "") -> tuple[Standing, ...]:
    """Where every series stands, always in the order of the forecast.

    ``doses`` as for ``immunisations.schedule.forecast``, however many; vaccines that no series reads, and doses dated
    before birth, make no difference. ``sex`` is "male", "female" or anything else for not known. Raises
    ScheduleError for a date that is none.
    """
    given: dict[str, list[Days]] = {}
    born = horizon = date_of_birth.toordinal()
    for dose in doses:
        days = _days_of(dose.given_on)
        if days.last < born:
            continue
        if days.first < born:
            days = Days(born, days.last)
        if days.last > horizon:
            horizon = days.last
        given.setdefault(VACCINES.get(dose.vaccine, dose.vaccine), []).append(days)
    facts = frozenset({sex} & {"male", "female"})
    if not given:
        return _without_doses(born, facts)
    person = _person(born, horizon, facts, given)
    return tuple(_stand(series, person) for series in _schedule().series)


_days_of = lru_cache(maxsize=50_000)(days_of)


def _person(born: int, on: int, facts: frozenset[str], days: dict[str, list[Days]]) -> Person:
    schedule = _schedule()
    return Person(born=born, on=on, facts=facts, days=days, blocked={}, asked={}, overdue_after=schedule.overdue_after)


@lru_cache(maxsize=20_000)
def _without_doses(born: int, facts: frozenset[str]) -> tuple[Standing, ...]:
    person = _person(born, born, facts, {})
    return tuple(_stand(series, person) for series in _schedule().series)


class _Entry(NamedTuple):
    """A dose as a series reads it: when it can have been, and what it is."""

    days: Days
    label: int


def _stand(series: Series, person: Person) -> Standing:
    given = person.days
    entries = [_Entry(days, label) for name, label in series.labels.items() if name in given for days in given[name]]
    if len(entries) > 1:
        entries = _fold(entries)
    sides = series.sides(person)
    if len(sides) == 1 and all(first == last for (first, last), _label in entries):
        return _walk(series, person, series.machine(person, sides[0]), entries)
    return _consider_all(series, person, sides, entries)


def _fold(entries: list[_Entry]) -> list[_Entry]:
    """By date; the doses of one known day are one."""
    folded: list[_Entry] = []
    for entry in sorted(entries):
        if folded and folded[-1].days == entry.days and entry.days.known:
            folded[-1] = _Entry(entry.days, folded[-1].label | entry.label)
        else:
            folded.append(entry)
    return folded


def _walk(series: Series, person: Person, machine: Machine, entries: Sequence[_Entry]) -> Standing:
    state, last, last_given = machine.start, None, None
    for (day, _last), label in entries:
        state, verdict = machine.step(state, label, day, NO_DOSE_BEFORE if last is None else day - last)
        if _belongs(series, label, counts=bool(verdict and verdict.counts)):
            last_given = day
        last = day
    return _read(series, person, machine, state, last, last_given)


def _consider_all(series: Series, person: Person, sides: Sequence[Any], entries: Sequence[_Entry]) -> Standing:
    """One standing for all that the possible days allow."""
    readings: dict[Standing, None] = {}
    counting: set[int] = set()
    for side in sides:
        machine = series.machine(person, side)
        if not entries:
            readings[_read(series, person, machine, machine.start, None, None)] = None
            continue
        try:
            found = explore(machine, [(label, days) for days, label in entries])
        except TooManyDays:
            none = _read(series, person, machine, machine.start, None, None)
            readings = {none._replace(due_on=None, possible_from=None, uncertain=True): None}
            break
        for state, last in found.ends:
            readings[_read(series, person, machine, state, last, None)] = None
        counting.update(
            number for number, possible in enumerate(found.verdicts) if any(key and key[0] for key in possible)
        )
    last_days = [
        days.last for number, (days, label) in enumerate(entries) if _belongs(series, label, counts=number in counting)
    ]
    return _weigh(list(readings))._replace(last_given_on=_date(max(last_days, default=None)))


def _belongs(series: Series, label: int, *, counts: bool) -> bool:
    """Whether a dose is one of the series, and not only read for its sake."""
    if series.listed is None or label & series.listed:
        return True
    return counts and bool(label & series.listed_if_counting)


def _read(
    series: Series, person: Person, machine: Machine, state: Any, last: int | None, last_given: int | None
) -> Standing:
    """The standing that one reading of the doses leads to. ``person.on`` is the last day of any dose, and stays so:
    what is asked about here is what each day would be answered, not how the doses were read."""
    horizon = person.on
    try:
        return _read_off(series, person, machine, state, last, last_given)
    finally:
        person.on = horizon


def _read_off(
    series: Series, person: Person, machine: Machine, state: Any, last: int | None, last_given: int | None
) -> Standing:
    """What would be answered at birth shows the dates as the record makes them; what would be answered long after
    shows what becomes of the series if nothing more is given."""
    horizon = person.on
    person.on = person.born
    early = machine.finish(state, last)
    if early.next_dose is None:
        closed = COMPLETE if early.status == "complete" else early.status
        return Standing(
            series.name, closed, early.counted, None, "", None, None, None, "", False, False,
            _date(last_given),
        )  # fmt: skip
    person.on = _LATE
    late = machine.finish(state, last)
    closes: int | None = None
    closes_as = ""
    outcome = early
    if late.next_dose is None:
        closes_as = late.status
        closes = _closes_on(series, person, late)
    else:
        # Where dates are others from a birthday on, those count: before it nothing is due under either.
        outcome = late
    possible = outcome.possible
    if possible is not None and not person.days.keys().isdisjoint(_LIVE):
        # Another live vaccine may be given on one day with it, and keeps it away from the next day on: kept is what
        # holds from then.
        person.on = horizon + 1
        earliest = machine.finish(state, last).earliest
        if earliest is not None and earliest > person.on:
            possible = max(possible, earliest)
    nurse = False
    if outcome.due is not None:
        person.on = outcome.due
        nurse = machine.finish(state, last).status == "ask"
    vaccine = early.vaccine if early.vaccine == late.vaccine or late.next_dose is None else ""
    return Standing(
        series.name, OPEN, outcome.counted, outcome.next_dose, vaccine or "", _date(outcome.due),
        _date(possible), _date(closes), closes_as, nurse, False,
        _date(last_given),
    )  # fmt: skip


def _closes_on(series: Series, person: Person, late: Outcome) -> int:
    """The first day on which what was open is no longer given."""
    if late.status == "too_old":
        return datetime.date.fromisoformat(late.params["before_on"]).toordinal()
    # Complete without the dose from the same age: only the 6-in-1 has one of that kind.
    if not isinstance(series, SixInOne):
        raise TypeError(f"{series.name} closes on a day that is not known")
    return person.at(series.before)


def _weigh(readings: Sequence[Standing]) -> Standing:
    """The careful one of several: with a dose to give if any has, the fewest doses, the latest dates."""
    if len(readings) == 1:
        return readings[0]

    def dates(name: str, among: Sequence[Standing]) -> datetime.date | None:
        return max((date for each in among if (date := getattr(each, name)) is not None), default=None)

    def care(each: Standing) -> tuple[Any, ...]:
        return (each.state != OPEN, each.counted, -(each.due_on or datetime.date.min).toordinal(), each)

    careful = min(readings, key=lambda each: care(each)[:3])
    alike = [each for each in readings if (each.state, each.next_dose) == (careful.state, careful.next_dose)]
    said = {(each.state, each.counted, each.next_dose, each.closes_as, each.nurse_decides) for each in readings}
    return careful._replace(
        due_on=dates("due_on", alike),
        possible_from=dates("possible_from", alike),
        vaccine=careful.vaccine if len({each.vaccine for each in alike}) == 1 else "",
        uncertain=len(said) > 1 or careful.uncertain,
    )


def _date(day: int | None) -> datetime.date | None:
    return None if day is None else datetime.date.fromordinal(day)
