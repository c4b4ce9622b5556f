"""What was recorded at a clinic, and what of it is still to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField
from django.db.models.functions import Coalesce

from accounts.recurring import Recurring
from clinics.models import ClinicSession
from clinics.vaccines import series_of
from immunisations.models import Consent, RecordCheck, Screening, Vaccination, Visit
from immunisations.people import OfPerson, row_ids
from immunisations.policies import consent_for, parents_not_told, screening_for
from immunisations.queries.outlook import Forecast
from immunisations.schedule import SeriesForecast

DUE = ("due", "overdue")


@dataclass(frozen=True)
class VisitRecord:
    """What hangs on one visit, and everything that was recorded for the person at that clinic."""

    visit: Visit
    checks: list[RecordCheck]
    consents: list[Consent]
    screenings: list[Screening]
    recorded: dict[str, Vaccination]

    def consent_for(self, vaccine: str) -> Consent | None:
        """Return the latest word on a vaccine."""
        return consent_for(self.consents, vaccine)

    @property
    def screening(self) -> Screening | None:
        """The latest answers to the health questions, for whichever vaccines."""
        return self.screenings[-1] if self.screenings else None

    def screening_for(self, vaccine: str) -> Screening | None:
        """Return the latest answers to the health questions that cover a vaccine."""
        return screening_for(self.screenings, vaccine)

    def parents_not_told(self, vaccine: str | None = None) -> bool:
        """Whether the young person asked that parents are not told: about a vaccine, or at all."""
        return parents_not_told(self.consents, vaccine)


_CURRENT: OfPerson[Vaccination] = OfPerson(
    lambda theirs, session: Vaccination.objects.current().filter(theirs, session=session), session=BigIntegerField()
)
_CHECKS: OfPerson[RecordCheck] = OfPerson(
    lambda theirs, session: RecordCheck.objects.filter(theirs, visit__session=session), session=BigIntegerField()
)
_CONSENTS: Recurring[Consent] = Recurring(lambda visit: Consent.objects.filter(visit=visit), visit=BigIntegerField())
_SCREENINGS: Recurring[Screening] = Recurring(
    lambda visit: Screening.objects.filter(visit=visit), visit=BigIntegerField()
)


def visit_record(visit: Visit) -> VisitRecord:
    """Return what was recorded on the visit. ``recorded`` holds what stands at this clinic by series, whichever row
    of a merged person it hangs on."""
    ids = row_ids(visit.person)
    recorded: dict[str, Vaccination] = {}
    for row in _CURRENT.all(ids, session=visit.session_id):
        before = recorded.get(row.series)
        if before is None or before.status != Vaccination.Status.COMPLETED:
            recorded[row.series] = row
    return VisitRecord(
        visit=visit,
        checks=_CHECKS.all(ids, session=visit.session_id),
        consents=_CONSENTS.all(visit=visit.pk),
        screenings=_SCREENINGS.all(visit=visit.pk),
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
    batch_id: int | None
    given_at: datetime | None


_STANDING: "Recurring[tuple[Any, ...]]" = Recurring(
    lambda session: (
        Vaccination.objects.current()
        .filter(session=session)
        .order_by("recorded_at", "pk")
        .values_list(
            "visit",
            Coalesce("person__merged_into", "person"),
            "series",
            "status",
            "not_done_reason",
            "vaccine",
            "dose_number",
            "batch",
            "given_at",
        )
    ),
    session=BigIntegerField(),
)


def standing_at(session: ClinicSession) -> list[StandingRow]:
    """Return what stands at a clinic, oldest first, in one query.

    Of a person who has two rows here because they were taken for two, a dose stands before any word that none was
    given, and of two such words the later one.
    """
    rows = [StandingRow(*row) for row in _STANDING.all(session=session.pk)]
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
