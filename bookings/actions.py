"""Every change to bookings. The website, the staff's screens, the API and imports are doors to these."""

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from bookings.details import Contact, PersonDetails
from bookings.messages import CANCELLATION, CONFIRMATION
from bookings.models import Appointment, Booking, Draft
from bookings.policies import (
    BookingRefused,
    can_cancel,
    check_cancel,
    check_did_not_attend,
    check_may_book,
    check_people,
)
from bookings.references import LENGTH, clean_reference, hash_link_token, link_token, link_token_of, new_reference
from clinics import places
from clinics.actions import mark_cancelled
from clinics.models import ClinicSession, Reservation
from clinics.places import Need, Taken
from messaging.actions import enqueue_each
from messaging.models import Message

__all__ = [
    "Contact",
    "Made",
    "PersonDetails",
    "cancel_appointments",
    "cancel_session",
    "find_booking",
    "find_booking_by_token",
    "hold_times",
    "make_booking",
    "mark_did_not_attend",
    "needs_of",
]

# How long times are kept for somebody who is answering the other questions.
HOLD = timedelta(minutes=20)


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A booking that stands. ``created`` is False where the same submission had made it before.

    ``appointments`` are those just made, in their order; none where it had been made before.
    """

    booking: Booking
    created: bool
    appointments: tuple[Appointment, ...] = ()

    @property
    def link_token(self) -> str:
        """The secret of the booking's private link."""
        return link_token_of(self.booking.public_id, self.booking.link_token_hash)


def needs_of(people: Sequence[PersonDetails]) -> list[Need]:
    """Return what these people need in places."""
    return [Need(extra_time=person.extra_time) for person in people]


@transaction.atomic
def hold_times(
    *,
    draft: Draft,
    session: ClinicSession,
    needs: Sequence[Need],
    starts_at: datetime | None,
    at: datetime,
    split: bool = False,
) -> list[Taken]:
    """Keep times for a draft for 20 minutes, in place of any it kept before, and note clinic and time on it.

    Raises what ``clinics.places.take_places`` raises; what the draft kept before it then keeps still. Raises
    BookingRefused (``already_booked``) where the draft has become a booking.
    """
    _lock_draft(draft)
    check_may_book(session, None)
    check_people(len(needs))
    taken = places.take_places(
        session=session,
        needs=needs,
        starts_at=starts_at,
        kind=Reservation.Kind.DRAFT,
        holder=draft.public_id,
        expires_at=at + HOLD,
        at=at,
        split=split,
    )
    draft.session = session
    draft.starts_at = taken[0].starts_at
    draft.updated_at = at
    draft.save(update_fields=["session", "starts_at", "updated_at"])
    return taken


def make_booking(
    *,
    session: ClinicSession,
    people: Sequence[PersonDetails],
    contact: Contact,
    starts_at: datetime | None,
    submission_id: uuid.UUID,
    how: str,
    by: User | None,
    source: str,
    at: datetime,
    draft: Draft | None = None,
    split: bool = False,
) -> Made:
    """Book a whole family, or nobody, and owe them a confirmation.

    ``starts_at`` is the first minute of the run (None: any); a draft's kept times are used where it still has them.
    ``submission_id`` names the submission: however often it comes, it makes one booking, and every later call
    returns that one. Raises TimesTaken, NotTakingBookings, TooBusy, or BookingRefused for a wrong number of people.
    """
    try:
        return _make_booking(
            session=session,
            people=people,
            contact=contact,
            starts_at=starts_at,
            submission_id=submission_id,
            how=how,
            by=by,
            source=source,
            at=at,
            draft=draft,
            split=split,
        )
    except (IntegrityError, Refused):
        # Looked for only now: next to nobody sends a submission twice, and those who do meet their first one's row,
        # or are refused what it has made impossible since.
        booking = Booking.objects.filter(submission_id=submission_id).first()
        if booking is None:
            raise
        return Made(booking, created=False)


@transaction.atomic
def _make_booking(
    *,
    session: ClinicSession,
    people: Sequence[PersonDetails],
    contact: Contact,
    starts_at: datetime | None,
    submission_id: uuid.UUID,
    how: str,
    by: User | None,
    source: str,
    at: datetime,
    draft: Draft | None,
    split: bool,
) -> Made:
    check_people(len(people))
    check_may_book(session, by)
    public_id = uuid.uuid4()
    # Written before any place is taken: a repeat of this submission waits here, and then finds it done, instead of
    # finding the times gone that the first had just taken.
    booking = Booking.objects.create(
        public_id=public_id,
        team=session.team,
        reference=new_reference(),
        link_token_hash=hash_link_token(link_token(public_id)),
        contact_name=contact.name,
        relationship=contact.relationship,
        phone=contact.phone,
        texts=contact.texts,
        email=contact.email,
        language=contact.language,
        spoken_language=contact.spoken_language,
        interpreter_needed=contact.interpreter_needed,
        support_needs=contact.support_needs,
        letters=contact.letters,
        address=contact.address,
        parental_responsibility=contact.parental_responsibility,
        how=how,
        submission_id=submission_id,
        created_at=at,
    )
    # Owed before any place is locked, too: what others wait for is kept short.
    _owe(booking, CONFIRMATION, version=len(people), at=at)
    needs = needs_of(people)
    taken = None
    if draft is not None:
        _lock_draft(draft)
        taken = places.confirm_held(session=session, needs=needs, holder=draft.public_id, at=at)
    if taken is None:
        taken = places.take_places(
            session=session,
            needs=needs,
            starts_at=starts_at,
            kind=Reservation.Kind.APPOINTMENT,
            holder=draft.public_id if draft else None,
            expires_at=None,
            at=at,
            split=split,
        )
    appointments = Appointment.objects.bulk_create(
        [
            Appointment(
                booking=booking,
                session=session,
                reservation=seat.reservation,
                starts_at=seat.starts_at,
                minutes=seat.minutes,
                position=position,
                first_name=person.first_name,
                last_name=person.last_name,
                date_of_birth=person.date_of_birth,
                date_of_birth_is_approximate=person.date_of_birth_is_approximate,
                nhs_number=person.nhs_number,
                postcode=person.postcode,
                no_fixed_abode=person.no_fixed_abode,
                gelatine_free=person.gelatine_free,
                extra_time=person.extra_time,
                support_needs=person.support_needs,
                address=person.address,
                gp_registered=person.gp_registered,
                gp_surgery=person.gp_surgery,
                wanted=list(person.wanted),
            )
            for position, (person, seat) in enumerate(zip(people, taken, strict=True), start=1)
        ]
    )
    if draft is not None:
        draft.booking = booking
        draft.updated_at = at
        draft.save(update_fields=["booking", "updated_at"])
    audit.record(
        by=by,
        at=at,
        source=source,
        action="make_booking",
        thing=booking,
        team=session.team_id,
        after={
            "session": str(session.public_id),
            "how": how,
            "appointments": [
                [str(appointment.public_id), appointment.starts_at.isoformat()] for appointment in appointments
            ],
        },
    )
    return Made(booking, created=True, appointments=tuple(appointments))


@transaction.atomic
def cancel_appointments(
    *,
    booking: Booking,
    appointments: Sequence[Appointment] | None,
    by: User | None,
    source: str,
    at: datetime,
    reason: str = "",
) -> Booking:
    """Cancel some of a booking's appointments, or (None) all that can be, give their places back and tell the contact.

    Raises BookingRefused (codes "already_cancelled", "arrived", "past") where one that was asked for cannot be; with
    None, where none is left that can be.
    """
    locked = list(booking.appointments.select_for_update(of=("self",)).order_by("id"))
    if appointments is None:
        wanted = [a for a in locked if can_cancel(a, at, staff=by is not None)] or locked
    else:
        keys = {appointment.pk for appointment in appointments}
        wanted = [appointment for appointment in locked if appointment.pk in keys]
    for appointment in wanted:
        check_cancel(appointment, at, staff=by is not None)
    _cancel(wanted, by=by, source=source, at=at)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="cancel_appointments",
        thing=booking,
        team=booking.team_id,
        after={"appointments": [str(appointment.public_id) for appointment in wanted]},
        reason=reason,
    )
    _owe(booking, CANCELLATION, version=sum(appointment.version for appointment in locked), at=at)
    return booking


@transaction.atomic
def cancel_session(*, session: ClinicSession, reason: str, by: User | None, source: str, at: datetime) -> int:
    """Cancel a clinic and every appointment at it that nobody has arrived for; tell each contact once.

    Returns how many appointments were cancelled. Raises ClinicRefused where the clinic is over already.
    """
    session = mark_cancelled(session=session, reason=reason, by=by, at=at, source=source)
    appointments = list(
        Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit__isnull=True)
        .select_for_update(of=("self",))
        .order_by("id")
    )
    _cancel(appointments, by=by, source=source, at=at)
    bookings = Booking.objects.filter(appointments__in=appointments).distinct().prefetch_related("appointments")
    for booking in bookings:
        version = sum(appointment.version for appointment in booking.appointments.all())
        _owe(booking, CANCELLATION, version=version, at=at)
    return len(appointments)


@transaction.atomic
def mark_did_not_attend(*, appointments: Sequence[Appointment], by: User | None, source: str, at: datetime) -> int:
    """Note that these booked people never came (for a child: was not brought). Returns how many were marked.

    Those who have arrived meanwhile, or cancelled, are left as they are. Raises BookingRefused (``not_yet``) where the
    time of one has not come.
    """
    locked = list(
        Appointment.objects.filter(
            pk__in=[appointment.pk for appointment in appointments],
            state=Appointment.State.BOOKED,
            visit__isnull=True,
        )
        .select_for_update(of=("self",))
        .order_by("id")
        .select_related("session")
    )
    for appointment in locked:
        check_did_not_attend(appointment, at)
        appointment.state = Appointment.State.DID_NOT_ATTEND
        appointment.version += 1
        audit.record(
            by=by,
            at=at,
            source=source,
            action="mark_did_not_attend",
            thing=appointment,
            team=appointment.session.team_id,
        )
    Appointment.objects.bulk_update(locked, ["state", "version"])
    return len(locked)


def find_booking(*, reference: str, date_of_birth: date) -> Booking | None:
    """Return the booking with this reference, as typed, if one of its people was born on that day; else None."""
    cleaned = clean_reference(reference)
    if len(cleaned) != LENGTH:
        return None
    return Booking.objects.filter(reference=cleaned, appointments__date_of_birth=date_of_birth).distinct().first()


def find_booking_by_token(token: str) -> Booking | None:
    """Return the booking whose private link carries this secret, or None."""
    return Booking.objects.filter(link_token_hash=hash_link_token(token)).first()


def _lock_draft(draft: Draft) -> None:
    """Let one tab at a time change what a draft keeps; another that is booking it is waited for, and then seen.

    Raises BookingRefused where the draft has become a booking (``already_booked``) or was cleared (``answers_gone``).
    """
    now = Draft.objects.filter(pk=draft.pk).select_for_update(of=("self",)).first()
    if now is None:
        raise BookingRefused(_("Your answers were cleared. Start again."), code="answers_gone")
    if now.booking_id is not None:
        raise BookingRefused(_("You have already booked with these answers."), code="already_booked")


def _cancel(appointments: Sequence[Appointment], *, by: User | None, source: str, at: datetime) -> None:
    """Mark locked appointments as cancelled and give their places back."""
    reservations = [a.reservation_id for a in appointments if a.reservation_id is not None]
    for appointment in appointments:
        appointment.state = Appointment.State.CANCELLED
        appointment.reservation = None
        appointment.cancelled_at = at
        appointment.cancelled_by = str(by)[:60] if by else source
        appointment.version += 1
    Appointment.objects.bulk_update(appointments, ["state", "reservation", "cancelled_at", "cancelled_by", "version"])
    places.release(reservations=reservations)


def _owe(booking: Booking, purpose: str, *, version: int, at: datetime) -> None:
    """Write the messages that a contact is owed, by each way they gave; none where they gave none."""
    channels = []
    if booking.email:
        channels.append(Message.Channel.EMAIL)
    if booking.texts and is_mobile(booking.phone):
        channels.append(Message.Channel.TEXT)
    if channels:
        enqueue_each(
            team=booking.team,
            purpose=purpose,
            channels=channels,
            subject_id=booking.public_id,
            subject_version=version,
            due_at=at,
            at=at,
            language=booking.language,
        )


def is_mobile(phone: str) -> bool:
    """Whether a stored number (E.164) is a UK mobile, to which a text can be sent. 070 numbers are not mobiles."""
    return phone.startswith("+447") and not phone.startswith("+4470")
