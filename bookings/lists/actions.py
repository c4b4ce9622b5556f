"""Adding people to a clinic's list, and taking somebody off it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from bookings.models import ListEntry, ListImport
from clinics.models import ClinicSession
from immunisations.actions import NewPerson, add_people, add_person, add_prison_number
from immunisations.models import Person, PersonIdentifier, Vaccination
from immunisations.people import row_ids
from immunisations.policies import check_session_open
from immunisations.text import is_blank, tidy


class ListRefused(Refused):
    """A clinic's list cannot be changed like this."""

    code = "list_refused"


@dataclass(frozen=True)
class Listed:
    """Somebody to go on a clinic's list: a ``person`` known, or the ``details`` of a new one as ``add_person`` takes
    them.
    """

    details: dict[str, Any]
    person: Person | None = None
    prison_number: str = ""
    group: str = ""
    location: str = ""
    is_staff: bool = False
    note: str = ""


def lock_list(session: ClinicSession) -> ClinicSession:
    """Lock a clinic's list until the transaction ends, so that two who add to it take turns; return the clinic as it
    is. Raises SessionNotOpen.
    """
    locked = (
        ClinicSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("team", "venue")
        .get(pk=session.pk)
    )
    check_session_open(locked)
    return locked


def _entry(
    session: ClinicSession,
    listed: Listed,
    position: int,
    *,
    by: User,
    at: datetime,
    source: str,
) -> tuple[ListEntry, bool]:
    """Return the entry of somebody, and whether it is new. Whoever was taken off is as good as there."""
    person = listed.person
    if person is None:
        person = add_person(team=session.team, by=by, at=at, source=source, **listed.details)
    else:
        person = person.merged_into or person
        there = ListEntry.objects.filter(session=session, person__in=row_ids(person)).first()
        if there is not None:
            return there, False
    if listed.prison_number:
        add_prison_number(person=person, number=listed.prison_number, by=by, at=at, source=source)
    entry = _new_entry(session, person, listed, position, by=by, at=at)
    entry.save()
    return entry, True


def _new_entry(
    session: ClinicSession, person: Person, listed: Listed, position: int, *, by: User, at: datetime
) -> ListEntry:
    return ListEntry(
        session=session,
        person=person,
        group=tidy(listed.group),
        location=tidy(listed.location),
        position=position,
        is_staff=listed.is_staff,
        note=listed.note.strip(),
        added_by_name=str(by),
        added_at=at,
    )


def _next_position(session: ClinicSession) -> int:
    last = ListEntry.objects.filter(session=session).order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def _prison_numbers(roots: Iterable[int]) -> dict[int, set[str]]:
    """Return the prison numbers that these people (keys of root rows) are known by. One query, none for nobody."""
    keys = list(roots)
    found: dict[int, set[str]] = defaultdict(set)
    if keys:
        theirs = PersonIdentifier.objects.filter(Q(person__in=keys) | Q(person__merged_into__in=keys))
        rows = theirs.filter(kind=PersonIdentifier.Kind.PRISON_NUMBER)
        for root, value in rows.values_list(Coalesce("person__merged_into", "person"), "value"):
            found[root].add(value.upper())
    return found


@transaction.atomic
def add_list(
    *,
    session: ClinicSession,
    people: Sequence[Listed],
    rows: int,
    by: User,
    at: datetime,
    name: str = "",
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> ListImport:
    """Put people on a clinic's list, all or none, in their order; those on it already stay as they are.

    ``rows`` is how many rows the list had, ``name`` the file's. However many are known already, it takes as many
    queries, but for prison numbers that are new of them. The same ``client_uuid`` returns the same import.
    Raises SessionNotOpen, PermissionDenied, what ``add_person`` and ``add_prison_number`` raise, and ListRefused
    (``used_before``) where the ``client_uuid`` was another clinic's.
    """
    require(by, Permission.ADD_LISTS, session.team_id)
    session = lock_list(session)
    there = ListImport.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
    if there is not None:
        if there.session_id != session.pk:
            raise ListRefused(_("This list was sent before, for another clinic."), code="used_before")
        return there
    position = _next_position(session)
    made = ListImport(
        session=session,
        name=name[:200],
        rows=rows,
        added=0,
        by=by,
        by_name=str(by),
        at=at,
        client_uuid=client_uuid or uuid.uuid4(),
    )
    root = Coalesce("person__merged_into", "person")
    there_already = set(ListEntry.objects.filter(session=session).values_list(root, flat=True))
    new = iter(
        add_people(
            team=session.team,
            people=[NewPerson(each.details, each.prison_number) for each in people if each.person is None],
            by=by,
            at=at,
            source=source,
        )
    )
    known = _prison_numbers(each.person.root_id for each in people if each.person is not None and each.prison_number)
    entries = []
    for number, each in enumerate(people):
        person = each.person.merged_into or each.person if each.person is not None else next(new)
        if each.person is not None:
            if person.pk in there_already:
                continue
            if each.prison_number and each.prison_number not in known[person.pk]:
                add_prison_number(person=person, number=each.prison_number, by=by, at=at, source=source)
        there_already.add(person.pk)
        entries.append(_new_entry(session, person, each, position + number, by=by, at=at))
    made.added = len(entries)
    made.save()
    for entry in entries:
        entry.list_import = made
    ListEntry.objects.bulk_create(entries)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="add_list",
        thing=made,
        team=session.team_id,
        after={"session": str(session.public_id), "rows": rows, "added": made.added},
    )
    return made


@transaction.atomic
def add_to_list(*, session: ClinicSession, listed: Listed, by: User, at: datetime, source: str = "staff") -> ListEntry:
    """Put one person on a clinic's list; somebody who was taken off is on it again. A second call changes nothing.

    Raises as ``add_list``.
    """
    require(by, Permission.ADD_LISTS, session.team_id)
    session = lock_list(session)
    entry, is_new = _entry(session, listed, _next_position(session), by=by, at=at, source=source)
    back = entry.taken_off_at is not None
    if back:
        entry.taken_off_at, entry.taken_off_by_name, entry.taken_off_reason = None, "", ""
        entry.save(update_fields=["taken_off_at", "taken_off_by_name", "taken_off_reason"])
    if is_new or back:
        audit.record(
            by=by,
            at=at,
            source=source,
            action="add_to_list",
            thing=entry,
            team=session.team_id,
            person_id=entry.person.public_id,
            after={"group": entry.group, "again": back},
        )
    return entry


@transaction.atomic
def take_off_list(*, entry: ListEntry, reason: str, by: User, at: datetime, source: str = "staff") -> ListEntry:
    """Take somebody off a clinic's list, with the reason; the entry stays to be read. A second call changes nothing.

    Raises ListRefused (``no_reason``; ``has_record`` once a dose, or why none was given, is recorded there),
    SessionNotOpen, PermissionDenied.
    """
    require(by, Permission.ADD_LISTS, entry.session.team_id)
    if is_blank(reason):
        raise ListRefused(_("Say why they are taken off the list."), code="no_reason")
    lock_list(entry.session)
    entry = ListEntry.objects.select_for_update(of=("self",)).select_related("session", "person").get(pk=entry.pk)
    if entry.taken_off_at is not None:
        return entry
    if Vaccination.objects.filter(person__in=row_ids(entry.person), session=entry.session).exists():
        raise ListRefused(
            _("%(name)s has a record at this clinic and stays on its list.") % {"name": entry.person.list_name},
            code="has_record",
        )
    entry.taken_off_at, entry.taken_off_by_name = at, str(by)[:200]
    entry.taken_off_reason = tidy(reason)[:200]
    entry.save(update_fields=["taken_off_at", "taken_off_by_name", "taken_off_reason"])
    audit.record(
        by=by,
        at=at,
        source=source,
        action="take_off_list",
        thing=entry,
        team=entry.session.team_id,
        person_id=entry.person.public_id,
        reason=entry.taken_off_reason,
    )
    return entry
