"""One person on one day, as every series sees them, and the words in which a series answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .dates import Days, Span, iso
from .rulebook import Rule

# The gap to a dose that was never given: longer than any rule asks for.
NO_DOSE_BEFORE = 10**6


@dataclass(slots=True)
class Entry:
    """A dose as one series reads it: what it is (``label``, a bit for each vaccine), and when it can have been."""

    vaccine: str
    given_on: str
    days: Days
    label: int
    sources: tuple[str, ...]


class Verdict(NamedTuple):
    """Whether a dose counts, by which rule, and the code and parameters of the sentence that says so."""

    counts: bool | None
    rule: str
    code: str
    params: Mapping[str, Any]


class Outcome(NamedTuple):
    """Where a series stands. Days are ordinals; see SeriesForecast for what each field means."""

    status: str
    counted: int
    next_dose: int | None
    vaccine: str | None
    earliest: int | None
    due: int | None
    possible: int | None
    rule: str
    code: str
    params: Mapping[str, Any]
    counts_if_given: bool | None


class Person:
    """Date of birth, the day asked about, the facts, the days on which each vaccine may have been given, and what the
    clinical lead has decided (``options``)."""

    __slots__ = ("ages", "asked", "blocked", "born", "days", "facts", "on", "options", "overdue_after")

    def __init__(
        self,
        born: int,
        on: int,
        facts: frozenset[str],
        days: Mapping[str, list[Days]],
        blocked: Mapping[str, list[str]],
        asked: Mapping[str, list[str]],
        overdue_after: int,
        options: frozenset[str] = frozenset(),
    ) -> None:
        self.born = born
        self.on = on
        self.facts = facts
        self.days = days
        self.blocked = blocked
        self.asked = asked
        self.overdue_after = overdue_after
        self.options = options
        self.ages: dict[Span, int] = {}

    def at(self, age: Span) -> int:
        """The day this person reaches an age."""
        day = self.ages.get(age)
        if day is None:
            day = self.ages[age] = age.after(self.born)
        return day


def too_young(rule: Rule, age: Span, days: int) -> Verdict:
    """A dose given ``days`` days before the age at which it would count."""
    years, months = divmod(age.months, 12)
    params: dict[str, int] = {"days": days}
    if not age.months:
        code = "before_weeks"
        params["weeks"] = age.days // 7
    elif months and years < 2:
        code = "before_months"
        params["months"] = age.months
    elif months:
        code = "before_years_months"
        params |= {"years": years, "months": months}
    elif years in (1, 3, 9, 10):
        code = f"before_birthday_{years}"
    else:
        code = "before_birthday"
        params["years"] = years
    return Verdict(False, rule.id, code, params)


def too_soon(rule: str, gap: int, needs: int) -> Verdict:
    return Verdict(False, rule, "too_soon", {"days": gap, "needs": needs})


def before_day(rule: str, day: int, from_day: int) -> Verdict:
    return Verdict(False, rule, "before_day", {"days": from_day - day, "from_on": iso(from_day)})


def counts(rule: str, dose: int) -> Verdict:
    return Verdict(True, rule, "counts", {"dose": dose})


ADDITIONAL = Verdict(False, "additional", "additional", {})


def finished(counted: int, rule: str) -> Outcome:
    return Outcome("complete", counted, None, None, None, None, None, rule, "complete", {"counted": counted}, None)


def not_needed(counted: int, rule: str, code: str, params: Mapping[str, Any]) -> Outcome:
    return Outcome("not_needed", counted, None, None, None, None, None, rule, code, params, None)


def unfinished(
    person: Person,
    series: str,
    *,
    counted: int,
    dose: int,
    due: int | None,
    possible: int | None,
    vaccine: str,
    rule: str,
    earliest: int | None = None,
    latest: int | None = None,
    latest_rule: str = "",
    ask: tuple[str, str, Mapping[str, Any]] | None = None,
    due_code: str | None = None,
    counts_if_given: bool = True,
) -> Outcome:
    """The answer while a dose is next: too old, blocked, not yet, ask, due or overdue, the first that fits.

    ``possible`` is the first day the dose would count; ``earliest`` the same from the day asked about, where it is
    more than the later of the two. ``latest`` is the first day on which the vaccine is no longer given. ``ask`` is
    (rule, code, params) of a reason to ask a nurse that is no fact.
    """
    on = person.on
    if earliest is None and possible is not None:
        earliest = possible if possible > on else on
    if latest is not None and (on >= latest or (earliest is not None and earliest >= latest)):
        params: Mapping[str, Any] = {"before_on": iso(latest)}
        return Outcome("too_old", counted, None, None, None, None, None, latest_rule, "too_old", params, None)
    facts = person.blocked.get(series)
    if facts:
        return Outcome(
            "blocked", counted, dose, vaccine, None, due, possible,
            f"fact-{facts[0]}", "blocked", {"facts": facts}, counts_if_given,
        )  # fmt: skip
    if due is None:
        status, code, params = "not_yet", due_code or "not_yet", {}
    elif on < due:
        status, code, params = "not_yet", due_code or "not_yet", {"dose": dose, "due_on": iso(due)}
    elif series in person.asked:
        facts = person.asked[series]
        status, rule, code, params = "ask", f"fact-{facts[0]}", "ask_fact", {"facts": facts}
    elif ask:
        status = "ask"
        rule, code, params = ask
    else:
        late = on - due
        status = "overdue" if late >= person.overdue_after else "due"
        code = due_code or ("due_today" if not late else status)
        params = {"dose": dose, "due_on": iso(due)}
    return Outcome(
        status, counted, dose, vaccine, earliest, due, possible, rule, code, params, counts_if_given
    )  # fmt: skip
