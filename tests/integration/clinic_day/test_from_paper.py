"""What a clinic wrote on its printed list is entered afterwards: who came and when, and then what was done."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Role
from bookings.models import Appointment
from immunisations import actions
from immunisations.models import Person, Vaccination, Visit
from immunisations.models.consent import GILLICK_ANSWERS
from tests.integration.clinic_day.conftest import arrive_all, signed_in, words
from tests.support.factories import MORNING, book, child, make_user

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
GIVEN = {
    "outcome": "vaccinated",
    "rows": "3",
    "red_book-outcome": "nothing_recorded",
    "decides": "contact",
    "which": "all",
    "health": "ok",
    "body_site": "left_arm",
    "given_time": "10:20am",
}


@pytest.fixture
def next_day(clinic, this_morning):
    """The morning after a clinic for which three people had booked, and that worked on paper."""
    book(clinic.session, child("Amina", "Khan", date(2023, 3, 27)), child("Bilal", "Khan", date(2021, 2, 3)))
    book(clinic.session, child("Poppy", "Clarke"), starts_at=MORNING + timedelta(hours=1, minutes=30))
    this_morning.move_to(MORNING + timedelta(days=1))
    return clinic


def times(clinic, **typed):
    """Return what the page sends: a time for each first name."""
    ids = dict(Appointment.objects.values_list("first_name", "public_id"))
    return {f"came-{ids[name]}": time for name, time in typed.items()}


def on_the_day(clinic, hour, minute):
    return datetime(
        clinic.session.date.year, clinic.session.date.month, clinic.session.date.day, hour, minute, 0, 0, LONDON
    )


def test_who_came_yesterday_is_entered_with_the_time_on_the_paper(next_day):
    clinic, desk = next_day, signed_in(next_day.desk)
    listed = words(desk.get(clinic.url("clinic-day-session")))
    # Nobody can arrive now, and no button says so.
    assert "Enter from paper" in listed and "Arrived" not in listed
    saved = desk.post(clinic.url("from-paper"), times(clinic, Amina="10:05am", Bilal="1005", Poppy=""), follow=True)
    assert "2 people marked as arrived." in words(saved) and "KHAN, Amina" not in words(saved)
    assert "CLARKE, Poppy" in words(saved)
    visits = Visit.objects.values_list("person__first_name", "arrived_at", "how", "accompanied_by")
    came = on_the_day(clinic, 10, 5)
    assert {(name, at, how) for name, at, how, _by in visits} == {("Amina", came, "booked"), ("Bilal", came, "booked")}
    # Pressing Back and saving again changes nothing.
    desk.post(clinic.url("from-paper"), times(clinic, Amina="11:00"))
    assert Visit.objects.count() == 2


def test_then_each_is_one_page_of_fast_entry(next_day):
    clinic, nurse = next_day, signed_in(next_day.nurse)
    nurse.post(clinic.url("from-paper"), times(clinic, Amina="10:05am"))
    set_up = {"group": "all", "batch": str(clinic.mmrv.public_id), "times": "paper"}
    page = nurse.post(clinic.url("fast"), set_up, follow=True)
    html = page.content.decode()
    assert "KHAN, Amina" in words(page)
    hidden = dict(re.findall(r'<input type="hidden" name="(client_uuid|set_up|seen)" value="([^"]*)"', html))
    saved = nurse.post(clinic.url("fast-person", Person.objects.get().public_id), {**hidden, **GIVEN}, follow=True)
    assert "MMRV saved for KHAN, Amina." in words(saved) and "Nobody is left to enter here." in words(saved)
    row = Vaccination.objects.get()
    assert (row.given_at, row.override_reason) == (on_the_day(clinic, 10, 20), "")


@pytest.mark.parametrize(
    ("born", "said"),
    [
        # 15 at the clinic, 16 on the day it is entered: what was asked there was whether he is Gillick competent.
        (date(2010, 11, 22), {"decides": "gillick", **dict.fromkeys(GILLICK_ANSWERS, "yes")}),
        # 11 at the clinic, and 12 the day after: nobody asked there whether she could be pregnant.
        (date(2014, 11, 22), {"decides": "parent_present", "name_parent_present": "Sara Khan"}),
    ],
)
def test_what_was_asked_at_somebodys_age_of_that_day_is_entered_on_a_birthday(clinic, this_morning, born, said):
    book(clinic.session, child("Amina", "Khan", born))
    this_morning.move_to(MORNING + timedelta(days=1))
    nurse = signed_in(clinic.nurse)
    nurse.post(clinic.url("from-paper"), times(clinic, Amina="10:05am"))
    set_up = {"group": "all", "batch": str(clinic.mmr.public_id), "times": "paper"}
    html = nurse.post(clinic.url("fast"), set_up, follow=True).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(client_uuid|set_up|seen)" value="([^"]*)"', html))
    sent = {**hidden, **GIVEN, **said}
    saved = nurse.post(clinic.url("fast-person", Person.objects.get().public_id), sent, follow=True)
    assert "MMR saved for KHAN, Amina." in words(saved)
    assert Vaccination.objects.get().consent.route == said["decides"]


def test_on_the_day_fast_entry_leaves_out_whom_a_colleague_is_seeing(clinic, desk, nurse):
    book(clinic.session, child("Amina", "Khan"), child("Bilal", "Khan"))
    arrive_all(desk, clinic)
    amina, _bilal = Visit.objects.order_by("person__first_name")
    actions.start_visit(visit=amina, by=make_user(clinic.team, Role.SENIOR_NURSE), at=MORNING)
    set_up = {"group": "all", "batch": str(clinic.mmrv.public_id), "times": "now"}
    assert "KHAN, Bilal" in words(nurse.post(clinic.url("fast"), set_up, follow=True))
    page = words(nurse.get(clinic.url("fast")))
    assert "1 person is here without being on a list." in page


def test_a_time_that_cannot_be_is_said_beside_its_name_and_nothing_is_saved(clinic, desk):
    book(clinic.session, child("Amina"), child("Bilal"))
    typed = times(clinic, Amina="ten-ish", Bilal="23:59")
    page = desk.post(clinic.url("from-paper"), typed)
    assert page.status_code == 422 and not Visit.objects.exists()
    text = words(page)
    assert "Enter a time, like 10:20am or 14:05" in text and "The time they came must be in the past" in text
    assert 'value="ten-ish"' in page.content.decode()
    assert "Enter when at least one person came" in words(desk.post(clinic.url("from-paper"), {}))


def test_whoever_is_like_somebody_known_is_told_apart_and_no_time_is_typed_twice(next_day):
    clinic, desk = next_day, signed_in(next_day.desk)
    for first, born in (("Amena", date(2023, 3, 27)), ("Bilall", date(2021, 2, 3))):
        actions.add_person(
            team=clinic.team, first_name=first, last_name="Khan", date_of_birth=born, by=None, at=MORNING
        )
    page = desk.post(clinic.url("from-paper"), times(clinic, Amina="10:05am", Bilal="10:06am"), follow=True)
    assert "Is this somebody we know?" in words(page) and not Visit.objects.exists()
    action = re.search(r'<form action="([^"]+/arrive/[^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    back = desk.post(action, {"is": "new"}, follow=True)
    [visit] = Visit.objects.all()
    assert visit.arrived_at in {on_the_day(clinic, 10, 5), on_the_day(clinic, 10, 6)}
    # The other's time stands in its box.
    assert re.search(r'value="10:0[56]"', back.content.decode())
    assert desk.get(clinic.url("from-paper") + "?came=x+10:05").status_code == 404


def test_a_walk_in_of_yesterday_needs_the_time_on_the_paper(next_day):
    clinic, desk = next_day, signed_in(next_day.desk)
    facts = {
        "first_name": "Zofia", "last_name": "Nowak", "here": "nobody", "date_of_birth_day": "3",
        "date_of_birth_month": "4", "date_of_birth_year": "2022",
    }  # fmt: skip
    refused = desk.post(clinic.url("walk-in"), {**facts, "came": ""})
    assert refused.status_code == 422 and "Enter the time they came" in words(refused)
    desk.post(clinic.url("walk-in"), {**facts, "came": "11.30"})
    assert Visit.objects.get().arrived_at == on_the_day(clinic, 11, 30)


def test_nobody_is_offered_to_arrive_at_a_clinic_still_to_come(clinic, desk, this_morning):
    book(clinic.session, child("Amina"))
    this_morning.move_to(MORNING - timedelta(days=2))
    desk.force_login(make_user(clinic.team, Role.DESK))
    for page in (
        desk.get(clinic.url("clinic-day-session")),
        desk.post(clinic.url("clinic-day-search"), {"q": "amina"}),
    ):
        text = words(page)
        assert "KHAN, Amina" in text
        assert "Arrived" not in text and "Add a walk-in" not in text and "Enter from paper" not in text
