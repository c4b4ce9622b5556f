"""What follows from a person's history: where every series stands, and by which rule."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from clinics.models import ClinicSession
from immunisations.health_questions import facts_in
from immunisations.models import Person, Screening
from immunisations.queries.history import HistoryDose, history
from immunisations.schedule import Dose, DoseVerdict, Rule, ScheduleError, SeriesForecast, forecast, rule
from immunisations.written_dates import span_of


@dataclass(frozen=True)
class Forecast:
    """Where every series stands, or in ``problem`` why that cannot be said; and doses that cannot be true."""

    series: tuple[SeriesForecast, ...] = ()
    problem: str = ""
    impossible: tuple[HistoryDose, ...] = ()

    def of(self, series: str) -> SeriesForecast | None:
        """Return where one series stands, or None where the schedule has no rules for it."""
        return next((result for result in self.series if result.series == series), None)


def forecast_for(
    person: Person, on: date, facts: Collection[str] = frozenset(), *, doses: list[HistoryDose] | None = None
) -> Forecast:
    """Return where every series stands for the person on a day; ``doses`` is their history where it is read already.

    A dose dated before birth or after the day is left out and named in ``impossible``.
    """
    if doses is None:
        doses = history(person)
    root = person.merged_into or person
    possible: list[HistoryDose] = []
    impossible: list[HistoryDose] = []
    for dose in doses:
        first, last = span_of(dose.given_on)
        (impossible if last < root.date_of_birth or first > on else possible).append(dose)
    try:
        results = forecast(
            root.date_of_birth, [Dose(dose.vaccine, dose.given_on, dose.sources) for dose in possible], on, facts
        )
    except ScheduleError as problem:
        return Forecast(problem=problem.message, impossible=tuple(impossible))
    return Forecast(results, impossible=tuple(impossible))


def facts_for(person: Person, session: ClinicSession | None, screening: Screening | None) -> set[str]:
    """Return the facts that the schedule may use: sex, an outbreak at the clinic, what today's screening confirmed."""
    root = person.merged_into or person
    facts = {root.sex} & {"male", "female"}
    if session is not None and session.early_doses:
        facts.add("outbreak")
    if screening is not None:
        facts |= facts_in(screening.answers)
        if not screening.well_today:
            facts.add("unwell")
        if screening.not_pregnant is False:
            facts.add("pregnant")
    return facts


def rule_behind(verdict: SeriesForecast | DoseVerdict) -> Rule | None:
    """Return the rule a verdict rests on, with its sentence and source; None where it rests on the dates alone."""
    try:
        return rule(verdict.rule)
    except KeyError:
        return None
