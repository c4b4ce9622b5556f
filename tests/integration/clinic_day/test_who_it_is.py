"""Finding somebody, telling them apart, and adding who walked in."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RecordView, Role
from bookings.models import Appointment
from immunisations import actions
from immunisations.models import Person, Visit
from tests.integration.clinic_day.conftest import arrive_all, signed_in, words
from tests.support.factories import MORNING, book, child, contact, make_team, make_user

pytestmark = pytest.mark.django_db

WALK_IN = {
    "first_name": "Tomasz",
    "last_name": "Zieliński",
    "date_of_birth_day": "14",
    "date_of_birth_month": "3",
    "date_of_birth_year": "2020",
    "here": "parent",
}


def known(clinic, first="Amina", last="Khan", born=date(2023, 3, 27), **details):
    return actions.add_person(
        team=clinic.team, first_name=first, last_name=last, date_of_birth=born, by=clinic.desk, at=MORNING, **details
    )


def search(client, clinic, text):
    return words(client.post(clinic.url("clinic-day-search"), {"q": text}))


@pytest.mark.parametrize("typed", ["khan", "kahn", "amina khan", "27 3 23", "WR11 4BS", "07700 900982", "999 000 0018"])
def test_somebody_expected_is_found_by_whatever_they_say(clinic, desk, typed):
    amina = child("Amina", "Khan", postcode="WR11 4BS", nhs_number="9990000018")
    book(clinic.session, amina, starts_at=MORNING + timedelta(hours=1))
    page = search(desk, clinic, typed)
    assert "1 person found. At this clinic 10am KHAN, Amina" in page and "Found by" in page


def test_a_reference_is_found_as_it_was_printed(clinic, desk):
    reference = book(clinic.session, child("Amina"), child("Bilal")).booking.reference
    page = search(desk, clinic, f"{reference[:5]}-{reference[5:].lower()}")
    assert "2 people found." in page and "Found by booking reference" in page


def test_this_clinic_comes_before_all_our_people_and_nobody_stands_twice(clinic, desk, amina):
    known(clinic, "Sana", "Khan", date(2021, 1, 1))
    page = search(desk, clinic, "khan")
    assert page.index("At this clinic") < page.index("KHAN, Amina") < page.index("Among all our people")
    assert page.count("KHAN, Amina 27 March 2023") == 1
    assert "2 people found." in page


def test_nobody_found_says_what_to_try(clinic, desk):
    page = search(desk, clinic, "quokka")
    assert "0 people found." in page and "Try another spelling" in page


@pytest.mark.parametrize("typed", ["\x00", "😀", "'; drop table", "<script>", "\u202e" * 300, "x" * 10_000, "31 2 20"])
def test_odd_searches_find_nobody_and_break_nothing(clinic, desk, amina, typed):
    response = desk.post(clinic.url("clinic-day-search"), {"q": typed})
    assert response.status_code in (200, 422) and "KHAN" not in words(response)


def test_an_empty_search_says_what_to_enter(clinic, desk):
    assert "Enter a name, date of birth, NHS number or reference" in search(desk, clinic, "")


def test_a_search_stands_in_no_address(clinic, desk):
    assert "KHAN" not in words(desk.get(clinic.url("clinic-day-search") + "?q=khan"))


def test_somebody_known_by_the_strict_rule_is_matched_without_asking(clinic, desk):
    person = known(clinic, nhs_number="9990000018")
    book(clinic.session, child("Mina", "Khan", nhs_number="9990000018"))
    assert arrive_all(desk, clinic) == [person]
    assert Person.objects.count() == 1


def test_somebody_alike_is_shown_and_the_desk_decides(clinic, desk):
    person = known(clinic)
    book(clinic.session, child("Ameena", "Khan"))
    appointment = Appointment.objects.get()
    answer = desk.post(clinic.url("clinic-day-arrive"), {"appointment": str(appointment.public_id)})
    assert answer.url == clinic.url("clinic-day-match", appointment.public_id)
    page = words(desk.get(answer.url))
    assert "KHAN, Amina" in page and "same date of birth" in page
    assert not Visit.objects.exists()
    desk.post(answer.url, {"is": str(person.public_id)})
    appointment.refresh_from_db()
    assert appointment.person == person and Person.objects.count() == 1


def test_somebody_alike_may_be_somebody_new(clinic, desk):
    known(clinic)
    book(clinic.session, child("Ameena", "Khan"))
    appointment = Appointment.objects.get()
    desk.post(clinic.url("clinic-day-match", appointment.public_id), {"is": "new"})
    appointment.refresh_from_db()
    assert appointment.person.first_name == "Ameena" and Person.objects.count() == 2


def test_one_undecided_child_does_not_hold_up_the_others(clinic, desk):
    known(clinic)
    book(clinic.session, child("Ameena", "Khan"), child("Bilal", "Khan", date(2021, 1, 1)))
    arrive_all(desk, clinic)
    assert [visit.person.first_name for visit in Visit.objects.select_related("person")] == ["Bilal"]


@pytest.mark.parametrize("answer", ["", "x", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_an_answer_that_is_nobody_is_not_found(clinic, desk, answer):
    book(clinic.session)
    url = clinic.url("clinic-day-match", Appointment.objects.get().public_id)
    assert desk.post(url, {"is": answer}).status_code == 404
    assert not Visit.objects.exists()


def test_a_person_of_another_team_cannot_be_chosen(clinic, desk):
    stranger = actions.add_person(
        team=make_team(), first_name="A", last_name="B", date_of_birth=date(2020, 1, 1), by=None, at=MORNING
    )
    book(clinic.session)
    url = clinic.url("clinic-day-match", Appointment.objects.get().public_id)
    assert desk.post(url, {"is": str(stranger.public_id)}).status_code == 404
    assert desk.post(clinic.url("clinic-day-arrive"), {"person": str(stranger.public_id)}).status_code == 404
    assert desk.get(clinic.url("person", stranger.public_id)).status_code == 404


def test_one_person_does_not_arrive_for_two_appointments(clinic, desk):
    person = known(clinic)
    book(clinic.session, child("Ameena"), child("Aminah"))
    first, second = Appointment.objects.order_by("position")
    desk.post(clinic.url("clinic-day-match", first.public_id), {"is": str(person.public_id)})
    page = desk.post(clinic.url("clinic-day-match", second.public_id), {"is": str(person.public_id)}, follow=True)
    assert "They cannot be two people" in words(page) and Visit.objects.count() == 1


def test_an_nhs_number_that_somebody_else_has_stays_with_them(clinic, desk):
    known(clinic, "Lily", "Price", date(2019, 1, 1), nhs_number="9990000018")
    book(clinic.session, child("Amina", "Khan", nhs_number="9990000018"))
    desk.post(clinic.url("clinic-day-match", Appointment.objects.get().public_id), {"is": "new"})
    assert Person.objects.get(first_name="Amina").nhs_number == ""


def test_somebody_picked_from_all_our_people_takes_their_appointment_along(clinic, desk):
    person = known(clinic, nhs_number="9990000018")
    book(clinic.session, child("Amina", "Khan", nhs_number="9990000018"))
    desk.post(clinic.url("clinic-day-arrive"), {"person": str(person.public_id)})
    assert Appointment.objects.get().visit == Visit.objects.get()
    assert Visit.objects.get().how == "booked"


def test_a_walk_in_is_added_and_arrives_with_four_facts(clinic, desk):
    answer = desk.post(clinic.url("walk-in"), WALK_IN)
    person = Person.objects.get()
    assert answer.url == clinic.url("person", person.public_id)
    assert (person.list_name, person.date_of_birth) == ("ZIELIŃSKI, Tomasz", date(2020, 3, 14))
    assert Visit.objects.get().how == "walk_in"
    assert "ZIELIŃSKI, Tomasz" in words(desk.get(answer.url))


def test_a_walk_in_with_everything_keeps_everything(clinic, desk):
    more = {
        "carer_name": "Ewa Zielińska",
        "approximate": "on",
        "why": "advice",
        "postcode": "wr114bs",
        "phone": "07700 900 982",
        "nhs_number": "999 000 0018",
        "language": "Polish",
        "interpreter_needed": "on",
    }
    desk.post(clinic.url("walk-in"), WALK_IN | more)
    person, visit = Person.objects.get(), Visit.objects.get()
    assert (person.postcode, person.phone, person.nhs_number) == ("WR11 4BS", "+447700900982", "9990000018")
    assert person.date_of_birth_is_approximate and person.interpreter_needed and person.language == "Polish"
    assert (visit.why, visit.accompanied_by) == ("advice", "Ewa Zielińska")


def test_a_walk_in_with_one_name_is_welcome(clinic, desk):
    desk.post(clinic.url("walk-in"), WALK_IN | {"last_name": ""})
    assert Person.objects.get().list_name == "Tomasz"


def test_an_empty_walk_in_says_what_is_missing(clinic, desk):
    page = desk.post(clinic.url("walk-in"), {})
    text = words(page)
    for sentence in ("Enter a first name", "Enter a date of birth", "Select whether a parent or carer is here"):
        assert sentence in text
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_name": "\x00"},
        {"first_name": "x" * 101},
        {"date_of_birth_year": "2027"},
        {"date_of_birth_day": "31", "date_of_birth_month": "2"},
        {"date_of_birth_month": "😀"},
        {"nhs_number": "9990000019"},
        {"postcode": "nowhere"},
        {"phone": "12"},
        {"here": "maybe"},
        {"why": "lunch"},
        {"language": "y" * 61},
    ],
)
def test_a_walk_in_with_a_mistake_is_shown_again_with_what_was_typed(clinic, desk, wrong):
    page = desk.post(clinic.url("walk-in"), WALK_IN | wrong)
    assert page.status_code == 422 and "There is a problem" in words(page)
    assert "Zieliński" in page.content.decode() and not Person.objects.exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "محمد", "😀", "O’Brien-Smith"])
def test_any_name_is_taken_and_shown_as_it_is(clinic, desk, name):
    answer = desk.post(clinic.url("walk-in"), WALK_IN | {"first_name": name}, follow=True)
    assert Person.objects.get().first_name == name
    assert "<script>alert" not in answer.content.decode()


def test_a_walk_in_like_somebody_known_shows_them_and_forces_nothing(clinic, desk):
    person = known(clinic, "Tomasz", "Zielinski", date(2020, 3, 14))
    page = desk.post(clinic.url("walk-in"), WALK_IN)
    assert "They may be on record already" in words(page) and Person.objects.count() == 1
    assert "Zieliński" in page.content.decode()
    desk.post(clinic.url("clinic-day-arrive"), {"person": str(person.public_id)})
    assert Visit.objects.get().person == person
    desk.post(clinic.url("walk-in"), WALK_IN | {"add": "yes"})
    assert Person.objects.count() == 2


def test_a_walk_in_with_an_appointment_is_told_so(clinic, desk):
    book(clinic.session, child("Tomas", "Zielinski", date(2020, 3, 14)))
    page = desk.post(clinic.url("walk-in"), WALK_IN)
    assert "They may have an appointment today" in words(page) and not Person.objects.exists()


def test_a_number_that_somebody_has_is_said_beside_the_field(clinic, desk):
    known(clinic, nhs_number="9990000018")
    page = desk.post(clinic.url("walk-in"), WALK_IN | {"nhs_number": "9990000018", "add": "yes"})
    assert "Somebody with this NHS number is on record already: KHAN, Amina." in words(page)
    assert Person.objects.count() == 1


def test_a_brother_or_sister_needs_two_facts(clinic, desk):
    book(clinic.session, contact=contact(name="Sara Khan", spoken_language="Urdu", interpreter_needed=True))
    [amina] = arrive_all(desk, clinic)
    page = desk.get(clinic.url("walk-in") + f"?sibling={amina.public_id}")
    html = page.content.decode()
    assert "Add a brother or sister of Amina" in words(page)
    for value in ('value="Khan"', 'value="Urdu"', 'value="Sara Khan"', 'value="+447700900982"'):
        assert value in html
    assert desk.get(clinic.url("walk-in") + "?sibling=x").status_code == 404


def test_an_analyst_and_an_administrator_see_no_list(clinic):
    for role in (Role.ANALYST, Role.ADMINISTRATOR):
        client = signed_in(make_user(clinic.team, role))
        for name in ("clinic-day-session", "clinic-day-search", "walk-in"):
            assert client.get(clinic.url(name)).status_code == 403


def looks(page):
    return list(RecordView.objects.filter(page=page).values_list("person_id", flat=True))


def test_whoever_is_found_or_shown_as_alike_is_written_down_as_seen(clinic, desk, amina):
    other = known(clinic, born=date(2019, 5, 4))
    with CaptureQueriesContext(connection) as made:
        search(desk, clinic, "khan")
    assert sorted(looks("search")) == sorted([amina.public_id, other.public_id])
    assert sum("INSERT" in query["sql"] and "recordview" in query["sql"] for query in made) == 1
    born = {"date_of_birth_day": "4", "date_of_birth_month": "5", "date_of_birth_year": "2019"}
    page = desk.post(clinic.url("walk-in"), WALK_IN | born | {"first_name": "Amina", "last_name": "Khan"})
    assert "KHAN, Amina" in words(page) and other.public_id in looks("walk-in")
    book(clinic.session, child("Amina", "Khan", date(2019, 5, 4)))
    waiting = Appointment.objects.get(visit__isnull=True)
    desk.get(clinic.url("clinic-day-match", waiting.public_id))
    assert looks("match") == [other.public_id]
