"""Reminders: planned when somebody books, at the right hour on the wall, and never said of what is no longer so."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bookings.actions import cancel_appointments, cancel_session
from bookings.models import Appointment, Booking
from bookings.owing import owe, owe_reminders
from bookings.purposes import CHANGE, REMINDER_DAY, REMINDER_WEEK
from messaging.channels import FileChannel
from messaging.models import Message
from messaging.sender import Sender
from tests.support.factories import DAY, NOW, book, child, contact, make_session

pytestmark = pytest.mark.django_db

EARLY = NOW - timedelta(days=30)
TEXTED = contact(email="")
REMINDERS = [REMINDER_DAY, REMINDER_WEEK]


def planned(booking: Booking) -> list[tuple[str, str, datetime]]:
    """What is planned of a booking's reminders, whatever became of it."""
    names = booking.appointments.values("public_id")
    rows = Message.objects.filter(purpose__in=REMINDERS, subject_id__in=names)
    return sorted(rows.values_list("purpose", "channel", "due_at"))


def send(folder: Path, at: datetime) -> list[str]:
    """Let a worker come at this moment; return the reminders that were sent so far."""
    Sender(channel=FileChannel(folder), now=lambda: at).drain()
    return sorted(words for path in folder.glob("*.txt") if "eminder" in (words := path.read_text()))


def test_a_week_and_a_day_before_at_ten_in_the_morning_by_each_way_they_gave() -> None:
    booking = book(make_session(), child(), child("Bilal"), at=EARLY).booking
    week, eve = datetime(2026, 11, 14, 10, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert planned(booking) == [
        (REMINDER_DAY, "email", eve),
        (REMINDER_DAY, "text", eve),
        (REMINDER_WEEK, "email", week),
        (REMINDER_WEEK, "text", week),
    ]


@pytest.mark.parametrize(
    ("day", "week", "eve"),
    [
        # The clocks go back on 25 October 2026, and forward on 28 March 2027.
        (date(2026, 10, 31), datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 30, 10, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 19, 9, tzinfo=UTC), datetime(2026, 10, 25, 10, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 22, 10, tzinfo=UTC), datetime(2027, 3, 28, 9, tzinfo=UTC)),
        (date(2027, 4, 3), datetime(2027, 3, 27, 10, tzinfo=UTC), datetime(2027, 4, 2, 9, tzinfo=UTC)),
    ],
)
def test_around_a_change_of_the_clocks_the_wall_says_ten_all_the_same(day: date, week: datetime, eve: datetime) -> None:
    at = datetime(2026, 9, 1, 9, tzinfo=UTC)
    booking = book(make_session(date=day, at=at), at=at, contact=TEXTED).booking
    assert [due_at for _purpose, _channel, due_at in planned(booking)] == [eve, week]


@pytest.mark.parametrize(
    ("before", "reminders"),
    [
        (timedelta(days=9), REMINDERS),
        (timedelta(days=7), [REMINDER_DAY]),
        (timedelta(hours=41), [REMINDER_DAY]),
        (timedelta(hours=39), []),
        (timedelta(hours=2), []),
    ],
)
def test_whoever_booked_shortly_before_is_not_reminded(before: timedelta, reminders: list[str]) -> None:
    start = datetime(2026, 11, 21, 14, tzinfo=UTC)
    session = make_session(periods=[(time(14), time(15), 1)], at=start - timedelta(days=20))
    booking = book(session, starts_at=start, at=start - before, contact=TEXTED).booking
    assert [purpose for purpose, _channel, _due in planned(booking)] == reminders


def test_the_whole_family_is_reminded_once_each_time_with_a_link_to_change(tmp_path: Path) -> None:
    book(make_session(), child(), child("Bilal"), at=EARLY, contact=TEXTED)
    assert send(tmp_path, datetime(2026, 11, 14, 9, 59, tzinfo=UTC)) == []
    [week] = send(tmp_path, datetime(2026, 11, 14, 10, tzinfo=UTC))
    assert "Amina" in week and "Bilal" in week and "/booking/m/" in week
    assert len(send(tmp_path, datetime(2026, 11, 20, 10, tzinfo=UTC))) == 2
    assert len(send(tmp_path, datetime(2026, 11, 21, 12, tzinfo=UTC))) == 2


def test_a_reminder_is_never_sent_after_a_cancellation(tmp_path: Path) -> None:
    booking = book(make_session(), at=EARLY, contact=TEXTED).booking
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=EARLY)
    assert send(tmp_path, datetime(2026, 11, 20, 12, tzinfo=UTC)) == []


def test_a_reminder_is_never_sent_after_the_clinic_was_cancelled_and_that_is_said_instead(tmp_path: Path) -> None:
    session = make_session()
    book(session, at=EARLY, contact=TEXTED)
    cancel_session(session=session, reason="Snow", by=None, source="staff", at=EARLY)
    assert send(tmp_path, datetime(2026, 11, 20, 12, tzinfo=UTC)) == []
    [words] = [words for path in tmp_path.glob("*.txt") if "Clinic cancelled" in (words := path.read_text())]
    assert "Do not travel" in words and "Amina" in words


def test_when_one_child_is_cancelled_the_other_is_reminded_of_alone(tmp_path: Path) -> None:
    booking = book(make_session(), child(), child("Bilal"), at=EARLY, contact=TEXTED).booking
    first = booking.appointments.order_by("position")[:1]
    cancel_appointments(booking=booking, appointments=list(first), by=None, source="public", at=EARLY)
    [week] = send(tmp_path, datetime(2026, 11, 14, 10, tzinfo=UTC))
    assert "Bilal" in week and "Amina" not in week


def test_a_change_plans_anew_and_nothing_is_said_twice(tmp_path: Path) -> None:
    booking = book(make_session(), at=EARLY, contact=TEXTED).booking
    later = make_session(date=DAY + timedelta(days=7), team=None)
    appointment = booking.appointments.get()
    moved = book(later, at=EARLY, contact=contact(email="", phone="")).booking.appointments.get()
    # As a change does it: another clinic and time, and a version more.
    Appointment.objects.filter(pk=moved.pk).update(state="cancelled", reservation=None, cancelled_at=EARLY)
    Appointment.objects.filter(pk=appointment.pk).update(
        session=later, starts_at=moved.starts_at, reservation=moved.reservation, version=2
    )
    for _twice in range(2):
        owe(booking, CHANGE, version=2, at=EARLY)
        owe_reminders(booking, at=EARLY)
    assert len(planned(booking)) == 4
    assert send(tmp_path, datetime(2026, 11, 20, 12, tzinfo=UTC)) == []
    [week] = send(tmp_path, datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert "28 Nov" in week
    changes = [words for path in tmp_path.glob("*.txt") if "Vaccination changed" in (words := path.read_text())]
    assert len(changes) == 1 and "28 Nov" in changes[0]


def test_nobody_who_has_come_or_is_due_now_is_reminded(tmp_path: Path) -> None:
    booking = book(make_session(), at=EARLY, contact=TEXTED).booking
    Message.objects.exclude(purpose=REMINDER_DAY).delete()
    start = booking.appointments.get().starts_at
    # The provider was away until then.
    assert send(tmp_path, start) == []
    assert Message.objects.get().state == "no_longer_needed"


def test_links_and_words_are_in_the_language_of_the_booking(tmp_path: Path, settings: Any) -> None:
    book(make_session(), at=EARLY, contact=contact(email="", language="pl"))
    [week] = send(tmp_path, datetime(2026, 11, 14, 10, tzinfo=UTC)) or [""]
    if "pl" in dict(settings.LANGUAGES):
        assert "/pl/booking/m/" in "".join(path.read_text() for path in tmp_path.glob("*.txt"))
    else:
        assert "/booking/m/" in week
