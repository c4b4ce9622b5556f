"""One record put right."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clinics.models import Batch
from clinics.times import london_day
from immunisations.actions.corrections.planning import CORRECTABLE, copied, plan
from immunisations.actions.corrections.refusals import CorrectionRefused
from immunisations.actions.follow_ups import carry_follow_ups
from immunisations.actions.reactions import carry_reactions
from immunisations.actions.statuses import refresh_statuses
from immunisations.actions.vaccinations import chain_end
from immunisations.actions.visits import begin_visit
from immunisations.models import Person, Vaccination, Visit
from immunisations.people import lock_root
from immunisations.policies import can_correct, can_record, check_session_correctable
from immunisations.queries import facts_for, forecast_for, still_due, visit_record
from immunisations.text import is_blank, tidy
from immunisations.waiting import keep_waiting_right

LOADED = ("session__venue", "person__merged_into", "visit", "batch__product", "consent", "screening", "direction")


@transaction.atomic
def correct_vaccination(
    *,
    vaccination: Vaccination,
    reason: str,
    by: User,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    entered_in_error: bool = False,
    not_given: str = "",
    given_instead: Batch | None = None,
    body_site: str = "",
    move_to: Person | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> Vaccination:
    """Put a record right, and return the row that stands then (or says that the old one was an error).

    Just one of: ``changes`` (any of CORRECTABLE; a batch brings its product along), ``entered_in_error`` (it never
    happened, or was recorded twice), ``not_given`` (nothing was given, for this reason), ``given_instead`` (a batch of
    another course was given, at ``body_site`` unless at the same: an error here, a new row there), ``move_to`` (it
    belongs to another person of the team: an error there, a new row here). The old row is never touched.

    Raises CorrectionRefused (``no_reason``, ``not_current``, ``fixed``, ``nothing_changed``, ``other_series``,
    ``same_series``, ``no_consent``, ``same_person``, ``used_before`` where the row with this ``client_uuid`` corrects
    another one), DoseRefused for what no dose could have, Refused ``already_recorded`` where the other person, or the
    other course, has a dose at that clinic already, PermissionDenied unless it is one's own record of the same day or
    the role may correct others'.
    """
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
    row = Vaccination.objects.select_related(*LOADED).get(pk=vaccination.pk)
    check_session_correctable(row.session)
    if is_blank(reason):
        raise CorrectionRefused(_("Enter why the record is corrected."), code="no_reason")
    _check_current(row)
    if move_to is not None and roots[-1].team_id != row.session.team_id:
        raise PermissionDenied
    planned = plan(
        row,
        at=at,
        changes=changes,
        entered_in_error=entered_in_error,
        not_given=not_given,
        given_instead=given_instead,
        body_site=body_site,
        move_to=roots[-1] if move_to else None,
    )
    new = planned.row
    marks = {
        "recorded_by": by,
        "recorded_by_name": str(by),
        "recorded_at": at,
        "correction_reason": tidy(reason)[:300],
    }
    _mark(new, marks, client_uuid=client_uuid)
    began = False
    if planned.elsewhere:
        if move_to is not None:
            began = _begin_visit_of_mover(new, row, roots[-1], by=by, at=at, source=source)
        # Asked before the error is written: where a dose stands already, nothing is.
        new.replaces = chain_end(roots[-1], new.person, new.session_id, new.series)
        new.moved_from = row
        error = copied(row, status=Vaccination.Status.ENTERED_IN_ERROR)
        _mark(error, marks)
        error.replaces = row
        error.save(force_insert=True)
    else:
        new.replaces = row
    new.save(force_insert=True)
    if move_to is not None and (began or not _goes_on(new.visit, at)):
        Visit.objects.filter(pk=new.visit_id, left_at__isnull=True).update(left_at=at)
    carry_reactions([(row, new)], by=by, at=at, reason=new.correction_reason)
    carry_follow_ups([(row, new)], by=by, at=at, source=source)
    keep_waiting_right(row.visit, at=at)
    _finish(row, new, planned.action, roots, changes=changes or {}, by=by, at=at, source=source)
    return new


def _check_current(row: Vaccination) -> None:
    """Raise CorrectionRefused where the row does not stand any more, saying who corrected it and when."""
    later = Vaccination.objects.filter(replaces=row).first()
    if row.status == Vaccination.Status.ENTERED_IN_ERROR or later is not None:
        raise CorrectionRefused(
            _("%(name)s corrected this record meanwhile. Correct the record that stands now.")
            % {"name": (later or row).recorded_by_name},
            code="not_current",
        )


def _mark(row: Vaccination, marks: Mapping[str, Any], *, client_uuid: uuid.UUID | None = None) -> None:
    for name, value in marks.items():
        setattr(row, name, value)
    row.client_uuid = client_uuid or uuid.uuid4()


def _begin_visit_of_mover(
    new: Vaccination, row: Vaccination, target: Person, *, by: User, at: datetime, source: str
) -> bool:
    visit, began = begin_visit(
        session=row.session, person=target, by=by, at=at, arrived_at=row.visit.arrived_at, source=source
    )
    new.visit, new.person = visit, visit.person
    return began


def _goes_on(visit: Visit, at: datetime) -> bool:
    """Whether somebody may still be at the clinic for something else: on its day, with more due."""
    session = visit.session
    if not can_record(session) or session.date != london_day(at):
        return False
    record = visit_record(visit)
    outlook = forecast_for(visit.person, session.date, facts_for(visit.person, session, record.screenings))
    return bool(outlook.problem or still_due(record, outlook, session))


def _shown(row: Vaccination, names: Collection[str]) -> dict[str, Any]:
    columns = {"batch": "batch_number"}
    return {name: str(getattr(row, columns.get(name, name))) for name in names}


def _finish(
    row: Vaccination,
    new: Vaccination,
    action: str,
    roots: list[Person],
    *,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    source: str,
) -> None:
    """What follows from every correction of one record, in its transaction. ``roots`` are all whom it concerns."""
    refresh_statuses(roots)
    names = list(changes) or ["status"]
    if {row.vaccine, new.vaccine} != {row.vaccine}:
        names.append("vaccine")
    if row.person_id != new.person_id:
        names.append("person")
    before = {"vaccination": str(row.public_id), **_shown(row, names)}
    after = _shown(new, names)
    if "person" in names:
        # Ids, not names: an audit event outlives them.
        before["person"], after["person"] = str(roots[0].public_id), str(roots[-1].public_id)
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=new,
        team=row.session.team_id,
        person_id=roots[-1].public_id,
        before=before,
        after=after,
        reason=new.correction_reason,
    )


def _lock_both(one: Person, other: Person | None) -> list[Person]:
    """Lock the roots of one or two people in the order of their keys, and return them as they were named."""
    if other is None:
        return [lock_root(one)]
    locked = {person.pk: lock_root(person) for person in sorted((one, other), key=lambda each: each.root_id)}
    return [locked[one.pk], locked[other.pk]]
