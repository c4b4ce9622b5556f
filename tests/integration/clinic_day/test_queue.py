"""The queue on the list, on slips, and on a family's own page; and the list on paper."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RecordView
from bookings.models import Appointment, ListEntry, QueueSlip
from bookings.slips import make_slip
from immunisations import actions
from immunisations.health_questions import QUESTIONS
from immunisations.models import Visit
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, signed_in, words
from tests.support.factories import MORNING, book, child

pytestmark = pytest.mark.django_db
TEN = MORNING + timedelta(hours=1)


def walk_in(clinic, first_name, at):
    person = actions.add_person(
        team=clinic.team, first_name=first_name, last_name="Walker", date_of_birth=at.date(), by=None, at=at
    )
    return actions.arrive(session=clinic.session, person=person, by=clinic.desk, at=at)


def place(slip):
    return words(Client().get(reverse("queue-place", args=[slip.token])))


def test_the_queue_is_in_fair_order_and_numbered(clinic, desk, this_morning):
    book(clinic.session, child("Early"), starts_at=TEN)
    this_morning.move_to(TEN - timedelta(minutes=30))
    arrive_all(desk, clinic)
    walk_in(clinic, "First", TEN - timedelta(minutes=20))
    walk_in(clinic, "Second", TEN + timedelta(minutes=5))
    page = words(signed_in(clinic.desk).get(clinic.url("clinic-day-session")))
    ready = page[page.index("Ready now (3)") : page.index("In progress")]
    assert ready.index("WALKER, First") < ready.index("KHAN, Early") < ready.index("WALKER, Second")
    assert "Number in the queue 1 Walk-in" in ready and "Number in the queue 2 10am" in ready
    assert "Whoever arrives now waits: we cannot say yet." in ready and "2 walk-ins here" in page


def test_a_family_sees_its_place_until_it_has_been_seen(clinic, desk, nurse, this_morning):
    for number in range(3):
        walk_in(clinic, f"Before{number}", MORNING)
    book(clinic.session, child("Amina"), child("Bilal"), starts_at=TEN)
    this_morning.move_to(TEN)
    people = arrive_all(signed_in(clinic.desk), clinic)
    visits = list(Visit.objects.filter(person__in=people).order_by("pk"))
    slip = make_slip(visit=visits[0], by=clinic.desk, at=TEN)
    assert make_slip(visit=visits[1], by=clinic.desk, at=TEN) == slip
    assert "There are 3 people before you." in place(slip) and "Your wait: we cannot say yet." in place(slip)
    for visit in Visit.objects.exclude(person__in=people)[:2]:
        actions.end_visit(visit=visit, by=clinic.nurse, at=TEN)
    assert "There is 1 person before you." in place(slip)
    actions.start_visit(visit=Visit.objects.filter(left_at=None).first(), by=clinic.nurse, at=TEN)
    assert "It is your turn: go to the desk." in place(slip)
    actions.end_visit(visit=visits[0], by=clinic.nurse, at=TEN)
    assert "It is your turn: go to the desk." in place(slip)
    actions.end_visit(visit=visits[1], by=clinic.nurse, at=TEN)
    page = Client().get(reverse("queue-place", args=[slip.token]))
    assert "You have been seen." in words(page) and 'http-equiv="refresh"' not in page.content.decode()


def test_the_wait_is_said_once_there_is_a_pace(clinic, this_morning):
    this_morning.move_to(TEN)
    for number in range(6):
        visit = walk_in(clinic, f"Seen{number}", MORNING)
        actions.start_visit(visit=visit, by=clinic.nurse, at=MORNING)
        actions.end_visit(visit=visit, by=clinic.nurse, at=TEN - timedelta(minutes=number))
    for number in range(2):
        walk_in(clinic, f"Waits{number}", TEN)
    slip = make_slip(visit=walk_in(clinic, "Last", TEN), by=clinic.desk, at=TEN)
    assert "Your wait: about 20 to 30 minutes." in place(slip)


def test_the_page_of_a_place_names_nobody_and_is_kept_nowhere(clinic, desk, amina):
    slip = make_slip(visit=Visit.objects.get(), by=clinic.desk, at=MORNING)
    answer = Client().get(reverse("queue-place", args=[slip.token]))
    text = answer.content.decode()
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    for secret in ("Amina", "Khan", "2023", "Evesham", clinic.team.name):
        assert secret not in text


def test_an_old_link_and_a_strange_one_get_the_same_page(clinic, desk, amina, this_morning):
    slip = make_slip(visit=Visit.objects.get(), by=clinic.desk, at=MORNING)
    strange = Client().get(reverse("queue-place", args=[uuid.uuid4()]))
    this_morning.shift(timedelta(days=1))
    old = Client().get(reverse("queue-place", args=[slip.token]))
    # But for their own addresses, to which the links to other languages lead.
    bodies = {re.sub(rb"/queue/[0-9a-f-]{36}/", b"", page.content) for page in (strange, old)}
    assert strange.status_code == old.status_code == 404 and len(bodies) == 1


def test_the_place_costs_as_many_queries_in_a_long_queue(clinic):
    slip = make_slip(visit=walk_in(clinic, "First", MORNING), by=clinic.desk, at=MORNING)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            place(slip)
        return len(queries)

    few = cost()
    for number in range(20):
        walk_in(clinic, f"More{number}", MORNING)
    assert cost() == few <= 6


def test_somebody_with_a_dose_is_not_in_the_queue(clinic, desk, nurse, amina):
    after = Appointment.objects.get().starts_at + timedelta(minutes=1)
    slip = make_slip(visit=walk_in(clinic, "Next", after), by=clinic.desk, at=MORNING)
    assert "There is 1 person before you." in place(slip)
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    assert "It is your turn" in place(slip)


# --- flags


def test_a_yes_to_a_health_question_is_flagged_until_the_visit_ends(clinic, desk, nurse, amina):
    check(nurse, clinic, amina)
    answers = {question.code: {"answer": "no"} for question in QUESTIONS}
    answers[QUESTIONS[0].code] = {"answer": "yes", "details": "Fever last night", "facts": []}
    visit = Visit.objects.get()
    actions.record_screening(
        visit=visit,
        answers=answers,
        well_today=True,
        not_pregnant=None,
        identity_confirmed_by="Parent",
        by=clinic.nurse,
        at=MORNING,
    )
    assert "Health answer to read" in words(desk.get(clinic.url("clinic-day-session")))
    actions.end_visit(visit=visit, by=clinic.nurse, at=MORNING)
    assert "Health answer to read" not in words(desk.get(clinic.url("clinic-day-session")))


# --- a closed clinic, and paper


@pytest.fixture
def wing(clinic):
    """Three people on the list of two wings."""
    for position, (name, group) in enumerate((("Adam", "B wing"), ("Ben", "A wing"), ("Carl", "B wing"))):
        person = actions.add_person(
            team=clinic.team, first_name=name, last_name="Smith", date_of_birth=MORNING.date(), by=None, at=MORNING
        )
        ListEntry.objects.create(
            session=clinic.session,
            person=person,
            group=group,
            location=f"{group[0]}-{position}",
            position=position,
            added_by_name="x",
            added_at=MORNING,
        )
    return ListEntry.objects.order_by("pk")


def test_whoever_is_on_the_list_is_expected_by_wing_and_arrives_from_it(clinic, desk, wing):
    page = words(desk.get(clinic.url("clinic-day-session")))
    assert "Expected (3)" in page and page.index("A wing (1)") < page.index("B wing (2)")
    done = desk.post(clinic.url("clinic-day-arrive"), {"person": str(wing[0].person.public_id)})
    assert done.url == clinic.url("clinic-day-session")
    assert Visit.objects.get().how == "list"
    page = words(desk.get(clinic.url("clinic-day-session")))
    assert "Expected (2)" in page and "Ready now (1)" in page


def test_the_printed_list_has_a_table_for_each_wing_with_boxes_to_tick(clinic, desk, wing):
    page = desk.get(clinic.url("clinic-day-print"))
    text = words(page)
    assert text.index("A wing (1)") < text.index("SMITH, Ben") < text.index("B wing (2)") < text.index("SMITH, Adam")
    html = page.content.decode()
    assert html.count("<thead>") == 2 and html.count("app-tickbox") == 9
    assert "Printed at 9am on 21 November 2026 by Dan Desk" in text
    assert RecordView.objects.filter(page="printed list").count() == 3


def test_the_printed_list_of_a_booked_clinic_is_in_the_order_of_times(clinic, desk):
    book(clinic.session, child("Later"), starts_at=TEN + timedelta(minutes=30))
    book(clinic.session, child("Sooner", extra_time=True), starts_at=TEN)
    walk_in(clinic, "Door", MORNING)
    text = words(desk.get(clinic.url("clinic-day-print")))
    assert (
        text.index("Booked (2)") < text.index("KHAN, Sooner") < text.index("KHAN, Later") < text.index("Walk-ins (1)")
    )
    assert "Extra time" in text


def test_the_printed_list_costs_as_many_queries_for_many(clinic, desk):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            desk.get(clinic.url("clinic-day-print"))
        return len(queries)

    def grow(mark, people):
        for number in range(people):
            book(clinic.session, child(f"{mark}{number}"))
        arrive_all(desk, clinic)
        book(clinic.session, child(f"{mark}Not"))
        desk.get(clinic.url("clinic-day-session"))

    grow("A", 2)
    few = cost()
    grow("B", 10)
    assert cost() == few and Appointment.objects.count() == 14


def test_an_empty_clinic_prints_a_sentence(clinic, desk):
    assert "Nobody is on the list." in words(desk.get(clinic.url("clinic-day-print")))


@pytest.mark.parametrize("visit", ["", "x", "\x00", str(uuid.uuid4())])
def test_a_slip_of_nobody_is_not_found(clinic, desk, visit):
    assert desk.post(clinic.url("clinic-day-slip"), {"visit": visit}).status_code == 404
    assert not QueueSlip.objects.exists()


def test_whoever_waits_after_a_dose_was_seen_and_counts_for_the_pace(clinic, this_morning):
    clinic.session.observation_minutes = 15
    clinic.session.save(update_fields=["observation_minutes"])
    for number in range(4):
        visit = walk_in(clinic, f"Seen{number}", MORNING)
        actions.start_visit(visit=visit, by=clinic.nurse, at=MORNING)
        # As a dose leaves it: the visit ends when they may go.
        Visit.objects.filter(pk=visit.pk).update(left_at=MORNING + timedelta(minutes=5 * (number + 1) + 15))
    walk_in(clinic, "Next", MORNING + timedelta(minutes=19))
    this_morning.move_to(MORNING + timedelta(minutes=20))
    page = words(signed_in(clinic.desk).get(clinic.url("clinic-day-session")))
    # Four seen in 20 minutes, though one of them alone has left; one person before.
    assert "Whoever arrives now waits: less than 10 minutes." in page
    for number in range(3):
        walk_in(clinic, f"After{number}", MORNING + timedelta(minutes=20))
    slip = make_slip(visit=walk_in(clinic, "Last", MORNING + timedelta(minutes=20)), by=clinic.desk, at=MORNING)
    assert "Your wait: about 20 to 30 minutes." in place(slip)
