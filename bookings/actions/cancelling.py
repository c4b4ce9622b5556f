"""Cancelling appointments, one by one or with their clinic."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from bookings.messages import CANCELLATION, CLINIC_CANCELLED
from bookings.models import Appointment, Booking
from bookings.owing import owe, owe_clinic_waited_for, owe_reminders
from bookings.policies import can_cancel, check_cancel
from clinics.actions import mark_cancelled
from clinics.giving_back import release
from clinics.models import ClinicSession
from clinics.times import london_day


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
    give_up(wanted, by=by, source=source, at=at)
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
    owe(booking, CANCELLATION, version=sum(appointment.version for appointment in locked), at=at)
    owe_reminders(booking, at=at)
    return booking


@transaction.atomic
def cancel_session(*, session: ClinicSession, reason: str, by: User | None, source: str, at: datetime) -> int:
    """Cancel a clinic and every appointment at it that nobody has arrived for; tell each contact once, and those who
    wait for it.

    Returns how many appointments were cancelled. Raises ClinicRefused where the clinic is over already.
    """
    was_open = ClinicSession.objects.bookable(london_day(at)).filter(pk=session.pk).exists()
    session = mark_cancelled(session=session, reason=reason, by=by, at=at, source=source)
    appointments = list(
        Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit__isnull=True)
        .select_for_update(of=("self",))
        .order_by("id")
    )
    give_up(appointments, by=by, source=source, at=at)
    bookings = (
        Booking.objects.filter(appointments__in=appointments).distinct().prefetch_related("appointments__session")
    )
    for booking in bookings:
        version = sum(appointment.version for appointment in booking.appointments.all())
        owe(booking, CLINIC_CANCELLED, version=version, at=at)
        owe_reminders(booking, at=at, appointments=booking.appointments.all())
    if was_open:
        owe_clinic_waited_for(session, at=at)
    return len(appointments)


def give_up(appointments: Sequence[Appointment], *, by: User | None, source: str, at: datetime) -> None:
    """Mark locked appointments as cancelled and give their places back."""
    reservations = [a.reservation_id for a in appointments if a.reservation_id is not None]
    for appointment in appointments:
        appointment.state = Appointment.State.CANCELLED
        appointment.reservation = None
        appointment.cancelled_at = at
        appointment.cancelled_by = str(by)[:60] if by else source
        appointment.version += 1
    Appointment.objects.bulk_update(appointments, ["state", "reservation", "cancelled_at", "cancelled_by", "version"])
    release(reservations=reservations)
