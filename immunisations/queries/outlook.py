"""What follows from a person's history: where every series stands, and by which rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from clinics.models import ClinicSession
from immunisations.health_questions import facts_in
from immunisations.models import Person, Screening
from immunisations.policies import standing_screenings
from immunisations.queries.history import HistoryDose, history
from immunisations.queries.lasting import Lasting
from immunisations.schedule import (
    NEVER_COUNTED,
    NO_EARLY_SECOND_ADVICE,
    OPTIONS,
    VACCINES,
    Dose,
    DoseVerdict,
    Rule,
    ScheduleError,
    SeriesForecast,
    VisitPlan,
    forecast,
    plan,
    rule,
)
from immunisations.written_dates import span_of


@dataclass(frozen=True)
class Forecast:
    """Where every series stands, or in ``problem`` why that cannot be said; the doses and facts it was asked with, and
    doses that cannot be true."""

    series: tuple[SeriesForecast, ...] = ()
    problem: str = ""
    impossible: tuple[HistoryDose, ...] = ()
    doses: tuple[Dose, ...] = ()
    facts: frozenset[str] = frozenset()

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
        if dose.vaccine not in VACCINES and dose.vaccine not in NEVER_COUNTED:
            continue
        first, last = span_of(dose.given_on)
        (impossible if last < root.date_of_birth or first > on else possible).append(dose)
    asked = tuple(Dose(dose.vaccine, dose.given_on, dose.sources) for dose in possible)
    known, options = _apart(facts)
    try:
        results = forecast(root.date_of_birth, asked, on, known, options=options)
    except ScheduleError as problem:
        return Forecast(problem=problem.message, impossible=tuple(impossible))
    return Forecast(results, impossible=tuple(impossible), doses=asked, facts=frozenset(facts))


def _apart(facts: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the facts about the person, and what the clinical lead decided for the clinic."""
    return frozenset(facts) - OPTIONS, OPTIONS & set(facts)


def plan_for(person: Person, on: date, outlook: Forecast, *, offered: Collection[str]) -> VisitPlan | None:
    """Return what a visit on the day would best give, of the vaccines ``offered`` (codes of Vaccine), from the doses
    and facts that ``outlook`` was asked with; None where nothing can be said."""
    root = person.merged_into or person
    known, options = _apart(outlook.facts)
    if outlook.problem:
        return None
    return plan(root.date_of_birth, outlook.doses, on, known, offered=offered, options=options)


def facts_for(
    person: Person,
    session: ClinicSession | None,
    screenings: Sequence[Screening] | Screening | None,
    *,
    lasting: Lasting | None = None,
) -> set[str]:
    """Return the facts that the schedule may use: sex, an outbreak at the clinic, what the screenings confirmed, what
    was confirmed for life on any other visit; and what the clinical lead decided for the clinic (a code of OPTIONS).

    ``screenings`` are those of a visit, oldest first. What was confirmed for one vaccine holds until the questions
    are asked for that vaccine again; well and not pregnant are as said last. ``lasting`` is what holds for life, where
    it is read already.
    """
    root = person.merged_into or person
    facts = {root.sex} & {"male", "female"}
    if session is not None and session.early_doses:
        facts.add("outbreak")
    if session is not None and not session.advise_18_month_dose:
        facts.add(NO_EARLY_SECOND_ADVICE)
    rows = [screenings] if isinstance(screenings, Screening) else list(screenings or ())
    lasting = lasting or Lasting(root)
    facts |= {each.code for each in lasting.facts(but_of={row.visit_id for row in rows})}
    for screening in standing_screenings(rows):
        facts |= {code for code in facts_in(screening.answers) if not lasting.lifted_since(code, screening.at)}
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
