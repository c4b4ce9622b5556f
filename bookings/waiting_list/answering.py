"""Taking an offer, and declining it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings.actions import make_booking
from bookings.actions.changing import change_appointments
from bookings.models import Booking, WaitingListEntry, WaitingListOffer
from bookings.policies import BookingRefused
from bookings.waiting_list import joining
from bookings.waiting_list.joining import Answer, State


@transaction.atomic
def take_offer(
    *, offer: WaitingListOffer, by: User | None, source: str, at: datetime, how: str = Booking.How.WEB
) -> Booking:
    """Book what an offer keeps: a new booking, or in place of the times that the family has. Taking twice is once.

    ``how`` says how a new booking came.

    Raises BookingRefused (``offer_over``) for an offer that was answered otherwise or has gone by; TimesTaken where it
    ran out and somebody has taken the times since; what ``make_booking`` and ``change_appointments`` raise.
    """
    entry, offer = _locked(offer)
    if offer.answer == Answer.TAKEN and entry.booking is not None:
        return entry.booking
    _check_open(entry, offer)
    if entry.booking is None:
        made = make_booking(
            session=offer.session,
            people=joining.people_of(entry),
            contact=joining.contact_of(entry),
            starts_at=offer.starts_at,
            submission_id=offer.public_id,
            how=how,
            by=by,
            source=source,
            at=at,
            holder=offer.holder,
        )
        entry.booking = made.booking
    else:
        _swap(entry.booking, offer, by=by, source=source, at=at)
    joining.close_offer(offer, Answer.TAKEN, at=at)
    joining.end_entry(entry, State.BOOKED, at=at)
    _note(offer, entry, "take_offer", by=by, source=source, at=at)
    return entry.booking


@transaction.atomic
def decline_offer(*, offer: WaitingListOffer, by: User | None, source: str, at: datetime) -> WaitingListEntry:
    """Give an offer's times back; the family waits on, unless this was the third. Declining twice changes nothing.

    Raises BookingRefused (``offer_over``) for an offer that was taken.
    """
    entry, offer = _locked(offer)
    if offer.answer in (Answer.DECLINED, Answer.LAPSED, Answer.WITHDRAWN):
        return entry
    _check_open(entry, offer)
    joining.close_offer(offer, Answer.DECLINED, at=at)
    joining.end_after_three(entry, offer, at=at)
    _note(offer, entry, "decline_offer", by=by, source=source, at=at)
    return entry


def _locked(offer: WaitingListOffer) -> tuple[WaitingListEntry, WaitingListOffer]:
    entry = joining.lock_entry(offer.entry)
    return entry, WaitingListOffer.objects.select_related("session__team", "session__venue").get(pk=offer.pk)


def _check_open(entry: WaitingListEntry, offer: WaitingListOffer) -> None:
    if offer.answer or entry.state != State.WAITING:
        raise BookingRefused(_("We no longer keep these times for you."), code="offer_over")


def _swap(booking: Booking, offer: WaitingListOffer, *, by: User | None, source: str, at: datetime) -> None:
    """Change the booking's appointments to come to the times that the offer keeps.

    Raises BookingRefused: ``past`` where there are none, ``arrived`` where one has come and whoever booked is not told.
    """
    coming = joining.appointments_to_come(booking, at)
    if not coming:
        raise BookingRefused(_("This booking has no appointments to come."), code="past")
    if any(each.visit_id is not None for each in coming):
        raise BookingRefused(_("This appointment can no longer be changed."), code="arrived")
    change_appointments(
        booking=booking,
        appointments=coming,
        session=offer.session,
        starts_at=offer.starts_at,
        by=by,
        source=source,
        at=at,
        holder=offer.holder,
    )


def _note(
    offer: WaitingListOffer, entry: WaitingListEntry, action: str, *, by: User | None, source: str, at: datetime
) -> None:
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=offer,
        team=entry.team_id,
        after={"entry": str(entry.public_id), "booking": str(entry.booking.public_id) if entry.booking else None},
    )
