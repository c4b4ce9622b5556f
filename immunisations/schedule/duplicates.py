"""Doses that may be one dose written down twice: a question for people, which no forecast takes into account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from .dates import days_of
from .reasons import say
from .results import Dose
from .rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two doses of one course, ``first`` the earlier as written. ``code`` and ``params`` (JSON-safe) make the
    question in any language; ``reason`` is the question in English, ``rule`` the rule that has it asked."""

    first: Dose
    second: Dose
    rule: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return say(self.code, self.params)


def near_duplicates(book: RuleBook, course_of: Mapping[str, str], doses: Iterable[Dose]) -> tuple[NearDuplicate, ...]:
    """See ``immunisations.schedule.near_duplicates``. ``course_of`` says which vaccines are of one course."""
    rule = book["near-duplicate"]
    within = rule.days("within")
    read = sorted(
        ((days_of(dose.given_on), dose) for dose in doses),
        key=lambda pair: (pair[0], pair[1].given_on, pair[1].vaccine, pair[1].sources),
    )
    found = []
    for (days, dose), (other_days, other) in combinations(read, 2):
        if course_of.get(dose.vaccine, dose.vaccine) != course_of.get(other.vaccine, other.vaccine):
            continue
        if not (dose.sources and other.sources) or not set(dose.sources).isdisjoint(other.sources):
            continue
        params: dict[str, Any] = {"first_on": dose.given_on, "second_on": other.given_on}
        apart = other_days.first - days.last
        if days.known and other_days.known:
            if 0 < apart <= within:
                found.append(NearDuplicate(dose, other, rule.id, "near_duplicate", params | {"days": apart}))
        elif apart <= 0:
            found.append(NearDuplicate(dose, other, rule.id, "near_duplicate_unclear", params))
    return tuple(found)
