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
    ``reason`` is the reason in English. ``dose`` is the number of the dose. ``until`` is the day until which it waits;
    None where no day can be named. ``counts_if_given`` is False only for an early dose in an outbreak. ``status`` is
    that of the forecast. ``notes`` are (code, params) of what is said besides.
    """

    series: tuple[str, ...]
    vaccine: str | None
    dose: int | None
    status: str
    rule: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
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
    return _Planner(schedule, date_of_birth, doses, facts, offered, options).plan(on)


class _Planner:
    """One person's plan. ``doses`` grows by what is planned."""

    def __init__(
        self,
        schedule: Schedule,
        born: datetime.date,
        doses: Collection[Dose],
        facts: Collection[str],
        offered: Collection[str] | None,
        options: Collection[str],
    ) -> None:
        self.schedule = schedule
        self.born = born
        self.doses = list(doses)
        self.no_record = not doses
        self.facts = facts
        self.offered = offered
        self.options = options
        book = schedule.book
        self.mmrv_instead = book["measles-mmrv-instead"]
        self.no_record_rule = book["menacwy-no-record"]
        self.third_visit = book["pcv-with-third-visit"]
        self.reading = {
            vaccine: frozenset(series.name for series in schedule.series if vaccine in series.labels)
            for vaccine in VACCINES.values()
        }

    def plan(self, on: datetime.date) -> VisitPlan:
        first = self.results(on, most=None)
        give, elsewhere, held = self.visit(on, first, self.offered)
        after = self.results(on)
        served = {name for item in (*give, *elsewhere) for name in item.series}
        ask, wait, settled = [], [], []
        for was, now in zip(first, after, strict=True):
            if now.status == "ask":
                # of a course begun today the answer is for another day
                if was.series not in served:
                    ask.append(_said(now))
            elif now.next_dose is None or now.status == "blocked":
                if was.series not in served:
                    settled.append(_said(now))
            elif not any(now.series in item.series for item in elsewhere):
                wait.append(self.waiting(now, on, now.series in held))
        return VisitPlan(
            on, tuple(give), tuple(elsewhere), tuple(ask), tuple(wait), tuple(settled),
            tuple(self.next_visits(on, {name for item in elsewhere for name in item.series})),
        )  # fmt: skip

    def results(
        self, on: datetime.date, *, only: Collection[str] | None = None, most: int | None = 0
    ) -> tuple[SeriesForecast, ...]:
        """The forecast on a day, with all that is planned by then. ``most`` None: as many doses as may be asked of."""
        limit = {} if most is None else {"most": len(self.doses)}
        return self.schedule.forecast(
            self.born, self.doses, on, self.facts, options=self.options, only=only, **limit
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
            if self.waits_for_third_visit(result, give, on):
                held.add(name)
                continue
            vaccine = self.here(item.vaccine, on, offered)
            if vaccine is None:
                elsewhere.append(item)
                continue
            if vaccine != item.vaccine:
                rule = self.mmrv_instead.id
                item = replace(item, vaccine=vaccine, rule=rule, notes=(("plan_mmrv_instead", {}),))
            self.doses.append(Dose(vaccine, on.isoformat()))
            touched = {result.series: result for result in self.results(on, only=self.reading[vaccine])}
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
            and on.toordinal() >= rule.span("from_age").after(self.born.toordinal())
            and not any(fact in self.schedule.asks and "MENACWY" in self.schedule.asks[fact] for fact in self.facts)
        ):
            return replace(_said(result), rule=rule.id, code="plan_no_record", params={})
        return None

    def waits_for_third_visit(self, result: SeriesForecast, give: Sequence[Item], on: datetime.date) -> bool:
        """Whether PCV is left for the visit of the third 6-in-1: a baby has one of the first two today."""
        return (
            result.series == "PNEUMOCOCCAL"
            and result.rule == "pcv-dose-1"
            and on.toordinal() < self.schedule.book["pcv-booster"].span("minimum").after(self.born.toordinal())
            and any("6IN1" in item.series and (item.dose or 0) <= self.third_visit.number("visits_before")
                    for item in give)
        )  # fmt: skip

    def here(self, vaccine: str, on: datetime.date, offered: Collection[str] | None) -> str | None:
        """The vaccine to give at this clinic: the one that is due, MMRV where it stands in for MMR, or none."""
        if offered is None or vaccine in offered:
            return vaccine
        minimum = self.mmrv_instead.span("minimum").after(self.born.toordinal())
        if vaccine == "MMR" and "MMRV" in offered and on.toordinal() >= minimum:
            return "MMRV"
        return None

    def waiting(self, result: SeriesForecast, on: datetime.date, held: bool) -> Item:
        """Why the next dose of a series is not given on the day, and until when it waits."""
        item = _said(result)
        if held:
            return replace(item, rule=self.third_visit.id, code="plan_wait_third_visit", params={"dose": item.dose})
        until = _when(result)
        if until is None:
            return replace(item, code="plan_wait_primary", params={})
        item = replace(item, until=until, params={"dose": item.dose, "until_on": until.isoformat()})
        if result.due_on == until:
            return replace(item, code="plan_wait_due")
        item = replace(item, rule="live-vaccine-gap")
        return replace(item, code="plan_wait_yellow_fever" if self.yellow_fever_near(until) else "plan_wait_live")

    def yellow_fever_near(self, until: datetime.date) -> bool:
        """Whether it is a yellow fever vaccine that a measles vaccine waits for until this day."""
        without = [dose for dose in self.doses if dose.vaccine != "YELLOWFEVER"]
        (result,) = self.schedule.forecast(
            self.born, without, until - datetime.timedelta(1), self.facts, options=self.options, only={"MEASLES"},
            most=len(without),
        )  # fmt: skip
        return result.earliest_on is not None and result.earliest_on < until

    def next_visits(self, on: datetime.date, elsewhere: Collection[str]) -> list[NextVisit]:
        """The visits after the day, each on the first day on which something that waits may be given."""
        visits: list[NextVisit] = []
        last = on
        while len(visits) < VISITS_AHEAD:
            days = []
            for result in self.results(last):
                if result.status in ("not_yet", "due", "overdue") and (visits or result.series not in elsewhere):
                    when = _when(result)
                    if when and when > last:
                        days.append(when)
            give: list[Item] = []
            for day in sorted(set(days)):
                # on that very day a fact or an age may stand in the way: then the next one
                give, _elsewhere, _held = self.visit(day, self.results(day), None)
                if give:
                    visits.append(NextVisit(day, tuple(give)))
                    last = day
                    break
            if not give:
                break
        return visits


def _when(result: SeriesForecast) -> datetime.date | None:
    """The first day on which the next dose is due and may be given."""
    if result.due_on is None or result.earliest_on is None:
        return None
    return max(result.due_on, result.earliest_on)


def _said(result: SeriesForecast) -> Item:
    """What the forecast says, as an item."""
    return Item(
        (result.series,), result.vaccine, result.next_dose, result.status, result.rule, result.code, result.params,
        counts_if_given=result.counts_if_given is not False,
    )  # fmt: skip
