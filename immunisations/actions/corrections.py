"""Putting a record right: a new row that replaces the old one, which stays."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from clinics.models import Batch
from clinics.times import london_day
from clinics.vaccines import series_of
from immunisations.actions.vaccinations import chain_end
from immunisations.actions.visits import begin_visit
from immunisations.models import Person, Vaccination, Visit
from immunisations.people import lock_root
from immunisations.policies import (
    DoseRefused,
    can_correct,
    check_batch_was_possible,
    check_session_correctable,
    check_site,
)
from immunisations.text import is_blank, tidy

# What may be put right on a record as it stands. Anything else is entered in error and recorded anew.
CORRECTABLE = frozenset({"batch", "body_site", "route", "given_at", "note", "not_done_reason"})
# Columns that a replacing row never takes over from the one it replaces.
OWN = frozenset(
    {
        "id",
        "public_id",
        "client_uuid",
        "replaces",
        "moved_from",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
        "correction_reason",
    }
)


class CorrectionRefused(Refused):
    """A record cannot be corrected like this."""

    code = "correction_refused"


def _copy(row: Vaccination, **changes: Any) -> Vaccination:
    facts = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if field.name not in OWN}
    return Vaccination(**facts | changes)


def _shown(row: Vaccination, names: Mapping[str, Any]) -> dict[str, Any]:
    columns = {"batch": "batch_number"}
    return {name: str(getattr(row, columns.get(name, name))) for name in names}


def _apply(row: Vaccination, changes: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Return the columns of the corrected row. Raises DoseRefused or CorrectionRefused for what cannot stand."""
    columns = dict(changes)
    if row.status == Vaccination.Status.NOT_DONE:
        if set(changes) - {"note", "not_done_reason"}:
            raise CorrectionRefused(_("Only the reason and the note of this record can be corrected."), code="fixed")
        return columns
    if "not_done_reason" in changes:
        raise CorrectionRefused(_("A dose that was given has no such reason."), code="fixed")
    given_at: datetime = columns.get("given_at") or row.given_at  # type: ignore[assignment]  # never None: it was given
    if given_at > at:
        raise DoseRefused(_("The dose cannot have been given in the future."), code="in_the_future")
    given_on = london_day(given_at)
    if given_on != row.session.date:
        raise DoseRefused(_("The time must be on the day of the clinic."), code="other_day")
    columns |= {"given_at": given_at, "given_on": given_on}
    batch: Batch | None = columns.get("batch")
    if batch is not None:
        if series_of(batch.product.vaccine) != row.series:
            raise CorrectionRefused(
                _("That batch is of another vaccine. Mark this record as entered in error and record the dose anew."),
                code="other_series",
            )
        check_batch_was_possible(batch, team_id=row.session.team_id, on=given_on)
        product = batch.product
        columns |= {
            "product": product,
            "vaccine": product.vaccine,
            "product_name": product.name.strip(),
            "product_code": product.dmd_code,
            "maker": product.maker,
            "batch_number": batch.number.strip(),
            "batch_expires_on": batch.expires_on,
            "volume_ml": product.volume_ml,
        }
    check_site(columns.get("body_site", row.body_site), columns.get("route", row.route))
    return columns


@transaction.atomic
def correct_vaccination(
    *,
    vaccination: Vaccination,
    reason: str,
    by: User,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    entered_in_error: bool = False,
    move_to: Person | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> Vaccination:
    """Put a record right, and return the row that stands then (or says that the old one was an error).

    Just one of: ``changes`` (any of CORRECTABLE; a batch brings its product along), ``entered_in_error`` (it never
    happened, or was recorded twice), ``move_to`` (it belongs to another person of the team: an error there, a new
    row here). The old row is never touched. Raises CorrectionRefused (``no_reason``, ``not_current``, ``fixed``,
    ``other_series``, ``same_person``, ``used_before`` where the row with this ``client_uuid`` corrects another one),
    Refused ``already_recorded`` where the other person has that dose already,
    PermissionDenied unless it is one's own record of the same day or the role may correct others'.
    """
    if sum((bool(changes), entered_in_error, move_to is not None)) != 1:
        raise TypeError("a correction changes something, or marks an error, or moves the record: just one of them")
    if changes and set(changes) - CORRECTABLE:
        raise TypeError(f"not correctable: {', '.join(sorted(set(changes) - CORRECTABLE))}")
    if not can_correct(vaccination, by, london_day(at)):
        raise PermissionDenied
    roots = _lock_both(vaccination.person, move_to)
    if client_uuid is not None:
        there = Vaccination.objects.filter(client_uuid=client_uuid).first()
        if there is not None and vaccination.pk not in (there.replaces_id, there.moved_from_id):
            raise CorrectionRefused(_("This correction was sent before, for another record."), code="used_before")
        if there is not None:
            return there
    row = Vaccination.objects.select_related("session__venue", "person", "visit", "batch__product").get(
        pk=vaccination.pk
    )
    check_session_correctable(row.session)
    if is_blank(reason):
        raise CorrectionRefused(_("Enter why the record is corrected."), code="no_reason")
    if row.status == Vaccination.Status.ENTERED_IN_ERROR or Vaccination.objects.filter(replaces=row).exists():
        raise CorrectionRefused(
            _("This record was corrected already. Correct the record that stands."), code="not_current"
        )
    mine = {
        "recorded_by": by,
        "recorded_by_name": str(by),
        "recorded_at": at,
        "correction_reason": tidy(reason)[:300],
    }
    if changes:
        columns = _apply(row, changes, at=at)
        new = _copy(row, **columns, **mine, replaces=row, client_uuid=client_uuid or uuid.uuid4())
        new.save(force_insert=True)
    else:
        error = _copy(row, **mine, status=Vaccination.Status.ENTERED_IN_ERROR, replaces=row, client_uuid=uuid.uuid4())
        if move_to is None:
            error.client_uuid = client_uuid or error.client_uuid
            error.save(force_insert=True)
            new = error
        else:
            target = roots[1]
            if target.team_id != row.session.team_id:
                raise PermissionDenied
            if target.pk == roots[0].pk:
                raise CorrectionRefused(_("The record is this person’s already."), code="same_person")
            visit, _began = begin_visit(
                session=row.session, person=target, by=by, at=at, arrived_at=row.visit.arrived_at, source=source
            )
            replaces = chain_end(target, visit.person, row.session_id, row.series)
            error.save(force_insert=True)
            new = _copy(
                row,
                **mine,
                person=visit.person,
                visit=visit,
                replaces=replaces,
                moved_from=row,
                client_uuid=client_uuid or uuid.uuid4(),
            )
            new.save(force_insert=True)
            Visit.objects.filter(pk=visit.pk, left_at__isnull=True).update(left_at=at)
    action = "move_vaccination" if move_to else "mark_entered_in_error" if entered_in_error else "correct_vaccination"
    names = changes or {"status": None}
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=new,
        team=row.session.team_id,
        person_id=roots[-1].public_id,
        before={"vaccination": str(row.public_id), **_shown(row, names)},
        after=_shown(new, names),
        reason=reason.strip(),
    )
    return new


def _lock_both(one: Person, other: Person | None) -> list[Person]:
    """Lock the roots of one or two people in the order of their keys, and return them as they were named."""
    if other is None:
        return [lock_root(one)]
    locked = {person.pk: lock_root(person) for person in sorted((one, other), key=lambda each: each.root_id)}
    return [locked[one.pk], locked[other.pk]]
