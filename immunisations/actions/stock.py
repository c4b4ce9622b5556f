"""The stock of a clinic, where it depends on the doses given: counted back, and held when a cool box was not cold."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.actions.stock import StockRefused, check_all_of_team, check_count, sent_before, uuid_for, write
from clinics.models import Batch, ClinicSession, CoolBoxReading, MovementKind, ReadingMoment, StockMovement, WasteReason
from clinics.policies import check_stock_open
from clinics.stock import at_clinic, lock_batches, lock_clinic
from clinics.words import clock
from immunisations.queries.stock import given_at, stock_of


@transaction.atomic
def count_back(
    *,
    session: ClinicSession,
    counts: Mapping[Batch, int],
    notes: Mapping[Batch, str] | None = None,
    by: User,
    at: datetime,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> list[StockMovement]:
    """Write down how many doses of each batch came back from a clinic. A later count replaces an earlier one.

    A count that says nothing new writes nothing, and its row is returned as it stands. Raises StockRefused (code
    "note_needed", ``details["batches"]``: their public ids) where a count differs from what was expected and there is
    no note, for another team's batch or an impossible count; ClinicRefused where the clinic is closed off.
    """
    require(by, Permission.KEEP_STOCK, session.team_id)
    # Against everybody at the clinic: no dose is given between the count that is expected and the one that is written.
    session.state = lock_clinic(session).state
    check_stock_open(session, leaving=True)
    for doses in counts.values():
        check_count(doses, at_least=0)
    batches = lock_batches(counts)
    check_all_of_team(batches.values(), session.team_id)
    said = {batch.pk: " ".join(note.split()) for batch, note in (notes or {}).items()}
    there, given = at_clinic(session), given_at(session)
    made, unexplained = [], []
    for batch, doses in ((batches[each.pk], doses) for each, doses in counts.items()):
        key = uuid_for(client_uuid, batch)
        before = sent_before(key, batch, MovementKind.BACK)
        if before is not None:
            made.append(before)
            continue
        known = there.get(batch.pk)
        expected = (known.taken - known.all_wasted if known else 0) - given.get(batch.pk, 0)
        standing, note = (known.back if known else None), said.get(batch.pk, "")
        if doses != expected and not note:
            unexplained.append(batch)
            continue
        if standing is not None and (standing.doses, standing.note) == (doses, note):
            made.append(standing)
            continue
        made.append(
            write(
                batch=batch,
                session=session,
                kind=MovementKind.BACK,
                doses=doses,
                by=by,
                at=at,
                note=note,
                client_uuid=key,
                replaces=standing,
                source=source,
                action="count_back",
            )
        )
    if unexplained:
        raise StockRefused(
            _("Say why the count differs from what was expected: %(batches)s.")
            % {"batches": ", ".join(f"{batch.product.name} {batch.number}" for batch in unexplained)},
            code="note_needed",
            batches=[str(batch.public_id) for batch in unexplained],
        )
    return made


def _lock_beside_doses(session: ClinicSession) -> ClinicSession:
    """Lock the clinic against other readings and whoever takes it whole, not against those who share it to record."""
    return ClinicSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


@dataclass(frozen=True)
class ReadingMade:
    """A reading as it was written, and the batches that it put in quarantine at the clinic."""

    reading: CoolBoxReading
    held: list[Batch]


@transaction.atomic
def record_reading(
    *,
    session: ClinicSession,
    box: str,
    moment: str,
    celsius: Decimal,
    by: User,
    at: datetime,
    note: str = "",
    replaces: CoolBoxReading | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> ReadingMade:
    """Write down the temperature of a cool box in degrees Celsius, to one place.

    Outside +2 to +8 °C (Green Book chapter 3) everything that was taken to the clinic, or given there, is put in
    quarantine in the same transaction: nothing of it can be given there until it is released. A reading that was
    mistyped is put right by one that ``replaces`` it; what was quarantined for it stays so until it is released.

    Raises StockRefused for no box, an unknown moment, what no thermometer shows, or code "already_put_right".
    """
    require(by, Permission.KEEP_STOCK, session.team_id)
    box = " ".join(box.split())
    if not box:
        raise StockRefused(_("Enter which cool box it is."), code="no_box")
    if moment not in ReadingMoment.values:
        raise StockRefused(_("Select when the temperature was read."), code="no_moment")
    if not celsius.is_finite() or not -40 <= celsius <= 60:
        raise StockRefused(_("Enter a temperature between -40 and 60 °C."), code="no_temperature")
    reading = CoolBoxReading(
        session=session,
        box=box[:40],
        moment=moment,
        celsius=celsius.quantize(Decimal("0.1")),
        note=" ".join(note.split())[:300],
        by=by,
        by_name=str(by),
        at=at,
        client_uuid=client_uuid or uuid.uuid4(),
        replaces=replaces,
    )
    # An excursion takes the clinic from everybody: a dose being recorded is finished first and counted, and the next
    # one sees the quarantine. Other readings go on beside the doses, and one after the other: a second one that was
    # sent twice, or puts right the same reading, finds the first.
    session.state = (lock_clinic if reading.is_excursion else _lock_beside_doses)(session).state
    check_stock_open(session)
    before = CoolBoxReading.objects.filter(client_uuid=reading.client_uuid).first()
    if before is not None:
        if before.session_id != session.pk:
            raise Refused(_("This was sent before, for something else."), code="used_before")
        return ReadingMade(before, [])
    if replaces is not None and CoolBoxReading.objects.filter(replaces=replaces).exists():
        raise StockRefused(_("This reading was put right already."), code="already_put_right")
    reading.save()
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_reading",
        thing=reading,
        team=session.team_id,
        before={"celsius": str(replaces.celsius), "replaces": str(replaces.public_id)} if replaces else None,
        after={"box": reading.box, "moment": moment, "celsius": str(reading.celsius)},
        reason=reading.note,
    )
    held = _hold(session, reading, by=by, at=at, source=source) if reading.is_excursion else []
    return ReadingMade(reading, held)


def _hold(session: ClinicSession, reading: CoolBoxReading, *, by: User, at: datetime, source: str) -> list[Batch]:
    """Put in quarantine what is at the clinic and not held there yet; the clinic is locked."""
    lines = {line.batch.pk: line for line in stock_of(session).lines if line.hold is None}
    batches = lock_batches(line.batch for line in lines.values())
    why = _("%(box)s was at %(celsius)s °C at %(time)s.") % {
        "box": reading.box,
        "celsius": number_format(reading.celsius, 1),
        "time": clock(at),
    }
    for key, batch in batches.items():
        write(
            batch=batch,
            session=session,
            kind=MovementKind.QUARANTINED,
            doses=max(0, lines[key].expected),
            by=by,
            at=at,
            note=f"{why} {reading.note}".strip(),
            source=source,
            action="hold_stock",
        )
    return list(batches.values())


@transaction.atomic
def destroy_held(
    *, session: ClinicSession, batch: Batch, note: str, by: User, at: datetime, source: str = "staff"
) -> StockMovement:
    """Write down that everything held of a batch at a clinic was destroyed: wasted, too warm or too cold.

    Doses counted back already are taken off that count. Raises StockRefused where nothing is held, or without a note.
    """
    require(by, Permission.RELEASE_STOCK, session.team_id)
    if not note.strip():
        raise StockRefused(_("Say whose advice you took and what it was."), code="note_needed")
    lock_clinic(session)
    check_all_of_team([batch], session.team_id)
    batch = lock_batches([batch])[batch.pk]
    line = next((each for each in stock_of(session).lines if each.batch.pk == batch.pk), None)
    if line is None or line.hold is None:
        raise StockRefused(
            _("Batch %(number)s is not held at this clinic.") % {"number": batch.number}, code="not_held"
        )
    if not line.held_doses:
        raise StockRefused(
            _("Nothing of batch %(number)s is left to destroy by the stock list. Put the counts right first.")
            % {"number": batch.number},
            code="nothing_held",
        )
    standing = StockMovement.objects.filter(
        session=session, batch=batch, kind=MovementKind.BACK, replaced_by__isnull=True
    ).first()
    if standing is not None:
        write(
            batch=batch,
            session=session,
            kind=MovementKind.BACK,
            doses=0,
            by=by,
            at=at,
            note=note,
            replaces=standing,
            source=source,
            action="count_back",
        )
    return write(
        batch=batch,
        session=session,
        kind=MovementKind.WASTED,
        doses=line.held_doses,
        reason=WasteReason.COLD_CHAIN,
        by=by,
        at=at,
        note=note,
        source=source,
        action="destroy_held",
    )
