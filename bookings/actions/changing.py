"""Changing a booking that stands: another time or clinic, one more person, how to reach the contact, running late.

The old places are kept until the new ones are certain: both change hands in one transaction, or nothing does.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings import gelatine
from bookings.actions.holding import lock_draft, needs_of
from bookings.actions.making import add_appointments
from bookings.details import PersonDetails, Reach
from bookings.gelatine import Wish
from bookings.models import Appointment, Booking, Draft
from bookings.owing import owe, owe_reminders
from bookings.policies import (
    MOST_PEOPLE,
    check_change,
    check_may_book,
    check_people,
    check_same_team,
)
from bookings.purposes import CHANGE, CONFIRMATION
from bookings.replaced import addresses_without, tell_replaced
from clinics import places
from clinics.giving_back import release
from clinics.models import ClinicSession, Place, Reservation
from clinics.places import Need, Taken, TooBusy
from clinics.times import london_day

# How often a change is begun again where somebody else held the rows it needs, or the database broke a deadlock.
TRIES = 3
LOCKS = {"55P03", "40P01"}
Result = TypeVar("Result")


def change_appointments(
    *,
    booking: Booking,
    appointments: Sequence[Appointment],
    session: ClinicSession,
    starts_at: datetime | None,
    by: User | None,
    source: str,
    at: datetime,
    draft: Draft | None = None,
    holder: uuid.UUID | None = None,
    split: bool = False,
) -> Booking:
    """Move some of a booking's appointments to a run that begins at ``starts_at``, all of them or none.

    ``draft`` is the change whose kept times are used where it still has them (or those that ``holder`` keeps); a draft
    whose change was made already changes nothing. Each appointment's version rises, the contact is owed word of it, and
    reminders are planned anew.
    Raises TimesTaken, NotTakingBookings, TooBusy, GelatineFreeGone, or BookingRefused ("already_cancelled", "arrived",
    "past", "other_team", "answers_gone"): then everything is as it was.
    """

    @transaction.atomic
    def change() -> Booking:
        if draft is not None and _done(draft):
            return booking
        check_may_book(session, by)
        check_same_team(booking, session)
        check_people(len(appointments))
        keys = {appointment.pk for appointment in appointments}
        # Every clinic first, then appointments, then places: the order in which a clinic is cancelled, too.
        clinics = {session.pk, *Appointment.objects.filter(pk__in=keys).values_list("session_id", flat=True)}
        for clinic in ClinicSession.objects.filter(pk__in=clinics).order_by("pk"):
            places.share_session(clinic)
        locked = list(booking.appointments.select_for_update(of=("self",)).select_related("session").order_by("id"))
        moved = sorted((each for each in locked if each.pk in keys), key=lambda each: each.position)
        for appointment in moved:
            check_change(appointment, at, staff=by is not None)
        taken = _take(
            session=session,
            needs=[Need(extra_time=each.extra_time) for each in moved],
            starts_at=starts_at,
            holder=draft.public_id if draft else holder,
            held=[each.reservation_id for each in moved],
            at=at,
            split=split,
        )
        wishes = [
            Wish(each.date_of_birth, each.wanted)
            for each in moved
            if each.gelatine_free and each.session_id != session.pk
        ]
        if wishes:
            gelatine.promise(session, wishes, at=at)
        before = _audited(moved)
        old = [each.reservation_id for each in moved if each.reservation_id is not None]
        for appointment, seat in zip(moved, taken, strict=True):
            appointment.session = session
            appointment.reservation = seat.reservation
            appointment.starts_at, appointment.minutes = seat.starts_at, seat.minutes
            appointment.version += 1
            appointment.running_late_at = None
        fields = ["session", "reservation", "starts_at", "minutes", "version", "running_late_at"]
        Appointment.objects.bulk_update(moved, fields)
        release(reservations=old)
        audit.record(
            by=by,
            at=at,
            source=source,
            action="change_appointments",
            thing=booking,
            team=booking.team_id,
            before={"appointments": before},
            after={"appointments": _audited(moved)},
        )
        _tell(booking, locked, draft, at)
        return booking

    return _again_while_locked(change)


def add_people(
    *,
    booking: Booking,
    people: Sequence[PersonDetails],
    session: ClinicSession,
    starts_at: datetime | None,
    by: User | None,
    source: str,
    at: datetime,
    draft: Draft | None = None,
    split: bool = False,
) -> list[Appointment]:
    """Add people to a booking, under its reference; return their appointments (none where ``draft`` added them before).

    Raises what ``change_appointments`` raises, and BookingRefused (``number_of_people``) where they would be too many.
    """

    @transaction.atomic
    def add() -> list[Appointment]:
        if draft is not None and _done(draft):
            return []
        check_may_book(session, by)
        check_same_team(booking, session)
        # Two who add at the same moment take turns here, so that each finds the next place in the order free.
        Booking.objects.select_for_update(of=("self",), no_key=True).get(pk=booking.pk)
        places.share_session(session)
        present = list(booking.appointments.select_for_update(of=("self",)).order_by("id"))
        coming = [each for each in present if each.state != Appointment.State.CANCELLED]
        check_people(len(coming) + len(people))
        needs = needs_of(people)
        taken = _take(
            session=session,
            needs=needs,
            starts_at=starts_at,
            holder=draft.public_id if draft else None,
            held=[],
            at=at,
            split=split,
        )
        last = max((each.position for each in present), default=0)
        added = add_appointments(booking=booking, session=session, people=people, seats=taken, at=at, after=last)
        audit.record(
            by=by,
            at=at,
            source=source,
            action="add_people",
            thing=booking,
            team=booking.team_id,
            after={"appointments": _audited(added)},
        )
        _tell(booking, [*present, *added], draft, at)
        return added

    return _again_while_locked(add)


@transaction.atomic
def change_contact(*, booking: Booking, reach: Reach, by: User | None, source: str, at: datetime) -> bool:
    """Note how a booking's contact is reached from now on, and send them the details anew by every way they have.

    An email address or mobile that is replaced is told so, once. Returns whether anything changed. The audit event says
    which ways changed, and holds no address.
    """
    row = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    changed = [name for name, value in reach.as_fields().items() if getattr(row, name) != value]
    if not changed:
        return False
    replaced = addresses_without(row, reach)
    for name in changed:
        setattr(row, name, getattr(reach, name))
        setattr(booking, name, getattr(reach, name))
    row.save(update_fields=changed)
    event = audit.record(
        by=by,
        at=at,
        source=source,
        action="change_contact",
        thing=row,
        team=row.team_id,
        after={"changed": sorted(changed)},
    )
    # Its own version, above any that the appointments can reach: the details were sent before, to somewhere else.
    owe(row, CONFIRMATION, version=FIRST_OF_CONTACT + event.pk % FIRST_OF_CONTACT, at=at)
    owe_reminders(row, at=at)
    tell_replaced(row, replaced, at=at)
    return True


# Above every sum of the versions of at most six appointments, and below what the column holds with as many on top.
FIRST_OF_CONTACT = 1_000_000_000


@transaction.atomic
def say_running_late(*, booking: Booking, by: User | None, source: str, at: datetime) -> int:
    """Note that a family is on their way and late, on each of their appointments of the day; return on how many.

    Said again, the first word stands. Nothing is given away: whoever is here already is not told apart.
    """
    locked = [
        each
        for each in booking.appointments.select_for_update(of=("self",)).select_related("session").order_by("id")
        if each.state == Appointment.State.BOOKED
        and each.session.date == london_day(at)
        and each.running_late_at is None
    ]
    if not locked:
        return 0
    for appointment in locked:
        appointment.running_late_at = at
    Appointment.objects.bulk_update(locked, ["running_late_at"])
    audit.record(
        by=by,
        at=at,
        source=source,
        action="say_running_late",
        thing=booking,
        team=booking.team_id,
        after={"appointments": [str(each.public_id) for each in locked]},
    )
    return len(locked)


def room_for_more(appointments: Sequence[Appointment]) -> bool:
    """Whether one more person fits into a booking with these appointments."""
    return sum(each.state != Appointment.State.CANCELLED for each in appointments) < MOST_PEOPLE


def _take(
    *,
    session: ClinicSession,
    needs: Sequence[Need],
    starts_at: datetime | None,
    holder: uuid.UUID | None,
    held: Sequence[int | None],
    at: datetime,
    split: bool,
) -> list[Taken]:
    """Take what the draft kept, else the times asked for. The old places and the new are locked in one order.

    Those who are moved one after the other may sit on places that they ``held`` already.
    """
    old = [each for each in held if each is not None]
    own = [] if split else old
    wanted = Q(reservation__in=old)
    if holder is not None:
        wanted |= Q(reservation__holder=holder)
    list(Place.objects.filter(wanted).order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    if holder is not None:
        kept = places.confirm_held(session=session, needs=needs, holder=holder, at=at, starts_at=starts_at)
        if kept is None and own and starts_at is not None:
            kept = places.confirm_with_own(
                session=session, needs=needs, starts_at=starts_at, holder=holder, own=own, at=at
            )
        if kept is not None:
            return kept
    return places.take_places(
        session=session,
        needs=needs,
        starts_at=starts_at,
        kind=Reservation.Kind.APPOINTMENT,
        holder=holder,
        expires_at=None,
        at=at,
        split=split,
        own=own,
    )


def _done(draft: Draft) -> bool:
    """Lock the draft of a change, and return whether the change was made: two presses of a button make one."""
    lock_draft(draft)
    return bool(Draft.objects.values_list("answers", flat=True).get(pk=draft.pk).get("done"))


def _tell(booking: Booking, appointments: Sequence[Appointment], draft: Draft | None, at: datetime) -> None:
    """Owe the contact word of a change, plan reminders anew, and mark the change as made."""
    owe(booking, CHANGE, version=sum(each.version for each in appointments), at=at)
    owe_reminders(booking, at=at)
    if draft is not None:
        draft.answers = {**draft.answers, "done": True}
        draft.updated_at = at
        draft.save(update_fields=["answers", "updated_at"])


def _audited(appointments: Sequence[Appointment]) -> list[list[str]]:
    return [[str(each.public_id), str(each.session.public_id), each.starts_at.isoformat()] for each in appointments]


def _again_while_locked(work: Callable[[], Result]) -> Result:
    """Do it; where somebody else held the rows for too long, begin again, and give up kindly after a few tries."""
    for _try in range(TRIES):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in LOCKS:
                raise
    raise TooBusy(_("Many people are booking at this moment. Try again."))
