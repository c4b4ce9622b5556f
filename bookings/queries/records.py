"""The records of doses on screen: each with what it replaced, what was sent of it, and what it will say."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team
from clinics.models import Batch, ClinicSession
from clinics.words import clock, plain_date
from immunisations.models import Vaccination
from immunisations.models.sent import SentTo
from immunisations.people import root_of
from immunisations.queries import Sending, Standing, sent_rows, standing_of

# How many corrections one page lists. More than that in two weeks is read in the audit.
MOST_CORRECTIONS = 1000
MOST_CLINICS = 12


@dataclass
class RecordChain:
    """One record as it stands, with every row that it replaced, newest first."""

    row: Vaccination
    earlier: list[Vaccination]
    sent: list[Standing]

    @property
    def is_error(self) -> bool:
        """Whether nothing stands: the last word is that it was an error."""
        return self.row.status == Vaccination.Status.ENTERED_IN_ERROR

    @property
    def moved_from(self) -> Vaccination | None:
        """The row of another person, or of another course, that this one began as."""
        return next((row.moved_from for row in (self.row, *self.earlier) if row.moved_from), None)

    @property
    def moved_to(self) -> Vaccination | None:
        """The row that stands elsewhere in place of this error."""
        if not self.is_error or not self.earlier:
            return None
        return getattr(self.earlier[0], "moved_to", None)


def record_chains(rows: list[Vaccination]) -> list[RecordChain]:
    """Return all the rows of a person as chains, oldest first, with what was sent of each: one query.

    ``rows`` come from ``vaccination_rows``.
    """
    by_key = {row.pk: row for row in rows}
    sent = sent_rows(rows)
    chains = []
    for row in rows:
        if hasattr(row, "replaced_by"):
            continue
        earlier = []
        before = by_key.get(row.replaces_id) if row.replaces_id else None
        while before is not None:
            earlier.append(before)
            before = by_key.get(before.replaces_id) if before.replaces_id else None
        standing = [standing_of(row, to, by_key, sent) for to in SentTo.values]
        told = [each for each in standing if each.state in (Sending.SENT, Sending.RESEND)]
        chains.append(RecordChain(row, earlier, told))
    return sorted(chains, key=lambda chain: (chain.earlier or [chain.row])[-1].recorded_at)


@dataclass(frozen=True)
class Line:
    """One fact of a record before and after a correction."""

    name: str | Promise
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def record_lines(before: Vaccination, after: Vaccination) -> list[Line]:
    """Return the facts of a record side by side, before and after; those that both lack are left out."""
    return [
        Line(name, shown, then)
        for (name, shown), (_name, then) in zip(_facts(before), _facts(after), strict=True)
        if shown or then
    ]


def _facts(row: Vaccination) -> list[tuple[str, str]]:
    return [
        (_("Status"), str(row.get_status_display())),
        (_("Reason not given"), str(row.get_not_done_reason_display())),
        (_("Person"), root_of(row.person).list_name),
        (_("Vaccine"), str(row.get_vaccine_display() or row.get_series_display())),
        (_("Dose"), str(row.dose_number or "")),
        (_("Product"), row.product_name),
        (_("Batch"), row.batch_number),
        (_("Expires"), plain_date(row.batch_expires_on) if row.batch_expires_on else ""),
        (_("Site"), str(row.get_body_site_display())),
        (_("Route"), str(row.get_route_display())),
        (_("Given"), f"{clock(row.given_at)}, {plain_date(row.given_on)}" if row.given_at and row.given_on else ""),
        (_("Given by"), row.given_by_name),
        (_("Given under"), " ".join(filter(None, (row.legal_mechanism_name, row.legal_mechanism_version)))),
        (_("Consent"), row.consent_words),
        (_("Note"), row.note),
    ]


@dataclass(frozen=True)
class BatchUsed:
    """A batch that stands on records of a clinic, and on how many."""

    batch: Batch
    count: int


def batches_used(session: ClinicSession) -> list[BatchUsed]:
    """Return the batches on a clinic's records as they stand, the one used most first."""
    counts: dict[int, int] = {}
    for key in Vaccination.objects.given().filter(session=session).values_list("batch", flat=True):
        counts[key] = counts.get(key, 0) + 1
    batches = Batch.objects.filter(pk__in=counts).select_related("product")
    used = [BatchUsed(batch, counts[batch.pk]) for batch in batches]
    return sorted(used, key=lambda each: (-each.count, each.batch.number))


def records_of_batch(session: ClinicSession, batch: Batch) -> list[Vaccination]:
    """Return the records of a clinic that show a batch, as they stand, in the order in which they were given."""
    return list(
        Vaccination.objects.given()
        .filter(session=session, batch=batch)
        .select_related("session", "person__merged_into", "visit", "batch__product", "consent", "direction", "product")
        .prefetch_related("visit__consents")
        .order_by("given_at", "pk")
    )


@dataclass
class RecentCorrection:
    """One press of somebody's that corrected one record, or a whole clinic's together."""

    at: datetime
    by: str
    reason: str
    session: ClinicSession
    rows: list[Vaccination] = field(default_factory=list)

    @property
    def row(self) -> Vaccination:
        return self.rows[0]

    @property
    def what(self) -> str:
        """What was done, in words."""
        row, before = self.row, self.row.replaces
        if len(self.rows) > 1:
            return ngettext("Batch of %(count)s record", "Batch of %(count)s records", len(self.rows)) % {
                "count": len(self.rows)
            }
        if row.moved_from is not None:
            moved = row.moved_from.person_id != row.person_id
            return _("Moved from another person") if moved else _("Another vaccine")
        if row.status == Vaccination.Status.ENTERED_IN_ERROR:
            return _("Entered in error")
        if before is not None and before.status != row.status:
            return _("Not given after all")
        if before is not None and before.batch_id != row.batch_id:
            return _("Batch")
        changed = [str(line.name) for line in record_lines(before, row) if line.changed] if before else []
        return ", ".join(changed)

    @property
    def original(self) -> Vaccination | None:
        """The record that was corrected."""
        return self.row.moved_from or self.row.replaces


def _pressed_with(row: Vaccination) -> tuple[Any, ...]:
    """Return what the rows of one press share: only a batch is put right on several records together."""
    before = row.replaces
    if before is None or row.moved_from_id or not (row.is_given and before.is_given) or before.batch_id == row.batch_id:
        return (row.pk,)
    return (row.recorded_at, row.recorded_by_id, row.session_id, row.correction_reason, before.batch_id, row.batch_id)


def recent_corrections(team: Team, *, since: datetime) -> list[RecentCorrection]:
    """Return what was corrected at a team's clinics since a moment, newest first: one query, and a bound on it."""
    rows = (
        Vaccination.objects.filter(session__team=team, recorded_at__gte=since)
        .exclude(correction_reason="")
        .select_related("session__venue", "person__merged_into", "replaces__person", "moved_from__person__merged_into")
        .order_by("-recorded_at", "-pk")[:MOST_CORRECTIONS]
    )
    found: dict[tuple[Any, ...], RecentCorrection] = {}
    errors_of_moves = {row.moved_from_id for row in rows if row.moved_from_id}
    for row in rows:
        if row.status == Vaccination.Status.ENTERED_IN_ERROR and row.replaces_id in errors_of_moves:
            # The other half of a move, which is listed as one.
            continue
        key = _pressed_with(row)
        if key not in found:
            found[key] = RecentCorrection(row.recorded_at, row.recorded_by_name, row.correction_reason, row.session)
        found[key].rows.append(row)
    return list(found.values())


def latest_clinics(team: Team, *, today: date) -> list[ClinicSession]:
    """Return a team's clinics up to a day, the latest first, as many as are put right or sent from."""
    return list(
        ClinicSession.objects.filter(team=team, date__lte=today)
        .exclude(state=ClinicSession.State.DRAFT)
        .select_related("venue")
        .order_by("-date", "-pk")[:MOST_CLINICS]
    )
