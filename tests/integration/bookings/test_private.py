"""A young person asked that parents are not told: what whoever booked may still be sent, and be shown."""

import re
import uuid
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bookings.actions import Contact, cancel_appointments, make_booking
from bookings.arrivals import arrive_appointments
from bookings.models import Appointment, Booking, WaitingListEntry
from bookings.privacy import booked_for_themselves, private_people
from bookings.references import link_token_of
from bookings.waiting_list.joining import token_of
from bookings.waiting_list.offering import close_what_is_over, make_offer
from clinics.places import Need
from immunisations import actions
from immunisations.models import Visit
from immunisations.models.consent import GILLICK_ANSWERS
from immunisations.queries import visit_record
from messaging.channels import FileChannel
from messaging.models import Message
from messaging.sender import Sender
from tests.support.alike import without_tokens
from tests.support.factories import NOW, child, contact, make_session
from tests.support.records import AT, Room, make_room

pytestmark = pytest.mark.django_db
BORN = date(2011, 9, 2)
AN_HOUR = timedelta(hours=1)
NEXT_DAY = AT + timedelta(days=1)


@pytest.fixture
def room() -> Room:
    return make_room()


def book_next(room: Room, *names: str, contact: Contact, born: date = BORN) -> Booking:
    """A booking at the team's next clinic, made a week before the first."""
    following = make_session(room.team, date=room.session.date + timedelta(days=14))
    return make_booking(
        session=following,
        people=[child(name, "Khan", born) for name in names],
        contact=contact,
        starts_at=None,
        submission_id=uuid.uuid4(),
        how="web",
        by=None,
        source="public",
        at=NOW,
    ).booking


def decided(room: Room, *, private: bool = True, first_name: str = "Tom") -> Visit:
    """A young person of 15 who walked in and decided alone."""
    visit = room.visit(room.person(first_name, "Khan", BORN))
    say(room, visit, private=private)
    return visit


def say(room: Room, visit: Visit, *, private: bool, vaccine: str = "MMR", at=AT) -> None:
    actions.record_consent(
        visit=visit,
        decision="given",
        route="gillick",
        given_by_name=str(visit.person),
        vaccines=[vaccine],
        gillick=dict.fromkeys(GILLICK_ANSWERS, True),
        parents_not_told=private,
        by=room.nurse,
        at=at,
    )


def matched(booking: Booking, visit: Visit, first_name: str = "Tom") -> Appointment:
    """Somebody has found out whose appointment it is."""
    booking.appointments.filter(first_name=first_name).update(person=visit.person)
    return booking.appointments.get(first_name=first_name)


def sent(folder: Path, at=NEXT_DAY) -> list[str]:
    """Let a worker come; return what was sent in all."""
    Sender(channel=FileChannel(folder), now=lambda: at + timedelta(minutes=5)).drain()
    return sorted(path.read_text() for path in folder.glob("*.txt"))


def cancel(room: Room, appointment: Appointment) -> None:
    cancel_appointments(
        booking=appointment.booking, appointments=[appointment], by=room.senior, source="staff", at=NEXT_DAY
    )


TEXTED = Contact(name="Sara Khan", relationship="Mother", phone="+447700900982")


def test_no_message_about_a_private_young_person_goes_to_a_parent(room, tmp_path):
    booking = book_next(room, "Tom", contact=TEXTED)
    matched(booking, decided(room))
    assert sent(tmp_path) == []
    message = Message.objects.get(purpose="booking_confirmation")
    assert message.state == Message.State.NO_LONGER_NEEDED
    assert "decided for themselves" in message.outcome and "Tom" not in message.outcome


def test_a_cancellation_does_not_tell_them_either(room, tmp_path):
    booking = book_next(room, "Tom", contact=TEXTED)
    cancel(room, matched(booking, decided(room)))
    assert sent(tmp_path) == []


def test_without_the_wish_the_message_goes(room, tmp_path):
    booking = book_next(room, "Tom", contact=TEXTED)
    matched(booking, decided(room, private=False))
    assert len(sent(tmp_path)) == 1


def test_the_message_about_the_siblings_goes_and_does_not_name_them(room, tmp_path):
    booking = book_next(room, "Tom", "Amina", contact=TEXTED)
    matched(booking, decided(room))
    [words] = sent(tmp_path)
    assert "Amina" in words and "Tom" not in words


def test_the_wish_is_asked_again_when_the_message_is_about_to_go(room, tmp_path):
    booking = book_next(room, "Tom", contact=TEXTED)
    visit = decided(room)
    matched(booking, visit)
    # They change their mind before the worker comes.
    say(room, visit, private=False, at=AT + timedelta(minutes=1))
    assert len(sent(tmp_path)) == 1
    # And again: the next message does not go.
    say(room, visit, private=True, at=AT + timedelta(minutes=2))
    cancel(room, booking.appointments.get())
    assert len(sent(tmp_path, NEXT_DAY + timedelta(hours=1))) == 1


def test_somebody_who_booked_for_themselves_hears_about_it(room, tmp_path):
    own = Contact(name="tom  khan", relationship="Booked for themselves", phone="+447700900982")
    booking = book_next(room, "Tom", contact=own)
    matched(booking, decided(room))
    assert len(sent(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "relationship", "themselves"),
    [
        ("Tom Khan", "Booked for themselves", True),
        ("", "Booked for themselves", True),
        ("Sara Khan", "Booked for themselves", False),
        ("Tom Khan", "Father", False),
        ("", "", False),
    ],
)
def test_only_who_says_so_and_bears_the_name_booked_for_themselves(room, name, relationship, themselves):
    booking = book_next(room, "Tom", contact=Contact(name=name, relationship=relationship, phone="+447700900982"))
    assert booked_for_themselves(booking.appointments.get()) is themselves


def test_whoever_books_for_themselves_without_a_name_is_only_the_first_of_the_booking(room):
    booking = book_next(
        room, "Ann", "Tom", contact=Contact(relationship="Booked for themselves", phone="+447700900982")
    )
    assert [booked_for_themselves(each) for each in booking.appointments.order_by("position")] == [True, False]


def test_the_wish_counts_on_whichever_row_of_a_person_found_to_be_one(room, tmp_path):
    booking = book_next(room, "Tom", contact=TEXTED)
    visit = decided(room)
    root = room.person("Thomas", "Khan", BORN)
    actions.merge_people(keep=root, merge=visit.person, reason="The same", by=room.senior, at=AT)
    visit.person = root
    matched(booking, visit)
    assert sent(tmp_path) == []


# What whoever booked sees on the web


def shown(booking: Booking, at=AT + timedelta(minutes=5), cancel: Appointment | None = None) -> str:
    """Return what the booking's page says to whoever has its reference; after they tried to cancel, where told."""
    with time_machine.travel(at, tick=False):
        client = Client()
        page = client.post(
            "/booking/",
            {
                "reference": booking.reference,
                "date_of_birth_day": BORN.day,
                "date_of_birth_month": BORN.month,
                "date_of_birth_year": BORN.year,
            },
            follow=True,
        )
        if cancel is not None:
            page = client.post(reverse("booking-cancel", args=[cancel.public_id]), follow=True)
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize(("private", "came"), [(False, True), (True, False)])
def test_the_page_of_the_booking_does_not_say_that_they_came(room, private, came):
    booking = make_booking(
        session=room.session,
        people=[child("Tom", "Khan", BORN)],
        contact=contact(),
        starts_at=None,
        submission_id=uuid.uuid4(),
        how="web",
        by=None,
        source="public",
        at=NOW,
    ).booking
    arrive_appointments(session=room.session, appointments=list(booking.appointments.all()), by=room.nurse, at=AT)
    visit = Visit.objects.get()
    room.check(visit, ("MMR", "2013-01-01"))
    say(room, visit, private=private)
    room.screen(visit, not_pregnant=True)
    assert room.give(visit, room.mmr).parents_not_told is private
    page = shown(booking)
    refused = shown(booking, cancel=booking.appointments.get())
    assert ("they have arrived" in refused) is came
    assert ("can no longer be cancelled" in refused) is private
    assert ("Came to the clinic" in page) is came
    assert "MMR" not in page and "accinated" not in page and "private" not in page.lower()


def test_the_wish_about_one_vaccine_is_not_lifted_by_a_word_about_another(room):
    visit = decided(room)
    say(room, visit, private=False, vaccine="HPV")
    assert private_people({visit.person.pk}) == {visit.person.pk}
    assert visit_record(visit).parents_not_told() and not visit_record(visit).parents_not_told("HPV")
    say(room, visit, private=False)
    assert private_people({visit.person.pk}) == set()
    assert not visit_record(visit).parents_not_told()


def test_every_page_offers_the_same_whether_or_not_a_private_young_person_has_come(room):
    booking = book_next(room, "Tom", contact=TEXTED)
    appointment = matched(booking, decided(room))
    early = appointment.starts_at - timedelta(minutes=30)

    def offered() -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown(booking, early))

    not_come = offered()
    arrive_appointments(session=appointment.session, appointments=[appointment], by=room.nurse, at=early)
    assert offered() == not_come
    assert "We are running late" in not_come and "Cancel this appointment" in not_come
    with time_machine.travel(early, tick=False):
        client = Client()
        client.get(reverse("booking-link", args=[link_token_of(booking.public_id, booking.link_token_hash)]))
        said = client.post(reverse("booking-late"), follow=True).content.decode()
        assert "You told us at" in said
        day = client.post(reverse("booking-change"), {"people": [str(appointment.public_id)]})
        time_page = client.post(day.url, {"day": str(appointment.session.public_id)})
        offered_times = re.findall(r'name="starts_at"[^>]* value="([^"]+)"', client.get(time_page.url).content.decode())
        later = next(each for each in offered_times if datetime.fromisoformat(each) != appointment.starts_at)
        check = client.post(time_page.url, {"starts_at": later})
        refused = client.post(check.url, follow=True).content.decode()
    assert "This appointment can no longer be changed." in refused and "arrived" not in refused


def test_waiting_for_earlier_times_reads_the_same_whether_or_not_a_private_young_person_has_come(room):
    """Joining, the link of the wait, the worker's passes and the offer: alike until the time of the appointment."""
    booking = book_next(room, "Tom", contact=TEXTED)
    appointment = matched(booking, decided(room))
    sooner = make_session(
        room.team,
        date=appointment.session.date,
        venue=appointment.session.venue,
        periods=[(time(9), time(14), 1)],
    )
    early = appointment.starts_at - timedelta(minutes=30)

    def seen(*, offered: bool) -> list[str]:
        pages = []
        with time_machine.travel(early, tick=False):
            client = Client()
            client.get(reverse("booking-link", args=[link_token_of(booking.public_id, booking.link_token_hash)]))
            pages.append(client.get(reverse("waiting-list-earlier")))
            wanted = {"venues": [str(sooner.venue.public_id)], "weekdays": ["any"], "parts": ["any"]}
            pages.append(client.post(reverse("waiting-list-earlier"), wanted, follow=True))
            entry = WaitingListEntry.objects.get()
            if offered:
                make_offer(entry=entry, session=sooner, needs=[Need()], starts_at=early + AN_HOUR, at=early)
            close_what_is_over(at=early)
            pages.append(client.get(reverse("waiting-list-link", args=[token_of(entry)])))
        return [without_tokens(page.content.decode()).replace(token_of(entry), "") for page in pages]

    def came() -> None:
        arrive_appointments(session=appointment.session, appointments=[appointment], by=room.nurse, at=early)

    for offered in (False, True):
        with transaction.atomic():
            seen(offered=offered)
            transaction.set_rollback(True)
        with transaction.atomic():
            not_come = seen(offered=offered)
            transaction.set_rollback(True)
        with transaction.atomic():
            came()
            assert seen(offered=offered) == not_come
            # Nothing new is offered to somebody who is there; what was offered before is refused in neutral words.
            entry = WaitingListEntry.objects.get()
            if offered:
                with time_machine.travel(early, tick=False):
                    link = reverse("waiting-list-link", args=[token_of(entry)])
                    take = {"do": "take", "offer": str(entry.offers.get().public_id)}
                    said = Client().post(link, take, follow=True).content.decode()
                assert "This appointment can no longer be changed." in said and "arrived" not in said
                assert "We have a time for you" in said
            close_what_is_over(at=appointment.starts_at)
            entry.refresh_from_db()
            assert entry.state == "ended"
            transaction.set_rollback(True)
