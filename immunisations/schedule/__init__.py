"""What vaccinations a person has had that count, and what is due when: the schedule of England, as of a day.

Pure Python: no Django, no database, no clock. The rules are reviewed data in ``rules/``.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from functools import cache

from .engine import FACTS, MOST_DOSES, VACCINES, Schedule
from .errors import ScheduleError
from .reasons import FACT_WORDS, TEMPLATES, say
from .results import Dose, DoseVerdict, SeriesForecast
from .rulebook import Rule, RuleBook

STATUSES = ("complete", "due", "overdue", "not_yet", "not_needed", "too_old", "blocked", "ask")

__all__ = [
    "FACTS",
    "FACT_WORDS",
    "MOST_DOSES",
    "STATUSES",
    "TEMPLATES",
    "VACCINES",
    "Dose",
    "DoseVerdict",
    "Rule",
    "ScheduleError",
    "SeriesForecast",
    "forecast",
    "merged",
    "rule",
    "rules",
    "say",
]


@cache
def _schedule() -> Schedule:
    return Schedule(RuleBook.read())


def forecast(
    date_of_birth: datetime.date,
    doses: Iterable[Dose],
    on: datetime.date,
    facts: Collection[str] = frozenset(),
) -> tuple[SeriesForecast, ...]:
    """Where every series stands on the day ``on``, and what each dose was worth.

    ``doses`` may come in any order and from several records; those of one day are one dose. ``facts`` are codes of
    FACTS, sex among them. The answer holds one result a series, always in the same order. A dose known only by its
    month or year is judged on every day it could have been given, from birth to ``on``.

    Raises ScheduleError, with a code and a sentence, for a dose before birth or after ``on``, an unknown vaccine or
    fact, more than MOST_DOSES doses, or a date that is none.
    """
    return _schedule().forecast(date_of_birth, doses, on, facts)


def merged(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """One dose for all records of the same vaccine on the same whole date, with their sources: for a person whose
    several records together hold more than MOST_DOSES. Months and years are left alone: two may be meant."""
    sources: dict[tuple[str, str], set[str]] = {}
    rest: list[Dose] = []
    for dose in doses:
        if len(dose.given_on) == len("2019-06-01"):
            sources.setdefault((dose.vaccine, dose.given_on), set()).update(dose.sources)
        else:
            rest.append(dose)
    whole = [Dose(vaccine, given_on, tuple(sorted(names))) for (vaccine, given_on), names in sources.items()]
    return (*whole, *rest)


def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the rule files."""
    return tuple(_schedule().book)


def rule(rule_id: str) -> Rule:
    """The rule that a verdict names. Raises KeyError for an id that is none."""
    return _schedule().book[rule_id]
