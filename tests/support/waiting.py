"""Families that wait, as tests need them."""

import uuid
from datetime import UTC, datetime, time
from typing import Any

from bookings.models import Appointment, WaitingListEntry
from bookings.waiting_list.joining import join_waiting_list
from clinics.models import ClinicSession, Venue
from tests.support.factories import NOW, book, child, contact, make_session


def full_clinic(minutes: int = 60, *, lanes: int = 1, **details: Any) -> tuple[ClinicSession, list[Appointment]]:
    """A clinic from 10am on DAY with every place booked, each by a family of one; and their appointments in order."""
    session = make_session(periods=[(time(10), time(10 + minutes // 60, minutes % 60), lanes)], **details)
    while session.places.filter(reservation__isnull=True).exists():
        book(session, contact=contact(email="other@example.com", phone=""))
    return session, list(Appointment.objects.filter(session=session).order_by("starts_at", "pk"))


def wait(*venues: Venue, people: int = 1, at: datetime = NOW, **details: Any) -> WaitingListEntry:
    """A family of ``people`` that waits for any time at ``venues``."""
    return join_waiting_list(
        venues=venues,
        weekdays=details.pop("weekdays", ()),
        parts=details.pop("parts", ()),
        people=details.pop("who", None) or [child(f"Child{number}") for number in range(people)],
        contact=details.pop("contact", None) or contact(),
        submission_id=uuid.uuid4(),
        by=None,
        source="public",
        at=at,
    ).entry


def on_the_day(hour: int, minute: int = 0) -> datetime:
    """A moment on DAY, when clocks in England show UTC."""
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)
