"""What those who wait for a time, or for a clinic, are written."""

import threading
import time as clock
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bookings.actions import cancel_appointments, cancel_session
from bookings.models import OpeningAlert, WaitingListEntry
from bookings.waiting_list import alerts
from bookings.waiting_list.alerts import ask_for_alert, tell_alerts
from bookings.waiting_list.joining import forget_contacts, token_of, wait_for_earlier
from bookings.waiting_list.offering import offer_times
from clinics.finder import Where
from clinics.postcodes import Position
from messaging.channels import FileChannel
from messaging.hearing import stop
from messaging.models import Message, StopRequest
from messaging.sender import Sender
from tests.integration.bookings.test_two_at_once import at_once
from tests.support.factories import NOW, make_session, make_team, make_venue
from tests.support.waiting import full_clinic, wait

pytestmark = pytest.mark.django_db


def send(folder: Path, purpose: str, minutes: int) -> list[str]:
    """Let a worker come this many minutes later; return what was sent for the purpose, the longest first."""
    Sender(channel=FileChannel(folder), now=lambda: NOW + timedelta(minutes=minutes)).drain()
    names = {str(each) for each in Message.objects.filter(purpose=purpose).values_list("public_id", flat=True)}
    return sorted((path.read_text() for path in folder.glob("*.txt") if path.stem in names), key=len, reverse=True)


def offered() -> None:
    """A family that waits is kept the time that somebody gave back."""
    session, taken = full_clinic()
    wait(session.venue)
    cancel_appointments(booking=taken[0].booking, appointments=[taken[0]], by=None, source="public", at=NOW)
    assert offer_times(at=NOW) == 1


def test_an_offer_says_the_time_and_until_when_it_is_kept_with_one_link(tmp_path: Path) -> None:
    offered()
    email, text = send(tmp_path, "waiting_list_offer", 1)
    assert "Saturday 21 November 2026, from 10am" in email and "until 11am on Saturday 14 November 2026" in email
    assert "Sat 21 Nov 10am" in text and "Kept until 11am Sat 14 Nov" in text
    for words in (email, text):
        assert words.count("/waiting-list/m/") == 1 and "Child0" not in words and "Khan" not in words


def test_an_offer_that_is_as_good_as_over_is_not_sent(tmp_path: Path) -> None:
    offered()
    assert send(tmp_path, "waiting_list_offer", 111) == []


def alerted() -> OpeningAlert:
    """Somebody who asked to hear of clinics near Evesham is told of one."""
    where = Where("Evesham", Position(52.09, -1.95))
    session = make_session(venue=make_venue(make_team(), latitude=52.1, longitude=-1.9))
    alert = ask_for_alert(where=where, email="sara@example.com", phone="", language="en-gb", at=NOW).alert
    assert tell_alerts(at=NOW) == 1
    alert.refresh_from_db()
    assert alert.session == session
    return alert


def test_a_clinic_that_opens_is_told_of_with_the_ways_to_book_and_to_stop(tmp_path: Path) -> None:
    alerted()
    [email] = send(tmp_path, "clinic_opening", 1)
    assert "near Evesham: Saturday 21 November 2026" in email
    assert "/clinics/" in email and "/tell-me/m/" in email


@pytest.mark.parametrize("gone", ["stopped", "cancelled", "full"])
def test_a_clinic_is_not_told_of_once_it_takes_no_bookings_or_they_stopped(tmp_path: Path, gone: str) -> None:
    alert = alerted()
    session = alert.session
    assert session is not None
    if gone == "stopped":
        OpeningAlert.objects.update(stopped_at=NOW)
    elif gone == "cancelled":
        cancel_session(session=session, reason="Snow", by=None, source="staff", at=NOW)
    else:
        session.places.update(withdrawn_at=NOW)
    assert send(tmp_path, "clinic_opening", 1) == []


def test_whoever_was_told_nothing_because_the_clinic_filled_up_first_is_told_of_the_next_free_time(
    tmp_path: Path,
) -> None:
    alert = alerted()
    assert alert.session is not None
    alert.session.places.update(withdrawn_at=NOW)
    assert send(tmp_path, "clinic_opening", 1) == []
    assert tell_alerts(at=NOW + timedelta(minutes=2)) == 0
    alert.session.places.update(withdrawn_at=None)
    assert tell_alerts(at=NOW + timedelta(minutes=3)) == 1
    assert len(send(tmp_path, "clinic_opening", 4)) == 1
    # Told once: that is all.
    assert tell_alerts(at=NOW + timedelta(minutes=5)) == 0


def three_times_unanswered() -> tuple[WaitingListEntry, int]:
    """A family that let three offers run out, at three places; and after how many minutes the last was over."""
    clinics = [full_clinic(20) for _number in range(3)]
    for session, _taken in clinics[1:]:
        session.venue.team = clinics[0][0].team
        session.venue.save()
    entry = wait(*[session.venue for session, _taken in clinics])
    minutes = 0
    for _session, taken in clinics:
        cancel_appointments(booking=taken[0].booking, appointments=[taken[0]], by=None, source="public", at=NOW)
    for _number in range(3):
        assert offer_times(at=NOW + timedelta(minutes=minutes)) == 1
        minutes += 121
    offer_times(at=NOW + timedelta(minutes=minutes))
    entry.refresh_from_db()
    return entry, minutes


def test_whoever_let_the_third_offer_run_out_is_told_what_they_can_do_and_forgotten_afterwards(
    tmp_path: Path, client: Client
) -> None:
    entry, minutes = three_times_unanswered()
    assert (entry.state, entry.people) == ("ended", [])
    assert set(entry.contact) <= {"email", "phone", "texts", "language"}
    email, text = send(tmp_path, "waiting_list_over", minutes + 1)
    assert "no longer on the waiting list" in email and "or join the waiting list again" in email
    assert "Your own appointment" not in email
    for words in (email, text):
        assert words.count("/waiting-list/m/") == 1 and "3 times" in words
    page = client.get(reverse("waiting-list-link", args=[token_of(entry)])).content.decode()
    assert "We offered you times 3 times" in page and "Or phone us on" in page
    assert "The last day" not in page and reverse("waiting-list-join") in page
    assert forget_contacts(at=NOW + timedelta(days=1)) == 0
    assert forget_contacts(at=NOW + timedelta(days=3)) == 1
    entry.refresh_from_db()
    assert entry.contact == {}


def test_whoever_waits_for_a_clinic_that_is_cancelled_is_told_that_they_wait_on_and_whether_there_is_another(
    tmp_path: Path, client: Client, time_machine: Any
) -> None:
    # Their pages ask what is planned from now on.
    time_machine.move_to(NOW, tick=False)
    session, taken = full_clinic()
    other = make_session(session.team, date=session.date + timedelta(days=7))
    waits, both, offered = wait(session.venue), wait(session.venue, other.venue), wait(session.venue, other.venue)
    # The clinic is on a Saturday.
    wait(session.venue, weekdays=[0])
    WaitingListEntry.objects.exclude(pk=offered.pk).update(state="stopped", ended_at=NOW)
    cancel_appointments(booking=taken[0].booking, appointments=[taken[0]], by=None, source="public", at=NOW)
    other.places.update(withdrawn_at=NOW)
    assert offer_times(at=NOW) == 1
    WaitingListEntry.objects.update(state="waiting", ended_at=None)
    cancel_session(session=session, reason="Flood", by=None, source="staff", at=NOW)
    told = {waits.public_id, offered.public_id}
    assert set(Message.objects.filter(purpose="waiting_list_cancelled").values_list("subject_id", flat=True)) == told
    pages = [client.get(reverse("waiting-list-link", args=[token_of(each)])).content.decode() for each in (waits, both)]
    assert ["no clinic is planned at the places" in page for page in pages] == [True, False]
    kept = client.get(reverse("waiting-list-link", args=[token_of(offered)])).content.decode()
    assert "The clinic at which we kept a time for you is cancelled." in kept and "Take this time" not in kept
    sent = send(tmp_path, "waiting_list_cancelled", 1)
    assert len(sent) == 4
    alone, with_offer = (next(each for each in sent if words in each) for words in ("no other clinic", "kept for you"))
    assert "/clinics/" in alone and "kept for you" not in alone and "no other clinic" not in with_offer
    for words in sent:
        assert "You are still on the waiting list" in words and words.count("/waiting-list/m/") == 1


def test_whose_own_clinic_is_cancelled_reads_why_they_wait_no_more(client: Client) -> None:
    session, taken = full_clinic()
    entry = wait_for_earlier(
        booking=taken[3].booking,
        venues=[session.venue],
        weekdays=[],
        parts=[],
        submission_id=uuid.uuid4(),
        by=None,
        source="public",
        at=NOW,
    ).entry
    cancel_session(session=session, reason="Flood", by=None, source="staff", at=NOW)
    # The booking's own message says it.
    assert not Message.objects.filter(purpose="waiting_list_cancelled").exists()
    offer_times(at=NOW)
    page = client.get(reverse("waiting-list-link", args=[token_of(entry)])).content.decode()
    assert "The clinic in your booking is cancelled" in page and "join the waiting list again" in page


EVESHAM = Where("Evesham", Position(52.09, -1.95))


def asks(email: str = "sara@example.com", phone: str = "", where: Where = EVESHAM, at: datetime = NOW) -> OpeningAlert:
    return ask_for_alert(where=where, email=email, phone=phone, language="en-gb", at=at).alert


def messages() -> list[tuple[str, str]]:
    return sorted(Message.objects.filter(purpose="clinic_opening").values_list("channel", "state"))


def test_whoever_was_asked_for_by_several_is_written_to_once_and_told_anew_where_that_message_did_not_go(
    tmp_path: Path,
) -> None:
    asks("SARA@example.com")
    both = asks(phone="+447700900982")
    asks()
    session = make_session(venue=make_venue(make_team(), latitude=52.1, longitude=-1.9))
    assert tell_alerts(at=NOW) == 2
    assert messages() == [("email", "waiting"), ("text", "waiting")]
    assert OpeningAlert.objects.filter(told_at=NOW).count() == 3
    # None of it went: all three are looked for again, and the two messages are one each again.
    session.places.update(withdrawn_at=NOW)
    send(tmp_path, "clinic_opening", 1)
    session.places.update(withdrawn_at=None)
    assert tell_alerts(at=NOW + timedelta(minutes=2)) == 2
    send(tmp_path, "clinic_opening", 3)
    assert [state for _channel, state in messages()].count("sent") == 2
    # Stopping one of them later, or asking for the next clinic once one was told of, is nobody else's matter.
    OpeningAlert.objects.filter(pk=both.pk).update(stopped_at=NOW)
    assert tell_alerts(at=NOW + timedelta(minutes=4)) == 0
    asks(at=NOW + timedelta(minutes=5))
    assert tell_alerts(at=NOW + timedelta(minutes=5)) == 1


def test_one_contact_is_told_of_five_places_at_a_time() -> None:
    for number in range(6):
        asks(where=Where(f"Place {number}", EVESHAM.position))
    make_session(venue=make_venue(make_team(), latitude=52.1, longitude=-1.9))
    assert tell_alerts(at=NOW) == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_passes_at_once_write_to_a_contact_once() -> None:
    session = make_session(venue=make_venue(make_team(), latitude=52.1, longitude=-1.9))
    first, second = asks(), asks()
    told = threading.Event()

    def earlier() -> None:
        with transaction.atomic():
            alerts._owe(first, session, NOW)
            told.set()
            clock.sleep(0.4)

    def later() -> None:
        # This pass is at the other alert already.
        told.wait(60)
        alerts._owe(second, session, NOW)

    assert at_once(earlier, later) == []
    assert messages() == [("email", "waiting")]
    assert {first.pk, second.pk} == set(OpeningAlert.objects.filter(told_at=NOW).values_list("pk", flat=True))


def test_many_who_have_no_clinic_near_hold_up_nobody_who_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "PORTION", 1)
    for number in range(2):
        far = Where(f"Place {number}", Position(58.0, -4.0))
        ask_for_alert(where=far, email="far@example.com", phone="", language="en-gb", at=NOW)
    assert alerted().told_at == NOW


def test_whoever_said_stop_and_joins_afterwards_is_written_to_until_they_say_it_again(tmp_path: Path) -> None:
    session, taken = full_clinic()

    def stops(at: datetime) -> None:
        for channel, address in ((Message.Channel.EMAIL, "sara@example.com"), (Message.Channel.TEXT, "+447700900982")):
            reply = StopRequest.Source.REPLY
            stop(team=session.team, channel=channel, address=address, how=reply, by=None, at=at, source="public")

    stops(NOW - timedelta(days=3))
    entry = wait(session.venue)
    assert {entry.contact["email"], entry.contact["phone"]} == {"sara@example.com", "+447700900982"}
    cancel_appointments(booking=taken[0].booking, appointments=[taken[0]], by=None, source="public", at=NOW)
    assert offer_times(at=NOW) == 1
    assert len(send(tmp_path, "waiting_list_offer", 1)) == 2
    stops(NOW + timedelta(minutes=2))
    # As if it had not been sent yet.
    Message.objects.filter(purpose="waiting_list_offer").update(state=Message.State.WAITING)
    for path in tmp_path.glob("*.txt"):
        path.unlink()
    assert len(send(tmp_path, "waiting_list_offer", 3)) == 0
