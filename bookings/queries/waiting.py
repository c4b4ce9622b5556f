"""What becomes of a wait: which clinics it can still be for, and why it is over."""

from collections.abc import Iterable
from datetime import date, datetime

from bookings.models import Appointment, WaitingListEntry, WaitingListOffer
from clinics.models import ClinicSession
from clinics.queries import to_come
from clinics.times import london_day

MOST_OFFERS = 3
# Why a wait has ended by itself.
OFFERS_GONE_BY, CLINIC_CANCELLED, NOTHING_TO_COME, LAST_DAY_OVER = "offers", "cancelled", "nothing", "day"


def offers_gone_by(entry: WaitingListEntry) -> int:
    """Return how many offers a family has declined or let run out. One that was withdrawn does not count."""
    return entry.offers.exclude(answer__in=["", WaitingListOffer.Answer.WITHDRAWN]).count()


def why_over(entry: WaitingListEntry) -> str:
    """Return why a wait has ended by itself: one of the codes above."""
    if offers_gone_by(entry) >= MOST_OFFERS:
        return OFFERS_GONE_BY
    if entry.booking_id is None:
        return LAST_DAY_OVER
    of_booking = Appointment.objects.filter(booking=entry.booking_id)
    if of_booking.filter(state=Appointment.State.CANCELLED, session__state=ClinicSession.State.CANCELLED).exists():
        return CLINIC_CANCELLED
    return NOTHING_TO_COME


def with_clinics_ahead(entries: Iterable[WaitingListEntry], at: datetime) -> set[int]:
    """Return the keys of those entries for which a clinic that takes bookings is still to come, full or not.

    ``venues`` are prefetched. One query.
    """
    entries = list(entries)
    venues = {venue.pk for entry in entries for venue in entry.venues.all()}
    sessions = to_come(ClinicSession.objects.bookable(london_day(at)), at).filter(venue__in=venues)
    ahead = list(sessions.values_list("venue_id", "date"))
    return {
        entry.pk
        for entry in entries
        if any(venue in {each.pk for each in entry.venues.all()} and wants_day(entry, date) for venue, date in ahead)
    }


def wants_day(entry: WaitingListEntry, day: date) -> bool:
    """Whether somebody who waits could come on a day."""
    return day <= entry.until and (not entry.weekdays or day.weekday() in entry.weekdays)


def waiting_for(session: ClinicSession, at: datetime) -> list[WaitingListEntry]:
    """Return those who wait for a clinic that is cancelled: who was offered times at it, or has no other clinic ahead.

    Whoever waits for times before their own, and has none any more, is told that of their booking.
    """
    waiting = WaitingListEntry.objects.filter(
        state=WaitingListEntry.State.WAITING, venues=session.venue_id, created_at__lte=at
    )
    entries = [
        entry
        for entry in waiting.select_related("team", "booking").prefetch_related("venues").order_by("pk")
        if wants_day(entry, session.date)
    ]
    offered = set(WaitingListOffer.objects.filter(session=session, answer="").values_list("entry_id", flat=True))
    ahead = with_clinics_ahead(entries, at)
    booked = set(
        Appointment.objects.filter(
            booking__in=[entry.booking_id for entry in entries if entry.booking_id is not None],
            state=Appointment.State.BOOKED,
            starts_at__gt=at,
        ).values_list("booking_id", flat=True)
    )
    return [
        entry
        for entry in entries
        if (entry.pk in offered or entry.pk not in ahead) and (entry.booking_id is None or entry.booking_id in booked)
    ]
