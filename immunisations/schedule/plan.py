"""What a visit on a day would best give, what must wait until when, and what the next visits would give.

A plan is worked out with the forecast and nothing else: each dose that is planned is taken as given, and the
forecast is asked again, so that nothing is planned that would not count (but for an early dose in an outbreak).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .engine import VACCINES, Schedule
from .errors import ScheduleError
from .reasons import say
from .results import Dose, SeriesForecast

# Visits after this one that a plan looks ahead to.
VISITS_AHEAD = 3

Note = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a plan says of one series (``series`` holds several where one vaccine serves them all).

    ``rule``, ``code`` and ``params`` (JSON-safe) make the reason in any language and show where it comes from;
    ``reason`` is the reason in English. ``dose`` is the number of the dose, ``due`` its recommended day. ``until`` is
    the day until which it waits; None where no day can be named. ``counts_if_given`` is False only for an early dose in
    an outbreak. ``status`` is that of the forecast. ``notes`` are (code, params) of what is said besides.
    """

    series: tuple[str, ...]
    vaccine: str | None
    dose: int | None
    status: str
    rule: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    due: datetime.date | None = None
    until: datetime.date | None = None
    counts_if_given: bool = True
    notes: tuple[Note, ...] = ()

    @property
    def reason(self) -> str:
        return " ".join(say(code, params) for code, params in ((self.code, self.params), *self.notes))


@dataclass(frozen=True, slots=True)
class NextVisit:
    """A visit to come: the day, and what would best be given then."""

    on: datetime.date
    give: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """What to do on the day ``on``.

    ``give``: what to give together today, at this clinic. ``elsewhere``: due today as well, but this clinic does not
    have the vaccine. ``ask``: a nurse must be asked first. ``wait``: what comes later, and from when. ``settled``: what
    needs nothing or must not be given (complete, not needed, too old, blocked). ``next_visits``: up to three, until
    everything is complete.
    """

    on: datetime.date
    give: tuple[Item, ...]
    elsewhere: tuple[Item, ...]
    ask: tuple[Item, ...]
    wait: tuple[Item, ...]
    settled: tuple[Item, ...]
    next_visits: tuple[NextVisit, ...]


def plan(
    schedule: Schedule,
    date_of_birth: datetime.date,
    doses: Collection[Dose],
    on: datetime.date,
    facts: Collection[str],
    *,
    offered: Collection[str] | None,
    options: Collection[str],
) -> VisitPlan:
    """See ``immunisations.schedule.plan``."""
    for vaccine in offered or ():
        if vaccine not in VACCINES:
            raise ScheduleError("unknown_vaccine", f"{str(vaccine)[:40]!r} is not a vaccine this schedule knows.")
    return _Planner(schedule, date_of_birth, doses, on, facts, offered, options).plan()


class _Planner:
    """One person's plan. ``doses`` grows by what is planned."""

    def __init__(
        self,
        schedule: Schedule,
        born: datetime.date,
        doses: Collection[Dose],
        on: datetime.date,
        facts: Collection[str],
        offered: Collection[str] | None,
        options: Collection[str],
    ) -> None:
        self.schedule = schedule
        self.born = born
        self.on = on
        self.record = list(doses)
        self.doses = list(doses)
        self.no_record = not doses
        self.facts = facts
        self.offered = offered
        self.options = options
        book = schedule.book
        self.mmrv_instead = book["measles-mmrv-instead"]
        self.no_record_rule = book["menacwy-no-record"]
        self.third_visit = book["pcv-with-third-visit"]
        # in an outbreak nothing waits for company
        self.together = 0 if "outbreak" in facts else book["visits-together"].days("within")
        self.birthday_1 = _day(book["measles-dose-1"].span("due").after(born.toordinal()))
        self.reading = {
            vaccine: frozenset(series.name for series in schedule.series if vaccine in series.labels)
            for vaccine in VACCINES.values()
        }

    def plan(self) -> VisitPlan:
        on = self.on
        first = self.results(on, most=None)
        give, elsewhere, held = self.visit(on, first, self.offered)
        # at the next visit there is a record: that of this one
        self.no_record = False
        after = self.results(on)
        served = {name for item in (*give, *elsewhere) for name in item.series}
        # what another place must give first: nothing that comes after it can be planned here
        missing = {
            name for item in elsewhere if item.counts_if_given and item.vaccine for name in self.reading[item.vaccine]
        }
        visits = self.next_visits(on, missing)
        ask, wait, settled = [], [], []
        for result in after:
            if result.status == "ask":
                if result.series not in served:
                    ask.append(_said(result))
            elif result.next_dose is None or result.status == "blocked":
                if result.series not in served:
                    settled.append(_said(result))
            elif not any(result.series in item.series for item in elsewhere):
                wait.append(self.waiting(result, visits, held=result.series in held))
        return VisitPlan(on, tuple(give), tuple(elsewhere), tuple(ask), tuple(wait), tuple(settled), tuple(visits))

    def results(
        self, on: datetime.date, *, only: Collection[str] | None = None, most: int | None = 0
    ) -> tuple[SeriesForecast, ...]:
        """The forecast on a day, with all that is planned by then. ``most`` None: as many doses as may be asked of."""
        limit = {} if most is None else {"most": len(self.doses)}
        return self.schedule.forecast(
            self.born, self.doses, on, self.facts, options=self.options, only=only, recorded_by=self.on, **limit
        )  # fmt: skip

    def visit(
        self, on: datetime.date, results: Sequence[SeriesForecast], offered: Collection[str] | None
    ) -> tuple[list[Item], list[Item], set[str]]:
        """(what to give on a day, what would be given if it were offered, the series held back for a later visit).
        What is given is added to the doses."""
        now = {result.series: result for result in results}
        give: list[Item] = []
        elsewhere: list[Item] = []
        held: set[str] = set()
        for name in now:
            result = now[name]
            item = self.ready(result, on)
            if item is None or item.vaccine is None:
                continue
            if name == "PNEUMOCOCCAL" and self.waits_for_third_visit(result, now.get("6IN1"), give):
                held.add(name)
                continue
            vaccine = self.here(item.vaccine, on, offered)
            if vaccine is None:
                _add_elsewhere(elsewhere, item)
                continue
            if vaccine != item.vaccine:
                rule = self.mmrv_instead.id
                item = replace(item, vaccine=vaccine, rule=rule, notes=(("plan_mmrv_instead", {}),))
            self.doses.append(Dose(vaccine, on.isoformat()))
            touched = {
                result.series: result for result in self.results(on, only=self.reading[vaccine]) if result.series in now
            }
            for other in touched:
                if other != name and now[other].next_dose and touched[other].status == "complete":
                    item = replace(item, series=(*item.series, other), notes=(*item.notes, ("plan_also_booster", {})))
            now |= touched
            give.append(item)
        return give, elsewhere, held

    def ready(self, result: SeriesForecast, on: datetime.date) -> Item | None:
        """What is due in a series and may be given on the day; None where nothing is."""
        if result.status in ("due", "overdue") and result.earliest_on == on:
            return _said(result)
        rule = self.no_record_rule
        if (
            result.series == "MENACWY"
            and self.no_record
            and result.status == "not_yet"
            and result.earliest_on == on
            and not any(fact in self.schedule.asks and "MENACWY" in self.schedule.asks[fact] for fact in self.facts)
        ):
            return replace(_said(result), rule=rule.id, code="plan_no_record", params={})
        return None

    def waits_for_third_visit(self, pcv: SeriesForecast, six: SeriesForecast | None, give: Sequence[Item]) -> bool:
        """Whether PCV is left for the visit of the third 6-in-1: a baby has one of the first two today, or soon.
        ``pcv`` and ``six`` are the forecasts after what is already given today."""
        begun = range(1, self.third_visit.number("visits_before") + 1)
        if pcv.rule != "pcv-dose-1" or (pcv.earliest_on and pcv.earliest_on >= self.birthday_1):
            return False
        today = any("6IN1" in item.series and item.dose in begun for item in give)
        return today or (six is not None and six.status == "not_yet" and six.next_dose in begun)

    def here(self, vaccine: str, on: datetime.date, offered: Collection[str] | None) -> str | None:
        """The vaccine to give at this clinic: the one that is due, MMRV where it stands in for MMR, or none."""
        if offered is None or vaccine in offered:
            return vaccine
        minimum = self.mmrv_instead.span("minimum").after(self.born.toordinal())
        if vaccine == "MMR" and "MMRV" in offered and on.toordinal() >= minimum:
            return "MMRV"
        return None

    def waiting(self, result: SeriesForecast, visits: Sequence[NextVisit], *, held: bool) -> Item:
        """Why the next dose of a series is not given on the day, and until when it waits."""
        item = _said(result)
        until = _when(result)
        visit = next((each for each in visits if any(result.series in item.series for item in each.give)), None)
        if held or (result.rule == "pcv-dose-1" and visit and until and visit.on > until):
            rule, params = self.third_visit.id, {"dose": item.dose}
            if visit is None or self.is_third(visit):
                until = visit.on if visit else None
                return replace(item, rule=rule, code="plan_wait_third_visit", params=params, until=until)
            # Nothing more is waited for once the second 6-in-1 is given: then it goes with whatever comes first.
            return replace(
                item,
                rule=rule,
                code="plan_wait_later_visit",
                params={**params, "until_on": visit.on.isoformat()},
                until=visit.on,
            )
        if until is None:
            return replace(item, code="plan_wait_primary", params={})
        item = replace(item, until=until, params={"dose": item.dose, "until_on": until.isoformat()})
        if result.due_on == until:
            return replace(item, code="plan_wait_due")
        item = replace(item, rule="live-vaccine-gap")
        return replace(item, code="plan_wait_yellow_fever" if self.yellow_fever_near(until) else "plan_wait_live")

    def is_third(self, visit: NextVisit) -> bool:
        """Whether the third 6-in-1, or a later one, is given at a visit."""
        begun = self.third_visit.number("visits_before")
        return any("6IN1" in item.series and (item.dose or 0) > begun for item in visit.give)

    def yellow_fever_near(self, until: datetime.date) -> bool:
        """Whether it is a yellow fever vaccine that a measles vaccine waits for until this day."""
        without = [dose for dose in self.record if dose.vaccine != "YELLOWFEVER"]
        (result,) = self.schedule.forecast(
            self.born, without, self.on, self.facts, options=self.options, only={"MEASLES"}
        )
        return result.earliest_on is not None and result.earliest_on < until

    def next_visits(self, on: datetime.date, missing: Collection[str]) -> list[NextVisit]:
        """The visits after the day, each on the first sensible day on which something that waits may be given."""
        visits: list[NextVisit] = []
        last = on
        while len(visits) < VISITS_AHEAD:
            visit = self.next_visit(last, missing)
            if visit is None:
                break
            visits.append(visit)
            last = visit.on
        return visits

    def next_visit(self, last: datetime.date, missing: Collection[str]) -> NextVisit | None:
        """The first visit after a day, with what it gives added to the doses; None where nothing more is to come."""
        days = set()
        for result in self.results(last):
            if result.status in ("not_yet", "due", "overdue") and result.series not in missing:
                # an early dose counts for nothing: the course begins at the first birthday
                when = _when(result) if result.counts_if_given else self.birthday_1
                if when and when > last:
                    days.add(when)
        before = list(self.doses)
        for day in sorted(days):
            give = self.visit_without(day, missing)
            # more of the same week, if all that could be given on this day can be given then
            for later in sorted(other for other in days if give and 0 < (other - day).days <= self.together):
                doses, self.doses = self.doses, list(before)
                more = self.visit_without(later, missing)
                if not {name for item in give for name in item.series} < {
                    name for item in more for name in item.series
                }:
                    self.doses = doses
                    break
                day, give = later, more
            if give:
                return NextVisit(day, tuple(map(_then, give)))
        return None

    def visit_without(self, day: datetime.date, missing: Collection[str]) -> list[Item]:
        """What to give on a day to come, but for some series."""
        results = [result for result in self.results(day) if result.series not in missing]
        give, _elsewhere, _held = self.visit(day, results, None)
        return give


def _day(ordinal: int) -> datetime.date:
    return datetime.date.fromordinal(ordinal)


def _when(result: SeriesForecast) -> datetime.date | None:
    """The first day on which the next dose is due and may be given."""
    if result.due_on is None or result.earliest_on is None:
        return None
    return max(result.due_on, result.earliest_on)


def _said(result: SeriesForecast) -> Item:
    """What the forecast says, as an item."""
    return Item(
        (result.series,), result.vaccine, result.next_dose, result.status, result.rule, result.code, result.params,
        due=result.due_on, counts_if_given=result.counts_if_given is not False,
    )  # fmt: skip


def _then(item: Item) -> Item:
    """The same at a visit to come, where nothing is due "today"."""
    if item.due is None:
        return item
    return replace(item, code="plan_then", params={"dose": item.dose, "due_on": item.due.isoformat()})


def _add_elsewhere(elsewhere: list[Item], item: Item) -> None:
    """Add what this clinic does not have: once, where it would serve two series."""
    for index, other in enumerate(elsewhere):
        if other.vaccine == item.vaccine:
            notes = (*other.notes, ("plan_also_booster", {}))
            elsewhere[index] = replace(other, series=(*other.series, *item.series), notes=notes)
            return
    elsewhere.append(item)
