"""A known person's dose in one press: the finding, consent, health and site on the person's own page."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Role
from immunisations import actions
from immunisations.models import Consent, RecordCheck, Screening, Vaccination
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, words
from tests.support.factories import MORNING, book, child, make_batch, make_user
from tests.support.html_forms import Form, forms_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bilal(desk, nurse, clinic, amina):
    """The second child of the day: the batch is in use, and of him nothing is known."""
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    book(clinic.session, child("Bilal"))
    return next(each for each in arrive_all(desk, clinic) if each.first_name == "Bilal")


def the_form(page) -> Form | None:
    """The form that does it all at once, where the page has it."""
    forms = forms_of(page.content.decode(), page.request["PATH_INFO"])
    return next((form for form in forms if form.action.endswith("/at-once/")), None)


def answers(form: Form, **more: Any) -> dict[str, Any]:
    """What a nurse sends who looked at an empty red book, asked, and gave it into the left arm."""
    usual = {
        "looked": "red_book",
        "decides": form.offered["decides"][0],
        "health": "ok",
        "body_site": "left_arm",
        "does": "dose",
    }
    if "which" in form.offered:
        usual["which"] = "all"
    return {**form.values, **usual, **more}


def test_one_press_saves_the_finding_consent_answers_and_dose(clinic, nurse, bilal):
    page = nurse.get(clinic.url("person", bilal.public_id))
    form = the_form(page)
    assert form is not None and "Red book: nothing recorded" in words(page)
    # Nothing is chosen beforehand.
    assert not {"looked", "decides", "health", "body_site"} & set(form.values)
    saved = nurse.post(form.action, answers(form), follow=True)
    assert "saved" in words(saved)
    [dose] = Vaccination.objects.filter(person=bilal)
    [seen] = RecordCheck.objects.filter(person=bilal)
    assert (dose.status, dose.body_site, dose.cautions, dose.override_reason) == ("completed", "left_arm", [], "")
    assert (seen.source, seen.outcome, seen.visit) == ("red_book", "nothing_recorded", dose.visit)
    assert seen.finding and seen.checked_by_name == dose.given_by_name
    assert Consent.objects.filter(visit=dose.visit).count() == Screening.objects.filter(visit=dose.visit).count() == 1


@pytest.mark.once
def test_without_a_batch_in_use_it_is_done_in_steps(clinic, nurse, amina):
    page = nurse.get(clinic.url("person", amina.public_id))
    assert the_form(page) is None and "Save and give the dose" in words(page)


@pytest.mark.once
def test_a_desk_is_not_offered_it(clinic, desk, bilal):
    assert the_form(desk.get(clinic.url("person", bilal.public_id))) is None


@pytest.mark.once
def test_what_is_left_out_is_asked_for_and_nothing_is_saved(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    for left_out, said in {
        "looked": "Select what you looked at",
        "decides": "Select who agrees",
        "health": "Select what the answers are",
        "body_site": "Select where it is given",
    }.items():
        page = nurse.post(form.action, {name: each for name, each in answers(form).items() if name != left_out})
        assert page.status_code == 422 and said in words(page)
        again = the_form(page)
        kept = {"looked", "decides", "health", "body_site"} - {left_out}
        assert all(again.values[name] == answers(form)[name] for name in kept)
    assert (
        not RecordCheck.objects.filter(person=bilal).exists()
        and not Consent.objects.filter(visit__person=bilal).exists()
    )


def test_an_answer_that_needs_a_look_is_saved_and_the_dose_is_not(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    page = nurse.post(form.action, answers(form, health="yes", yes=["unwell"]), follow=True)
    assert "The answers are saved. The dose is not." in words(page) and "Unwell today" in words(page)
    assert Screening.objects.get(visit__person=bilal).well_today is False
    assert not Vaccination.objects.filter(person=bilal).exists()


def test_the_answers_alone_can_be_saved_without_a_site(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    sent = {name: each for name, each in answers(form, does="answers").items() if name != "body_site"}
    page = nurse.post(form.action, sent, follow=True)
    assert "The answers are saved. The dose is not." in words(page)
    assert RecordCheck.objects.filter(person=bilal).count() == 1
    # Nothing is left to ask but the dose, on its own page.
    assert the_form(page) is None and clinic.url("give-dose", bilal.public_id, "MEASLES") in page.content.decode()


@pytest.mark.once
def test_another_batch_is_chosen_without_losing_what_was_answered(clinic, nurse, bilal):
    make_batch(clinic.team, "priorix-tetra", number="TET9")
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    sent = answers(form, does="change")
    del sent["body_site"]
    page = nurse.post(form.action, sent)
    assert page.status_code == 200 and "There is a problem" not in words(page)
    again = the_form(page)
    assert again.values["looked"] == "red_book" and again.values["health"] == "ok" and "batch" not in again.values
    other = next(each for each in clinic.team.batches.all() if each.number == "TET9")
    nurse.post(again.action, {**again.values, "batch": str(other.public_id), "body_site": "left_arm", "does": "dose"})
    assert Vaccination.objects.get(person=bilal).batch_number == "TET9"
    assert RecordCheck.objects.filter(person=bilal).count() == 1


def test_pressing_twice_is_one_check_and_one_dose(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    for _press in range(2):
        assert nurse.post(form.action, answers(form), follow=True).status_code == 200
    assert Vaccination.objects.filter(person=bilal).count() == RecordCheck.objects.filter(person=bilal).count() == 1
    assert Consent.objects.filter(visit__person=bilal).count() == 1


@pytest.mark.parametrize("does", ["dose", "answers"])
def test_another_answer_from_a_page_that_was_still_open_stops_the_dose(clinic, nurse, bilal, does):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    for _press in range(2):
        page = nurse.post(form.action, answers(form, does="answers"), follow=True)
        assert "The answers are saved. The dose is not." in words(page)
    assert Screening.objects.filter(visit__person=bilal).count() == 1
    # Back: they feel hot after all.
    for _press in range(2):
        page = nurse.post(form.action, answers(form, does=does, health="yes", yes=["unwell"]), follow=True)
        assert "The answers are saved. The dose is not." in words(page) and "Unwell today" in words(page)
    assert Screening.objects.filter(visit__person=bilal).latest("pk").well_today is False
    # What is not said in full is asked for, and nothing of it is lost.
    page = nurse.post(form.action, answers(form, does=does, health="yes", details="39 degrees"))
    assert page.status_code == 422 and "39 degrees" in page.content.decode()
    assert Screening.objects.filter(visit__person=bilal).count() == 2
    assert not Vaccination.objects.filter(person=bilal).exists()


def test_a_finding_beside_answers_that_another_page_took_is_saved_too(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    agree(nurse, clinic, bilal)
    assert "saved" in words(nurse.post(form.action, answers(form), follow=True))
    [seen] = RecordCheck.objects.filter(person=bilal)
    [dose] = Vaccination.objects.filter(person=bilal)
    assert seen.outcome == "nothing_recorded" and dose.override_reason == ""


def test_the_same_answers_sent_again_give_the_dose(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    nurse.post(form.action, answers(form, does="answers"))
    assert "saved" in words(nurse.post(form.action, answers(form), follow=True))
    assert (
        Vaccination.objects.filter(person=bilal).count() == Screening.objects.filter(visit__person=bilal).count() == 1
    )


def test_a_warning_is_asked_about_once_and_as_a_first_warning(clinic, nurse, desk, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina, "6IN1")
    book(clinic.session, child("Baby", "Hart", date(2026, 6, 1)))
    baby = next(each for each in arrive_all(desk, clinic) if each.first_name == "Baby")
    form = the_form(nurse.get(clinic.url("person", baby.public_id)))
    warned = nurse.post(form.action, answers(form, body_site="left_arm"))
    assert warned.status_code == 200 and "Under 1 year the thigh is the site to use." in words(warned)
    # The mark of what the page showed of the person is no warning that somebody read.
    assert "Something has changed" not in words(warned) and "There is a problem" not in words(warned)
    [panel] = [each for each in forms_of(warned.content.decode(), form.action) if "override_reason" in each.names()]
    saved = nurse.post(form.action, {**panel.values, "override_reason": "Both thighs are in plaster"})
    assert saved.status_code == 302
    assert Vaccination.objects.get(person=baby).override_reason == "Both thighs are in plaster"


def test_whoever_comes_second_is_told_who_gave_it(clinic, nurse, bilal):
    form = the_form(nurse.get(clinic.url("person", bilal.public_id)))
    other = make_user(clinic.team, Role.VACCINATOR, first_name="Olga", last_name="Other")
    actions.record_consent(
        visit=bilal.visits.get(),
        decision="given",
        route="parent_present",
        given_by_name="Sara Khan",
        relationship="Mother",
        vaccines=["MMR", "MMRV", "6IN1"],
        by=other,
        at=MORNING,
    )
    page = nurse.post(form.action, answers(form))
    assert page.status_code == 409 and "Olga Other" in words(page)
    assert not Vaccination.objects.filter(person=bilal).exists()
    assert not RecordCheck.objects.filter(person=bilal).exists()


def test_what_is_on_record_is_confirmed_with_its_doses(clinic, nurse, bilal):
    actions.record_check(
        person=bilal,
        source="chis",
        outcome="doses_found",
        finding="One MMR.",
        doses=[actions.FoundDose("MMR", "2024-05-01")],
        by=clinic.nurse,
        at=MORNING - timedelta(days=1),
    )
    page = nurse.get(clinic.url("person", bilal.public_id))
    form = the_form(page)
    assert "Red book: the doses on record, and no others" in words(page) and "none" not in form.offered["looked"]
    nurse.post(form.action, answers(form))
    today = RecordCheck.objects.get(person=bilal, source="red_book")
    assert [(dose.vaccine, dose.given_on) for dose in today.doses.all()] == [("MMR", "2024-05-01")]
    assert Vaccination.objects.get(person=bilal, series="MEASLES").dose_number == 2


def test_whoever_saves_for_somebody_whose_arrival_was_undone_is_told_by_whom(clinic, nurse, desk, amina):
    """Nothing is saved, and nobody is left to believe it was."""
    visit = amina.visits.get()
    desk.post(clinic.url("clinic-day-undo-arrival"), {"visit": str(visit.public_id)})
    for name, more, sent in (
        ("consent-and-health", (), {"decides": "contact", "health": "ok"}),
        ("give-dose", ("MEASLES",), {"body_site": "left_arm"}),
        ("dose-at-once", ("MEASLES",), {"body_site": "left_arm"}),
        ("not-given", (), {"reason": "declined"}),
    ):
        page = nurse.post(clinic.url(name, amina.public_id, *more), sent, follow=True)
        assert "Nothing was saved: they are not marked as arrived. Dan Desk undid the arrival at" in words(page), name
    assert not Vaccination.objects.exists() and not Consent.objects.exists()
