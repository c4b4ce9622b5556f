"""Keeping times for somebody who is still answering the other questions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from bookings.details import PersonDetails
from bookings.models import Draft
from bookings.policies import BookingRefused, check_may_book, check_people
from clinics import places
from clinics.models import ClinicSession, Reservation
from clinics.places import Need, Taken

# How long times are kept for somebody who is answering the other questions.
HOLD = timedelta(minutes=20)


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
    own: Sequence[int] = (),
) -> list[Taken]:
    """Keep times for a draft for 20 minutes, in place of any it kept before, and note clinic and time on it.

    ``own`` has the keys of the reservations that people who are moved have now: their places may be among the new
    ones, stay as they are until the change is made, and are not kept twice. Only for a change without ``split``.

    Raises what ``clinics.places.take_places`` raises; what the draft kept before it then keeps still. Raises
    BookingRefused (``already_booked``) where the draft has become a booking.
    """
    lock_draft(draft)
    check_may_book(session, None)
    check_people(len(needs))
    taken = places.take_places(
        session=session,
        needs=needs,
        starts_at=starts_at,
        kind=Reservation.Kind.SWAP if draft.purpose == Draft.Purpose.CHANGE else Reservation.Kind.DRAFT,
        holder=draft.public_id,
        expires_at=at + HOLD,
        at=at,
        split=split,
        own=own,
    )
    draft.session = session
    draft.starts_at = taken[0].starts_at
    draft.updated_at = at
    draft.save(update_fields=["session", "starts_at", "updated_at"])
    return taken


def lock_draft(draft: Draft) -> None:
    """Let one tab at a time change what a draft keeps; another that is booking it is waited for, and then seen.

    Raises BookingRefused where the draft has become a booking (``already_booked``) or was cleared (``answers_gone``).
    """
    now = Draft.objects.filter(pk=draft.pk).select_for_update(of=("self",)).first()
    if now is None:
        raise BookingRefused(_("Your answers were cleared. Start again."), code="answers_gone")
    if now.booking_id is not None:
        raise BookingRefused(_("You have already booked with these answers."), code="already_booked")
