"""From a booking to the file that a demonstration shows: the whole way of a message."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from bookings.actions import Contact, cancel_appointments, make_booking
from bookings.models import Booking
from messaging.channels import FileChannel
from messaging.models import Message
from messaging.sender import Sender
from tests.support.factories import NOW, child, make_session

MESSAGES = {"booking_confirmation", "appointment_cancelled"}


def book(contact: Contact) -> Booking:
    made = make_booking(
        session=make_session(),
        people=[child("Amina"), child("Yusuf")],
        contact=contact,
        starts_at=None,
        submission_id=uuid.uuid4(),
        how="web",
        by=None,
        source="public",
        at=NOW,
    )
    return made.booking


def send(folder: Path, minutes: int) -> list[str]:
    """Let a worker come this many minutes after the booking; return every message sent so far."""
    Sender(channel=FileChannel(folder), now=lambda: NOW + timedelta(minutes=minutes)).drain()
    return sorted(path.read_text() for path in folder.glob("*.txt"))


@pytest.mark.parametrize(
    ("contact", "by"),
    [
        (Contact(phone="+447700900123"), "text"),
        (Contact(name="Sara O'Hara", email="sara@example.com"), "email"),
    ],
)
def test_a_booking_is_confirmed_and_its_cancellation_said_once_each(
    db: None, tmp_path: Path, contact: Contact, by: str
) -> None:
    booking = book(contact)
    [confirmation] = send(tmp_path, 1)
    assert f"By: {by}\n" in confirmation and "Amina" in confirmation and "Yusuf" in confirmation
    assert "/booking/m/" in confirmation and "Khan" not in confirmation
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW + timedelta(minutes=2))
    assert len(send(tmp_path, 3)) == len(send(tmp_path, 60)) == 2
    said = Message.objects.exclude(purpose="reminder_day")
    assert set(said.values_list("purpose", "state")) == {(purpose, "sent") for purpose in MESSAGES}


def test_a_booking_cancelled_before_the_worker_came_is_not_confirmed_any_more(db: None, tmp_path: Path) -> None:
    booking = book(Contact(phone="+447700900123"))
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW + timedelta(seconds=10))
    [cancellation] = send(tmp_path, 1)
    assert "cancelled" in cancellation
    assert Message.objects.get(purpose="booking_confirmation").state == Message.State.NO_LONGER_NEEDED


def test_a_contact_without_phone_or_email_is_owed_nothing(db: None, tmp_path: Path) -> None:
    book(Contact(name="Sara"))
    assert send(tmp_path, 1) == []
    assert not Message.objects.exists()
