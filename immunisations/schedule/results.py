"""What goes into a forecast and what comes out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .reasons import say

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as some record states it.

    ``vaccine`` is a code of the vaccination event file (MMR, 6IN1, ...); ``given_on`` is '2019-06-01', '2019-06'
    or '2019' and is never made more exact than it is written; ``sources`` names the records that hold it.
    """

    vaccine: str
    given_on: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseVerdict:
    """Whether one dose counts in one series. ``counts`` is None where that depends on a date not fully known.

    ``rule`` is the id of the rule that decided; ``code`` and ``params`` (JSON-safe) make the reason in any
    language; ``reason`` is the reason in English, to the day. ``notes`` are (code, params) of what is said besides
    and changes nothing: that a gap to another live vaccine was too short.
    """

    vaccine: str
    given_on: str
    counts: bool | None
    rule: str
    code: str
    params: Params = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    notes: tuple[tuple[str, Params], ...] = ()

    @property
    def reason(self) -> str:
        return _with_notes(self.code, self.params, self.notes)


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Where one series stands on the day asked about.

    ``due_on`` is the recommended day of ``next_dose`` and may be past. ``earliest_on`` is the first day from the
    day asked about when it may be given and would count. ``possible_from`` is the same day not raised to the day
    asked about, for keeping: it does not change because a day has passed. ``counts_if_given`` is False for a dose
    that is offered although it will not count (an outbreak dose before the first birthday), None when nothing is
    next. ``notes`` are (code, params) of what is said besides: which other vaccine the next dose waits for.
    """

    series: str
    status: str
    counted: int
    next_dose: int | None
    vaccine: str | None
    earliest_on: datetime.date | None
    due_on: datetime.date | None
    rule: str
    code: str
    params: Params = field(default_factory=dict)
    doses: tuple[DoseVerdict, ...] = ()
    counts_if_given: bool | None = None
    possible_from: datetime.date | None = None
    notes: tuple[tuple[str, Params], ...] = ()

    @property
    def reason(self) -> str:
        return _with_notes(self.code, self.params, self.notes)


def _with_notes(code: str, params: Params, notes: tuple[tuple[str, Params], ...]) -> str:
    return " ".join(say(*said) for said in ((code, params), *notes))
