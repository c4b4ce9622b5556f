"""What bookings say to those who made them: looked up, and worded, at the moment of sending."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from bookings.models import Appointment, Booking
from bookings.privacy import kept_from_contact
from bookings.references import link_token_of, shown_reference
from messaging import registry
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.rendering import write

CONFIRMATION = "booking_confirmation"
CANCELLATION = "appointment_cancelled"


def register() -> None:
    """Answer for the messages that bookings cause. Called when the service starts."""
    registry.register(CONFIRMATION, confirmation)
    registry.register(CANCELLATION, cancellation)


def confirmation(message: Message, at: datetime) -> Envelope | NoLonger:
    """The booking as it stands now: those still coming, and only while they still can."""
    booking = _booking(message)
    coming = [
        appointment
        for appointment in _appointments(booking)
        if appointment.state == Appointment.State.BOOKED and appointment.visit_id is None
    ]
    if not coming:
        return NoLonger("Every appointment of the booking has been cancelled or used.")
    if all(appointment.starts_at <= at for appointment in coming):
        return NoLonger("The appointments are in the past.")
    return _write(message, booking, _to_name(coming))


def cancellation(message: Message, at: datetime) -> Envelope | NoLonger:
    """The appointments that were cancelled in the change that owed this message."""
    booking = _booking(message)
    cancelled = [
        appointment
        for appointment in _appointments(booking)
        if appointment.state == Appointment.State.CANCELLED and appointment.cancelled_at == message.created_at
    ]
    if not cancelled:
        return NoLonger("The appointments are no longer cancelled.")
    if all(appointment.starts_at <= at for appointment in cancelled):
        return NoLonger("The appointments are in the past.")
    return _write(message, booking, _to_name(cancelled))


def link_to(booking: Booking) -> str:
    """Return the private link to a booking, as messages carry it."""
    token = link_token_of(booking.public_id, booking.link_token_hash)
    return settings.PUBLIC_URL.rstrip("/") + reverse("booking-link", args=[token])


def _booking(message: Message) -> Booking:
    return Booking.objects.select_related("team").get(public_id=message.subject_id)


def _appointments(booking: Booking) -> QuerySet[Appointment]:
    return booking.appointments.select_related("session__venue", "booking", "person")


def _to_name(appointments: Sequence[Appointment]) -> list[Appointment]:
    """Return the appointments that the contact may hear about, asked at the moment of sending."""
    kept = kept_from_contact(appointments)
    return [appointment for appointment in appointments if appointment.pk not in kept]


def _write(message: Message, booking: Booking, appointments: Sequence[Appointment]) -> Envelope | NoLonger:
    if not appointments:
        return NoLonger("A young person decided for themselves, and nothing is sent to whoever booked.")
    to = booking.email if message.channel == Message.Channel.EMAIL else booking.phone
    if not to:
        return NoLonger("The contact no longer has an address for this.")
    return write(
        message,
        to=to,
        context={
            "booking": booking,
            "reference": shown_reference(booking.reference),
            "appointments": appointments,
            "session": appointments[0].session,
            "venue": appointments[0].session.venue,
            "link": link_to(booking),
        },
    )
