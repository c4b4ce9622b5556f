"""From a booking to the file that a demonstration shows: the whole way of a message."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Team
from bookings.actions import Contact, Reach, cancel_appointments, change_contact, make_booking
from bookings.models import Booking, ReplacedAddress
from bookings.replaced import forget_replaced
from bookings.stopping import stop_messages
from messaging.channels import FileChannel
from messaging.models import Message
from messaging.policies import needs_a_person
from messaging.queries import for_a_person
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


SARA = Contact(name="Sara", email="sara@example.com", phone="+447700900123")


def change(booking: Booking, minutes: int, **reach: Any) -> None:
    """Have the contact reached in another way from so many minutes after the booking on."""
    at = NOW + timedelta(minutes=minutes)
    change_contact(booking=booking, reach=Reach(**reach), by=None, source="public", at=at)


def told(folder: Path, minutes: int) -> list[str]:
    """What a worker that comes then has said to addresses that were replaced, so far."""
    return [said for said in send(folder, minutes) if "were changed" in said]


def test_an_address_that_was_replaced_is_told_so_once_and_nothing_of_the_booking(db: None, tmp_path: Path) -> None:
    booking = book(SARA)
    Team.objects.update(phone="01386 400 100", phone_hours="Monday to Friday")
    change(booking, 5, email="new@example.com", phone="+447700900124")
    said = told(tmp_path, 6)
    assert len(said) == len(told(tmp_path, 60)) == 2
    assert sorted(line for words in said for line in words.splitlines() if line.startswith("To: ")) == [
        "To: +447700900123",
        "To: sara@example.com",
    ]
    for words in said:
        assert "If you did not ask for this, phone 01386 400 100." in words
        body = words.partition("\n\n")[2]
        for personal in ("Amina", "Sara", "http", booking.reference, "new@example.com", "900124"):
            assert personal not in body
    # The address is forgotten with the next round of the worker.
    assert forget_replaced(at=NOW + timedelta(minutes=61)) == 2 and not ReplacedAddress.objects.exists()


def test_only_an_address_that_is_used_no_more_is_told(db: None, tmp_path: Path) -> None:
    booking = book(SARA)
    change(booking, 5, email="SARA@example.com", phone="+447700900123", texts=False)
    assert not ReplacedAddress.objects.exists()
    change(booking, 6, email="", phone="+447700900124")
    assert [each.address for each in ReplacedAddress.objects.all()] == ["SARA@example.com"]


def test_an_address_that_came_back_before_the_worker_did_is_told_nothing(db: None, tmp_path: Path) -> None:
    booking = book(SARA)
    change(booking, 5, email="new@example.com", phone="+447700900123")
    change(booking, 6, email="sara@example.com", phone="+447700900123")
    [said] = told(tmp_path, 7)
    assert "To: new@example.com" in said
    forget_replaced(at=NOW + timedelta(minutes=8))
    assert not ReplacedAddress.objects.exists()


def test_it_is_told_after_a_stop_and_after_a_cancellation_and_not_once_all_is_past(db: None, tmp_path: Path) -> None:
    booking = book(SARA)
    stop_messages(booking=booking, how="link", by=None, at=NOW, source="public")
    change(booking, 5, email="new@example.com", phone="+447700900123")
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW + timedelta(minutes=6))
    assert len(told(tmp_path, 7)) == 1
    change(booking, 8, email="newer@example.com", phone="+447700900123")
    assert len(told(tmp_path, 60 * 24 * 30)) == 1


def test_nobody_is_asked_to_see_to_an_address_that_was_replaced_and_is_out_of_use(db: None, tmp_path: Path) -> None:
    booking = book(SARA)
    change(booking, 5, email="new@example.com", phone="+447700900123")
    messages = Message.objects.filter(team=booking.team)
    messages.update(state="failed")
    listed = for_a_person(booking.team_id)
    assert "booking_confirmation" in {each.purpose for each in listed}
    assert "contact_replaced" not in {each.purpose for each in listed}
    assert not needs_a_person(messages.get(purpose="contact_replaced"))
    # What could not be told within days is kept no longer either.
    assert forget_replaced(at=NOW + timedelta(days=2)) == 0
    assert forget_replaced(at=NOW + timedelta(days=4)) == 1
