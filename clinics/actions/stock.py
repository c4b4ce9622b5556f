"""Stock that a team receives, takes to clinics and wastes; a count put right; a batch quarantined and released.

Every row says how many doses of one batch, who and when. What depends on the doses given (a clinic's count at its end,
a cool box that was too warm) is in the app that keeps the records of doses.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import Batch, ClinicSession, MovementKind, StockMovement, WasteReason
from clinics.places import share_session
from clinics.policies import check_stock_open, check_takeable
from clinics.stock import at_clinic, hold_of, ledger, lock_batches

# More than a lorry brings: a slip of the finger, such as a batch number typed as a count.
MOST_DOSES = 10_000
# What a wrong count may be put right on.
COUNTED = (MovementKind.RECEIVED, MovementKind.OUT, MovementKind.WASTED, MovementKind.BACK)


class StockRefused(Refused):
    """Stock cannot be recorded like this."""

    code = "stock_refused"


def check_count(doses: int, *, at_least: int = 1) -> None:
    """Raise StockRefused (code "no_count") unless it is a number of doses that somebody can have counted."""
    if not at_least <= doses <= MOST_DOSES:
        raise StockRefused(
            _("The number of doses must be between %(least)s and %(most)s.") % {"least": at_least, "most": MOST_DOSES},
            code="no_count",
        )


def check_all_of_team(batches: Iterable[Batch], team_id: int) -> None:
    """Raise StockRefused (code "batch_of_other_team") where a batch is another team's."""
    if any(batch.team_id != team_id for batch in batches):
        raise StockRefused(_("Select a batch of this team."), code="batch_of_other_team")


def sent_before(client_uuid: uuid.UUID | None, batch: Batch, kind: str) -> StockMovement | None:
    """Return the row that this very request made before. Raises Refused where it was about something else."""
    if client_uuid is None:
        return None
    row = StockMovement.objects.filter(client_uuid=client_uuid).first()
    if row is not None and (row.batch_id != batch.pk or row.kind != kind):
        raise Refused(_("This was sent before, for something else."), code="used_before")
    return row


def uuid_for(client_uuid: uuid.UUID | None, batch: Batch) -> uuid.UUID | None:
    """Return the id of one batch's row where a request speaks of several."""
    return uuid.uuid5(client_uuid, str(batch.public_id)) if client_uuid else None


def write(
    *,
    batch: Batch,
    kind: str,
    doses: int,
    by: User,
    at: datetime,
    source: str,
    action: str,
    session: ClinicSession | None = None,
    reason: str = "",
    note: str = "",
    client_uuid: uuid.UUID | None = None,
    replaces: StockMovement | None = None,
) -> StockMovement:
    """Write one row of the ledger and its audit event. The batch is locked already."""
    row = StockMovement.objects.create(
        batch=batch,
        session=session,
        kind=kind,
        doses=doses,
        reason=reason,
        note=" ".join(note.split())[:300],
        by=by,
        by_name=str(by),
        at=at,
        client_uuid=client_uuid or uuid.uuid4(),
        replaces=replaces,
    )
    after: dict[str, Any] = {"batch": batch.number, "kind": str(kind), "doses": doses}
    if session is not None:
        after["clinic"] = str(session.public_id)
    if reason:
        after["reason"] = str(reason)
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=row,
        team=batch.team_id,
        before={"doses": replaces.doses, "replaces": str(replaces.public_id)} if replaces else None,
        after=after,
        reason=row.note,
    )
    return row


@transaction.atomic
def receive_stock(
    *,
    batch: Batch,
    doses: int,
    by: User,
    at: datetime,
    note: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> StockMovement:
    """Write down that doses of a batch came to the team's store. The same ``client_uuid`` returns the same row."""
    require(by, Permission.KEEP_STOCK, batch.team_id)
    check_count(doses)
    batch = lock_batches([batch])[batch.pk]
    return sent_before(client_uuid, batch, MovementKind.RECEIVED) or write(
        batch=batch,
        kind=MovementKind.RECEIVED,
        doses=doses,
        by=by,
        at=at,
        note=note,
        client_uuid=client_uuid,
        source=source,
        action="receive_stock",
    )


@transaction.atomic
def take_stock(
    *,
    session: ClinicSession,
    counts: Mapping[Batch, int],
    by: User,
    at: datetime,
    confirmed: bool = False,
    note: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> list[StockMovement]:
    """Write down that so many doses of each batch are taken from the store to a clinic.

    Raises StockRefused for a batch that expired by the clinic's day, that is quarantined as a whole or at this clinic,
    for more than may be taken where some doses in the store are held; code "more_than_in_store" where the ledger knows
    of fewer and it is not ``confirmed``: paper and shelf may differ from it, and the difference is shown.
    """
    require(by, Permission.KEEP_STOCK, session.team_id)
    session.state = share_session(session)
    check_stock_open(session)
    for doses in counts.values():
        check_count(doses)
    if not counts:
        raise StockRefused(_("Enter how many doses of at least one batch."), code="nothing_counted")
    batches = lock_batches(counts)
    check_all_of_team(batches.values(), session.team_id)
    wanted = {batches[batch.pk]: doses for batch, doses in counts.items()}
    before = [row for batch in wanted if (row := sent_before(uuid_for(client_uuid, batch), batch, MovementKind.OUT))]
    if before:
        return before
    there, stores = at_clinic(session), ledger(wanted)
    short = []
    for batch, doses in wanted.items():
        check_takeable(batch, on=session.date, held_here=bool(batch.pk in there and there[batch.pk].hold))
        store = stores[batch.pk]
        if doses > store.free:
            if store.held_in_store:
                raise StockRefused(
                    _("Batch %(number)s: %(held)s doses in the store are held, %(free)s may be taken.")
                    % {"number": batch.number, "held": store.held_in_store, "free": max(0, store.free)},
                    code="held_in_store",
                )
            short.append((batch, store.free))
    if short and not confirmed:
        raise StockRefused(
            " ".join(
                _("Batch %(number)s: the stock list knows of %(free)s doses in the store.")
                % {"number": batch.number, "free": max(0, free)}
                for batch, free in short
            )
            + " "
            + _("Count again, or confirm that you take more."),
            code="more_than_in_store",
            batches=[str(batch.public_id) for batch, _free in short],
        )
    return [
        write(
            batch=batch,
            session=session,
            kind=MovementKind.OUT,
            doses=doses,
            by=by,
            at=at,
            note=note,
            client_uuid=uuid_for(client_uuid, batch),
            source=source,
            action="take_stock",
        )
        for batch, doses in wanted.items()
    ]


@transaction.atomic
def note_added_at_clinic(
    *, session: ClinicSession, batch: Batch, by: User, at: datetime, source: str = "staff"
) -> StockMovement | None:
    """Write down that a batch that nobody had taken to a clinic was found there, as many doses as nobody counted.

    Returns None where it was taken there, or found there, before; and where a cool box was too warm or too cold and
    nobody said in which this batch came: it stays held. Nothing is refused: the dose was recorded.
    """
    share_session(session)
    batch = lock_batches([batch])[batch.pk]
    there = at_clinic(session).get(batch.pk)
    if there is not None and there.was_taken:
        return None
    if hold_of(session=session, batch=batch).unknown_after_excursion:
        return None
    return write(
        batch=batch,
        session=session,
        kind=MovementKind.OUT,
        doses=0,
        by=by,
        at=at,
        note=_("Added at the clinic. Nobody counted the doses taken."),
        source=source,
        action="note_added_at_clinic",
    )


@transaction.atomic
def waste_stock(
    *,
    batch: Batch,
    session: ClinicSession | None,
    doses: int,
    reason: str,
    by: User,
    at: datetime,
    note: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> StockMovement:
    """Write down that doses were wasted at a clinic, or in the store where ``session`` is None, and why.

    Raises StockRefused for an unknown reason (code "no_reason") or count, and for "something else" without a note.
    """
    require(by, Permission.KEEP_STOCK, batch.team_id)
    check_count(doses)
    if reason not in WasteReason.values:
        raise StockRefused(_("Select why the doses were wasted."), code="no_reason")
    if reason == WasteReason.OTHER and not note.strip():
        raise StockRefused(_("Say why the doses were wasted."), code="note_needed")
    if session is not None:
        session.state = share_session(session)
        check_stock_open(session, leaving=True)
        check_all_of_team([batch], session.team_id)
    batch = lock_batches([batch])[batch.pk]
    return sent_before(client_uuid, batch, MovementKind.WASTED) or write(
        batch=batch,
        session=session,
        kind=MovementKind.WASTED,
        doses=doses,
        reason=reason,
        by=by,
        at=at,
        note=note,
        client_uuid=client_uuid,
        source=source,
        action="waste_stock",
    )


@transaction.atomic
def put_count_right(
    *,
    movement: StockMovement,
    doses: int,
    note: str,
    by: User,
    at: datetime,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> StockMovement:
    """Write a further row that replaces a wrong count: as many ``doses`` (0 where it did not happen), and why.

    Of a clinic that is closed off, those who may release stock put counts right. Raises StockRefused without a reason,
    for a row that is not a count, and code "already_put_right" where another row replaced it meanwhile.
    """
    batch, session = movement.batch, movement.session
    # As it is now: the page may be from before the clinic was closed.
    closed = session is not None and share_session(session) == ClinicSession.State.CLOSED_OFF
    require(by, Permission.RELEASE_STOCK if closed else Permission.KEEP_STOCK, batch.team_id)
    check_count(doses, at_least=0)
    if not note.strip():
        raise StockRefused(_("Say what was wrong."), code="note_needed")
    if movement.kind not in COUNTED:
        raise StockRefused(_("Only a count can be put right."), code="not_a_count")
    batch = lock_batches([batch])[batch.pk]
    before = sent_before(client_uuid, batch, movement.kind)
    if before is not None:
        return before
    later = StockMovement.objects.filter(replaces=movement).first()
    if later is not None:
        raise StockRefused(
            _("%(name)s put this count right already: it says %(doses)s.")
            % {"name": later.by_name, "doses": later.doses},
            code="already_put_right",
        )
    return write(
        batch=batch,
        session=session,
        kind=movement.kind,
        doses=doses,
        reason=movement.reason,
        by=by,
        at=at,
        note=note,
        client_uuid=client_uuid,
        replaces=movement,
        source=source,
        action="put_count_right",
    )


@transaction.atomic
def release_batch(*, batch: Batch, note: str, by: User, at: datetime, source: str = "staff") -> Batch:
    """Take a whole batch out of quarantine, with the advice taken.

    Raises StockRefused without a note, and for a batch that is not in quarantine.
    """
    require(by, Permission.RELEASE_STOCK, batch.team_id)
    if not note.strip():
        raise StockRefused(_("Say whose advice you took and what it was."), code="note_needed")
    batch = lock_batches([batch])[batch.pk]
    if batch.quarantined_at is None:
        raise StockRefused(_("Batch %(number)s is not in quarantine.") % {"number": batch.number}, code="not_held")
    batch.quarantined_at, batch.quarantine_reason = None, ""
    batch.save(update_fields=["quarantined_at", "quarantine_reason"])
    write(
        batch=batch,
        kind=MovementKind.RELEASED,
        doses=max(0, ledger([batch])[batch.pk].in_store),
        by=by,
        at=at,
        note=note,
        source=source,
        action="release_batch",
    )
    return batch


@transaction.atomic
def release_at_clinic(
    *, session: ClinicSession, batch: Batch, note: str, by: User, at: datetime, source: str = "staff"
) -> StockMovement:
    """Release what was quarantined of a batch at one clinic, with the advice taken: it may be given again.

    Raises StockRefused without a note, and for a batch that is not held there.
    """
    require(by, Permission.RELEASE_STOCK, session.team_id)
    if not note.strip():
        raise StockRefused(_("Say whose advice you took and what it was."), code="note_needed")
    share_session(session)
    check_all_of_team([batch], session.team_id)
    batch = lock_batches([batch])[batch.pk]
    there = at_clinic(session).get(batch.pk)
    if there is None or there.hold is None:
        raise StockRefused(
            _("Batch %(number)s is not held at this clinic.") % {"number": batch.number}, code="not_held"
        )
    return write(
        batch=batch,
        session=session,
        kind=MovementKind.RELEASED,
        doses=there.hold.doses,
        by=by,
        at=at,
        note=note,
        source=source,
        action="release_at_clinic",
    )
