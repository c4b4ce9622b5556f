"""Appointments as files for calendars (RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from icalendar import Alarm, Event, Timezone
from icalendar import Calendar as Ical

from bookings.models import Appointment, Booking
from clinics.times import LONDON
from nhsuk.language import unmarked


@cache
def _timezone() -> Timezone:
    """Return what calendars need to know of the clocks in England."""
    return Timezone.from_tzid("Europe/London")


def calendar(appointments: Sequence[Appointment], *, at: datetime) -> bytes:
    """Return one file with ``appointments``, which come with their session and venue.

    The title is neutral, because calendars are shared. The UID stays and the sequence number rises with each change,
    so that a later file replaces what an earlier one wrote. A file whose appointments are all cancelled takes them out
    of the calendar; otherwise the cancelled ones are left out.
    """
    standing = [each for each in appointments if each.state != Appointment.State.CANCELLED]
    file = Ical()
    file.add("prodid", "-//Pop-up vaccination clinics//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH" if standing else "CANCEL")
    file.add_component(_timezone())
    for appointment in standing or appointments:
        file.add_component(_event(appointment, at))
    content: bytes = file.to_ical()
    return content


def _event(appointment: Appointment, at: datetime) -> Event:
    venue = appointment.session.venue
    cancelled = appointment.state == Appointment.State.CANCELLED
    event = Event()
    event.add("uid", f"{appointment.public_id}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}")
    event.add("dtstamp", at.replace(microsecond=0))
    event.add("sequence", appointment.version)
    event.add("dtstart", appointment.starts_at.astimezone(LONDON))
    event.add("dtend", (appointment.starts_at + timedelta(minutes=appointment.minutes)).astimezone(LONDON))
    event.add("summary", _("Clinic appointment"))
    event.add("location", unmarked(venue.full_address))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if venue.room:
        event.add("description", venue.room)
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _("Clinic appointment"))
        alarm.add("trigger", timedelta(days=-1))
        event.add_component(alarm)
    return event


def calendar_response(booking: Booking, *, at: datetime, cancelled: bool = False) -> HttpResponse:
    """Return the booking's appointments as a download. Its name tells nothing about whom it is for.

    With ``cancelled`` the file has those alone that were cancelled, if any were, and takes them out of a calendar while
    the others stay.
    """
    appointments = list(booking.appointments.select_related("session__venue").order_by("position"))
    if cancelled:
        gone = [each for each in appointments if each.state == Appointment.State.CANCELLED]
        appointments = gone or appointments
    response = HttpResponse(calendar(appointments, at=at), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
