"""What follows from a person's history: where every series stands, and by which rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from clinics.models import ClinicSession
from clinics.vaccines import Vaccine
from immunisations.health_questions import facts_in
from immunisations.models import Person, Screening
from immunisations.policies import screening_for
from immunisations.queries.history import HistoryDose, history
from immunisations.schedule import VACCINES, Dose, DoseVerdict, Rule, ScheduleError, SeriesForecast, forecast, rule
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

    A dose dated before birth or after the day is left out and named in ``impossible``; one that the schedule has no
    rules for is left out too.
    """
    if doses is None:
        doses = history(person)
    root = person.merged_into or person
    possible: list[HistoryDose] = []
    impossible: list[HistoryDose] = []
    for dose in doses:
        if dose.vaccine not in VACCINES:
            continue
        first, last = span_of(dose.given_on)
        (impossible if last < root.date_of_birth or first > on else possible).append(dose)
    try:
        results = forecast(
            root.date_of_birth, [Dose(dose.vaccine, dose.given_on, dose.sources) for dose in possible], on, facts
        )
    except ScheduleError as problem:
        return Forecast(problem=problem.message, impossible=tuple(impossible))
    return Forecast(results, impossible=tuple(impossible))


def facts_for(
    person: Person, session: ClinicSession | None, screenings: Sequence[Screening] | Screening | None
) -> set[str]:
    """Return the facts that the schedule may use: sex, an outbreak at the clinic, what the screenings confirmed.

    ``screenings`` are those of a visit, oldest first. What was confirmed for one vaccine holds until the questions
    are asked for that vaccine again; well and not pregnant are as said last.
    """
    root = person.merged_into or person
    facts = {root.sex} & {"male", "female"}
    if session is not None and session.early_doses:
        facts.add("outbreak")
    rows = [screenings] if isinstance(screenings, Screening) else list(screenings or ())
    standing = {screening_for(rows, vaccine) for vaccine in Vaccine.values}
    for screening in rows:
        if screening in standing:
            facts |= facts_in(screening.answers)
    if rows:
        if not rows[-1].well_today:
            facts.add("unwell")
        if rows[-1].not_pregnant is False:
            facts.add("pregnant")
    return facts


def rule_behind(verdict: SeriesForecast | DoseVerdict) -> Rule | None:
    """Return the rule a verdict rests on, with its sentence and source; None where it rests on the dates alone."""
    try:
        return rule(verdict.rule)
    except KeyError:
        return None
