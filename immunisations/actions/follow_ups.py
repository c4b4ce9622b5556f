"""What somebody still has to do after a visit: set, changed, handed over, and closed by people only."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.members import members
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import ClinicSession
from clinics.times import london_day
from clinics.words import clock, plain_date
from immunisations.models import FollowUp, Person, Vaccination, Visit
from immunisations.next_steps import in_sentence
from immunisations.people import lock_root, row_ids
from immunisations.text import is_blank, tidy

State = FollowUp.State


class FollowUpRefused(Refused):
    """A follow-up cannot be set, changed or closed like this."""

    code = "follow_up_refused"


@dataclass(frozen=True)
class Wanted:
    """A follow-up as whoever sets it wants it: ``owner`` None is the team."""

    step: str
    due_on: date
    owner: User | None = None
    note: str = ""


def _check(wanted: Wanted, team_id: int) -> None:
    if wanted.step not in FollowUp.Step.values:
        raise FollowUpRefused(_("Select what to do."), code="no_step")
    if wanted.step == FollowUp.Step.OTHER and is_blank(wanted.note):
        raise FollowUpRefused(_("Enter in words what to do."), code="no_note")
    if wanted.owner is not None and wanted.owner.pk not in {user.pk for user in members(team_id, Permission.FOLLOW_UP)}:
        raise FollowUpRefused(_("Select somebody of the team who sees follow-ups."), code="no_owner")


@transaction.atomic
def add_follow_up(
    *,
    person: Person,
    session: ClinicSession,
    wanted: Wanted,
    by: User,
    at: datetime,
    visit: Visit | None = None,
    vaccination: Vaccination | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> FollowUp:
    """Set what is to be done next for somebody after a clinic.

    Where ``vaccination`` replaces a record whose follow-up is open, that one is changed instead of a second one set.
    The same ``client_uuid`` returns the same row. Raises FollowUpRefused (``no_step``, ``no_note``, ``no_owner``,
    ``used_before``), PermissionDenied.
    """
    require(by, Permission.FOLLOW_UP, session.team_id)
    root = lock_root(person)
    there = FollowUp.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
    if there is not None:
        if there.person_id not in row_ids(root):
            raise FollowUpRefused(_("This record was sent before, for somebody else."), code="used_before")
        return there
    _check(wanted, session.team_id)
    before = (
        FollowUp.objects.select_for_update(of=("self",))
        .filter(vaccination=vaccination.replaces_id, state=State.OPEN)
        .first()
        if vaccination is not None and vaccination.replaces_id
        else None
    )
    if before is not None:
        before.vaccination = vaccination
        return _write(before, wanted, by=by, at=at, source=source)
    row = FollowUp.objects.create(
        person=visit.person if visit is not None else person,
        session=session,
        visit=visit,
        vaccination=vaccination,
        step=wanted.step,
        owner=wanted.owner,
        due_on=wanted.due_on,
        note=tidy(wanted.note)[:300],
        made_by=by,
        made_by_name=str(by),
        made_at=at,
        client_uuid=client_uuid or uuid.uuid4(),
    )
    _note(row, "add_follow_up", by=by, at=at, source=source, after=_shown(row))
    return row


def _shown(row: FollowUp) -> dict[str, object]:
    return {
        "step": str(row.step),
        "due_on": row.due_on.isoformat(),
        "owner": row.owner.username if row.owner else None,
        "note": row.note,
    }


def _note(
    row: FollowUp,
    action: str,
    *,
    by: User,
    at: datetime,
    source: str,
    before: dict[str, object] | None = None,
    after: dict[str, object],
) -> None:
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=row,
        team=row.session.team_id,
        person_id=(row.person.merged_into or row.person).public_id,
        before=before,
        after=after,
    )


def _write(row: FollowUp, wanted: Wanted, *, by: User, at: datetime, source: str) -> FollowUp:
    before = _shown(row)
    row.step, row.due_on, row.owner, row.note = wanted.step, wanted.due_on, wanted.owner, tidy(wanted.note)[:300]
    row.version += 1
    row.save(update_fields=["step", "due_on", "owner", "note", "version", "vaccination"])
    _note(row, "change_follow_up", by=by, at=at, source=source, before=before, after=_shown(row))
    return row


def _locked(follow_up: FollowUp, version: int, by: User) -> FollowUp:
    """Lock the row and return it as it is now. Raises FollowUpRefused where it is not as whoever asks saw it."""
    require(by, Permission.FOLLOW_UP, follow_up.session.team_id)
    row = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("session", "person__merged_into", "owner")
        .get(pk=follow_up.pk)
    )
    if row.state != State.OPEN and row.closed_at is not None:
        raise FollowUpRefused(
            _("%(name)s closed this at %(time)s on %(date)s: %(state)s. %(came)s")
            % {
                "name": row.closed_by_name,
                "time": clock(row.closed_at),
                "date": plain_date(london_day(row.closed_at)),
                "state": str(row.get_state_display()).lower(),
                "came": row.came_of_it,
            },
            code="closed",
        )
    if row.version != version:
        raise FollowUpRefused(
            _("Somebody changed this meanwhile: %(step)s, %(date)s, %(owner)s. Look at it again.")
            % {
                "step": in_sentence(str(row.get_step_display())),
                "date": plain_date(row.due_on),
                "owner": row.owner or _("the team"),
            },
            code="changed",
        )
    return row


@transaction.atomic
def change_follow_up(
    *, follow_up: FollowUp, version: int, wanted: Wanted, by: User, at: datetime, source: str = "staff"
) -> FollowUp:
    """Change the step, the day or the note of an open follow-up, or hand it to somebody else.

    ``version`` is that of the row as it was seen. Raises FollowUpRefused (``closed`` with who closed it and when,
    ``changed``, ``no_step``, ``no_note``, ``no_owner``), PermissionDenied.
    """
    row = _locked(follow_up, version, by)
    _check(wanted, row.session.team_id)
    return _write(row, wanted, by=by, at=at, source=source)


@transaction.atomic
def close_follow_up(
    *, follow_up: FollowUp, version: int, state: str, came_of_it: str, by: User, at: datetime, source: str = "staff"
) -> FollowUp:
    """Say that it is done and what came of it, or that it is not needed any more (``dropped``) and why.

    ``version`` is that of the row as it was seen. Raises FollowUpRefused (``closed``, ``changed``, ``no_state``,
    ``no_words``), PermissionDenied.
    """
    row = _locked(follow_up, version, by)
    if state not in (State.DONE, State.DROPPED):
        raise FollowUpRefused(_("Select whether it is done or not needed any more."), code="no_state")
    if is_blank(came_of_it):
        raise FollowUpRefused(
            _("Enter what came of it.") if state == State.DONE else _("Enter why it is not needed any more."),
            code="no_words",
        )
    row.state, row.came_of_it = state, tidy(came_of_it)[:300]
    row.closed_at, row.closed_by_name, row.version = at, str(by), row.version + 1
    row.save(update_fields=["state", "came_of_it", "closed_at", "closed_by_name", "version"])
    _note(
        row,
        "close_follow_up",
        by=by,
        at=at,
        source=source,
        before={"state": str(State.OPEN)},
        after={"state": str(state), "came_of_it": row.came_of_it},
    )
    return row


def carry_follow_ups(
    pairs: Iterable[tuple[Vaccination, Vaccination]], *, by: User, at: datetime, source: str
) -> list[FollowUp]:
    """Have the open follow-ups of each record that was put right stand by the record that stands now, on whomever it
    is. Part of a correction's transaction.
    """
    new_of = {old.pk: new for old, new in pairs}
    rows = list(
        FollowUp.objects.select_for_update(of=("self",))
        .filter(vaccination__in=new_of, state=State.OPEN)
        .select_related("session", "person__merged_into", "vaccination")
        .order_by("pk")
    )
    for row in rows:
        old, new = row.vaccination, new_of[row.vaccination_id or 0]
        moved = old is not None and old.person_id != new.person_id
        row.vaccination, row.visit, row.person = new, new.visit, new.person
        row.version += 1
        row.save(update_fields=["vaccination", "visit", "person", "version"])
        if moved:
            _note(row, "move_follow_up", by=by, at=at, source=source, after={"vaccination": str(new.public_id)})
    return rows
