"""From dates, doses and facts to a forecast for every series."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from .dates import LAST_YEAR, Days, days_of
from .errors import ScheduleError
from .explore import Found, TooManyDays, explore
from .person import NO_DOSE_BEFORE, Entry, Outcome, Person, Verdict
from .reasons import FACT_WORDS
from .results import Dose, DoseVerdict, SeriesForecast
from .rulebook import RuleBook
from .series import SERIES, Series
from .series.measles import NO_EARLY_SECOND_ADVICE

# Every vaccine a record may hold, and the vaccine it is read as.
VACCINES: dict[str, str] = {
    "MMR": "MMR",
    "MMRV": "MMRV",
    "6IN1": "6IN1",
    "5IN1": "6IN1",
    "4IN1": "4IN1",
    "3IN1": "3IN1",
    "MENB": "MENB",
    "PNEUMOCOCCAL": "PNEUMOCOCCAL",
    "ROTAVIRUS": "ROTAVIRUS",
    "HPV": "HPV",
    "MENACWY": "MENACWY",
    "HIBMENC": "HIBMENC",
    "VARICELLA": "VARICELLA",
    "YELLOWFEVER": "YELLOWFEVER",
}
# Vaccines a record may also hold. They never count and are said with their reason.
NEVER_COUNTED: frozenset[str] = frozenset({"OPV", "MEASLES_ONLY"})
FACTS: frozenset[str] = frozenset(FACT_WORDS)
# What a clinic's clinical lead may decide.
OPTIONS: frozenset[str] = frozenset({NO_EARLY_SECOND_ADVICE})
MOST_DOSES = 20

# The order in which verdicts on one dose are looked through, so that a mixed one is always said the same way.
_UNCLEAR = "unclear-date"


class Schedule:
    """The whole schedule under one book of rules."""

    def __init__(self, book: RuleBook, series: Sequence[type[Series]] = SERIES) -> None:
        self.book = book
        self.series = tuple(kind(book) for kind in series)
        self.overdue_after = book["overdue"].days("after")
        # each vaccine of a record, and the series it is a dose of
        self.courses = {
            code: one.name
            for code, vaccine in VACCINES.items()
            for one in self.series
            if one.labels.get(vaccine, 0) & (one.listed or ~0)
        }
        self.blocks: dict[str, Sequence[str]] = {}
        self.asks: dict[str, Sequence[str]] = {}
        for rule in book:
            if "fact" in rule.params:
                self.blocks[rule.params["fact"]] = rule.params["blocks"]
                self.asks[rule.params["fact"]] = rule.params["asks"]

    def forecast(
        self,
        date_of_birth: datetime.date,
        doses: Iterable[Dose],
        on: datetime.date,
        facts: Collection[str] = frozenset(),
        *,
        options: Collection[str] = frozenset(),
        only: Collection[str] | None = None,
        most: int = MOST_DOSES,
        recorded_by: datetime.date | None = None,
    ) -> tuple[SeriesForecast, ...]:
        """See ``immunisations.schedule.forecast``. ``only`` names the series to answer for, where not all are asked
        for; ``most`` is how many doses are read; ``recorded_by`` the day by which every dose with a half-known date
        had been given, if not ``on``."""
        born, today = date_of_birth.toordinal(), on.toordinal()
        recorded = recorded_by.toordinal() if recorded_by else today
        if on.year > LAST_YEAR:
            raise ScheduleError("bad_date", f"The year {on.year} is too far away.")
        if today < born:
            raise ScheduleError("asked_before_birth", "The day asked about is before the date of birth.")
        doses = list(doses)
        if len(doses) > most:
            raise ScheduleError("too_many_doses", f"At most {most} doses can be read at once.", most=most)
        for option in options:
            if option not in OPTIONS:
                raise ScheduleError(
                    "unknown_option",
                    f"{str(option)[:40]!r} is not an option of this schedule. It has {', '.join(sorted(OPTIONS))}.",
                )
        by_vaccine: dict[str, list[tuple[Days, Dose]]] = {}
        for dose in doses:
            vaccine = dose.vaccine if dose.vaccine in NEVER_COUNTED else VACCINES.get(dose.vaccine)
            if vaccine is None:
                raise ScheduleError(
                    "unknown_vaccine",
                    f"{dose.vaccine[:40]!r} is not a vaccine this schedule knows. It knows {', '.join(VACCINES)}.",
                )
            by_vaccine.setdefault(vaccine, []).append((self._days(dose, born, today, recorded), dose))
        person = Person(
            born=born,
            on=today,
            facts=frozenset(facts),
            days={vaccine: [days for days, _dose in given] for vaccine, given in by_vaccine.items()},
            blocked=self._by_series(facts, self.blocks),
            asked=self._by_series(facts, self.asks),
            overdue_after=self.overdue_after,
            options=frozenset(options),
        )
        return tuple(
            self._forecast(series, person, by_vaccine) for series in self.series if only is None or series.name in only
        )

    @staticmethod
    def _days(dose: Dose, born: int, on: int, recorded: int) -> Days:
        """The possible days of a dose, from birth to the day asked about, or by which it was recorded."""
        first, last = days_of(dose.given_on)
        if last < born:
            raise ScheduleError(
                "before_birth", f"The {dose.vaccine} dose of {dose.given_on} is before the date of birth."
            )
        if first > on:
            raise ScheduleError(
                "after_day_asked", f"The {dose.vaccine} dose of {dose.given_on} is after the day asked about."
            )
        if first < last and (first < born or last > recorded):
            return Days(max(first, born), min(last, recorded))
        return Days(first, last)

    def _by_series(self, facts: Collection[str], table: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for fact in sorted(facts):
            if fact not in table:
                raise ScheduleError(
                    "unknown_fact",
                    f"{str(fact)[:40]!r} is not a fact this schedule knows. It knows {', '.join(sorted(FACTS))}.",
                )
            for series in table[fact]:
                found.setdefault(series, []).append(fact)
        return found

    def _forecast(
        self, series: Series, person: Person, by_vaccine: Mapping[str, list[tuple[Days, Dose]]]
    ) -> SeriesForecast:
        entries: list[Entry] = []
        for vaccine, label in series.labels.items():
            for days, dose in by_vaccine.get(vaccine, ()):
                entries.append(Entry(vaccine, dose.given_on, days, label, dose.sources))
        if len(entries) > 1:
            entries = _fold(entries, series.label_name)
        sides = series.sides(person)
        if len(sides) == 1 and all(entry.days.known for entry in entries):
            machine = series.machine(person, sides[0])
            outcome, verdicts = _walk(machine, entries)
        else:
            outcome, verdicts = _consider_all(series, person, sides, entries)
        judged = list(zip(entries, verdicts, strict=True))
        if not series.never_counted.isdisjoint(by_vaccine):
            judged = _with_never_counted(series, by_vaccine, judged)
        status, counted, next_dose, vaccine_next, earliest, due, possible, rule, code, params, will_count = outcome
        day = datetime.date.fromordinal
        return SeriesForecast(
            series.name,
            status,
            counted,
            next_dose,
            vaccine_next,
            None if earliest is None else day(earliest),
            None if due is None else day(due),
            rule,
            code,
            params,
            tuple(
                DoseVerdict(
                    entry.vaccine,
                    entry.given_on,
                    verdict.counts,
                    verdict.rule,
                    verdict.code,
                    verdict.params,
                    entry.sources,
                    () if verdict.counts is False else series.notes(person, entry.days),
                )
                for entry, verdict in judged
                if verdict is not None
            ),
            will_count,
            None if possible is None else day(possible),
            series.remarks(person, outcome, verdicts),
        )


def _with_never_counted(
    series: Series,
    by_vaccine: Mapping[str, list[tuple[Days, Dose]]],
    judged: Sequence[tuple[Entry, Verdict | None]],
) -> list[tuple[Entry, Verdict | None]]:
    """The doses of a series and those that are only said with it, by date."""
    both = list(judged)
    for vaccine in series.never_counted:
        said = [Entry(vaccine, dose.given_on, days, 0, dose.sources) for days, dose in by_vaccine.get(vaccine, ())]
        both += ((entry, series.never(vaccine, entry.days)) for entry in _fold(said))
    return sorted(both, key=lambda pair: (pair[0].days, pair[0].given_on, pair[0].vaccine))


def _fold(entries: list[Entry], name_of: Callable[[int], str] | None = None) -> list[Entry]:
    """By date; the doses of one known day are one entry with all its sources. Half-known dates are never folded
    here: whether they are the same day is for ``explore`` to consider."""
    folded: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: (entry.days, entry.given_on, entry.label)):
        before = folded[-1] if folded else None
        if before and entry.days.known and before.days == entry.days:
            label = before.label | entry.label
            vaccine = name_of(label) if name_of else before.vaccine
            # the date stays as it is written of the vaccine that is shown
            written = [each.given_on for each in (before, entry) if each.vaccine == vaccine]
            sources = tuple(sorted({*before.sources, *entry.sources}))
            folded[-1] = Entry(vaccine, max(written, key=len), entry.days, label, sources)
        else:
            folded.append(entry)
    return folded


def _walk(machine: Any, entries: Sequence[Entry]) -> tuple[Outcome, list[Verdict | None]]:
    """Read doses whose days are known, in order."""
    state, last = machine.start, None
    verdicts = []
    for entry in entries:
        day = entry.days[0]
        state, verdict = machine.step(state, entry.label, day, NO_DOSE_BEFORE if last is None else day - last)
        verdicts.append(verdict)
        last = day
    return machine.finish(state, last), verdicts


def _consider_all(
    series: Series, person: Person, sides: Sequence[Any], entries: Sequence[Entry]
) -> tuple[Outcome, list[Verdict | None]]:
    """Read doses whose days are not all known: as if every possible day were tried."""
    outcomes: list[Outcome] = []
    verdicts: list[dict[Any, Any]] = [{} for _ in entries]
    complete = True
    read: dict[Any, Found] = {}
    for side in sides:
        machine = series.machine(person, side)
        if not entries:
            outcomes.append(machine.finish(machine.start, None))
            continue
        found = read.get(series.reads_as(side))
        if found is None:
            try:
                found = explore(machine, [(entry.label, entry.days) for entry in entries])
            except TooManyDays:
                complete = False
                break
            read[series.reads_as(side)] = found
            _merge(verdicts, found)
        outcomes += (machine.finish(state, last) for state, last in found.ends)
    if not complete:
        machine = series.machine(person, sides[0])
        outcome = machine.finish(machine.start, None)
        outcome = outcome._replace(
            status="ask", rule=_UNCLEAR, code="ask_dates_too_many", params={}, earliest=None, due=None, possible=None
        )
        unknown = Verdict(None, _UNCLEAR, "date_decides", {})
        return outcome, [unknown if series.listed is None or entry.label & series.listed else None for entry in entries]
    return _weigh(outcomes), [
        _one_verdict(entry, _listed(series, entry, possible)) for entry, possible in zip(entries, verdicts, strict=True)
    ]


def _merge(verdicts: list[dict[Any, Any]], found: Found) -> None:
    for known, more in zip(verdicts, found.verdicts, strict=True):
        for key, params in more.items():
            known[key] = params if key not in known or known[key] == params else None


def _weigh(outcomes: Sequence[Outcome]) -> Outcome:
    """One answer for several that are possible: the careful one, and "ask" where the status differs.

    The careful one has a dose next if any has, the fewest doses counted, and the latest dates.
    """

    def care(outcome: Outcome) -> tuple[Any, ...]:
        return (outcome.next_dose is None, outcome.counted, -(outcome.due or 0), -(outcome.earliest or 0))

    careful = min(outcomes, key=care)
    if len({"due" if outcome.status == "overdue" else outcome.status for outcome in outcomes}) > 1:
        return careful._replace(status="ask", rule=_UNCLEAR, code="ask_date", params={})
    alike = [outcome for outcome in outcomes if outcome.next_dose == careful.next_dose]
    return careful._replace(
        earliest=_latest(each.earliest for each in alike), possible=_latest(each.possible for each in alike)
    )


def _latest(days: Iterable[int | None]) -> int | None:
    return max((day for day in days if day is not None), default=None)


def _listed(series: Series, entry: Entry, possible: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The verdicts on a dose that are reported. What a dose of another vaccine got only because it may have been
    given on the same day is not."""
    if series.listed is None or entry.label & series.listed:
        return possible
    if not entry.label & series.listed_if_counting:
        return {}
    return {(key if key and key[0] else None): params for key, params in possible.items()}


def _one_verdict(entry: Entry, possible: Mapping[Any, Any]) -> Verdict | None:
    """One verdict on a dose for all that are possible."""
    keys = [key for key in possible if key is not None]
    if not keys:
        return None
    if len(possible) == 1 and possible[keys[0]] is not None:
        counts, rule, code = keys[0]
        return Verdict(counts, rule, code, possible[keys[0]])
    # Where the dose need not belong to the series at all, it does not count there.
    ways = {key[0] if key else False for key in possible}
    whose = "other_date" if entry.days.known else "date"
    if len(ways) > 1:
        return Verdict(None, _UNCLEAR, f"{whose}_decides", {})
    counts = ways.pop()
    rules = sorted({key[1] for key in keys})
    rule = rules[0] if len(rules) == 1 else _UNCLEAR
    return Verdict(counts, rule, f"{whose}_counts" if counts else f"{whose}_never_counts", {})
