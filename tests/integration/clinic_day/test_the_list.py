"""Today's clinic: who is expected, here, seen, and who did not come."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Role
from bookings.actions import cancel_appointments
from bookings.models import Appointment
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import Person, Visit
from tests.integration.clinic_day.conftest import arrive_all, check, signed_in, words
from tests.support.factories import MORNING, book, child, contact, make_session, make_team, make_user

pytestmark = pytest.mark.django_db
EVENING = MORNING + timedelta(hours=8)


def test_signing_in_leads_straight_to_todays_only_clinic(clinic, nurse):
    assert nurse.get(reverse("clinic-day")).url == clinic.url("clinic-day-session")


@pytest.mark.once
def test_with_two_clinics_today_one_chooses(clinic, nurse):
    make_session(clinic.team, name="Malvern clinic")
    page = words(nurse.get(reverse("clinic-day")))
    assert "Evesham clinic" in page and "Malvern clinic" in page


@pytest.mark.once
def test_without_a_clinic_today_the_next_and_the_last_are_shown(clinic, nurse):
    ClinicSession.objects.update(date=date(2026, 11, 28))
    page = words(nurse.get(reverse("clinic-day")))
    assert "No clinic today Team" in page and "Next clinic Evesham clinic Saturday 28 November 2026" in page
    ClinicSession.objects.update(date=date(2026, 11, 14))
    assert "Last clinic Evesham clinic" in words(nurse.get(reverse("clinic-day")))


@pytest.mark.once
def test_an_analyst_is_led_to_totals_and_an_administrator_to_nothing(clinic):
    analyst = signed_in(make_user(clinic.team, Role.ANALYST))
    assert clinic.url("clinic-day-totals") in analyst.get(reverse("clinic-day")).content.decode()
    administrator = signed_in(make_user(clinic.team, Role.ADMINISTRATOR))
    assert "Your role has no screens here." in words(administrator.get(reverse("clinic-day")))


@pytest.mark.once
def test_a_row_shows_what_staff_must_know(clinic, desk):
    book(
        clinic.session,
        child("Amina", "Khan", date(2023, 3, 27), gelatine_free=True, extra_time=True, support_needs="Very anxious"),
        starts_at=MORNING + timedelta(hours=1),
        contact=contact(spoken_language="Urdu", interpreter_needed=True, support_needs="Hard of hearing"),
    )
    page = words(desk.get(clinic.url("clinic-day-session")))
    assert "10am KHAN, Amina 27 March 2023 (3 years 7 months)" in page
    for flag in ("Interpreter: Urdu", "Extra time", "Gelatine-free", "Very anxious", "Hard of hearing"):
        assert flag in page


def test_a_family_of_three_arrives_in_one_tap(clinic, desk):
    book(clinic.session, child("Amina"), child("Bilal"), child("Sana"))
    page = desk.get(clinic.url("clinic-day-session"))
    assert "Arrive all 3 Khan children" in words(page)
    assert len(arrive_all(desk, clinic)) == 3
    page = words(desk.get(clinic.url("clinic-day-session")))
    assert "Ready now (3)" in page and "Expected (0)" in page and "3 to see, 0 done" in page
    assert Visit.objects.filter(how="booked", accompanied_by="Sara Khan", accompanied_as="Mother").count() == 3


def test_arriving_twice_changes_nothing(clinic, desk):
    book(clinic.session)
    arrive_all(desk, clinic)
    [appointment] = Appointment.objects.all()
    desk.post(clinic.url("clinic-day-arrive"), {"appointment": str(appointment.public_id)})
    assert (Visit.objects.count(), Person.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(action="arrive").count() == 1


def test_an_arrival_is_undone_until_something_is_recorded(clinic, desk, nurse):
    book(clinic.session)
    [person] = arrive_all(desk, clinic)
    desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)})
    assert not Visit.objects.exists()
    assert "Expected (1)" in words(desk.get(clinic.url("clinic-day-session")))
    [person] = arrive_all(desk, clinic)
    check(nurse, clinic, person)
    page = desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)}, follow=True)
    assert "This arrival cannot be undone" in words(page) and Visit.objects.exists()


def test_somebody_cancelled_does_not_arrive(clinic, desk):
    made = book(clinic.session)
    cancel_appointments(booking=made.booking, appointments=None, by=None, source="public", at=MORNING)
    [appointment] = Appointment.objects.all()
    page = desk.post(clinic.url("clinic-day-arrive"), {"appointment": str(appointment.public_id)}, follow=True)
    assert "This appointment is cancelled. Add them as a walk-in." in words(page)
    assert "1 appointment was cancelled." in words(page)


def test_those_who_did_not_come_are_marked_in_one_go_with_exceptions(clinic, desk, this_morning):
    book(clinic.session, child("Amina"))
    book(clinic.session, child("Bilal"), starts_at=MORNING + timedelta(hours=2))
    this_morning.move_to(EVENING)
    page = desk.get(clinic.url("clinic-day-did-not-attend"))
    assert "2 people are still expected" in words(page)
    first, second = Appointment.objects.order_by("starts_at")
    sent = {"shown": [str(first.public_id), str(second.public_id)], "except": [str(second.public_id)]}
    done = desk.post(clinic.url("clinic-day-did-not-attend"), sent, follow=True)
    assert "1 person marked: did not attend." in words(done)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("did_not_attend", "booked")


def test_whoever_was_not_on_the_page_is_not_marked(clinic, desk):
    book(clinic.session)
    desk.post(clinic.url("clinic-day-did-not-attend"), {})
    assert Appointment.objects.get().state == "booked"


@pytest.mark.parametrize("days", [7, 1, 0])
def test_nobody_is_marked_before_the_time_of_their_appointment(clinic, desk, this_morning, days):
    book(clinic.session)
    appointment = Appointment.objects.get()
    this_morning.move_to(appointment.starts_at - timedelta(days=days, minutes=1))
    assert str(appointment.public_id) not in desk.get(clinic.url("clinic-day-did-not-attend")).content.decode()
    sent = {"shown": [str(appointment.public_id)]}
    done = desk.post(clinic.url("clinic-day-did-not-attend"), sent, follow=True)
    assert "cannot be marked as did not attend before the time of the appointment" in words(done)
    assert Appointment.objects.get().state == "booked"


@pytest.mark.parametrize("days", [-7, -1, 1])
def test_nobody_arrives_on_another_day(clinic, desk, this_morning, days):
    book(clinic.session)
    known = actions.add_person(
        team=clinic.team, first_name="Bo", last_name="", date_of_birth=date(2000, 1, 1), by=None, at=MORNING
    )
    this_morning.move_to(MORNING + timedelta(days=days))
    desk.force_login(clinic.desk)
    for sent in (
        {"appointment": [str(Appointment.objects.get().public_id)]},
        {"person": [str(known.public_id)]},
    ):
        done = desk.post(clinic.url("clinic-day-arrive"), sent, follow=True)
        assert "This clinic is on Saturday 21 November 2026. Nobody can arrive on another day." in words(done)
    assert not Visit.objects.exists() and Person.objects.get() == known


def test_somebody_seen_through_another_system_is_not_expected_any_more(clinic, desk, nurse, this_morning):
    book(clinic.session, child("Amina", nhs_number="9990000018"))
    person = actions.add_person(
        team=clinic.team,
        first_name="Amina",
        last_name="Khan",
        date_of_birth=date(2023, 3, 27),
        nhs_number="9990000018",
        by=None,
        at=MORNING,
    )
    nurse.post(
        "/api/v1/vaccinations/",
        {
            "person": str(person.public_id),
            "session": str(clinic.session.public_id),
            "status": "not-done",
            "series": "MEASLES",
            "reason": "unwell",
        },
        content_type="application/json",
    )
    appointment = Appointment.objects.get()
    assert appointment.visit == Visit.objects.get() and appointment.person == person
    assert "Expected (0)" in words(desk.get(clinic.url("clinic-day-session")))
    this_morning.move_to(EVENING)
    desk.post(clinic.url("clinic-day-did-not-attend"), {"shown": [str(appointment.public_id)]})
    assert Appointment.objects.get().state == "booked"


def test_whoever_only_may_be_the_one_with_the_appointment_stays_expected(clinic, desk):
    book(clinic.session, child("Amina"))
    person = actions.add_person(
        team=clinic.team, first_name="Amina", last_name="Khan", date_of_birth=date(2023, 3, 27), by=None, at=MORNING
    )
    actions.arrive(session=clinic.session, person=person, by=clinic.nurse, at=MORNING)
    assert Appointment.objects.get().visit is None


def test_somebody_marked_too_soon_can_still_arrive(clinic, desk, this_morning):
    book(clinic.session)
    appointment = Appointment.objects.get()
    this_morning.move_to(EVENING)
    desk.post(clinic.url("clinic-day-did-not-attend"), {"shown": [str(appointment.public_id)]})
    assert "Did not attend (1)" in words(desk.get(clinic.url("clinic-day-session")))
    arrive = {"appointment": str(appointment.public_id)}
    desk.post(clinic.url("clinic-day-arrive"), arrive)
    appointment.refresh_from_db()
    assert appointment.state == "booked" and appointment.visit is not None


def test_the_list_costs_as_many_queries_for_60_people_as_for_5(clinic, desk):
    def cost(path, **post):
        with CaptureQueriesContext(connection) as queries:
            response = desk.post(path, post) if post else desk.get(path)
        assert response.status_code == 200
        return len(queries)

    day, search = clinic.url("clinic-day-session"), clinic.url("clinic-day-search")
    for number in range(5):
        book(clinic.session, child(f"First{number}", "Khan"))
    arrive_all(desk, clinic)
    book(clinic.session, child("Next", "Khan"), child("After", "Khan"))
    few = cost(day), cost(search, q="khan 27 3 2023")
    for number in range(27):
        book(clinic.session, child(f"More{number}", "Khan"), child(f"Again{number}", "Khan"))
        if number < 14:
            arrive_all(desk, clinic)
    assert Appointment.objects.count() > 60
    many = cost(day), cost(search, q="khan 27 3 2023")
    assert many == few
    assert many[0] <= 21 and many[1] <= 21


@pytest.mark.once
def test_a_list_of_300_is_read_as_one_of_30_and_shown_whole_when_asked(desk, clinic):
    def read():
        with CaptureQueriesContext(connection) as queries:
            response = desk.get(day)
        assert response.status_code == 200
        return response.content.decode(), len(queries)

    session = make_session(clinic.team, periods=[(time(10), time(16), 9)], name="Long clinic")
    day = reverse("clinic-day-session", args=[session.public_id])
    start = datetime(2026, 11, 21, 10, tzinfo=UTC)
    for number in range(7):
        people = [child(f"First{number}{letter}", "Khan") for letter in "abcd"]
        book(session, *people, starts_at=start + timedelta(minutes=40 * (number // 9)))
    gone = Appointment.objects.filter(session=session).order_by("pk")[:2]
    desk.post(reverse("clinic-day-arrive", args=[session.public_id]), {"appointment": [e.public_id for e in gone]})
    # The first page also says who arrived.
    read()
    few, queries = read()
    assert "Show all" not in few and few.count("Khan children") == 7
    for number in range(45):
        people = [child(f"More{number}{letter}", "Khan") for letter in "abcdef"]
        book(session, *people, starts_at=start + timedelta(minutes=60 * (1 + number // 9)))
    many, asked = read()
    assert asked == queries
    # 26 of seven families, and then three families of six: each is whole.
    assert "Expected (296)" in many and "Show all 296 people expected" in many
    shown = many.split('id="expected-section"')[1].split("</section>")[0]
    assert 40 <= shown.count('class="app-row ') < 60 and shown.count("Arrive all 6 Khan children") == 3
    assert "More2f" in shown and "More3a" not in shown

    whole = f"{day}?all=expected"
    link = many.split('class="app-day__all" href="')[1].split('"')[0]
    assert link == f"{whole}#expected"
    everybody = desk.get(whole).content.decode()
    assert "More44f" in everybody and "Show only the next who are expected" in everybody
    # The list that keeps itself fresh, with and without a script, and every button stay with what was asked for.
    assert everybody.count("?all=expected") >= 5 and f"{whole}&amp;refresh=auto" in everybody
    again = reverse("clinic-day-list", args=[session.public_id])
    cut, full = desk.get(again), desk.get(f"{again}?all=expected")
    assert cut["ETag"] != full["ETag"] and b"More44f" in full.content and b"More44f" not in cut.content
    assert desk.get(f"{again}?all=expected", headers={"If-None-Match": full["ETag"]}).status_code == 304
    one = Appointment.objects.filter(session=session, first_name="More44f").get()
    arrive = reverse("clinic-day-arrive", args=[session.public_id]) + "?all=expected"
    assert desk.post(arrive, {"appointment": str(one.public_id)})["Location"] == whole
    hidden = desk.post(reverse("clinic-day-names", args=[session.public_id]) + "?all=expected", {"hide": "yes"})
    assert hidden["Location"] == whole
    assert "More1" not in words(desk.get(whole))
    desk.post(reverse("clinic-day-names", args=[session.public_id]), {"hide": "no"})
    # Search and paper know everybody.
    found = desk.post(reverse("clinic-day-search", args=[session.public_id]), {"q": one.booking.reference})
    assert "KHAN, More44e" in words(found)
    assert "KHAN, More44e" in words(desk.get(reverse("clinic-day-print", args=[session.public_id])))


@pytest.mark.once
def test_of_those_who_are_done_the_latest_are_shown(desk, clinic, this_morning):
    people = []
    for number in range(52):
        person = actions.add_person(
            team=clinic.team,
            first_name=f"Done{number:02}",
            last_name="Khan",
            date_of_birth=date(2020, 1, 1),
            by=clinic.nurse,
            at=MORNING,
        )
        visit = actions.arrive(session=clinic.session, person=person, why="advice", by=clinic.nurse, at=MORNING)
        actions.end_visit(visit=visit, by=clinic.nurse, at=MORNING + timedelta(minutes=number))
        people.append(visit)
    this_morning.move_to(MORNING + timedelta(hours=1))
    page = words(desk.get(clinic.url("clinic-day-session")))
    assert "Done (52)" in page and "0 to see, 52 done" in page and "Show all 52 people done" in page
    assert page.index("Done51") < page.index("Done12") and "Done11" not in page
    assert "Done00" in words(desk.get(clinic.url("clinic-day-session") + "?all=done"))


def test_the_page_of_somebody_with_four_siblings_costs_as_many_queries_as_with_one(clinic, desk):
    def cost(*names):
        book(clinic.session, *(child(name, "Khan") for name in names))
        person = next(each for each in arrive_all(desk, clinic) if each.first_name == names[0])
        for each in Appointment.objects.filter(session=clinic.session).select_related("visit"):
            actions.record_not_given(visit=each.visit, series=["MEASLES"], reason="unwell", by=clinic.nurse, at=MORNING)
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(clinic.url("person", person.public_id))
        assert page.status_code == 200 and all(name in words(page) for name in names)
        return len(queries)

    assert cost("Amina", "Bilal") == cost("Carim", "Dina", "Esra", "Farid", "Gul")


def test_another_teams_clinic_is_not_there(clinic):
    stranger = signed_in(make_user(make_team(), Role.SENIOR_NURSE))
    pages = ("clinic-day-session", "clinic-day-search", "walk-in", "clinic-day-totals", "clinic-day-did-not-attend")
    for name in pages:
        assert stranger.get(clinic.url(name)).status_code == 404
    assert stranger.post(clinic.url("clinic-day-arrive"), {"appointment": "x"}).status_code == 404


def test_a_draft_clinic_has_no_day(clinic, nurse):
    ClinicSession.objects.update(state="draft")
    assert nurse.get(clinic.url("clinic-day-session")).status_code == 404


def test_at_a_clinic_closed_off_nothing_is_offered(clinic, nurse, amina):
    ClinicSession.objects.update(state="closed_off")
    page = words(nurse.get(clinic.url("clinic-day-session")))
    assert "Nothing more can be recorded at this clinic." in page and "Add a walk-in" not in page
    assert nurse.post(clinic.url("clinic-day-arrive"), {"person": amina.public_id}).status_code == 409


@pytest.mark.strict
@pytest.mark.parametrize("value", ["", "x", "\x00", "😀", "00000000-0000-0000-0000-000000000000"])
def test_an_arrival_of_nobody_is_not_found(clinic, desk, value):
    assert desk.post(clinic.url("clinic-day-arrive"), {"appointment": value}).status_code == 404
    assert desk.post(clinic.url("clinic-day-arrive"), {"person": value}).status_code == 404
    assert desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": value}).status_code == 404
