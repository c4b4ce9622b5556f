"""What whoever booked is written after a visit: what was given, when to get help, and nothing that is a secret."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bookings.actions import Reach, change_contact
from bookings.models import Booking
from immunisations import actions
from immunisations.models import Visit
from immunisations.models.consent import GILLICK_ANSWERS
from messaging.channels import FileChannel
from messaging.models import Message
from messaging.sender import Sender
from tests.support.factories import NOW, book, child, contact
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db
EVENING = AT + timedelta(hours=3)


@pytest.fixture
def room() -> Room:
    return make_room()


def came(room: Room, born: date = date(2023, 3, 27), **details: Any) -> tuple[Booking, Visit]:
    """A child whose booking was matched arrives, is checked, agreed for and asked."""
    booking = book(room.session, child("Amina", "Khan", born), at=NOW, **details).booking
    person = room.person("Amina", "Khan", born)
    booking.appointments.update(person=person)
    visit = room.ready(person)
    booking.appointments.update(visit=visit)
    return booking, visit


def sent(folder: Path, at: datetime = EVENING) -> list[str]:
    """Let a worker come; return what was sent of visits."""
    Sender(channel=FileChannel(folder), now=lambda: at).drain()
    names = {str(each) for each in Message.objects.filter(purpose="after_visit").values_list("public_id", flat=True)}
    return sorted(path.read_text() for path in folder.glob("*.txt") if path.stem in names)


def test_what_was_given_is_said_once_the_visit_has_ended(room: Room, tmp_path: Path) -> None:
    _booking, visit = came(room)
    room.give(visit)
    assert not Message.objects.filter(purpose="after_visit").exists()
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    assert sent(tmp_path, AT + timedelta(minutes=5)) == []
    email, text = sorted(sent(tmp_path), key=len, reverse=True)
    for words in (email, text):
        assert "MMRV" in words and "Priorix-Tetra" in words and "TET1" in words and "999" in words and "111" in words
    assert "Amina" in email and "21 November 2026" in email and "What you may notice" in email
    assert "/stop/" in email
    # A text names nobody beside a vaccine.
    assert "Amina" not in text and "Khan" not in email + text
    # The second dose of MMR or MMRV has a day.
    assert "Next dose" in email and "Next dose from" in text


def test_the_last_dose_that_is_due_ends_the_visit_and_is_said_without_anybodys_doing(
    room: Room, tmp_path: Path
) -> None:
    _booking, visit = came(room)
    room.give(visit)
    room.decline(visit, "6IN1")
    assert len(sent(tmp_path)) == 2


def test_a_visit_at_which_nothing_was_given_is_not_written_about(room: Room, tmp_path: Path) -> None:
    _booking, visit = came(room)
    room.decline(visit, "MEASLES", "6IN1")
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    assert not Message.objects.filter(purpose="after_visit").exists()


def test_more_given_after_the_end_is_said_in_one_message(room: Room, tmp_path: Path) -> None:
    _booking, visit = came(room, contact=contact(email=""))
    room.give(visit)
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    room.give(visit, room.six, series="6IN1", body_site="right_arm", at=AT + timedelta(minutes=10))
    actions.end_visit(visit=visit, by=room.nurse, at=AT + timedelta(minutes=11))
    [text] = sent(tmp_path)
    assert "MMRV" in text and "6-in-1" in text


def test_a_dose_recorded_in_error_is_not_said(room: Room, tmp_path: Path) -> None:
    _booking, visit = came(room)
    row = room.give(visit)
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    actions.correct_vaccination(
        vaccination=row,
        reason="Ticked by mistake",
        entered_in_error=True,
        by=room.senior,
        at=AT + timedelta(minutes=5),
    )
    assert sent(tmp_path) == []


def test_nothing_is_said_where_the_young_person_asked_that_parents_are_not_told(room: Room, tmp_path: Path) -> None:
    born = date(2011, 9, 2)
    booking = book(room.session, child("Tom", "Khan", born), at=NOW).booking
    person = room.person("Tom", "Khan", born)
    visit = room.visit(person)
    booking.appointments.update(person=person, visit=visit)
    room.check(visit)
    actions.record_consent(
        visit=visit,
        decision="given",
        route="gillick",
        given_by_name="Tom Khan",
        vaccines=["MMR"],
        gillick=dict.fromkeys(GILLICK_ANSWERS, True),
        parents_not_told=True,
        by=room.nurse,
        at=AT,
    )
    room.screen(visit, not_pregnant=True)
    room.give(visit, room.mmr)
    actions.end_visit(visit=visit, by=room.nurse, at=AT)
    assert Message.objects.filter(purpose="after_visit").count() == 2
    assert sent(tmp_path) == []


def test_no_parent_is_told_that_the_contact_of_a_young_person_who_asked_for_that_was_changed(
    room: Room, tmp_path: Path
) -> None:
    born = date(2011, 9, 2)
    booking = book(room.session, child("Tom", "Khan", born), at=NOW).booking
    person = room.person("Tom", "Khan", born)
    visit = room.visit(person)
    booking.appointments.update(person=person, visit=visit, starts_at=EVENING + timedelta(hours=1))
    change_contact(booking=booking, reach=Reach(email="tom@example.com"), by=room.nurse, source="staff", at=AT)
    told = Message.objects.filter(purpose="contact_replaced")
    actions.record_consent(
        visit=visit,
        decision="given",
        route="gillick",
        given_by_name="Tom Khan",
        vaccines=["MMR"],
        gillick=dict.fromkeys(GILLICK_ANSWERS, True),
        parents_not_told=True,
        by=room.nurse,
        at=AT,
    )
    sent(tmp_path)
    assert set(told.values_list("channel", "state")) == {("email", "no_longer_needed"), ("text", "no_longer_needed")}
    assert all("young person" in each.outcome for each in told)
