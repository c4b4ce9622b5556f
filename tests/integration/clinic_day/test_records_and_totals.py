"""The person's page, and the clinic's numbers."""

from datetime import date, timedelta

import pytest

from accounts.models import Role
from bookings.models import Appointment
from immunisations import actions
from immunisations.models import Visit
from tests.integration.clinic_day.conftest import agree, arrive_all, check, give, signed_in, words
from tests.support.factories import MORNING, book, child, contact, make_user

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
    assert "Declined 2 1 1 Unwell today 1 1 1" in page and "1 person declined." in page
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
