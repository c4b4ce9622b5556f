"""Somebody arrives at a clinic, is seen, and leaves."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from clinics.models import ClinicSession
from clinics.places import share_session
from clinics.words import clock
from immunisations.meanwhile import held_since, last_change, last_changes
from immunisations.models import Person, Visit
from immunisations.people import lock_root, row_ids
from immunisations.policies import check_clinic_day, check_session_open
from immunisations.waiting import end_of_visit

# What other rooms do once somebody's visit began, in the same transaction: each is called with ``visit``, ``by``,
# ``at`` and ``source``. They register when the apps are ready.
_after_arrival: list[Callable[..., None]] = []


def after_arrival(follow_up: Callable[..., None]) -> None:
    """Have ``follow_up`` called whenever a visit begins, by whichever door; a second call with it changes nothing."""
    if follow_up not in _after_arrival:
        _after_arrival.append(follow_up)


# What other rooms do once a visit has ended, or ends again after more was recorded: called in the same way.
_after_ending: list[Callable[..., None]] = []


def after_ending(follow_up: Callable[..., None]) -> None:
    """Have ``follow_up`` called whenever a visit ends, by whichever door; a second call with it changes nothing."""
    if follow_up not in _after_ending:
        _after_ending.append(follow_up)


def visit_ended(visit: Visit, *, by: User | None, at: datetime, source: str) -> None:
    """Tell the other rooms that a visit has ended, or will once the person may leave. In the caller's transaction."""
    for follow_up in _after_ending:
        follow_up(visit=visit, by=by, at=at, source=source)


class VisitRefused(Refused):
    """A visit cannot begin, end or be taken back like this."""

    code = "visit_refused"


def _note(visit: Visit, action: str, *, by: User | None, at: datetime, source: str, **after: object) -> None:
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=visit,
        team=visit.session.team_id,
        person_id=visit.person.public_id,
        after=after,
    )


@transaction.atomic
def arrive(
    *,
    session: ClinicSession,
    person: Person,
    by: User | None,
    at: datetime,
    how: str = Visit.How.WALK_IN,
    why: str = Visit.Why.VACCINATION,
    accompanied_by: str = "",
    accompanied_as: str = "",
    arrived_at: datetime | None = None,
    source: str = "staff",
) -> Visit:
    """Begin somebody's visit to a clinic; a second call returns the visit that is there.

    ``arrived_at`` is when they came, ``at`` unless given. Raises SessionNotOpen where the clinic has not been
    published, is cancelled or closed off, OtherDay where it is not on that day, and VisitRefused (``other_team``)
    where the person belongs to another team.
    """
    # The clinic as it is now, and stays until this is written: nobody arrives while it is closed.
    state = share_session(session)
    if state != session.state:
        session.refresh_from_db(fields=["state", "closed_off_at", "closed_off_by_name"])
    check_session_open(session)
    visit, began = begin_visit(
        session=session,
        person=person,
        by=by,
        at=at,
        how=how,
        why=why,
        accompanied_by=accompanied_by,
        accompanied_as=accompanied_as,
        arrived_at=arrived_at or at,
        source=source,
    )
    if began:
        # Asked last, under the person's lock: whoever is here already is told so on any day.
        check_clinic_day(session, visit.arrived_at)
    return visit


def begin_visit(
    *,
    session: ClinicSession,
    person: Person,
    by: User | None,
    at: datetime,
    arrived_at: datetime,
    how: str = Visit.How.WALK_IN,
    why: str = Visit.Why.VACCINATION,
    accompanied_by: str = "",
    accompanied_as: str = "",
    source: str,
) -> tuple[Visit, bool]:
    """Return the person's visit and whether it began now, whatever the day and the state of the clinic.

    Raises VisitRefused (``other_team``).
    """
    if person.team_id != session.team_id:
        raise VisitRefused(_("This person belongs to another team."), code="other_team")
    root = lock_root(person)
    there = (
        Visit.objects.filter(session=session, person__in=row_ids(root))
        .select_related("session", "person")
        .order_by("arrived_at", "pk")
        .first()
    )
    if there is not None:
        return there, False
    visit = Visit.objects.create(
        session=session,
        person=root,
        how=how,
        why=why,
        arrived_at=arrived_at,
        accompanied_by=accompanied_by[:100],
        accompanied_as=accompanied_as[:60],
    )
    _note(visit, "arrive", by=by, at=at, source=source, how=str(how), why=str(why))
    for follow_up in _after_arrival:
        follow_up(visit=visit, by=by, at=at, source=source)
    return visit, True


def _locked(visit: Visit) -> Visit:
    # The person first, as every record of theirs does: one order of locks, no deadlock.
    lock_root(visit.person)
    return lock_visit(visit)


def lock_visit(visit: Visit) -> Visit:
    """Lock a visit, after its person, until the transaction ends, and return it as it is then.

    Raises VisitRefused (``undone``) where its arrival was taken back meanwhile.
    """
    # Whoever closes the clinic waits for this, or this sees it closed.
    share_session(visit.session)
    rows = Visit.objects.select_for_update(of=("self",)).select_related("session__venue", "person", "started_by")
    try:
        return rows.get(pk=visit.pk)
    except Visit.DoesNotExist as gone:
        undone = last_change(visit.public_id, "undo_arrival", team=visit.session.team_id)
        said = _("This arrival was undone. Mark them as arrived again first.")
        raise VisitRefused(f"{undone} {said}" if undone else said, code="undone") from gone


def has_records(visit: Visit) -> bool:
    """Whether anything was recorded on the visit."""
    return (
        visit.vaccinations.exists()
        or visit.record_checks.exists()
        or visit.consents.exists()
        or visit.screenings.exists()
        or visit.follow_ups.exists()
    )


@transaction.atomic
def undo_arrival(*, visit: Visit, by: User | None, at: datetime, source: str = "staff") -> None:
    """Take back an arrival that was a slip: the visit goes, the audit stays.

    Raises VisitRefused: ``has_records`` once anything was recorded on it, ``in_progress`` while somebody else sees
    the person. Raises SessionNotOpen once the clinic is closed off or cancelled: who came is counted by then.
    """
    visit = _locked(visit)
    check_session_open(visit.session)
    if has_records(visit):
        raise VisitRefused(
            " ".join(
                (
                    _("This arrival cannot be undone: something was recorded on the visit."),
                    *(str(change) for change in last_changes(visit.person, but=("arrive",))),
                )
            ),
            code="has_records",
        )
    if visit.started_by is not None and (by is None or visit.started_by_id != by.pk):
        raise VisitRefused(
            _("This arrival cannot be undone: in progress with %(who)s since %(at)s.")
            % {"who": visit.started_by, "at": clock(held_since(visit) or at)},
            code="in_progress",
        )
    _note(visit, "undo_arrival", by=by, at=at, source=source, how=visit.how)
    visit.delete()


def _shown(value: object) -> object:
    """Return a value as the audit keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, User) else value


def _change(visit: Visit, action: str, *, by: User | None, at: datetime, source: str, **changes: object) -> Visit:
    for name, value in changes.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(changes))
    _note(visit, action, by=by, at=at, source=source, **{name: _shown(value) for name, value in changes.items()})
    return visit


def is_going_on(visit: Visit) -> bool:
    """Whether somebody is seeing the person now."""
    return bool(visit.started_at and not visit.paused_at and not visit.left_at)


@transaction.atomic
def start_visit(
    *, visit: Visit, by: User | None, at: datetime, take_over: bool = False, source: str = "staff"
) -> Visit:
    """Somebody sees the person now, for the first time or again after a pause or an end that came too soon.

    Raises VisitRefused (``in_progress``) while somebody else does, unless they ``take_over``.
    """
    visit = _locked(visit)
    check_session_open(visit.session)
    if is_going_on(visit):
        if by is None or visit.started_by_id == by.pk:
            return visit
        if visit.started_by is not None and not take_over:
            raise VisitRefused(
                _("In progress with %(who)s since %(at)s. Take over if you are seeing them now.")
                % {"who": visit.started_by, "at": clock(held_since(visit) or at)},
                code="in_progress",
            )
        action = "take_over_visit" if visit.started_by is not None else "start_visit"
        return _change(visit, action, by=by, at=at, source=source, started_by=by)
    return _change(
        visit,
        "start_visit",
        by=by,
        at=at,
        source=source,
        started_at=visit.started_at or at,
        started_by=by,
        paused_at=None,
        left_at=None,
    )


@transaction.atomic
def pause_visit(*, visit: Visit, by: User | None, at: datetime, source: str = "staff") -> Visit:
    """The visit waits; anybody may take it up again. Raises VisitRefused (``ended``) where it is over."""
    visit = _locked(visit)
    check_session_open(visit.session)
    if visit.left_at:
        # A dose or its refusal may have ended it.
        how = map(str, last_changes(visit.person))
        raise VisitRefused(" ".join((_("This visit has ended."), *how)), code="ended")
    return visit if visit.paused_at else _change(visit, "pause_visit", by=by, at=at, source=source, paused_at=at)


@transaction.atomic
def put_back_visit(*, visit: Visit, by: User | None, at: datetime, source: str = "staff") -> Visit:
    """The wrong person was opened: they wait again as if nobody had begun.

    Raises VisitRefused (``has_records``) once anything was recorded.
    """
    visit = _locked(visit)
    check_session_open(visit.session)
    if has_records(visit):
        raise VisitRefused(_("Something was recorded on this visit. Pause it, or end it."), code="has_records")
    if visit.started_at is None:
        return visit
    return _change(
        visit,
        "put_back_visit",
        by=by,
        at=at,
        source=source,
        started_at=None,
        started_by=None,
        paused_at=None,
        left_at=None,
    )


@transaction.atomic
def end_visit(
    *,
    visit: Visit,
    by: User | None,
    at: datetime,
    why: str | None = None,
    gone: bool = False,
    source: str = "staff",
) -> Visit:
    """The visit ends. ``why`` says what they turned out to have come for, such as advice only.

    Where the clinic asks people to wait after a dose it ends once they may leave, unless they have ``gone`` already. A
    second call with the same ``why`` changes nothing.
    """
    visit = _locked(visit)
    check_session_open(visit.session)
    why = why or visit.why
    waiting = visit.left_at is not None and visit.left_at > at
    if visit.left_at and visit.why == why and not (gone and waiting):
        return visit
    visit = _change(
        visit,
        "end_visit",
        by=by,
        at=at,
        source=source,
        why=str(why),
        started_at=visit.started_at or at,
        started_by=visit.started_by or by,
        paused_at=None,
        left_at=at if gone else end_of_visit(visit, at=at),
    )
    visit_ended(visit, by=by, at=at, source=source)
    return visit
