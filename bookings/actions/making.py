"""Booking a whole family, or nobody."""

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from bookings import gelatine
from bookings.actions.holding import lock_draft, needs_of
from bookings.details import Contact, PersonDetails
from bookings.gelatine import Wish
from bookings.messages import CONFIRMATION
from bookings.models import Appointment, Booking, Draft
from bookings.owing import owe, owe_reminders
from bookings.policies import check_may_book, check_people
from bookings.references import hash_link_token, link_token, link_token_of, new_reference
from clinics import places
from clinics.models import ClinicSession, Reservation
from clinics.places import Taken


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
    holder: uuid.UUID | None = None,
    split: bool = False,
) -> Made:
    """Book a whole family, or nobody, and owe them a confirmation.

    ``starts_at`` is the first minute of the run (None: any); the times that a draft, or ``holder``, keeps are used
    where it still has them.
    ``submission_id`` names the submission: however often it comes, it makes one booking, and every later call
    returns that one. Raises TimesTaken, NotTakingBookings, TooBusy, GelatineFreeGone where more vaccines without
    gelatine are asked for than can be promised, or BookingRefused for a wrong number of people.
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
            holder=holder,
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
    holder: uuid.UUID | None,
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
    owe(booking, CONFIRMATION, version=len(people), at=at)
    needs = needs_of(people)
    taken = None
    if draft is not None:
        lock_draft(draft)
        holder = draft.public_id
    if holder is not None:
        taken = places.confirm_held(session=session, needs=needs, holder=holder, at=at)
    if taken is None:
        taken = places.take_places(
            session=session,
            needs=needs,
            starts_at=starts_at,
            kind=Reservation.Kind.APPOINTMENT,
            holder=holder,
            expires_at=None,
            at=at,
            split=split,
        )
    appointments = add_appointments(booking=booking, session=session, people=people, seats=taken, at=at)
    owe_reminders(booking, at=at, appointments=appointments)
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


def add_appointments(
    *,
    booking: Booking,
    session: ClinicSession,
    people: Sequence[PersonDetails],
    seats: Sequence[Taken],
    at: datetime,
    after: int = 0,
) -> list[Appointment]:
    """Give each of ``people`` their seat, in their order, behind position ``after`` of the booking.

    Raises GelatineFreeGone where more vaccines without gelatine are asked for than can be promised.
    """
    wishes = [Wish(person.date_of_birth, person.wanted) for person in people if person.gelatine_free]
    if wishes:
        gelatine.promise(session, wishes, at=at)
    return Appointment.objects.bulk_create(
        [
            Appointment(
                booking=booking,
                session=session,
                reservation=seat.reservation,
                starts_at=seat.starts_at,
                minutes=seat.minutes,
                position=position,
                **person.as_fields(),
            )
            for position, (person, seat) in enumerate(zip(people, seats, strict=True), start=after + 1)
        ]
    )
