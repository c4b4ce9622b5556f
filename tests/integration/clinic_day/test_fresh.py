"""The list that keeps itself fresh: what is sent, what it costs, and that no change is missed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Role
from bookings.actions import cancel_appointments
from bookings.models import Appointment
from bookings.queries.freshness import LATEST, STALE_SECONDS, list_state
from immunisations import actions
from immunisations.models import Visit
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, signed_in, words
from tests.support.factories import MORNING, book, child, make_user

pytestmark = pytest.mark.django_db


def tag_of(client, clinic):
    return client.get(clinic.url("clinic-day-list"))["ETag"]


def asked(client, clinic, tag):
    return client.get(clinic.url("clinic-day-list"), headers={"If-None-Match": tag, "X-Background": "1"})


def test_nothing_is_read_or_sent_while_nothing_changed(clinic, desk):
    for number in range(30):
        book(clinic.session, child(f"Child{number}"))
    arrive_all(desk, clinic)
    desk.get(clinic.url("clinic-day-session"))
    tag = tag_of(desk, clinic)
    with CaptureQueriesContext(connection) as queries:
        answer = asked(desk, clinic, tag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    # Who asks, for which clinic, and one sum over one index.
    assert len(queries) <= 7
    assert not any("bookings_appointment" in query["sql"] or "immunisations_visit" in query["sql"] for query in queries)
    assert "no-store" in answer["Cache-Control"]
    assert sum(len(name) + len(value) + 4 for name, value in answer.items()) < 1500


def test_the_page_carries_the_tag_of_what_it_shows(clinic, desk):
    book(clinic.session)
    page = desk.get(clinic.url("clinic-day-session"))
    tag = page.content.decode().split('data-tag="')[1].split('"')[0]
    assert asked(desk, clinic, f'"{tag}"').status_code == 304


def test_the_sections_hold_nothing_that_differs_from_one_time_to_the_next(clinic, desk):
    book(clinic.session, child("Amina"), child("Bilal"))
    arrive_all(desk, clinic)
    first, second = (desk.get(clinic.url("clinic-day-list")).content for _time in range(2))
    assert first == second and b"csrf" not in first


def test_every_change_to_the_list_is_seen(clinic, desk, nurse, this_morning):
    book(clinic.session, child("Amina"))
    book(clinic.session, child("Bilal"), starts_at=MORNING + timedelta(hours=1, minutes=30))
    other = actions.add_person(
        team=clinic.team, first_name="Bo", last_name="", date_of_birth=MORNING.date(), by=None, at=MORNING
    )
    last = tag_of(desk, clinic)

    def changed():
        nonlocal last
        answer = asked(desk, clinic, last)
        last = answer["ETag"]
        return answer.status_code == 200

    amina = Appointment.objects.get(first_name="Amina")
    desk.post(clinic.url("clinic-day-arrive"), {"appointment": str(amina.public_id)})
    assert changed()
    person = Appointment.objects.get(first_name="Amina").person
    nurse.post(clinic.url("visit-end", person.public_id), {"does": "start"})
    assert changed()
    nurse.post(clinic.url("visit-end", person.public_id), {"does": "pause"})
    assert changed()
    check(nurse, clinic, person)
    agree(nurse, clinic, person)
    assert changed()
    give(nurse, clinic, person)
    assert changed()
    actions.change_person(person=person, note="Very anxious", by=clinic.nurse, at=MORNING)
    assert changed()
    actions.arrive(session=clinic.session, person=other, by=clinic.desk, at=MORNING)
    assert changed()
    visit = Visit.objects.get(person=other)
    desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(visit.public_id)})
    assert changed()
    this_morning.move_to(MORNING + timedelta(hours=8))
    last = tag_of(desk, clinic)
    bilal = Appointment.objects.get(first_name="Bilal")
    desk.post(clinic.url("clinic-day-did-not-attend"), {"shown": [str(bilal.public_id)]})
    assert changed()


def test_a_booking_and_its_cancelling_are_seen(clinic, desk):
    tag = tag_of(desk, clinic)
    made = book(clinic.session)
    answer = asked(desk, clinic, tag)
    assert answer.status_code == 200
    cancel_appointments(booking=made.booking, appointments=None, by=None, source="public", at=MORNING)
    assert asked(desk, clinic, answer["ETag"]).status_code == 200


def test_a_change_of_something_else_sends_nothing_and_gives_a_new_tag(clinic, desk):
    tag = tag_of(desk, clinic)
    actions.add_person(
        team=clinic.team, first_name="Else", last_name="", date_of_birth=MORNING.date(), by=None, at=MORNING
    )
    answer = asked(desk, clinic, tag)
    assert answer.status_code == 304 and answer["ETag"] != tag
    assert asked(desk, clinic, answer["ETag"])["ETag"] == answer["ETag"]


def test_the_list_is_read_again_after_five_minutes_whatever_happened(clinic, desk, this_morning):
    tag = tag_of(desk, clinic)
    this_morning.shift(STALE_SECONDS)
    answer = asked(desk, clinic, tag)
    assert answer.status_code == 304 and answer["ETag"] != tag


def test_two_roles_and_two_people_do_not_share_a_tag(clinic, desk):
    senior = signed_in(make_user(clinic.team, Role.SENIOR_NURSE))
    assert asked(senior, clinic, tag_of(desk, clinic))["ETag"] != tag_of(desk, clinic)


def test_a_role_that_sees_no_list_gets_no_sections(clinic):
    assert signed_in(make_user(clinic.team, Role.ANALYST)).get(clinic.url("clinic-day-list")).status_code == 403


@pytest.mark.parametrize("tag", ["", "*", '"', "W/", '"x.y"', "😀".encode().decode("latin-1"), "a" * 5000])
def test_a_strange_tag_gets_the_list(clinic, desk, tag):
    assert asked(desk, clinic, tag).status_code == 200


def test_a_late_change_among_the_latest_raises_the_sum(clinic):
    def state():
        return list_state(clinic.session, at=MORNING, seen_by="")

    def event(pk):
        AuditEvent.objects.create(
            id=pk, at=MORNING, actor_name="x", source="test", team_id=clinic.team.pk, action="x", object_type="x"
        )

    top = 10_000_000
    for number in range(LATEST + 5):
        event(top + 2 * number)
    before = state()
    # Begun before the others, ended after them: its id lies among theirs.
    event(top + 2 * LATEST - 1)
    assert state() != before


def test_one_index_answers_whether_anything_changed(clinic, desk):
    with CaptureQueriesContext(connection) as queries:
        list_state(clinic.session, at=MORNING, seen_by="")
    [query] = queries
    assert "LIMIT" in query["sql"] and query["sql"].count("SELECT") == 2


def test_that_somebody_may_leave_is_sent_when_they_may(clinic, nurse, desk, amina, this_morning):
    clinic.session.offers.exclude(vaccine__in=["MMR", "MMRV"]).delete()
    type(clinic.session).objects.filter(pk=clinic.session.pk).update(observation_minutes=15)
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    # Ten seconds before the end of the five minutes after which everything is read anew.
    this_morning.move_to(MORNING + timedelta(seconds=STALE_SECONDS - 10))
    give(nurse, clinic, amina)
    clinic.session.refresh_from_db()
    this_morning.shift(timedelta(minutes=14, seconds=55))
    first = desk.get(clinic.url("clinic-day-list"))
    assert "Can leave at" in words(first)
    this_morning.shift(timedelta(seconds=5))
    now = asked(desk, clinic, first["ETag"])
    assert now.status_code == 200 and "May leave now" in words(now)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_that_began_earlier_and_ended_later_is_seen(clinic, desk):
    book(clinic.session, child("Amina"))
    book(clinic.session, child("Bilal"), starts_at=MORNING + timedelta(hours=1, minutes=30))
    first, second = Appointment.objects.order_by("starts_at")
    written, may_end = threading.Event(), threading.Event()

    def slowly():
        try:
            with transaction.atomic():
                signed_in(clinic.nurse).post(clinic.url("clinic-day-arrive"), {"appointment": str(first.public_id)})
                written.set()
                may_end.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert written.wait(60)
    desk.post(clinic.url("clinic-day-arrive"), {"appointment": str(second.public_id)})
    desk.get(clinic.url("clinic-day-session"))
    between = tag_of(desk, clinic)
    assert asked(desk, clinic, between).status_code == 304
    may_end.set()
    thread.join()
    late, early = AuditEvent.objects.filter(action="arrive").order_by("id")
    assert late.actor_name == str(clinic.nurse) and early.actor_name == str(clinic.desk)
    assert asked(desk, clinic, between).status_code == 200


# --- without a script, and with names hidden


def test_without_a_script_the_page_comes_again_by_itself_and_can_be_told_not_to(clinic, desk):
    page = desk.get(clinic.url("clinic-day-session")).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="10; url=' in page and "?refresh=off" in page
    still = desk.get(clinic.url("clinic-day-session") + "?refresh=off").content.decode()
    assert 'http-equiv="refresh"' not in still


def test_hidden_names_leave_initials_and_times_on_the_list_and_in_what_is_found(clinic, desk):
    book(
        clinic.session,
        child("Amina", "Khan", nhs_number="9990000018", postcode="WR11 4RW"),
        child("Bilal", "Khan"),
        starts_at=MORNING + timedelta(hours=1),
    )
    day, find = clinic.url("clinic-day-session"), clinic.url("clinic-day-search")
    assert "KHAN, Amina" in words(desk.get(day))
    assert desk.post(clinic.url("clinic-day-names"), {"hide": "yes"}).url == day
    arrive_all(desk, clinic)
    for page in (
        desk.get(day),
        desk.post(find, {"q": "14 3 20 or"}),
        desk.post(find, {"q": "WR11 4RW"}),
        desk.get(clinic.url("clinic-day-list")),
    ):
        text = page.content.decode()
        for secret in ("Khan", "KHAN", "Amina", "Bilal", "2023", "0018", "WR11 4RW</span>", "Sara"):
            assert secret not in text, secret
    assert "A. K." in words(desk.get(day)) and "10am" in words(desk.get(day))
    desk.post(clinic.url("clinic-day-names"), {"hide": "no"})
    assert "KHAN, Amina" in words(desk.get(day))


def test_the_title_of_a_persons_page_names_nobody_while_names_are_hidden(clinic, desk, amina):
    desk.post(clinic.url("clinic-day-names"), {"hide": "yes"})
    page = desk.get(clinic.url("person", amina.public_id)).content.decode()
    assert "Khan" not in page.split("<title>")[1].split("</title>")[0].title()


def test_that_a_dose_was_saved_names_nobody_while_names_are_hidden(clinic, nurse, amina):
    clinic.session.offers.exclude(vaccine__in=["MMR", "MMRV"]).delete()
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    nurse.post(clinic.url("clinic-day-names"), {"hide": "yes"})
    saved = give(nurse, clinic, amina)
    assert saved.url == clinic.url("clinic-day-session")
    page = nurse.get(saved.url)
    assert "MMRV saved for A. K." in words(page)
    assert "khan" not in page.content.decode().lower()
