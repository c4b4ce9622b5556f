"""Booking for somebody on the phone: their times are kept while the call lasts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.access import require
from accounts.models import Team, User
from accounts.permissions import Permission
from bookings import calls, drafts
from bookings.actions.holding import lock_draft
from bookings.actions.making import Made, make_booking
from bookings.calls import HOLD, Call
from bookings.details import Contact, PersonDetails
from bookings.models import Booking, Draft, WaitingListOffer
from bookings.policies import check_may_book, check_people
from bookings.waiting_list.answering import decline_offer, take_offer
from bookings.waiting_list.joining import Joined, join_waiting_list
from clinics import places
from clinics.models import ClinicSession, Reservation, Venue


@transaction.atomic
def begin_call(
    *, session: ClinicSession, call: Call, starts_at: datetime, by: User, at: datetime, split: bool = False
) -> Draft:
    """Begin a call for which times at ``session`` are kept, and return its draft.

    Raises PermissionDenied; what ``keep_times`` raises.
    """
    require(by, Permission.BOOK, session.team_id)
    draft = Draft.objects.create(
        # No browser of the public opens it: nobody has the secret.
        owner_hash=drafts.hash_secret(drafts.new_secret()),
        caller_for=by,
        team=session.team,
        created_at=at,
        updated_at=at,
        expires_at=at + drafts.KEPT_FOR,
    )
    keep_times(draft=draft, call=call, session=session, starts_at=starts_at, by=by, at=at, split=split)
    return draft


@transaction.atomic
def keep_times(
    *,
    draft: Draft,
    call: Call,
    session: ClinicSession,
    starts_at: datetime,
    by: User,
    at: datetime,
    split: bool = False,
) -> None:
    """Keep times for a caller for an hour, in place of any kept before, and store the call with them.

    Raises PermissionDenied; BookingRefused (``already_booked``, ``answers_gone``, ``number_of_people``);
    NotTakingBookings, TimesTaken, TooBusy: what was kept before keeps still.
    """
    require(by, Permission.BOOK, session.team_id)
    lock_draft(draft)
    check_may_book(session, by)
    check_people(call.people)
    taken = places.take_places(
        session=session,
        needs=call.needs(),
        starts_at=starts_at,
        kind=Reservation.Kind.CALLER,
        holder=draft.public_id,
        expires_at=at + HOLD,
        at=at,
        split=split,
    )
    draft.session, draft.starts_at = session, taken[0].starts_at
    draft.save(update_fields=["session", "starts_at"])
    call.keep(taken, split=split)
    calls.write(draft, call, at=at)


@transaction.atomic
def renew_times(*, draft: Draft, call: Call, by: User, at: datetime) -> bool:
    """Keep a caller's times for another hour, even where the last one is over and nobody took them; store the call.

    Returns whether all of them are kept. Raises PermissionDenied, BookingRefused as ``keep_times`` does.
    """
    if draft.team_id is not None:
        require(by, Permission.BOOK, draft.team_id)
    lock_draft(draft)
    wanted = sum(2 if extra else 1 for extra in call.held_for)
    kept = places.extend_kept(holder=draft.public_id, expires_at=at + HOLD, at=at)
    call.gone = kept != wanted
    calls.write(draft, call, at=at)
    return not call.gone


def book_for_caller(
    *, draft: Draft, call: Call, people: Sequence[PersonDetails], contact: Contact, by: User, at: datetime
) -> Made:
    """Book the times kept for a caller. However often it is sent, a call makes one booking.

    Raises what ``make_booking`` raises.
    """
    if draft.session is None:
        raise LookupError("a call begins with a clinic")
    return make_booking(
        session=draft.session,
        people=people,
        contact=contact,
        starts_at=draft.starts_at,
        submission_id=draft.public_id,
        how=Booking.How.PHONE,
        by=by,
        source="staff",
        at=at,
        draft=draft,
        split=call.split,
    )


@transaction.atomic
def note_call(*, draft: Draft, call: Call, by: User, at: datetime) -> None:
    """Store what was typed for a caller, and keep it for another day.

    Raises PermissionDenied, BookingRefused as ``keep_times`` does.
    """
    if draft.team_id is not None:
        require(by, Permission.BOOK, draft.team_id)
    lock_draft(draft)
    calls.write(draft, call, at=at)


@transaction.atomic
def put_on_waiting_list(
    *,
    team: Team,
    venues: Sequence[Venue],
    weekdays: Sequence[int],
    parts: Sequence[str],
    people: Sequence[PersonDetails],
    contact: Contact,
    submission_id: uuid.UUID,
    by: User,
    at: datetime,
    draft: Draft | None = None,
) -> Joined:
    """Put a caller for whom nothing fits on the waiting list of ``team``. However often it is sent, they wait once.

    The call of ``draft``, where they had begun one, ends with it: its times are given back.
    Raises PermissionDenied; LookupError for venues of another team; what ``join_waiting_list`` raises; BookingRefused
    as ``keep_times`` does.
    """
    require(by, Permission.BOOK, team)
    if any(each.team_id != team.pk for each in venues):
        raise LookupError("a caller waits for places of one team")
    if draft is not None:
        lock_draft(draft)
    joined = join_waiting_list(
        venues=venues,
        weekdays=weekdays,
        parts=parts,
        people=people,
        contact=contact,
        submission_id=submission_id,
        by=by,
        source="staff",
        at=at,
    )
    if draft is not None:
        drafts.release(draft)
        draft.delete()
    return joined


def answer_for_caller(*, offer: WaitingListOffer, take: bool, by: User, at: datetime) -> Booking | None:
    """Take or decline an offer of the waiting list as the caller says; return the booking that takes it.

    Raises PermissionDenied; what ``take_offer`` and ``decline_offer`` raise.
    """
    require(by, Permission.BOOK, offer.entry.team_id)
    if take:
        return take_offer(offer=offer, how=Booking.How.PHONE, by=by, source="staff", at=at)
    decline_offer(offer=offer, by=by, source="staff", at=at)
    return None


@transaction.atomic
def forget_call(*, draft: Draft, by: User) -> None:
    """Forget what was typed for a caller who does not book after all, and give the times back.

    Raises PermissionDenied, BookingRefused as ``keep_times`` does.
    """
    if draft.team_id is not None:
        require(by, Permission.BOOK, draft.team_id)
    lock_draft(draft)
    drafts.release(draft)
    draft.delete()
