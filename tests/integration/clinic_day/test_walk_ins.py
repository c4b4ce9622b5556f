"""Walk-ins: told apart without losing a word, brothers and sisters, grown-ups, prison numbers, the next free time."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client

from bookings.models import Appointment, Booking
from clinics.models import ClinicSession, Place, Venue
from immunisations import actions
from immunisations.models import GILLICK_ANSWERS, Person, PersonIdentifier, Visit
from tests.integration.clinic_day.conftest import Clinic, words
from tests.support.factories import MORNING, book, child, contact

CHILD = {
    "first_name": "Tomasz",
    "last_name": "Zieliński",
    "date_of_birth_day": "14",
    "date_of_birth_month": "3",
    "date_of_birth_year": "2020",
    "here": "parent",
    "carer_name": "Ewa Zielińska",
}
GROWN_UP = {
    "first_name": "Jan",
    "last_name": "Kowalski",
    "date_of_birth_day": "1",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1990",
}


def add(client: Client, clinic: Clinic, query: str = "", **data: Any) -> HttpResponse:
    return client.post(clinic.url("walk-in") + query, {**CHILD, **data})


def like_them(clinic: Clinic, **details: Any) -> Person:
    return actions.add_person(
        team=clinic.team,
        **{"first_name": "Tomasz", "last_name": "Zielinski", "date_of_birth": date(2020, 3, 14), **details},
        by=clinic.desk,
        at=MORNING,
    )


def test_the_first_field_has_the_keyboard_and_what_is_optional_is_folded_away(clinic: Clinic, desk: Client) -> None:
    page = desk.get(clinic.url("walk-in")).content.decode()
    assert re.search(r"<input autofocus [^>]*first_name", page) and page.count("autofocus") == 1
    assert page.index('name="carer_name"') < page.index("<details") < page.index('name="nhs_number"')
    assert "<details class" in page and "open" not in re.search(r"<details[^>]*>", page)[0]
    # What was typed there is shown again, not folded away.
    wrong = add(desk, clinic, postcode="nowhere").content.decode()
    assert "open" in re.search(r"<details[^>]*>", wrong)[0]


def test_this_is_them_arrives_them_with_what_was_typed_about_the_visit(clinic: Clinic, desk: Client) -> None:
    known = like_them(clinic)
    page = add(desk, clinic, why="advice", postcode="WR11 4BS")
    html = page.content.decode()
    assert page.status_code == 200 and "They may be on record already" in words(page)
    # Below the form, with everything typed still in it.
    assert html.index('name="first_name"') < html.index("This is them")
    assert 'value="Ewa Zielińska"' in html and 'value="WR11 4BS"' in html
    done = add(desk, clinic, why="advice", **{"is": str(known.public_id)})
    assert done.url == clinic.url("person", known.public_id) and Person.objects.count() == 1
    visit = Visit.objects.get()
    assert (visit.person, visit.why, visit.accompanied_by) == (known, "advice", "Ewa Zielińska")


def test_somebody_else_can_be_added_all_the_same_and_only_once(clinic: Clinic, desk: Client) -> None:
    like_them(clinic)
    once = re.search(r'name="once" value="([^"]+)"', add(desk, clinic).content.decode())[1]
    for _press in range(2):
        done = add(desk, clinic, add="yes", once=once)
        assert done.status_code == 302
    assert (Person.objects.count(), Visit.objects.count()) == (2, 1)


def test_this_is_them_for_an_appointment_arrives_the_appointment(clinic: Clinic, desk: Client) -> None:
    appointment = book(clinic.session, child("Tomasz", "Zielinski", date(2020, 3, 14))).booking.appointments.get()
    page = add(desk, clinic)
    assert "They may have an appointment today" in words(page)
    add(desk, clinic, appointment=str(appointment.public_id))
    appointment.refresh_from_db()
    assert appointment.visit == Visit.objects.get() and Person.objects.count() == 1


@pytest.mark.parametrize("name", ["is", "appointment"])
def test_this_is_them_for_nobody_is_not_found(clinic: Clinic, desk: Client, name: str) -> None:
    for who in ("x", str(clinic.session.public_id)):
        assert add(desk, clinic, **{name: who}).status_code == 404


def test_a_grown_up_comes_for_themselves(clinic: Clinic, desk: Client) -> None:
    assert desk.post(clinic.url("walk-in"), GROWN_UP).status_code == 302
    visit = Visit.objects.get()
    assert (str(visit.person), visit.accompanied_by) == ("Jan Kowalski", "")


@pytest.mark.parametrize(("year", "asked"), [("2010", False), ("2011", True)])
def test_who_is_with_them_is_asked_until_they_are_16(clinic: Clinic, desk: Client, year: str, asked: bool) -> None:
    young = {**GROWN_UP, "date_of_birth_day": "21", "date_of_birth_month": "11", "date_of_birth_year": year}
    page = desk.post(clinic.url("walk-in"), young)
    assert page.status_code == (422 if asked else 302)
    if asked:
        assert "Select whether a parent or carer is here" in words(page)


def test_a_prison_number_is_asked_at_a_prison_and_kept_as_an_identifier(clinic: Clinic, desk: Client) -> None:
    assert "Prison number" not in words(desk.get(clinic.url("walk-in")))
    Venue.objects.filter(pk=clinic.session.venue_id).update(kind=Venue.Kind.PRISON)
    assert "Prison number" in words(desk.get(clinic.url("walk-in")))
    wrong = desk.post(clinic.url("walk-in"), {**GROWN_UP, "prison_number": "A12"})
    assert "Enter a prison number, like A1234BC" in words(wrong)
    desk.post(clinic.url("walk-in"), {**GROWN_UP, "prison_number": " a1234 bc "})
    assert PersonIdentifier.objects.get().value == "A1234BC"
    # The same number under another name: who has it is shown.
    other = {**GROWN_UP, "first_name": "Piotr", "last_name": "Nowak", "date_of_birth_year": "1971"}
    page = desk.post(clinic.url("walk-in"), {**other, "prison_number": "A1234BC"})
    assert "same prison number" in words(page)
    page = desk.post(clinic.url("walk-in"), {**other, "prison_number": "A1234BC", "add": "yes"})
    assert page.status_code == 422 and "Somebody with this prison number is on record already" in words(page)
    assert Person.objects.count() == 1


def test_the_next_free_time_is_a_real_appointment(clinic: Clinic, desk: Client) -> None:
    page = words(desk.get(clinic.url("walk-in")))
    assert "At the next free time, 10am, as an appointment" in page
    # The one at ten is taken meanwhile: the next that is free is given.
    done = add(desk, clinic, when="next", follow=True)
    assert done.status_code == 302
    appointment = Appointment.objects.get()
    assert appointment.starts_at == datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/London"))
    assert (appointment.visit, appointment.person) == (Visit.objects.get(), Person.objects.get())
    assert Booking.objects.get().how == Booking.How.WALK_IN
    assert Place.objects.filter(reservation__isnull=False).count() == 1
    assert "Their appointment is at 10am." in words(desk.get(done.url))


def test_without_a_free_time_nobody_is_asked(clinic: Clinic, desk: Client, this_morning: Any) -> None:
    this_morning.move_to(MORNING + timedelta(hours=11))
    assert "When are they seen?" not in words(desk.get(clinic.url("walk-in")))
    add(desk, clinic, when="next")
    assert not Appointment.objects.exists() and Visit.objects.exists()
    ClinicSession.objects.update(state=ClinicSession.State.BOOKINGS_CLOSED)
    this_morning.move_to(MORNING)
    assert "When are they seen?" not in words(desk.get(clinic.url("walk-in")))


def test_seen_now_takes_no_place(clinic: Clinic, desk: Client) -> None:
    add(desk, clinic, when="now")
    assert not Booking.objects.exists()


# Brothers and sisters


def test_a_sibling_of_a_walk_in_is_offered_at_once_with_what_they_share(clinic: Clinic, desk: Client) -> None:
    done = add(desk, clinic, phone="07700 900982", language="Polish", interpreter_needed="on", no_fixed_abode="on")
    first = Person.objects.get()
    link = f"?sibling={first.public_id}"
    assert f'walk-in/{link}"' in desk.get(done.url).content.decode()
    page = desk.get(clinic.url("walk-in") + link).content.decode()
    for value in ("Zieliński", "Polish", "Ewa Zielińska", "+447700900982"):
        assert f'value="{value}"' in page
    assert 'value="Tomasz"' not in page
    # Two facts to type; the rest is sent as it stands in the form.
    shared = {"last_name": "Zieliński", "phone": "+447700900982", "language": "Polish", "interpreter_needed": "on"}
    born = {"date_of_birth_day": "5", "date_of_birth_month": "6", "date_of_birth_year": "2022"}
    desk.post(clinic.url("walk-in") + link, {**CHILD, **shared, **born, "first_name": "Zofia", "no_fixed_abode": "on"})
    second = Person.objects.get(first_name="Zofia")
    assert (second.phone, second.language, second.interpreter_needed, second.no_fixed_abode) == (
        first.phone, first.language, True, True,
    )  # fmt: skip
    assert Visit.objects.get(person=second).accompanied_by == "Ewa Zielińska"


def test_a_sibling_of_somebody_booked_shares_what_the_booking_says(clinic: Clinic, desk: Client) -> None:
    appointment = book(
        clinic.session,
        child("Amina", "Khan", postcode="WR11 4BS"),
        contact=contact(name="Sara Khan", relationship="Mother", spoken_language="Urdu", interpreter_needed=True),
    ).booking.appointments.get()
    link = f"?sibling-booked={appointment.public_id}"
    page = desk.get(clinic.url("walk-in") + link)
    assert "Add a brother or sister of Amina" in words(page)
    for value in ("Khan", "WR11 4BS", "Urdu", "Sara Khan", "+447700900982"):
        assert f'value="{value}"' in page.content.decode()
    born = {"date_of_birth_day": "5", "date_of_birth_month": "6", "date_of_birth_year": "2022"}
    sent = {**born, "first_name": "Bilal", "last_name": "Khan", "here": "parent", "carer_name": "Sara Khan"}
    desk.post(clinic.url("walk-in") + link, sent)
    visit = Visit.objects.get()
    assert (visit.accompanied_by, visit.accompanied_as) == ("Sara Khan", "Mother")


def test_the_number_of_a_young_person_who_keeps_it_from_their_parents_is_not_copied(
    clinic: Clinic, desk: Client
) -> None:
    details = {"first_name": "Zoe", "last_name": "Young", "phone": "+447700900982"}
    zoe = actions.add_person(team=clinic.team, date_of_birth=date(2011, 11, 1), by=clinic.nurse, at=MORNING, **details)
    visit = actions.arrive(session=clinic.session, person=zoe, by=clinic.nurse, at=MORNING)
    link = f"{clinic.url('walk-in')}?sibling={zoe.public_id}"
    assert "+447700900982" in desk.get(link).content.decode()
    actions.record_consent(
        visit=visit,
        decision="given",
        route="gillick",
        given_by_name="Zoe Young",
        vaccines=["MMR"],
        gillick=dict.fromkeys(GILLICK_ANSWERS, True),
        parents_not_told=True,
        by=clinic.nurse,
        at=MORNING,
    )
    assert "+447700900982" not in desk.get(link).content.decode()


@pytest.mark.parametrize(
    "query", ["?sibling=x", "?sibling-booked=x", "?sibling-booked=00000000-0000-4000-8000-000000000000"]
)
def test_a_sibling_of_nobody_is_not_found(clinic: Clinic, desk: Client, query: str) -> None:
    assert desk.get(clinic.url("walk-in") + query).status_code == 404
