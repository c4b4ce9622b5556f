"""The drop-in page and tickets of the queue, as whole requests, up to the desk."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Role
from bookings.drop_ins.opening import drop_ins_later, drop_ins_today
from bookings.drop_ins.tickets import TypedPerson, forget_past_tickets, place_of_ticket, take_ticket
from bookings.models import DropInTicket
from bookings.queries import day_list
from bookings.queue import Waiting, in_order
from clinics.models import ClinicSession
from immunisations.actions import add_person, arrive
from immunisations.models import Person, Visit
from tests.support.factories import DAY, book, child, make_session, make_user

pytestmark = pytest.mark.django_db
# The drop-in is open from 10am to midday; it is 10:30am.
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def drop_in(**details: Any) -> ClinicSession:
    return make_session(**{"drop_in_from": time(10), "drop_in_until": time(12), **details})


def take_url(session: ClinicSession) -> str:
    return reverse("drop-in-ticket-take", args=[session.slug])


def person(number: int, first_name: str, last_name: str = "Khan", year: int = 2023) -> dict[str, Any]:
    return {
        f"first_name_{number}": first_name,
        f"last_name_{number}": last_name,
        f"date_of_birth_{number}_day": "27",
        f"date_of_birth_{number}_month": "3",
        f"date_of_birth_{number}_year": str(year),
    }


def fields(page: Any) -> dict[str, Any]:
    return {"once": page.context["once"], "people": page.context["form"].people}


def take(client: Client, session: ClinicSession, *people: dict[str, Any]) -> DropInTicket:
    page = client.get(take_url(session))
    once = page.context["once"]
    values: dict[str, Any] = {"once": once, "people": len(people), "do": "take"}
    for each in people:
        values |= each
    client.post(take_url(session), values)
    return DropInTicket.objects.get(submission_id=once)


def walk_in(session: ClinicSession, first_name: str, at: datetime, **details: Any) -> Visit:
    user = make_user(session.team, Role.DESK)
    someone = add_person(
        team=session.team,
        first_name=first_name,
        last_name="Other",
        date_of_birth=DAY - timedelta(days=2000),
        by=user,
        at=at,
    )
    return arrive(session=session, person=someone, by=user, at=at, **details)


def desk(client: Client, session: ClinicSession) -> None:
    client.force_login(make_user(session.team, Role.DESK))


def test_the_page_says_when_and_where_and_how_busy_each_drop_in_is_now(client: Client) -> None:
    session = drop_in(name="Evesham drop-in")
    drop_in(date=DAY + timedelta(days=3), name="Malvern drop-in")
    drop_in(date=DAY + timedelta(days=4), name="Wing clinic", who_may_book=ClinicSession.WhoMayBook.CLOSED_LIST)
    walk_in(session, "Omar", NOW - timedelta(minutes=5))
    take(client, session, person(1, "Amina"))
    page = client.get(reverse("drop-in")).content.decode()
    assert "10am to midday" in page
    # One who is there and one who is on the way; nobody has been seen, so that nobody can say how long it takes.
    assert "2 people are waiting or on the way" in page
    assert "we cannot say yet" in page
    assert "Malvern drop-in" in page
    assert "Wing clinic" not in page
    assert "Amina" not in page


def test_the_page_takes_as_many_queries_however_many_drop_ins_there_are(
    client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(2):
        session = drop_in()
        walk_in(session, "Omar", NOW - timedelta(minutes=5))
        drop_in(date=DAY + timedelta(days=number + 1))
    for _round in range(2):
        with django_assert_num_queries(5):
            today, later = drop_ins_today(at=NOW), drop_ins_later(at=NOW)
        assert len(today) == len(later) == 2 + 4 * _round
        for number in range(4):
            session = drop_in()
            walk_in(session, "Omar", NOW - timedelta(minutes=5))
            drop_in(date=DAY + timedelta(days=number + 1))


def test_a_place_in_the_queue_is_taken_for_a_family_on_one_page_and_once(client: Client) -> None:
    session = drop_in()
    page = client.get(take_url(session))
    page = client.post(take_url(session), {**fields(page), **person(1, "Amina"), "do": "add"})
    # One more person is asked for, nothing typed is lost, and nothing is called wrong yet.
    assert page.status_code == 200
    html = page.content.decode()
    assert 'value="Amina"' in html
    assert "There is a problem" not in html
    values = {**fields(page), **person(1, "Amina"), **person(2, "Bilal", year=2020), "do": "take"}
    page = client.post(take_url(session), values, follow=True)
    assert "You have a place in the queue" in page.content.decode()
    assert "app-qr" in page.content.decode()
    assert "Amina" not in page.content.decode()
    client.post(take_url(session), values)
    assert DropInTicket.objects.get().number == 2


def test_what_is_missing_is_said_beside_its_person(client: Client) -> None:
    session = drop_in()
    page = client.get(take_url(session))
    values = {**fields(page), "people": 2, **person(1, "Amina"), **person(2, ""), "do": "take"}
    page = client.post(take_url(session), values)
    assert page.status_code == 422
    assert "Enter the first name of person 2" in page.content.decode()
    assert not DropInTicket.objects.exists()


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (NOW.replace(hour=7, minute=59), 409),
        (NOW.replace(hour=8, minute=0), 200),
        (NOW.replace(hour=11, minute=59), 200),
        (NOW.replace(hour=12, minute=0), 409),
        (NOW - timedelta(days=1), 409),
    ],
)
def test_places_are_given_from_two_hours_before_the_drop_in_opens_until_it_closes(
    client: Client, time_machine: Any, at: datetime, status: int
) -> None:
    session = drop_in()
    time_machine.move_to(at, tick=False)
    assert client.get(take_url(session)).status_code == status


def test_a_place_can_be_given_back_and_the_link_works_on_its_day_alone(client: Client, time_machine: Any) -> None:
    session = drop_in()
    ticket = take(client, session, person(1, "Amina"))
    url = reverse("drop-in-ticket", args=[ticket.token])
    page = client.post(url, follow=True).content.decode()
    assert "You gave this place back" in page
    ticket.refresh_from_db()
    assert ticket.people == []
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    assert client.get(url).status_code == 404


def test_whoever_has_a_ticket_waits_from_when_it_was_taken_once_they_are_there() -> None:
    ticket_at, walk_in_at = NOW, NOW + timedelta(minutes=10)
    with_ticket = Waiting(1, NOW + timedelta(minutes=30), None, ticket_at)
    assert [one.visit for one in in_order([Waiting(2, walk_in_at, None), with_ticket])] == [1, 2]
    # Of an appointment the booked time counts, ticket or not.
    booked = Waiting(3, NOW, NOW + timedelta(minutes=40), NOW - timedelta(hours=1))
    assert [one.visit for one in in_order([booked, with_ticket])] == [1, 3]


def test_the_ticket_says_how_many_are_before_it(client: Client) -> None:
    session = drop_in()
    walk_in(session, "Omar", NOW - timedelta(minutes=5))
    first = take(client, session, person(1, "Amina"), person(2, "Bilal"))
    later = take_ticket(
        session=session,
        people=[TypedPerson("Caleb", DAY - timedelta(days=900))],
        language="en-gb",
        submission_id=first.public_id,
        at=NOW + timedelta(minutes=1),
    ).ticket
    walk_in(session, "Zara", NOW + timedelta(minutes=2))
    assert place_of_ticket(first, at=NOW + timedelta(minutes=3)).before == 1
    assert place_of_ticket(later, at=NOW + timedelta(minutes=3)).before == 3


def test_one_press_at_the_desk_marks_a_whole_ticket_as_arrived_in_the_place_it_had(client: Client) -> None:
    session = drop_in()
    ticket = take(client, session, person(1, "Amina"), person(2, "Bilal", year=2020))
    walk_in(session, "Omar", NOW + timedelta(minutes=5))
    desk(client, session)
    page = client.get(reverse("clinic-day-session", args=[session.public_id])).content.decode()
    assert "Coming: on the drop-in queue (1)" in page
    assert "KHAN, Amina; KHAN, Bilal" in page
    url = reverse("drop-in-arrive", args=[session.public_id, ticket.public_id])
    for _press in range(2):
        client.post(url)
    assert sorted(Visit.objects.filter(drop_in_tickets=ticket).values_list("person__first_name", flat=True)) == [
        "Amina",
        "Bilal",
    ]
    assert AuditEvent.objects.filter(action="arrive_ticket").count() == 1
    listing = day_list(session, today=DAY, at=NOW + timedelta(minutes=10))
    assert [row.person.first_name for row in listing.ready if row.person] == ["Amina", "Bilal", "Omar"]
    assert listing.tickets == []
    assert place_of_ticket(DropInTicket.objects.get(), at=NOW).is_turn


def test_whoever_is_like_somebody_known_is_shown_and_never_taken_for_them_unasked(client: Client) -> None:
    session = drop_in()
    known = add_person(
        team=session.team,
        first_name="Amina",
        last_name="Khan",
        date_of_birth=datetime(2023, 3, 27, tzinfo=UTC).date(),
        by=None,
        at=NOW,
    )
    ticket = take(client, session, person(1, "Amina"), person(2, "Bilal", year=2020))
    desk(client, session)
    url = reverse("drop-in-arrive", args=[session.public_id, ticket.public_id])
    page = client.post(url)
    assert "This is them" in page.content.decode()
    assert [visit.person.first_name for visit in Visit.objects.all()] == ["Bilal"]
    # One waits and one is still to come: two are before whoever comes now, not three.
    (today,) = drop_ins_today(at=NOW + timedelta(minutes=1))
    assert today.before == 2
    client.post(url, {"number": "1", "is": str(known.public_id)})
    assert Visit.objects.filter(person=known).count() == 1
    assert Person.objects.count() == 2
    ticket.refresh_from_db()
    assert ticket.used_at == NOW


def test_whoever_has_an_appointment_after_all_arrives_for_it(client: Client) -> None:
    session = drop_in()
    made = book(session, child("Amina"), at=NOW - timedelta(days=1))
    ticket = take(client, session, person(1, "Amina"))
    desk(client, session)
    url = reverse("drop-in-arrive", args=[session.public_id, ticket.public_id])
    page = client.post(url)
    assert "Has an appointment at" in page.content.decode()
    # Whoever has to be told apart is not passed over with Enter.
    assert "autofocus" not in page.content.decode()
    appointment = made.appointments[0]
    client.post(url, {"number": "1", "appointment": str(appointment.public_id)})
    appointment.refresh_from_db()
    assert appointment.visit is not None
    assert appointment.visit.how == Visit.How.BOOKED


def test_scanning_the_code_leads_to_the_ticket_and_the_open_list_learns_of_new_ones(client: Client) -> None:
    session = drop_in()
    desk(client, session)
    url = reverse("clinic-day-list", args=[session.public_id])
    before = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": before}).status_code == 304
    ticket = take(Client(), session, person(1, "Amina"))
    page = client.get(url, headers={"If-None-Match": before})
    assert page.status_code == 200
    assert "KHAN, Amina" in page.content.decode()
    scanned = client.post(
        reverse("clinic-day-search", args=[session.public_id]),
        {"q": f"http://127.0.0.1:8000/drop-in/m/{ticket.token}/"},
        follow=True,
    )
    assert "On the drop-in queue: 1 person" in scanned.content.decode()
    # Enter is enough.
    assert re.search(r"<button [^>]*autofocus>They are here", scanned.content.decode())


def test_a_list_that_faces_the_queue_names_nobody_on_a_ticket(client: Client) -> None:
    session = drop_in()
    take(client, session, person(1, "Amina"))
    html = day_list(session, today=DAY, at=NOW, hidden=True).tickets[0].names
    assert html == "Family of 1"


def test_names_on_tickets_are_forgotten_after_the_day(client: Client) -> None:
    session = drop_in()
    ticket = take(client, session, person(1, "Amina"))
    assert forget_past_tickets(at=NOW) == 0
    assert forget_past_tickets(at=NOW + timedelta(days=1)) == 1
    ticket.refresh_from_db()
    assert ticket.people == []
