"""Booking for somebody on the phone."""

import re
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Role, Team
from bookings.actions import cancel_appointments
from bookings.models import Appointment, Booking, Draft, WaitingListEntry
from bookings.queries.calling import bookings_like
from bookings.references import new_reference
from bookings.waiting_list.offering import offer_times
from clinics.actions import mark_cancelled
from clinics.models import ClinicSession, Place, Reservation, Venue
from clinics.places import free_times, take_places
from clinics.runs import Need
from messaging.models import Message
from tests.support.factories import DAY, NOW, book, child, contact, make_session, make_team, make_user, make_venue
from tests.support.waiting import full_clinic
from tests.support.waiting import wait as wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_week_before():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def desk_of(team: Team, role: str = Role.DESK) -> Client:
    client = Client()
    client.force_login(make_user(team, role))
    return client


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def ring(client: Client, session: ClinicSession, *, people: int = 1, first: int = 0) -> Draft:
    """Choose a time; the page of the call follows."""
    start = free_times(session=session, at=NOW)[first].starts_at
    address = reverse("phone-clinic", args=[session.public_id])
    response = client.post(address, {"starts_at": start.isoformat(), "people": str(people)})
    assert response.status_code == 302, text(response)
    return Draft.objects.latest("pk")


def typed(number: int = 1, name: str = "Amina", **more: Any) -> dict[str, Any]:
    person = {
        "first_name": name,
        "last_name": "Khan",
        "date_of_birth_day": "27",
        "date_of_birth_month": "3",
        "date_of_birth_year": "2023",
    } | more
    return {f"{number}-{key}": value for key, value in person.items()}


def caller(**more: Any) -> dict[str, Any]:
    return {"contact_name": "Sara Khan", "relationship": "mother", "confirm_by": ["aloud"], **more}


def call_url(draft: Draft) -> str:
    return reverse("phone-call", args=[draft.public_id])


def test_a_caller_books_a_family_on_one_page_after_clinics_and_times():
    session = make_session()
    client = desk_of(session.team)
    start = client.get(reverse("phone-bookings"))
    assert session.venue.name in text(start)
    times = client.get(reverse("phone-clinic", args=[session.public_id]), {"people": "2"})
    assert "Times for 2 people" in text(times)
    assert "First name" not in text(start) + text(times)

    draft = ring(client, session, people=2)
    kept = Reservation.objects.filter(holder=draft.public_id)
    assert {each.kind for each in kept} == {Reservation.Kind.CALLER}
    assert {each.expires_at for each in kept} == {NOW + timedelta(minutes=60)}

    answers = {
        **typed(1, nhs_number="999 000 0018", wanted=["MMR"], gelatine_free="on", needs=["needles"]),
        **typed(2, "Bilal"),
        **caller(
            phone="07700 900 982",
            confirm_by=["text", "email", "letter"],
            email="sara@example.com",
            address="2 Mill Lane\nEvesham\nWR11 4BS",
            interpreter_needed="on",
            spoken_language="Urdu",
            postcode="wr114bs",
        ),
        "do": "book",
    }
    for _press in range(2):
        response = client.post(call_url(draft), answers)
        assert response.status_code == 302, text(response)
    booking = Booking.objects.get()
    assert response["Location"] == reverse("phone-booking", args=[booking.public_id])
    assert (booking.how, booking.phone, booking.texts, booking.letters) == ("phone", "+447700900982", True, True)
    assert booking.address == "2 Mill Lane\nEvesham\nWR11 4BS"
    assert (booking.interpreter_needed, booking.spoken_language) == (True, "Urdu")
    amina, bilal = booking.appointments.order_by("position")
    assert (amina.nhs_number, amina.gelatine_free, amina.wanted, amina.postcode) == (
        "9990000018",
        True,
        ["MMR"],
        "WR11 4BS",
    )
    assert amina.support_needs == "Very afraid of needles"
    assert bilal.starts_at - amina.starts_at == timedelta(minutes=10)
    assert Message.objects.filter(subject_id=booking.public_id, channel="text").exists()
    assert AuditEvent.objects.get(action="make_booking").actor_id is not None
    page = text(client.get(response["Location"]))
    assert booking.reference[:5] in page and "By phone" in page and "Printed letter" in page
    assert "AMINA" not in page and "KHAN, Amina" in page
    printed = text(client.get(reverse("phone-booking-print", args=[booking.public_id])))
    assert "Amina Khan" in printed and booking.reference[:5] in printed


def test_a_call_survives_a_reload_and_every_step_keeps_its_times_longer(a_week_before):
    session = make_session()
    client = desk_of(session.team)
    draft = ring(client, session)
    a_week_before.move_to(NOW + timedelta(minutes=50))
    half = {**typed(1, "Ami\x00na", date_of_birth_day="99"), "contact_name": "Sara", "do": "save"}
    assert client.post(call_url(draft), half).status_code == 302
    assert Reservation.objects.get(holder=draft.public_id).expires_at == NOW + timedelta(minutes=110)
    # Another tab, hours later: the hour is over, nobody took the time, and all that was typed is there.
    a_week_before.move_to(NOW + timedelta(hours=5))
    page = client.get(call_url(draft)).content.decode()
    assert 'value="Amina"' in page and 'value="99"' in page and 'value="Sara"' in page
    assert "The hour is over" in page
    assert "Amina" in text(client.get(reverse("phone-bookings")))
    assert client.post(call_url(draft), {**typed(), **caller()}).status_code == 302
    assert Appointment.objects.get().starts_at == draft.starts_at


def test_an_hour_that_is_over_lets_others_take_the_time_and_the_call_is_told(a_week_before):
    session = make_session(periods=((time(10), time(10, 20), 1),))
    client = desk_of(session.team)
    draft = ring(client, session)
    later = NOW + timedelta(minutes=61)
    a_week_before.move_to(later)
    book(session, starts_at=draft.starts_at, at=later)
    answer = client.post(call_url(draft), {**typed(), **caller()})
    assert answer.status_code == 409
    assert "Choose other times" in text(answer) and 'value="Amina"' in answer.content.decode()
    other = free_times(session=session, at=later)[0].starts_at
    times = reverse("phone-call-times", args=[draft.public_id, session.public_id])
    taken = client.post(times, {"starts_at": draft.starts_at.isoformat()})
    assert taken.status_code == 409 and "has just been taken" in text(taken)
    assert client.post(times, {"starts_at": other.isoformat()}).status_code == 302
    assert client.post(call_url(draft), {**typed(), **caller()}).status_code == 302
    assert Booking.objects.count() == 2


def test_somebody_added_and_a_longer_appointment_take_the_places_they_need():
    session = make_session(periods=((time(10), time(10, 30), 1),))
    client = desk_of(session.team)
    draft = ring(client, session)
    client.post(call_url(draft), {**typed(), **caller(), "do": "add"})
    assert Reservation.objects.filter(holder=draft.public_id).count() == 2
    both = {**typed(1, extra_time="on"), **typed(2, "Bilal")}
    client.post(call_url(draft), {**both, **caller(), "do": "save"})
    assert Place.objects.filter(reservation__holder=draft.public_id).count() == 3
    # Two longer appointments do not fit: said, nothing lost, nothing booked.
    more = both | typed(2, "Bilal", extra_time="on")
    answer = client.post(call_url(draft), {**more, **caller()})
    assert answer.status_code == 409 and "Choose other times" in text(answer)
    assert Place.objects.filter(reservation__holder=draft.public_id).count() == 3
    # The first is left out: the second moves up, with what was typed.
    client.post(call_url(draft), {**more, **caller(), "do": "remove-1"})
    page = client.get(call_url(draft)).content.decode()
    assert 'value="Bilal"' in page and 'value="Amina"' not in page
    assert Place.objects.filter(reservation__holder=draft.public_id).count() == 2


def test_a_call_that_is_forgotten_gives_its_times_back():
    session = make_session(periods=((time(10), time(10, 10), 1),))
    client = desk_of(session.team)
    draft = ring(client, session)
    assert not free_times(session=session, at=NOW)
    assert client.post(call_url(draft), {"do": "stop"}).status_code == 302
    assert free_times(session=session, at=NOW) and not Draft.objects.exists()
    assert client.get(call_url(draft)).status_code == 404


def test_what_is_wrong_is_said_beside_its_person_and_nothing_is_lost():
    session = make_session()
    client = desk_of(session.team)
    draft = ring(client, session)
    wrong = {
        **typed(1, "", date_of_birth_month="13", nhs_number="999 000 0019"),
        **caller(confirm_by=["text", "letter"], interpreter_needed="on", phone="01632 960 001"),
    }
    answer = client.post(call_url(draft), wrong)
    assert answer.status_code == 422
    page = text(answer)
    for sentence in (
        "Enter the first name of person 1",
        "The date of birth of person 1 must be a real date",
        "Enter a UK mobile number for the text message",
        "Enter the address for the letter",
        "Enter the language that the interpreter is for",
    ):
        assert sentence in page
    assert "Error: " in page
    young = typed(1, date_of_birth_year="2026", date_of_birth_month="11", date_of_birth_day="1")
    answer = client.post(call_url(draft), {**young, **caller()})
    assert answer.status_code == 422 and "too young for this clinic" in text(answer)
    for nasty in ("\x00", "💉" * 3000, "\u202e<script>alert(1)</script>"):
        rubbish = dict.fromkeys([*wrong, "do", "1-wanted"], nasty)
        assert client.post(call_url(draft), rubbish).status_code in (302, 422)
        assert client.post(reverse("phone-bookings"), {"booking": nasty}).status_code == 422
        assert client.post(reverse("phone-bookings"), {"near": nasty}).status_code == 422
        address = reverse("phone-clinic", args=[session.public_id])
        assert client.post(address, {"starts_at": nasty, "people": nasty}).status_code == 422
    assert not Booking.objects.exists()


def test_a_caller_is_found_again_by_reference_or_phone_and_cancels():
    session = make_session()
    client = desk_of(session.team)
    booking = book(session).booking
    mine = reverse("phone-booking", args=[booking.public_id])
    for words in (booking.reference.lower(), "07700 900982"):
        answer = client.post(reverse("phone-bookings"), {"booking": words})
        assert answer.status_code == 302 and answer["Location"] == mine
    second = book(session).booking
    both = text(client.post(reverse("phone-bookings"), {"booking": "07700 900982"}))
    assert "2 bookings found" in both
    # Another team's staff learn nothing of it.
    stranger = desk_of(make_team())
    answer = stranger.post(reverse("phone-bookings"), {"booking": booking.reference})
    assert answer.status_code == 422 and "has no booking" in text(answer)
    assert stranger.get(mine).status_code == 404
    cancel = reverse("phone-booking-cancel", args=[booking.public_id])
    assert client.post(cancel, {"who": []}).status_code == 422
    answer = client.post(cancel, {"who": [str(booking.appointments.get().public_id)], "reason": "Unwell"})
    assert answer.status_code == 302
    assert booking.appointments.get().state == Appointment.State.CANCELLED
    assert second.appointments.get().state == Appointment.State.BOOKED
    assert AuditEvent.objects.get(action="cancel_appointments").reason == "Unwell"


def test_a_caller_who_gave_only_an_email_address_is_found_again_by_it():
    session = make_session()
    client = desk_of(session.team)
    entry = wait_for(session.venue, contact=contact(phone="", email="Sara@example.com"))
    answer = client.post(reverse("phone-bookings"), {"booking": " sara@EXAMPLE.com "})
    assert answer["Location"] == reverse("phone-waiting", args=[entry.public_id])
    booking = book(session, contact=contact(phone="", email="sara@example.com")).booking
    both = client.post(reverse("phone-bookings"), {"booking": "sara@example.com"}).content.decode()
    assert str(booking.public_id) in both and str(entry.public_id) in both
    stranger = desk_of(make_team())
    assert stranger.post(reverse("phone-bookings"), {"booking": "sara@example.com"}).status_code == 422


def test_only_the_team_own_clinics_are_offered_and_closed_and_invited_ones_too():
    team = make_team()
    for who in ClinicSession.WhoMayBook.values:
        make_session(team, who_may_book=who, name=f"Clinic {who}")
    elsewhere = make_session(name="Another team’s")
    client = desk_of(team)
    page = text(client.get(reverse("phone-bookings")))
    assert all(f"Clinic {who}" in page for who in ClinicSession.WhoMayBook.values)
    assert "Another team" not in page
    assert client.get(reverse("phone-clinic", args=[elsewhere.public_id])).status_code == 404
    closed = ClinicSession.objects.get(name="Clinic closed_list")
    draft = ring(client, closed)
    # Nor is a call led to another team's clinic.
    times = reverse("phone-call-times", args=[draft.public_id, elsewhere.public_id])
    assert client.post(times, {"starts_at": "x"}).status_code == 404
    assert client.post(call_url(draft), {**typed(), **caller()}).status_code == 302
    assert Booking.objects.get().team == team
    assert desk_of(team, Role.ANALYST).get(reverse("phone-bookings")).status_code == 403


def test_the_list_of_clinics_asks_as_many_questions_for_one_as_for_many(django_assert_max_num_queries):
    team = make_team()
    make_session(team)
    client = desk_of(team)
    address = reverse("phone-bookings")
    client.get(address)
    with django_assert_max_num_queries(30) as few:
        client.get(address)
    asked = len(few)
    for _each in range(5):
        ring(client, make_session(team))
    with django_assert_max_num_queries(asked):
        client.get(address)


def test_a_place_is_searched_without_its_postcode_standing_in_an_address():
    session = make_session()
    client = desk_of(session.team)
    answer = client.post(reverse("phone-bookings"), {"near": "wr11 4bs"})
    assert answer.status_code == 302 and answer["Location"].endswith("?near=WR11")
    assert "near WR11" in text(client.get(answer["Location"]))
    finer = client.get(reverse("phone-bookings"), {"near": "WR11 4BS"})
    assert finer.status_code == 302 and finer["Location"].endswith("?near=WR11")


def test_a_clinic_cancelled_during_the_call_costs_nothing_that_was_typed():
    session = make_session()
    client = desk_of(session.team)
    draft = ring(client, session)
    mark_cancelled(session=session, reason="Flood", by=None, at=NOW, source="test")
    answer = client.post(call_url(draft), {**typed(), **caller()})
    assert answer.status_code == 409 and 'value="Amina"' in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_time_taken_between_showing_and_choosing_is_told_with_the_nearest():
    session = make_session(periods=((time(10), time(11), 1),))
    client = desk_of(session.team)
    start = free_times(session=session, at=NOW)[0].starts_at
    details: dict[str, Any] = {"kind": Reservation.Kind.APPOINTMENT, "holder": None, "expires_at": None, "at": NOW}
    take_places(session=session, needs=[Need()], starts_at=start, **details)
    address = reverse("phone-clinic", args=[session.public_id])
    answer = client.post(address, {"starts_at": start.isoformat(), "people": "1"})
    assert answer.status_code == 409 and "Nearest times" in text(answer)
    assert not Draft.objects.exists()


def test_a_booking_for_a_letter_to_whoever_has_nothing_else_is_texted_to_nobody():
    session = make_session()
    booking = book(session, contact=contact(texts=False, email="", letters=True, address="1 Mill Lane")).booking
    page = text(desk_of(session.team).get(reverse("phone-booking", args=[booking.public_id])))
    assert "Printed letter to: 1 Mill Lane" in page and "Text message to" not in page


def test_a_caller_moves_the_whole_booking_and_adds_a_brother_once():
    team = make_team()
    session, later = make_session(team), make_session(team, date=DAY + timedelta(days=7))
    client = desk_of(team)
    booking = book(session).booking
    mine = reverse("phone-booking", args=[booking.public_id])
    start = free_times(session=later, at=NOW)[3].starts_at
    times = reverse("phone-booking-times", args=[booking.public_id, later.public_id])
    assert "Change to this time" in text(client.get(times))
    answer = client.post(times, {"starts_at": start.isoformat()})
    assert answer.status_code == 302 and answer["Location"] == mine
    assert (booking.appointments.get().session, booking.appointments.get().starts_at) == (later, start)
    assert len(free_times(session=session, at=NOW)) == 12
    assert Message.objects.filter(subject_id=booking.public_id, purpose="booking_changed").exists()

    page = client.get(reverse("phone-booking-add", args=[booking.public_id])).content.decode()
    once = re.search('name="once" value="([^"]+)"', page)
    first = re.search('name="1-starts_at"[^>]*value="([^"]+)"', page)
    assert once and first
    sent = {**typed(1, "Bilal", starts_at=first[1]), "once": once[1]}
    add = reverse("phone-booking-add", args=[booking.public_id])
    assert client.post(add, {**sent, "1-first_name": ""}).status_code == 422
    for _press in range(2):
        assert client.post(add, sent).status_code == 302
    assert [each.first_name for each in booking.appointments.order_by("position")] == ["Amina", "Bilal"]
    wait = reverse("phone-booking-wait", args=[booking.public_id])
    assert "earlier time frees up" in text(client.post(wait, follow=True))
    assert desk_of(make_team()).post(wait).status_code == 404


def test_a_callers_family_moves_by_ten_minutes_onto_a_place_of_its_own():
    session = make_session(periods=((time(10), time(10, 30), 1),))
    client = desk_of(session.team)
    start = free_times(session=session, at=NOW)[0].starts_at
    booking = book(session, child(), child("Bilal"), starts_at=start).booking
    times = reverse("phone-booking-times", args=[booking.public_id, session.public_id])
    (offered,) = re.findall('name="starts_at"[^>]*value="([^"]+)"', client.get(times).content.decode())
    assert offered == (start + timedelta(minutes=10)).isoformat(), "not the times they have"
    assert client.post(times, {"starts_at": offered}).status_code == 302
    moved = booking.appointments.order_by("position").values_list("starts_at", flat=True)
    assert list(moved) == [start + timedelta(minutes=10), start + timedelta(minutes=20)]
    assert [each.starts_at for each in free_times(session=session, at=NOW)] == [start]


def test_the_second_press_of_adding_somebody_shows_what_the_first_has_done():
    session = make_session(periods=((time(10), time(11), 1),))
    client = desk_of(session.team)
    booking = book(session).booking
    add = reverse("phone-booking-add", args=[booking.public_id])
    page = client.get(add).content.decode()
    once = re.search('name="once" value="([^"]+)"', page)
    first = re.search('name="1-starts_at"[^>]*value="([^"]+)"', page)
    assert once and first
    sent = {**typed(1, "Bilal", starts_at=first[1]), "once": once[1]}
    said = [text(client.post(add, sent, follow=True)) for _press in range(2)]
    assert all("Added. Read the time to the caller." in each and "Bilal" in each for each in said)
    assert booking.appointments.count() == 2
    # Another page that wants the time is told that it has gone.
    assert client.post(add, sent | {"once": str(uuid.uuid4())}).status_code == 422


def times_wanted(session: ClinicSession) -> dict[str, Any]:
    return {"venues": [str(session.venue.public_id)], "weekdays": ["2", "5"], "parts": ["any"]}


def test_a_caller_for_whom_nothing_fits_waits_once_with_what_was_typed_in_the_call():
    session = make_session()
    make_venue(session.team, name="Village Hall")
    make_venue(session.team, name="The Prison", kind=Venue.Kind.PRISON)
    client = desk_of(session.team)
    draft = ring(client, session)
    wait = reverse("phone-call-wait", args=[draft.public_id])
    by_letter = caller(phone="07700 900 982", confirm_by=["letter"], address="1 Mill Lane")
    answer = client.post(call_url(draft), {**typed(), **by_letter, "do": "wait"})
    assert answer.status_code == 302 and answer["Location"] == wait
    page = client.get(wait).content.decode()
    assert 'value="Amina"' in page and 'value="Sara Khan"' in page and "Village Hall" in page
    assert "The Prison" not in page
    # Only the place of the call's clinic is ticked.
    assert re.findall(r'name="venues"[^>]*value="([^"]+)"[^>]*checked', page) == [str(session.venue.public_id)]

    sent = {**typed(), **caller(phone="07700 900 982", confirm_by=["text"]), **times_wanted(session)}
    untold = client.post(wait, sent | {"confirm_by": []})
    assert untold.status_code == 422 and 'value="Amina"' in untold.content.decode()
    assert "Select text message, email or both: nobody can wait without" in text(untold)
    landline = client.post(wait, sent | {"phone": "01386 400 100"})
    assert landline.status_code == 422 and "Enter a UK mobile number for the text message" in text(landline)
    assert not WaitingListEntry.objects.exists()
    answers = {client.post(wait, sent)["Location"] for _press in range(2)}
    entry = WaitingListEntry.objects.get()
    assert answers == {reverse("phone-waiting", args=[entry.public_id])}
    assert (entry.weekdays, entry.parts, entry.number, entry.team) == ([2, 5], [], 1, session.team)
    assert (entry.people[0]["first_name"], entry.contact["phone"]) == ("Amina", "+447700900982")
    assert not Draft.objects.exists() and not Reservation.objects.filter(holder=draft.public_id).exists()
    event = AuditEvent.objects.get(action="join_waiting_list")
    assert event.actor_id is not None and event.source == "staff"

    found = client.post(reverse("phone-bookings"), {"booking": "07700 900982"}, follow=True)
    assert "Waiting list: Amina Khan" in text(found) and "Wednesday and Saturday" in text(found)
    assert "we keep it for them for 2 hours" in text(found) and "Text message to" in text(found)
    mine = answers.pop()
    for other in (client.get, client.post):
        assert other(mine).status_code in (200, 302)
    assert AuditEvent.objects.filter(action="stop_waiting", actor_id__isnull=False).count() == 1
    assert "no longer on the waiting list" in text(client.get(mine))


def test_a_family_is_put_on_the_list_from_the_search_and_only_on_its_own_teams():
    session, elsewhere = make_session(), make_session()
    client, stranger = desk_of(session.team), desk_of(elsewhere.team)
    wait = reverse("phone-wait")
    page = client.get(wait, {"venue": str(session.venue.public_id), "people": "2"}).content.decode()
    assert "Person 2" in page and elsewhere.venue.name not in page
    once = re.search('name="once" value="([^"]+)"', page)
    assert once
    told = caller(confirm_by=["email"], email="sara@example.com")
    sent = {**typed(), **typed(2, "Bilal"), **told, **times_wanted(session), "once": once[1], "people": "2"}
    more = client.post(wait, sent | {"do": "add"}).content.decode()
    assert "Person 3" in more and 'value="Bilal"' in more and 'value="sara@example.com"' in more
    assert client.post(wait, sent | {"venues": [str(elsewhere.venue.public_id)]}).status_code == 422
    assert client.post(wait, sent | {"once": "x\x00"}).status_code == 404
    for _press in range(2):
        answer = client.post(wait, sent)
        assert answer.status_code == 302, text(answer)
    entry = WaitingListEntry.objects.get()
    assert entry.number == 2
    # Another team neither sees it, ends it nor makes it its own.
    assert stranger.get(answer["Location"]).status_code == stranger.post(answer["Location"]).status_code == 404
    assert stranger.post(wait, sent | times_wanted(elsewhere)).status_code == 404
    assert desk_of(session.team, Role.ANALYST).post(wait, sent).status_code == 403
    entry.refresh_from_db()
    assert (entry.team, entry.state) == (session.team, WaitingListEntry.State.WAITING)


def test_what_the_waiting_list_keeps_for_a_caller_is_taken_or_declined_for_them():
    session, taken = full_clinic()
    client, stranger = desk_of(session.team), desk_of(make_team())
    entry = wait_for(session.venue)
    mine, answer = (reverse(name, args=[entry.public_id]) for name in ("phone-waiting", "phone-waiting-answer"))

    def offered(number: int) -> dict[str, str]:
        cancel_appointments(
            booking=taken[number].booking, appointments=[taken[number]], by=None, source="public", at=NOW
        )
        assert offer_times(at=NOW) == 1
        return {"offer": str(entry.offers.get(answer="").public_id)}

    first = offered(0)
    assert "Times for them: Evesham clinic" in text(client.get(mine))
    assert stranger.post(answer, first | {"do": "take"}).status_code == 404
    assert desk_of(session.team, Role.ANALYST).post(answer, first | {"do": "take"}).status_code == 403
    for nonsense in ({}, {"do": "take", "offer": "x\x00"}, first | {"do": "x"}):
        assert client.post(answer, nonsense)["Location"] == mine
    assert entry.offers.get().answer == ""
    for _press in range(2):
        assert "Declined for the caller" in text(client.post(answer, first | {"do": "decline"}, follow=True))
    # Not that clinic's mornings again: an afternoon elsewhere.
    _other, taken = full_clinic(10, venue=session.venue)
    second = offered(0) | {"do": "take"}
    pages = [client.post(answer, second) for _press in range(2)]
    booking = Booking.objects.get(submission_id=second["offer"])
    assert {page["Location"] for page in pages} == {reverse("phone-booking", args=[booking.public_id])}
    assert booking.how == Booking.How.PHONE
    event = AuditEvent.objects.get(action="take_offer")
    assert event.actor_id is not None and event.source == "staff"
    gone = text(client.post(answer, first | {"do": "take"}, follow=True))
    assert "We no longer keep these times" in gone


def test_whoever_phones_after_the_wait_is_over_is_told_why():
    session = make_session()
    entry = wait_for(session.venue)
    offer_times(at=NOW + timedelta(days=85))
    page = text(desk_of(session.team).get(reverse("phone-waiting", args=[entry.public_id])))
    assert "The last day on which they could come is over." in page and "Put them on the waiting list again" in page


def test_a_booking_shows_that_they_wait_for_an_earlier_time_until_they_stop():
    session = make_session()
    booking = book(session).booking
    client, mine = desk_of(session.team), reverse("phone-booking", args=[booking.public_id])
    assert "Stop waiting" not in text(client.get(mine))
    client.post(reverse("phone-booking-wait", args=[booking.public_id]))
    page = text(client.get(mine))
    assert "They wait for an earlier time" in page and "Tell them of earlier times" not in page
    entry = WaitingListEntry.objects.get()
    answer = client.post(reverse("phone-waiting", args=[entry.public_id]))
    assert answer["Location"] == mine and "Stop waiting" not in text(client.get(mine))


def test_a_caller_changes_how_they_are_reached_and_gets_the_booking_again():
    session = make_session()
    booking = book(session, contact=contact(email="")).booking
    client = desk_of(session.team)
    address = reverse("phone-booking-contact", args=[booking.public_id])
    assert "+447700900982" in client.get(address).content.decode()
    wrong = client.post(address, {"phone": "01386 400 100", "confirm_by": ["text"]})
    assert wrong.status_code == 422 and 'value="01386 400 100"' in wrong.content.decode()
    new = {"phone": "07700 900 983", "confirm_by": ["text", "email"], "email": "new@example.com"}
    answer = client.post(address, new, follow=True)
    assert "sent to them again" in text(answer) and "Email to new@example.com" in text(answer)
    booking.refresh_from_db()
    assert (booking.phone, booking.texts, booking.email) == ("+447700900983", True, "new@example.com")
    assert Message.objects.filter(
        subject_id=booking.public_id, channel="email", purpose="booking_confirmation"
    ).exists()
    event = AuditEvent.objects.get(action="change_contact")
    assert event.actor_id is not None and "new@example.com" not in str(event.after)
    assert "Nothing has changed" in text(client.post(address, new, follow=True))
    assert desk_of(make_team()).post(address, new).status_code == 404


@pytest.mark.postgresql
def test_postgresql_finds_a_booking_by_its_phone_number_or_email_address_from_an_index():
    team = make_team()
    Booking.objects.bulk_create(
        Booking(
            team=team,
            reference=new_reference(),
            link_token_hash=str(number),
            phone=f"+4477009{number:05}",
            email=f"Family{number}@example.com",
            how="web",
            submission_id=uuid.uuid4(),
            created_at=NOW,
        )
        for number in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_booking")
        for details in ({"phone": "+447700900007", "email": ""}, {"phone": "", "email": "family7@example.com"}):
            with CaptureQueriesContext(connection) as made:
                [found] = bookings_like(team.pk, typed="", **details)
            assert found.email == "Family7@example.com"
            cursor.execute(f"EXPLAIN {made[0]['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "booking_by_phone" in plan or "booking_by_email" in plan, plan
