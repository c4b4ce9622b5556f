"""What vaccinations a person has had that count, and what is due when: the schedule of England, as of a day.

Pure Python: no Django, no database, no clock. The rules are reviewed data in ``rules/``.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from functools import cache

from . import duplicates
from . import plan as planning
from .duplicates import NearDuplicate
from .engine import FACTS, MOST_DOSES, NEVER_COUNTED, OPTIONS, VACCINES, Schedule
from .errors import ScheduleError
from .plan import Item, NextVisit, VisitPlan
from .reasons import FACT_WORDS, TEMPLATES, say
from .results import Dose, DoseVerdict, SeriesForecast
from .rulebook import Rule, RuleBook
from .series.measles import NO_EARLY_SECOND_ADVICE

STATUSES = ("complete", "due", "overdue", "not_yet", "not_needed", "too_old", "blocked", "ask")

__all__ = [
    "FACTS",
    "FACT_WORDS",
    "MOST_DOSES",
    "NEVER_COUNTED",
    "NO_EARLY_SECOND_ADVICE",
    "OPTIONS",
    "STATUSES",
    "TEMPLATES",
    "VACCINES",
    "Dose",
    "DoseVerdict",
    "Item",
    "NearDuplicate",
    "NextVisit",
    "Rule",
    "ScheduleError",
    "SeriesForecast",
    "VisitPlan",
    "forecast",
    "merged",
    "near_duplicates",
    "plan",
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
    *,
    options: Collection[str] = frozenset(),
) -> tuple[SeriesForecast, ...]:
    """Where every series stands on the day ``on``, and what each dose was worth.

    ``doses`` may come in any order and from several records; those of one day are one dose. Their vaccines are those of
    VACCINES and of NEVER_COUNTED (which never count and change nothing but the gaps between live vaccines). ``facts``
    are codes of FACTS, sex among them; ``options`` are codes of OPTIONS, what a clinical lead has decided. The answer
    holds one result a series, always in the same order. A dose known only by its month or year is judged on every day
    it could have been given, from birth to ``on``.

    Recommended days do not move as time goes by. Three of them begin or end with what is true on the day asked about,
    as their sources say: Td/IPV is the teenage booster until the tenth birthday and from then on completes a part
    course (Green Book chapter 15); the MMRV catch-up is offered only while its campaign runs (letter of 31 October
    2025); and an early dose in an outbreak only from 6 months to the first birthday (Green Book chapter 21): an
    outbreak is a fact of the day asked about and says nothing of a later one.

    Raises ScheduleError, with a code and a sentence, for a dose before birth or after ``on``, an unknown vaccine, fact
    or option, more than MOST_DOSES doses, or a date that is none.
    """
    return _schedule().forecast(date_of_birth, doses, on, facts, options=options)


def plan(
    date_of_birth: datetime.date,
    doses: Iterable[Dose],
    on: datetime.date,
    facts: Collection[str] = frozenset(),
    *,
    offered: Collection[str] | None = None,
    options: Collection[str] = frozenset(),
) -> VisitPlan:
    """What a visit on the day ``on`` would best give, what must wait until when, and what the next visits would give.

    ``offered`` are the vaccines (codes of VACCINES) that the clinic has; None stands for all. Everything else is as
    for ``forecast``. Raises ScheduleError as ``forecast`` does, and for an unknown vaccine in ``offered``.
    """
    return planning.plan(_schedule(), date_of_birth, list(doses), on, facts, offered=offered, options=options)


def near_duplicates(doses: Iterable[Dose]) -> tuple[NearDuplicate, ...]:
    """Pairs of doses of one course that may be one dose written down twice, by date: a few days apart, or of days
    that may be the same where one is not fully known; and each only in records that do not hold the other. They are
    for people to decide: no forecast takes them into account. Doses without sources are left out.

    Raises ScheduleError for a date that is none.
    """
    return duplicates.near_duplicates(_schedule().book, _schedule().courses, doses)


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
