"""The person's page, corrections, and the clinic's numbers."""

from datetime import date, timedelta

import pytest

from accounts.models import Role
from bookings.models import Appointment
from clinics.actions import quarantine_batch
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import Vaccination, Visit
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, signed_in, words
from tests.support.factories import MORNING, book, child, contact, make_batch, make_user

pytestmark = pytest.mark.django_db


def test_before_a_record_was_checked_what_is_known_comes_first(clinic, nurse, amina):
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert page.index("No record has been checked on this visit yet") < page.index("What is due")
    check(nurse, clinic, amina)
    page = words(nurse.get(clinic.url("person", amina.public_id)))
    assert page.index("What is due") < page.index("Record checks")


def test_a_person_merged_into_another_is_shown_as_who_they_are(clinic, nurse, amina):
    other = actions.add_person(
        team=clinic.team, first_name="Aminah", last_name="Khan", date_of_birth=date(2023, 3, 27), by=None, at=MORNING
    )
    senior = make_user(clinic.team, Role.SENIOR_NURSE)
    actions.merge_people(keep=amina, merge=other, reason="Same child", by=senior, at=MORNING)
    page = words(nurse.get(clinic.url("person", other.public_id)))
    assert "KHAN, Amina Born" in page and "Aminah" not in page


@pytest.fixture
def given(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    give(nurse, clinic, amina)
    return Vaccination.objects.get()


def correct(client, clinic, dose, **data):
    return client.post(clinic.url("record-correct", dose.person.public_id, dose.public_id), data)


def test_a_site_is_corrected_and_both_records_stand_there(clinic, nurse, given):
    link = clinic.url("record-correct", given.person.public_id, given.public_id)
    assert link in nurse.get(clinic.url("person", given.person.public_id)).content.decode()
    assert "Correct this record" in words(nurse.get(link))
    correct(nurse, clinic, given, wrong="site", body_site="right_arm", reason="Mixed up left and right")
    assert Vaccination.objects.current().get().body_site == "right_arm"
    page = nurse.get(clinic.url("person", given.person.public_id))
    assert "app-struck" in page.content.decode() and "Mixed up left and right" in words(page)


def test_a_batch_is_corrected(clinic, nurse, given):
    other = make_batch(clinic.team, "priorix-tetra", number="TET9")
    correct(nurse, clinic, given, wrong="batch", batch=str(other.public_id), reason="Read the wrong box")
    assert Vaccination.objects.current().get().batch_number == "TET9"


def test_the_batch_that_was_really_given_is_offered_though_it_is_quarantined(clinic, nurse, given):
    real = make_batch(clinic.team, "priorix-tetra", number="TET8")
    quarantine_batch(batch=real, reason="Fridge too warm", by=None, at=MORNING, source="test")
    link = clinic.url("record-correct", given.person.public_id, given.public_id)
    assert "TET8 (quarantined)" in words(nurse.get(link))
    correct(nurse, clinic, given, wrong="batch", batch=str(real.public_id), reason="Read the wrong box")
    assert Vaccination.objects.current().get().batch_number == "TET8"


@pytest.mark.parametrize("wrong", [{"wrong": "site", "body_site": "right_arm"}, {"wrong": "error"}])
def test_a_correction_pressed_twice_is_saved_once_and_says_so_twice(clinic, nurse, given, wrong):
    once = "6a1f2d0e-8f0a-4a57-9a1e-1f2d3c4b5a69"
    for _press in range(2):
        done = correct(nurse, clinic, given, reason="A slip", client_uuid=once, **wrong)
        assert (done.status_code, done.url) == (302, clinic.url("person", given.person.public_id))
    assert Vaccination.objects.count() == 2
    assert correct(nurse, clinic, given, reason="A slip", client_uuid="\x00", **wrong).status_code == 404


def test_a_record_is_corrected_on_the_screen_of_a_clinic_closed_off(clinic, given):
    ClinicSession.objects.update(state="closed_off")
    senior = signed_in(make_user(clinic.team, Role.SENIOR_NURSE))
    link = clinic.url("record-correct", given.person.public_id, given.public_id)
    assert link in senior.get(clinic.url("person", given.person.public_id)).content.decode()
    assert correct(senior, clinic, given, wrong="error", reason="Recorded twice").status_code == 302
    assert not Vaccination.objects.current().exists()


def test_an_error_is_marked_and_the_dose_is_due_again(clinic, nurse, given):
    correct(nurse, clinic, given, wrong="error", reason="Wrong child opened")
    assert not Vaccination.objects.current().exists()
    assert "Give MMRV" in words(nurse.get(clinic.url("person", given.person.public_id)))


def test_a_dose_moves_to_the_brother_who_had_it(clinic, nurse, desk, given):
    book(clinic.session, child("Bilal", "Khan", date(2021, 1, 1)))
    bilal = next(person for person in arrive_all(desk, clinic) if person.first_name == "Bilal")
    correct(nurse, clinic, given, wrong="person", move_to=str(bilal.public_id), reason="Brother in the chair")
    assert Vaccination.objects.current().get().person == bilal


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"wrong": "everything", "reason": "x"},
        {"wrong": "site", "reason": "x"},
        {"wrong": "site", "body_site": "left_thigh"},
        {"wrong": "site", "body_site": "buttock", "reason": "x"},
        {"wrong": "error", "reason": "\x00"},
        {"wrong": "error", "reason": "x" * 301},
        {"wrong": "batch", "batch": "00000000-0000-0000-0000-000000000000", "reason": "x"},
    ],
)
def test_a_correction_with_a_mistake_is_shown_again(clinic, nurse, given, wrong):
    page = correct(nurse, clinic, given, **wrong)
    assert page.status_code == 422 and "There is a problem" in words(page) and Vaccination.objects.count() == 1


def test_another_vaccinator_may_not_correct_it_and_a_senior_nurse_may(clinic, given):
    other = signed_in(make_user(clinic.team, Role.VACCINATOR))
    assert correct(other, clinic, given, wrong="error", reason="x").status_code == 403
    senior = signed_in(make_user(clinic.team, Role.SENIOR_NURSE))
    assert correct(senior, clinic, given, wrong="error", reason="x").status_code == 302


def test_the_totals_add_up_and_say_it_in_one_sentence(clinic, nurse, desk, this_morning):
    names = ["Ann", "Bob", "Cat", "Dan", "Eve", "Fay"]
    book(clinic.session, *(child(name, "Hart", date(2023, 3, 27)) for name in names))
    book(clinic.session, child("Gus", "Hart"), contact=contact(name="Somebody else"))
    absent = Appointment.objects.get(first_name="Gus")
    ids = Appointment.objects.exclude(pk=absent.pk).values_list("public_id", flat=True)
    desk.post(clinic.url("clinic-day-arrive"), {"appointment": [str(each) for each in ids]})
    ann, bob, cat, dan, eve, _fay = (visit.person for visit in Visit.objects.order_by("person__first_name"))
    for person in (ann, bob):
        check(nurse, clinic, person)
        agree(nurse, clinic, person)
        give(nurse, clinic, person)
    give(nurse, clinic, ann, "6IN1")
    nurse.post(clinic.url("not-given", bob.public_id), {"series": ["6IN1"], "reason": "unwell"})
    nurse.post(clinic.url("not-given", cat.public_id), {"series": ["MEASLES", "6IN1"], "reason": "declined"})
    nurse.post(clinic.url("visit-end", dan.public_id), {"does": "advice"})
    check(nurse, clinic, eve)
    nurse.post(clinic.url("visit-end", eve.public_id), {"does": "check"})
    this_morning.move_to(MORNING + timedelta(hours=8))
    desk.post(clinic.url("clinic-day-did-not-attend"), {"shown": [str(absent.public_id)]})
    page = words(signed_in(make_user(clinic.team, Role.ANALYST)).get(clinic.url("clinic-day-totals")))
    assert "2 people were vaccinated; 1 came for advice and 1 to have their record checked." in page
    assert (
        "Vaccinated 1 Partly vaccinated 1 Came but not vaccinated 1 Advice only 1 Record checked only 1 "
        "Still here 1 Everybody who came 6" in page
    )
    assert "MMRV 1 2 6-in-1 1 1" in page
    assert "Declined 2 Unwell today 1" in page and "1 person declined." in page
    assert "Did not attend 1 Still expected 0 Cancelled 0" in page
    assert "Of them 0 walked in. For 3 a record was checked." in page


def test_two_visits_found_to_be_one_person_count_once(clinic, nurse, desk):
    book(clinic.session, child("Amina", "Khan"), child("Lily", "Price", date(2020, 1, 1)))
    one, other = arrive_all(desk, clinic)
    for person in (one, other):
        check(nurse, clinic, person)
        agree(nurse, clinic, person)
    give(nurse, clinic, one)
    senior = make_user(clinic.team, Role.SENIOR_NURSE)
    actions.merge_people(keep=one, merge=other, reason="One child twice", by=senior, at=MORNING)
    page = words(nurse.get(clinic.url("clinic-day-totals")))
    assert "1 person was vaccinated." in page and "Everybody who came 1" in page


def test_the_desk_sees_no_totals(clinic, desk):
    assert desk.get(clinic.url("clinic-day-totals")).status_code == 403
