"""A forecast asked for in text and answered as text or as JSON: the words of the ``forecast`` command."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from . import VACCINES, Dose, Item, ScheduleError, SeriesForecast, VisitPlan, forecast, plan
from .dates import days_of, in_words

STATUS_WORDS = {
    "complete": "complete",
    "due": "due",
    "overdue": "overdue",
    "not_yet": "not yet",
    "not_needed": "not needed",
    "too_old": "too old",
    "blocked": "do not give",
    "ask": "ask a nurse",
}
COUNT_WORDS = {True: "counts", False: "does not count", None: "not clear"}


def ask(
    date_of_birth: str, on: str, doses: Iterable[str], facts: Iterable[str], options: Iterable[str] = ()
) -> tuple[datetime.date, tuple[SeriesForecast, ...]]:
    """Forecast from text: days as '2025-02-10', doses as 'MMR:2026-02-10'. Raises ScheduleError."""
    born, asked = _day(date_of_birth), _day(on)
    return asked, forecast(born, [_dose(dose) for dose in doses], asked, frozenset(facts), options=frozenset(options))


def ask_plan(
    date_of_birth: str,
    on: str,
    doses: Iterable[str],
    facts: Iterable[str],
    options: Iterable[str] = (),
    offered: Iterable[str] | None = None,
) -> VisitPlan:
    """Plan a visit from text, as ``ask``. Raises ScheduleError."""
    return plan(
        _day(date_of_birth), [_dose(dose) for dose in doses], _day(on), frozenset(facts),
        options=frozenset(options), offered=None if offered is None else frozenset(offered),
    )  # fmt: skip


def _day(text: str) -> datetime.date:
    days = days_of(text)
    if len(text) != len("2025-02-10"):
        raise ScheduleError("bad_date", f"{text!r} is not a whole date. Write it as 2025-02-10.")
    return datetime.date.fromordinal(days.first)


def _dose(text: str) -> Dose:
    vaccine, colon, given_on = text.partition(":")
    if not colon:
        raise ScheduleError("bad_dose", f"{text[:40]!r} is not a dose. Write it as MMR:2026-02-10.")
    if vaccine not in VACCINES:
        raise ScheduleError(
            "unknown_vaccine",
            f"{vaccine[:40]!r} is not a vaccine this schedule knows. It knows {', '.join(VACCINES)}.",
        )
    return Dose(vaccine, given_on)


def as_json(on: datetime.date, results: Sequence[SeriesForecast]) -> dict[str, Any]:
    """The forecast as JSON-safe values."""
    return {
        "on": on.isoformat(),
        "series": [
            {
                "series": result.series,
                "status": result.status,
                "counted": result.counted,
                "next_dose": result.next_dose,
                "vaccine": result.vaccine,
                "earliest_on": result.earliest_on and result.earliest_on.isoformat(),
                "due_on": result.due_on and result.due_on.isoformat(),
                "reason": result.reason,
                "rule": result.rule,
                # said only of a dose that is offered although it will not count
                **({"counts_if_given": False} if result.counts_if_given is False else {}),
                "doses": [
                    {
                        "vaccine": dose.vaccine,
                        "given_on": dose.given_on,
                        "counts": dose.counts,
                        "reason": dose.reason,
                        "rule": dose.rule,
                    }
                    for dose in result.doses
                ],
            }
            for result in results
        ],
    }


def as_text(on: datetime.date, results: Sequence[SeriesForecast]) -> str:
    """The forecast as lines to read."""
    lines = [f"On {in_words(on.isoformat())}"]
    for result in results:
        lines += ("", f"{result.series}: {STATUS_WORDS[result.status]}", f"  {result.reason} [{result.rule}]")
        if result.next_dose:
            parts = [f"dose {result.next_dose}", str(result.vaccine)]
            if result.due_on:
                parts.append(f"due {in_words(result.due_on.isoformat())}")
            if result.earliest_on:
                parts.append(f"can be given from {in_words(result.earliest_on.isoformat())}")
            lines.append(f"  Next: {', '.join(parts)}")
        for dose in result.doses:
            lines.append(
                f"  {dose.vaccine} {in_words(dose.given_on)}: {COUNT_WORDS[dose.counts]}. {dose.reason} [{dose.rule}]"
            )
    return "\n".join(lines)


def plan_as_json(planned: VisitPlan) -> dict[str, Any]:
    """A plan as JSON-safe values."""
    return {
        "on": planned.on.isoformat(),
        "give": [_item(item) for item in planned.give],
        "not_offered_here": [_item(item) for item in planned.elsewhere],
        "ask": [_item(item) for item in planned.ask],
        "wait": [_item(item) for item in planned.wait],
        "settled": [_item(item) for item in planned.settled],
        "next_visits": [
            {"on": visit.on.isoformat(), "give": [_item(item) for item in visit.give]} for visit in planned.next_visits
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "series": list(item.series),
        "status": item.status,
        "vaccine": item.vaccine,
        "dose": item.dose,
        "until_on": item.until and item.until.isoformat(),
        "reason": item.reason,
        "rule": item.rule,
        # said only of a dose that is offered although it will not count
        **({} if item.counts_if_given else {"counts_if_given": False}),
    }


def plan_as_text(planned: VisitPlan) -> str:
    """A plan as lines to read."""
    lines = [f"A visit on {in_words(planned.on.isoformat())}"]
    for heading, items in (
        ("Give together", planned.give),
        ("Due, but not offered here", planned.elsewhere),
        ("Ask a nurse first", planned.ask),
        ("Wait", planned.wait),
        ("Nothing to give", planned.settled),
    ):
        if items:
            lines += ("", f"{heading}:", *(_line(item) for item in items))
    for visit in planned.next_visits:
        lines += ("", f"Next visit, {in_words(visit.on.isoformat())}:", *(_line(item) for item in visit.give))
    return "\n".join(lines)


def _line(item: Item) -> str:
    what = f"{item.vaccine} (dose {item.dose})" if item.vaccine else item.series[0]
    return f"  {what}: {item.reason} [{item.rule}]"
