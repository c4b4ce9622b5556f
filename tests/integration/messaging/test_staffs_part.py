"""What staff do about messages: letters printed and posted, and those that did not arrive dealt with."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, RecordView, Role, Team
from bookings import stopping
from bookings.actions import cancel_appointments
from bookings.models import Booking
from bookings.queries.outstanding import letter_pile
from bookings.stopping import start_messages, stop_messages
from messaging.models import Message, StopRequest
from messaging.queries import has_stopped
from messaging.recipients import recipient_hashes
from tests.support.factories import DAY, NOW, book, child, contact, make_session, make_team, make_user
from tests.support.records import make_room

pytestmark = pytest.mark.django_db

POSTED = contact(
    name="Sara O'Hara <Khan>", phone="", email="", letters=True, address="12 Elm Court\nHigh Street\nEvesham\nWR11 4AB"
)


@pytest.fixture(autouse=True)
def at_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def client(team: Team) -> Client:
    client = Client()
    client.force_login(make_user(team, Role.DESK))
    return client


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def ids(response: Any) -> list[str]:
    """The letters that a press of the button would mark."""
    return [str(letter.message.public_id) for letter in response.context["pile"].letters]


def trouble(booking: Booking, **changes: Any) -> Message:
    """One of a booking's messages that did not arrive."""
    message = Message.objects.filter(subject_id=booking.public_id).order_by("pk")[0]
    Message.objects.filter(pk=message.pk).update(
        **{"state": "failed", "finished_at": NOW, "outcome": "It cannot send to the email address.", **changes}
    )
    message.refresh_from_db()
    return message


def test_a_letter_is_printed_with_its_address_and_posted_in_one_press(client: Client, team: Team) -> None:
    book(make_session(team), child("Amina"), child("Bilal"), contact=POSTED)
    page = client.get(reverse("letters"))
    assert "Sara O&#x27;Hara &lt;Khan&gt;" in text(page) and "Confirmation" in text(page)
    paper = text(client.get(reverse("letters-print")))
    for line in ("12 Elm Court", "High Street", "WR11 4AB", "Dear parent or carer", "Amina: ", "14 November 2026"):
        assert line in paper
    assert "Khan, Amina" not in paper
    answered = client.post(reverse("letters"), {"letter": ids(page)}, follow=True)
    assert "1 letter is marked as posted." in text(answered) and "No letter waits." in text(answered)
    message = Message.objects.get(channel="letter", purpose="booking_confirmation")
    assert (message.state, message.carried_by) == ("sent", "post")
    assert AuditEvent.objects.get(action="letters_posted").after == {"letters": [str(message.public_id)]}


def test_a_second_press_and_a_letter_that_came_meanwhile_change_nothing(client: Client, team: Team) -> None:
    session = make_session(team)
    book(session, contact=POSTED)
    chosen = ids(client.get(reverse("letters")))
    later = book(session, contact=POSTED).booking
    client.post(reverse("letters"), {"letter": chosen})
    again = client.post(reverse("letters"), {"letter": [*chosen, "x", "\0"]}, follow=True)
    assert "No letter was marked" in text(again)
    [waiting] = Message.objects.filter(channel="letter", purpose="booking_confirmation", state="waiting")
    assert waiting.subject_id == later.public_id


def test_a_letter_whose_reason_has_gone_is_not_printed(client: Client, team: Team) -> None:
    booking = book(make_session(team), contact=POSTED).booking
    cancel_appointments(booking=booking, appointments=None, by=None, source="public", at=NOW)
    page = client.get(reverse("letters"))
    assert "1 letter is not needed any more" in text(page)
    [letter] = page.context["pile"].letters
    assert letter.message.purpose == "appointment_cancelled"
    client.post(reverse("letters"), {"letter": ids(page)})
    assert dict(Message.objects.filter(channel="letter", due_at__lte=NOW).values_list("purpose", "state")) == {
        "booking_confirmation": "no_longer_needed",
        "appointment_cancelled": "sent",
    }


def test_whoever_has_letters_alone_can_stop_reminders_by_post_and_still_gets_answers(team: Team) -> None:
    booking = book(make_session(team, date=DAY + timedelta(days=14)), contact=POSTED).booking

    def purposes() -> list[str]:
        pile = letter_pile(team.pk, at=NOW + timedelta(days=14))
        return sorted(letter.message.purpose for letter in pile.letters)

    assert purposes() == ["booking_confirmation", "reminder_week"]
    stop_messages(booking=booking, how=StopRequest.Source.LINK, by=None, at=NOW, source="public")
    assert stopping.has_stopped(booking) and purposes() == ["booking_confirmation"]
    start_messages(booking=booking, by=None, at=NOW, source="public")
    assert not stopping.has_stopped(booking) and "reminder_week" in purposes()


def test_only_those_who_asked_for_letters_get_them(client: Client, team: Team) -> None:
    session = make_session(team)
    book(session, contact=contact(phone="", email=""))
    book(session, contact=contact(phone="", email="", letters=True, address=""))
    assert "No letter waits." in text(client.get(reverse("letters")))


@pytest.mark.parametrize("name", ["letters", "letters-print", "messages-to-check"])
def test_the_lists_cost_the_same_however_long_they_are(
    client: Client, team: Team, name: str, django_assert_max_num_queries: Any
) -> None:
    session = make_session(team)
    both = contact(letters=True, address="1 High Street\nWR11 4AB")

    def cost() -> int:
        with django_assert_max_num_queries(40) as captured:
            client.get(reverse(name))
        return len(captured)

    def add(number: int) -> None:
        for _each in range(number):
            trouble(book(session, child("Amina"), child("Bilal"), contact=both).booking, receipt="bounced")

    add(1)
    first = cost()
    add(6)
    assert cost() == first


def test_what_failed_bounced_or_is_unknown_is_listed_with_whom_to_phone(client: Client, team: Team) -> None:
    session = make_session(team)
    trouble(book(session, child("Amina")).booking)
    trouble(book(session, child("Bilal")).booking, state="unknown")
    trouble(book(session, child("Caleb")).booking, state="sent", receipt="bounced")
    trouble(book(session, child("Dina")).booking, state="sent", receipt="delivered")
    trouble(book(make_session(), child("Elif")).booking)
    shown = text(client.get(reverse("messages-to-check")))
    assert "3 messages to check." in shown
    for words in ("Amina", "Bilal", "Caleb", "Failed", "Not known whether it was sent", "Cannot be delivered"):
        assert words in shown
    assert "Dina" not in shown and "Elif" not in shown and "+447700900982" in shown


def test_one_is_dealt_with_by_a_note_and_whoever_is_slower_is_told(client: Client, team: Team) -> None:
    booking = book(make_session(team), child("Amina")).booking
    booking.appointments.update(person=None)
    message = trouble(booking, state="sent", receipt="bounced")
    url = reverse("message-to-check", args=[message.public_id])
    assert "Sara Khan" in text(client.get(url))
    assert client.post(url, {"done": "dealt_with", "note": ""}).status_code == 422
    assert client.post(url, {"done": "again", "note": "x"}).status_code == 422
    done = client.post(url, {"done": "dealt_with", "note": "Told the mother by phone"}, follow=True)
    assert "Nothing waits for you" in text(done)
    slower = client.post(url, {"done": "dealt_with", "note": "Phoned"})
    assert slower.status_code == 409 and "has dealt with this message: Told the mother by phone" in text(slower)
    assert AuditEvent.objects.get(action="message_dealt_with").reason == "Told the mother by phone"


@pytest.mark.parametrize(("done", "state"), [("arrived", "sent"), ("again", "waiting")])
def test_one_of_which_nobody_knows_is_settled_by_a_person(client: Client, team: Team, done: str, state: str) -> None:
    message = trouble(book(make_session(team)).booking, state="unknown")
    url = reverse("message-to-check", args=[message.public_id])
    assert client.post(url, {"done": done, "note": "Asked at Notify"}).status_code == 302
    message.refresh_from_db()
    assert message.state == state
    assert "Nothing waits for you" in text(client.get(reverse("messages-to-check")))


def test_looking_at_a_letter_or_a_trouble_is_written_down(client: Client, team: Team) -> None:
    room = make_room()
    person = room.person()
    signed_in = Client()
    signed_in.force_login(make_user(room.team, Role.DESK))
    booking = book(room.session, contact=POSTED).booking
    booking.appointments.update(person=person)
    signed_in.get(reverse("letters-print"))
    assert RecordView.objects.filter(page="letters-print", person_id=person.public_id).count() == 1


def test_the_link_asks_before_it_stops_and_can_be_taken_back(team: Team) -> None:
    made = book(make_session(team))
    url = reverse("message-stop", args=[made.link_token])
    public = Client()
    page = text(public.get(url))
    assert "Stop our reminders?" in page and "Khan" not in page and "sara@" not in page
    assert not StopRequest.objects.exists()

    def stopped() -> list[bool]:
        pairs = [("text", "+447700900982"), ("email", "Sara@Example.com")]
        return [has_stopped(team.pk, channel, recipient_hashes(channel, address)) for channel, address in pairs]

    for _twice in range(2):
        assert "You get no more reminders" in text(public.post(url, {"do": "stop"}, follow=True))
    assert stopped() == [True, True] and StopRequest.objects.count() == 2
    assert "Stop our reminders?" in text(public.post(url, {"do": "start"}, follow=True))
    assert stopped() == [False, False]


def test_whoever_found_their_booking_stops_reminders_at_an_address_without_a_secret(team: Team) -> None:
    made = book(make_session(team))
    public = Client()
    public.get(reverse("booking-link", args=[made.link_token]))
    url = reverse("booking-reminders")
    assert url in text(public.get(reverse("booking-manage")))
    ways = {"email": made.booking.email, "phone": made.booking.phone}
    Booking.objects.filter(pk=made.booking.pk).update(email="", phone="")
    assert url not in text(public.get(reverse("booking-manage"))), "nothing is written to them"
    Booking.objects.filter(pk=made.booking.pk).update(**ways)
    assert "You get no more reminders" in text(public.post(url, {"do": "stop"}, follow=True))
    assert StopRequest.objects.count() == 2
    assert Client().get(url)["Location"] == reverse("booking-find")


def test_a_link_of_nobodys_is_told_so_however_it_is_asked() -> None:
    url = reverse("message-stop", args=["AAAAAAAAAAAAAAAAAAAAAA"])
    assert [Client().get(url).status_code, Client().post(url).status_code] == [404, 404]


def test_staff_stop_and_start_for_somebody_on_the_phone(client: Client, team: Team) -> None:
    url = reverse("messages-stop-for-caller")
    for wrong in ({}, {"wish": "stop"}, {"wish": "stop", "phone": "01632 960 001"}, {"wish": "x", "phone": "\0"}):
        assert client.post(url, wrong).status_code == 422
    assert not StopRequest.objects.exists()
    assert client.post(url, {"wish": "stop", "phone": "07700 900 982"}).status_code == 302
    assert has_stopped(team.pk, "text", recipient_hashes("text", "+447700900982"))
    assert client.post(url, {"wish": "start", "phone": "07700 900 982"}).status_code == 302
    assert not has_stopped(team.pk, "text", recipient_hashes("text", "+447700900982"))
    # Another team is another service: theirs go on.
    other = make_team()
    client.post(url, {"wish": "stop", "phone": "07700 900 982"})
    assert not has_stopped(other.pk, "text", recipient_hashes("text", "+447700900982"))


def test_reminder_letters_are_planned_earlier_than_texts(team: Team) -> None:
    session = make_session(team, at=NOW - timedelta(days=30))
    booking = book(session, contact=POSTED, at=NOW - timedelta(days=30)).booking
    names = booking.appointments.values("public_id")
    [(purpose, due_at)] = Message.objects.filter(subject_id__in=names).values_list("purpose", "due_at")
    assert purpose == "reminder_week" and due_at.date() == session.date - timedelta(days=12)
