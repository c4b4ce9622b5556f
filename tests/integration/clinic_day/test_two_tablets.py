"""Two tablets at one clinic: the second is told what happened, by whom and when, and nothing is overwritten."""

import re
from datetime import timedelta

import pytest

from bookings.models import Appointment
from bookings.views.clinic_day import base
from immunisations import actions
from immunisations.models import Consent, RecordCheck, Screening, Vaccination, Visit
from tests.integration.clinic_day.conftest import agree, check, give, signed_in, words
from tests.support.factories import MORNING, book, child, make_user
from tests.support.html_forms import forms_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(clinic):
    """A second nurse with a tablet of her own."""
    return signed_in(make_user(clinic.team, first_name="Olga", last_name="Other"))


def seen_on(client, clinic, person, page="person"):
    """Return the mark that a page's form carries."""
    shown = client.get(clinic.url(page, person.public_id)).content.decode()
    return re.search(r'name="seen" value="(\d+)"', shown)[1]


def consent_shown(client, clinic, person):
    """Return what the form about consent and health carries."""
    page = client.get(clinic.url("consent-and-health", person.public_id)).content.decode()
    return hidden_of(next(form for form in forms_of(page, "/") if "asked_about" in form.names()))


def hidden_of(form):
    return {name: form.values[name] for name in ("seen", "asked_about")}


def does(client, clinic, person, what, seen=""):
    return client.post(clinic.url("visit-end", person.public_id), {"does": what, "seen": seen})


def arrive(client, clinic, *appointments):
    ids = ",".join(str(each.public_id) for each in appointments)
    return client.post(clinic.url("clinic-day-arrive"), {"appointment": ids})


# --- arriving


def test_the_second_to_mark_somebody_as_arrived_is_told_by_whom_and_when(clinic, desk, other):
    book(clinic.session)
    appointment = Appointment.objects.get()
    assert arrive(desk, clinic, appointment).status_code == 302
    page = arrive(other, clinic, appointment)
    assert page.status_code == 409
    assert "KHAN, Amina had arrived already. Dan Desk marked them as arrived at 9am." in words(page)
    assert "Ready now (1)" in words(page) and Visit.objects.count() == 1


def test_pressing_twice_oneself_is_no_conflict(clinic, desk):
    book(clinic.session)
    appointment = Appointment.objects.get()
    assert [arrive(desk, clinic, appointment).status_code for _press in range(2)] == [302, 302]


def test_of_a_family_the_rest_arrive_and_one_hears_of_who_had(clinic, desk, other):
    book(clinic.session, child("Amina"), child("Bilal"))
    first, second = Appointment.objects.order_by("position")
    arrive(desk, clinic, first)
    done = arrive(other, clinic, first, second)
    assert done.status_code == 302
    page = words(other.get(done.url))
    assert "1 person marked as arrived." in page and "KHAN, Amina had arrived already." in page


def test_somebody_picked_out_by_name_who_had_arrived_is_told_too(clinic, desk, other, amina):
    page = other.post(clinic.url("clinic-day-arrive"), {"person": str(amina.public_id)})
    assert page.status_code == 409 and "Dan Desk marked them as arrived" in words(page)


def test_a_match_answered_twice_tells_the_second(clinic, desk, other):
    actions.add_person(
        team=clinic.team, first_name="Amina", last_name="Khan", date_of_birth=MORNING.date(), by=None, at=MORNING
    )
    book(clinic.session, child("Amina", "Khan", MORNING.date() - timedelta(days=1)))
    appointment = Appointment.objects.get()
    url = clinic.url("clinic-day-match", appointment.public_id)
    assert desk.post(url, {"is": "new"}).status_code == 302
    page = other.post(url, {"is": "new"})
    assert page.status_code == 409 and "Dan Desk marked them as arrived" in words(page)
    assert Visit.objects.count() == 1


def test_an_arrival_is_not_undone_once_something_was_recorded_and_one_hears_by_whom(clinic, desk, nurse, amina):
    check(nurse, clinic, amina)
    page = desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)})
    assert page.status_code == 409 and Visit.objects.exists()
    assert "something was recorded on the visit. Nora Nurse saved a record check at 9am." in words(page)


def test_an_arrival_is_not_undone_while_a_nurse_sees_the_person(clinic, desk, nurse, amina):
    does(nurse, clinic, amina, "start")
    page = desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)})
    assert page.status_code == 409 and Visit.objects.exists()
    assert "cannot be undone: in progress with Nora Nurse since 9am." in words(page)


def test_an_arrival_undone_twice_tells_the_second_and_not_the_first(clinic, desk, other, amina):
    sent = {"visit": str(Visit.objects.get().public_id)}
    url = clinic.url("clinic-day-undo-arrival")
    assert [desk.post(url, sent).status_code for _press in range(2)] == [302, 302]
    page = other.post(url, sent)
    assert page.status_code == 409 and "Dan Desk undid the arrival at 9am." in words(page)


def test_whatever_is_done_to_somebody_whose_arrival_was_undone_is_told(clinic, desk, nurse, amina):
    seen = seen_on(nurse, clinic, amina)
    desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)})
    page = does(nurse, clinic, amina, "pause", seen)
    assert page.status_code == 409 and "Dan Desk undid the arrival at 9am." in words(page)


def test_whoever_arrived_is_not_marked_as_did_not_attend(clinic, desk, other, this_morning):
    book(clinic.session)
    appointment = Appointment.objects.get()
    arrive(desk, clinic, appointment)
    this_morning.move_to(MORNING + timedelta(hours=8))
    late = signed_in(make_user(clinic.team))
    page = late.post(clinic.url("clinic-day-did-not-attend"), {"shown": [str(appointment.public_id)]})
    assert page.status_code == 409 and "KHAN, Amina had arrived already. Dan Desk marked them" in words(page)
    appointment.refresh_from_db()
    assert appointment.state == "booked" and appointment.visit is not None


# --- who is seeing them


def test_a_second_nurse_sees_with_whom_and_since_when_and_takes_over(clinic, nurse, other, amina):
    does(nurse, clinic, amina, "start")
    page = words(other.get(clinic.url("person", amina.public_id)))
    assert "In progress with Nora Nurse since 9am. Take over" in page and "Pause" not in page
    assert "with Nora Nurse" in words(other.get(clinic.url("clinic-day-session")))
    assert "Take over" not in words(nurse.get(clinic.url("person", amina.public_id)))
    assert does(other, clinic, amina, "take_over").status_code == 302
    assert str(Visit.objects.get().started_by) == "Olga Other"
    assert "In progress with Olga Other" in words(nurse.get(clinic.url("person", amina.public_id)))


def test_to_start_with_somebody_whom_another_sees_is_refused(clinic, nurse, other, amina):
    does(nurse, clinic, amina, "start")
    page = does(other, clinic, amina, "start")
    assert page.status_code == 409 and "In progress with Nora Nurse since 9am." in words(page)
    assert str(Visit.objects.get().started_by) == "Nora Nurse"


@pytest.mark.parametrize("second", ["pause", "left", "advice", "put_back", "start", "take_over"])
@pytest.mark.parametrize("first", ["take_over", "pause", "left"])
def test_an_old_page_changes_nothing_and_says_what_was_done(clinic, nurse, other, amina, first, second):
    does(nurse, clinic, amina, "start")
    seen = seen_on(nurse, clinic, amina)
    assert does(other, clinic, amina, first).status_code == 302
    before = Visit.objects.values().get()
    page = does(nurse, clinic, amina, second, seen)
    assert page.status_code == 409 and "this page was out of date. Olga Other" in words(page)
    assert Visit.objects.values().get() == before
    # The page as it is now may be used.
    fresh = re.search(r'name="seen" value="(\d+)"', page.content.decode())
    assert fresh is None or fresh[1] != seen


def test_ones_own_second_press_is_no_conflict(clinic, nurse, amina):
    seen = seen_on(nurse, clinic, amina)
    assert [does(nurse, clinic, amina, "pause", seen).status_code for _press in range(2)] == [302, 302]


def test_the_wrong_person_opened_goes_back_into_the_queue(clinic, nurse, amina):
    does(nurse, clinic, amina, "start")
    assert does(nurse, clinic, amina, "put_back").status_code == 302
    assert Visit.objects.values("started_at", "started_by").get() == {"started_at": None, "started_by": None}
    check(nurse, clinic, amina)
    page = does(nurse, clinic, amina, "put_back")
    assert page.status_code == 409 and RecordCheck.objects.exists()


def test_a_page_that_came_again_may_be_reloaded(clinic, nurse, amina):
    url = clinic.url("visit-end", amina.public_id)
    assert nurse.get(url).url == clinic.url("person", amina.public_id)


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40, "\x00", "٣"])
def test_a_strange_mark_counts_for_none(clinic, nurse, amina, seen):
    assert does(nurse, clinic, amina, "pause", seen).status_code == 302


def test_a_button_that_is_none_of_ours_is_not_there(clinic, nurse, amina):
    assert does(nurse, clinic, amina, "explode").status_code == 404


# --- consent, not given, and the dose


def test_consent_saved_by_two_tells_the_second_and_keeps_what_they_typed(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    shown = consent_shown(other, clinic, amina)
    assert agree(nurse, clinic, amina).status_code == 302
    page = agree(other, clinic, amina, decides="disagreed", name_disagreed="Grandma Rose", said="No", **shown)
    assert page.status_code == 409 and Consent.objects.count() == 1
    assert "Nora Nurse saved what was said about consent at 9am." in words(page)
    assert "Grandma Rose" in page.content.decode()


def test_health_answers_of_two_tell_the_second_and_neither_is_dropped(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    shown = consent_shown(other, clinic, amina)
    assert agree(nurse, clinic, amina).status_code == 302
    fever = {"health": "yes", "yes": ["unwell"], "details": "39 since the morning"}
    page = agree(other, clinic, amina, **fever, **shown)
    assert page.status_code == 409 and Screening.objects.count() == 1
    assert "39 since the morning" in page.content.decode()
    # Knowing that, they send it again, from the form that came.
    form = next(form for form in forms_of(page.content.decode(), page.request["PATH_INFO"]) if "health" in form.names())
    saved = other.post(
        form.action, {"decides": "contact", "which": "all", **fever, **hidden_of(form), "take_over": "yes"}
    )
    assert saved.status_code == 302 and Screening.objects.count() == 2
    assert not Screening.objects.latest("pk").well_today


def test_another_word_from_a_page_that_was_still_open_is_written_down_too(clinic, nurse, amina):
    check(nurse, clinic, amina)
    shown = consent_shown(nurse, clinic, amina)
    for _press in range(2):
        assert agree(nurse, clinic, amina, **shown).status_code == 302
    assert (Consent.objects.count(), Screening.objects.count()) == (1, 1)
    # Back, and another answer: all has been asked, yet this was said last.
    fever = {"health": "yes", "yes": ["unwell"]}
    assert agree(nurse, clinic, amina, **fever, **shown).status_code == 302
    assert (Consent.objects.count(), Screening.objects.count()) == (1, 2)
    assert not Screening.objects.latest("pk").well_today
    wrong = agree(nurse, clinic, amina, **{**shown, "health": "yes"})
    assert wrong.status_code == 422 and "Select what applies" in words(wrong)


def test_what_happened_while_a_page_was_put_together_was_not_seen_on_it(clinic, nurse, other, amina, monkeypatch):
    check(nurse, clinic, amina)
    read = base.person_page

    def overtaken(*about, **more):
        """Read everything; then, before the page is written, somebody else answers."""
        data = read(*about, **more)
        monkeypatch.setattr(base, "person_page", read)
        assert agree(other, clinic, amina).status_code == 302
        return data

    monkeypatch.setattr(base, "person_page", overtaken)
    seen = seen_on(nurse, clinic, amina, "consent-and-health")
    assert Consent.objects.count() == 1
    page = agree(nurse, clinic, amina, seen=seen)
    assert page.status_code == 409
    assert "Olga Other saved what was said about consent at 9am." in words(page)
    # The page that came again has seen it: whoever knows that may add to it.
    again = re.search(r'name="seen" value="(\d+)"', page.content.decode())[1]
    assert int(again) > int(seen)


def test_a_pause_after_the_end_is_told_what_ended_the_visit(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    does(other, clinic, amina, "gone")
    page = does(nurse, clinic, amina, "pause")
    assert page.status_code == 409
    assert "This visit has ended. Olga Other ended the visit at 9am." in words(page)


def test_consent_while_another_sees_the_person_can_be_saved_by_taking_over(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    does(nurse, clinic, amina, "start")
    page = agree(other, clinic, amina)
    assert page.status_code == 409 and not Consent.objects.exists()
    assert "In progress with Nora Nurse since 9am." in words(page) and "Take over and save" in words(page)
    assert agree(other, clinic, amina, take_over="yes").status_code == 302
    assert Consent.objects.count() == 1 and str(Visit.objects.get().started_by) == "Olga Other"


@pytest.mark.parametrize("series", [["6IN1"], ["6IN1", "MEASLES"]], ids=["what is left", "what was given too"])
def test_not_given_after_a_dose_was_given_is_told(clinic, nurse, other, amina, series):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    seen = seen_on(other, clinic, amina, "not-given")
    give(nurse, clinic, amina)
    sent = {"series": series, "reason": "unwell", "seen": seen}
    page = other.post(clinic.url("not-given", amina.public_id), sent)
    assert page.status_code == 409 and "Nora Nurse saved a dose at 9am." in words(page)
    assert not Vaccination.objects.filter(status="not_done").exists()


def test_a_dose_given_twice_is_given_once(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    give(other, clinic, amina)
    assert Vaccination.objects.filter(series="MEASLES", status="completed").count() == 1


def test_whoever_gives_the_dose_of_a_paused_visit_sees_the_person_from_then_on(clinic, nurse, other, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    does(nurse, clinic, amina, "pause")
    give(other, clinic, amina)
    assert str(Visit.objects.get().started_by) == "Olga Other"
