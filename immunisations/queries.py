"""Reading a person's record: one history over every source and every row of the person, and what follows from it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.models import ClinicSession
from clinics.vaccines import series_of
from immunisations.health_questions import facts_in
from immunisations.models import Consent, DoseSeen, Person, RecordCheck, Screening, SeenVaccine, Vaccination, Visit
from immunisations.people import row_ids
from immunisations.policies import consent_for
from immunisations.schedule import Dose, DoseVerdict, Rule, ScheduleError, SeriesForecast, forecast, rule
from immunisations.written_dates import date_in_words, span_of

DUE = ("due", "overdue")


@dataclass(frozen=True)
class Mention:
    """One record that shows a dose: which, when it was looked at, and the dose as it stands there."""

    source: str
    vaccine: str
    given_on: str
    at: datetime
    country: str = ""
    batch_number: str = ""
    vaccination: Vaccination | None = None

    @property
    def key(self) -> object:
        """What tells two records apart: two lines of one record are two doses, of two records maybe one."""
        return self.vaccination.pk if self.vaccination else (self.source, self.at)


@dataclass
class HistoryDose:
    """One dose as all the records together show it."""

    vaccine: str
    given_on: str
    mentions: list[Mention] = field(default_factory=list)

    @property
    def sources(self) -> tuple[str, ...]:
        """The records that show it, each once, in the order they were looked at."""
        return tuple(dict.fromkeys(mention.source for mention in self.mentions))

    @property
    def given_here(self) -> Vaccination | None:
        """Our own record of it, where it was given at one of our clinics."""
        return next((mention.vaccination for mention in self.mentions if mention.vaccination), None)

    @property
    def disagreement(self) -> str:
        """What the records say differently about it, or "" where they agree."""
        vaccines = sorted({str(SeenVaccine(mention.vaccine).label) for mention in self.mentions})
        parts = []
        if len(vaccines) > 1:
            parts.append(_("The records name different vaccines: %(vaccines)s.") % {"vaccines": ", ".join(vaccines)})
        dates = sorted({mention.given_on for mention in self.mentions})
        if len(dates) > 1:
            parts.append(
                _("The date stands differently: %(dates)s.")
                % {
                    "dates": "; ".join(
                        f"{date_in_words(mention.given_on)} ({mention.source})" for mention in self.mentions
                    )
                }
            )
        return " ".join(parts)

    @property
    def vaccine_name(self) -> str | Promise:
        """The vaccine in words."""
        return SeenVaccine(self.vaccine).label

    @property
    def date_in_words(self) -> str:
        """The date as exactly as it is known: 3 March 2019, March 2019, 2019."""
        return date_in_words(self.given_on)


def _kind(vaccine: str) -> str:
    """Return what two records must share to speak of the same dose: MMR and MMRV of one day are one."""
    return "MMR" if vaccine == SeenVaccine.MMRV else "6IN1" if vaccine == SeenVaccine.FIVE_IN_ONE else vaccine


def history(person: Person) -> list[HistoryDose]:
    """Return the person's doses by date: the union of all record checks and of the doses given here that stand.

    Entries of one day are one dose with several sources. A date known to the month or year is taken for a dose that
    another record shows to the day, where exactly one fits.
    """
    ids = row_ids(person)
    mentions = [
        Mention(
            source=_("Given here: %(place)s") % {"place": row.place_name},
            vaccine=row.vaccine,
            given_on=row.given_on.isoformat() if row.given_on else "",
            at=row.recorded_at,
            batch_number=row.batch_number,
            vaccination=row,
        )
        for row in Vaccination.objects.given().filter(person__in=ids).select_related("session", "visit")
    ]
    seen = DoseSeen.objects.filter(record_check__person__in=ids).select_related("record_check")
    mentions += [
        Mention(
            source=str(dose.record_check.get_source_display()),
            vaccine=dose.vaccine,
            given_on=dose.given_on,
            at=dose.record_check.checked_at,
            country=dose.country,
            batch_number=dose.batch_number,
        )
        for dose in seen.order_by("record_check__checked_at", "pk")
    ]
    return fold(mentions)


def fold(mentions: Iterable[Mention]) -> list[HistoryDose]:
    """Return one dose for all the mentions of one day, and for a vaguer mention that fits exactly one of them."""
    exact: dict[tuple[str, str], HistoryDose] = {}
    # The most exact first, so that vaguer ones find what they may belong to.
    for mention in sorted(mentions, key=lambda each: -len(each.given_on)):
        kind = _kind(mention.vaccine)
        same = exact.get((kind, mention.given_on))
        if same is None and len(mention.given_on) < len("2019-03-03"):
            fitting = [
                dose
                for (other, given_on), dose in exact.items()
                if other == kind
                and given_on.startswith(mention.given_on + "-")
                and all(each.key != mention.key for each in dose.mentions)
            ]
            same = fitting[0] if len(fitting) == 1 else None
        if same is None:
            exact[kind, mention.given_on] = HistoryDose(mention.vaccine, mention.given_on, [mention])
        else:
            same.mentions.append(mention)
    # What was given here is the surest name of it.
    for dose in exact.values():
        if dose.given_here:
            dose.vaccine = dose.given_here.vaccine
    return sorted(exact.values(), key=lambda dose: (span_of(dose.given_on), dose.vaccine))


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


@dataclass(frozen=True)
class VisitRecord:
    """What hangs on one visit, and everything that was recorded for the person at that clinic."""

    visit: Visit
    checks: list[RecordCheck]
    consents: list[Consent]
    screening: Screening | None
    recorded: dict[str, Vaccination]

    def consent_for(self, vaccine: str) -> Consent | None:
        """Return the latest word on a vaccine."""
        return consent_for(self.consents, vaccine)


def visit_record(visit: Visit) -> VisitRecord:
    """Return what was recorded on the visit. ``recorded`` holds what stands at this clinic by series, whichever row
    of a merged person it hangs on."""
    ids = row_ids(visit.person)
    recorded: dict[str, Vaccination] = {}
    for row in Vaccination.objects.current().filter(session=visit.session_id, person__in=ids):
        before = recorded.get(row.series)
        if before is None or before.status != Vaccination.Status.COMPLETED:
            recorded[row.series] = row
    return VisitRecord(
        visit=visit,
        checks=list(RecordCheck.objects.filter(visit__session=visit.session_id, person__in=ids)),
        consents=list(visit.consents.all()),
        screening=visit.screenings.last(),
        recorded=recorded,
    )


class StandingRow(NamedTuple):
    """What stands of one series for one person at one clinic."""

    visit_id: int
    person_id: int
    series: str
    status: str
    not_done_reason: str
    vaccine: str
    dose_number: int | None


def standing_at(session: ClinicSession) -> list[StandingRow]:
    """Return what stands at a clinic, oldest first, in one query.

    Of a person who has two rows here because they were taken for two, a dose stands before any word that none was
    given, and of two such words the later one.
    """
    root = Coalesce("person__merged_into", "person")
    rows = [
        StandingRow(*row)
        for row in Vaccination.objects.current()
        .filter(session=session)
        .order_by("recorded_at", "pk")
        .values_list("visit", root, "series", "status", "not_done_reason", "vaccine", "dose_number")
    ]
    last: dict[tuple[int, str], StandingRow] = {}
    for row in rows:
        before = last.get((row.person_id, row.series))
        if before is None or before.status != Vaccination.Status.COMPLETED:
            last[row.person_id, row.series] = row
    return [row for row in rows if row.status == Vaccination.Status.COMPLETED or row is last[row.person_id, row.series]]


def still_due(record: VisitRecord, standing: Forecast, session: ClinicSession) -> list[SeriesForecast]:
    """Return the series that are due, that the clinic offers, and of which nothing is recorded at it yet."""
    offered = {series_of(code) for code in session.vaccine_codes()}
    early = session.early_doses
    return [
        result
        for result in standing.series
        if result.series in offered
        and (result.status in DUE or result.status == "ask" or (early and result.counts_if_given is False))
        and result.series not in record.recorded
    ]


def rule_behind(verdict: SeriesForecast | DoseVerdict) -> Rule | None:
    """Return the rule a verdict rests on, with its sentence and source; None where it rests on the dates alone."""
    try:
        return rule(verdict.rule)
    except KeyError:
        return None


def record_checks(person: Person) -> list[RecordCheck]:
    """Return every record check of the person, newest first, with its doses."""
    return list(
        RecordCheck.objects.filter(person__in=row_ids(person))
        .prefetch_related(models.Prefetch("doses", DoseSeen.objects.order_by("given_on", "pk")))
        .order_by("-checked_at", "-pk")
    )


def vaccination_rows(person: Person) -> list[Vaccination]:
    """Return every row about the person's doses here, corrected and wrong ones included, oldest first."""
    return list(
        Vaccination.objects.filter(person__in=row_ids(person))
        .select_related("session", "replaces", "replaced_by", "moved_from", "moved_to")
        .order_by("recorded_at", "pk")
    )
