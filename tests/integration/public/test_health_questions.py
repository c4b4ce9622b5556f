"""The health questions, answered at home one by one, and what staff then see."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent, Role
from bookings.actions import answer_health_questions
from bookings.arrivals import arrive_appointments
from bookings.forms.public.health import ASKED
from bookings.models import Draft, HealthAnswers
from bookings.policies import BookingRefused
from clinics.vaccines import Vaccine
from immunisations.actions import record_screening
from immunisations.health_questions import QUESTIONS
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import MORNING, NOW, book, child, make_session, make_user

pytestmark = pytest.mark.django_db
# Without gelatine in the store, those for MMR: all but the one about gelatine.
FOR_MMR = [each.code for each in QUESTIONS if each.code != "gelatine"]


@pytest.fixture
def session():
    return make_session(name="Evesham clinic", vaccines=(Vaccine.MMR,))


@pytest.fixture
def made(session):
    return book(session, child(), child("Bilal"), starts_at=MORNING + timedelta(hours=1))


@pytest.fixture
def parent(visitor, made):
    visitor.goes(f"/booking/m/{made.link_token}/")
    amina = made.booking.appointments.get(position=1)
    return visitor.answers("/booking/health/", appointment=str(amina.public_id))


def answers_all(parent, yes: str = "", agrees: str = "yes"):
    """Answer every question with no, but for one."""
    for code in FOR_MMR:
        given = {"answer": "yes", "details": "haemophilia"} if code == yes else {"answer": "no"}
        parent.answers(**given)
    return parent.answers(agrees=agrees)


@pytest.mark.once
def test_every_health_question_has_words_to_ask_it_at_home():
    assert set(ASKED) == {each.code for each in QUESTIONS}


def test_one_question_a_page_then_a_check_then_the_nurse_reads_it(parent, made):
    assert parent.heading == "Does Amina have a bleeding disorder?" and "Question 1 of 10" in parent.text
    answers_all(parent, yes="bleeding")
    assert parent.heading == "Check your answers about Amina"
    assert "A nurse will read this before your appointment. You do not need to do anything." in parent.text
    assert "The nurse asks again at the clinic" in parent.text and not HealthAnswers.objects.exists()
    check = parent.path
    parent.answers()
    assert "A nurse will read this before your appointment. You do not need to do anything." in parent.text
    parent.answers(check)
    saved = HealthAnswers.objects.get()
    assert saved.answers["bleeding"] == {"answer": "yes", "details": "haemophilia"} and saved.agrees is True
    assert sorted(saved.answers) == sorted(FOR_MMR)
    assert "haemophilia" not in str(Draft.objects.get(purpose="health").answers)
    assert "haemophilia" not in str(list(AuditEvent.objects.values_list("before", "after", "reason")))


def test_an_answer_is_changed_from_the_check_and_leads_back_to_it(parent):
    answers_all(parent, yes="bleeding", agrees="not_sure")
    check = parent.path
    parent.goes(check.replace("/check/", "/1/"))
    assert "haemophilia" in parent.page.content.decode()
    parent.answers(answer="no", details="typed and then taken back")
    assert parent.path == check and "haemophilia" not in parent.text
    parent.answers()
    saved = HealthAnswers.objects.get()
    assert saved.answers["bleeding"] == {"answer": "no", "details": ""} and saved.agrees is None
    assert "You do not need to do anything else." in parent.text


def test_no_question_is_passed_over_and_none_is_answered_by_itself(parent):
    parent.answers()
    assert parent.page.status_code == 422 and "Select yes or no" in parent.text
    later = parent.path.replace("/1/", "/9/")
    assert parent.goes(later).path.endswith("/1/")
    assert parent.goes(later.replace("/9/", "/99/")).path.endswith("/1/")
    assert parent.goes(later.replace("/9/", "/check/")).path.endswith("/1/")


def test_answered_again_the_latest_answers_stand_and_the_first_are_not_shown(parent, made):
    answers_all(parent, yes="bleeding").answers()
    amina = made.booking.appointments.get(position=1)
    parent.goes("/booking/health/")
    assert "You have answered these questions" in parent.text and "haemophilia" not in parent.page.content.decode()
    parent.answers("/booking/health/", appointment=str(amina.public_id))
    answers_all(parent).answers()
    assert HealthAnswers.objects.count() == 2
    assert HealthAnswers.objects.first().answers["bleeding"]["answer"] == "no"


def test_answers_that_were_begun_open_for_nobody_else_and_not_after_two_hours(parent, other_visitor, session, made):
    path = parent.path
    assert other_visitor.goes(path).path == "/booking/"
    stranger = book(session, child("Carla"))
    other_visitor.goes(f"/booking/m/{stranger.link_token}/")
    assert other_visitor.goes(path).page.status_code == 404
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        parent.goes(f"/booking/m/{made.link_token}/")
        assert parent.goes(path).page.status_code == 404


def test_a_cancelled_appointment_takes_no_answers(parent, made):
    answers_all(parent)
    check = parent.path
    parent.answers("/booking/cancel/")
    assert "This appointment is cancelled already." in parent.goes(re.sub("check/$", "1/", check)).text
    parent.answers(check)
    assert not HealthAnswers.objects.exists()
    with pytest.raises(BookingRefused, match="cancelled already"):
        answer_health_questions(
            appointment=made.booking.appointments.get(position=1),
            answers={},
            agrees=None,
            submission_id=made.booking.public_id,
            by=None,
            source="test",
            at=NOW,
        )


def test_the_answers_are_offered_from_the_confirmation(visitor, session):
    session.slug = "evesham"
    session.save()
    visitor.to_the_check("Amina", slug="evesham").answers()
    assert "Answer the health questions now" in visitor.text
    visitor.goes("/booking/health/")
    assert visitor.heading == "Health questions" and "Answer the questions about Amina" in visitor.text


def test_staff_see_that_there_is_something_to_read_until_they_have_asked_themselves(parent, made, session):
    answers_all(parent, yes="bleeding").answers()
    nurse_user = make_user(session.team, Role.VACCINATOR)
    amina, bilal = made.booking.appointments.order_by("position")
    with time_machine.travel(MORNING, tick=False):
        nurse = signed_in(nurse_user)
        day = reverse("clinic-day-session", args=[session.public_id])
        page = words(nurse.get(day))
        assert page.count("Health answer to read") == 1
        arrive_appointments(session=session, appointments=[amina, bilal], by=nurse_user, at=MORNING)
        amina.refresh_from_db()
        who = [session.public_id, amina.person.public_id]
        person = words(nurse.get(reverse("person", args=who)))
        assert "Answered at home, 14 November 2026, 9am . Agrees to the vaccination" in person
        assert "Yes: A bleeding disorder – haemophilia" in person and "No: Medicine that thins the blood" in person
        consent = nurse.get(reverse("consent-and-health", args=who) + "?vaccine=MMR&again=1")
        assert "Yes: A bleeding disorder – haemophilia" in words(consent)
        # Shown beside the questions, and nothing of it is taken as confirmed.
        assert not re.search(r"<input[^>]* checked", consent.content.decode())
        record_screening(
            visit=amina.visit,
            answers={each.code: {"answer": "no", "details": ""} for each in QUESTIONS},
            well_today=True,
            not_pregnant=None,
            identity_confirmed_by="Sara Khan",
            by=nurse_user,
            at=MORNING,
        )
        assert "Health answer to read" not in words(nurse.get(day))
