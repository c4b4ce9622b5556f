"""A record moved to the person it belongs to, with both records side by side."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, RecordView
from bookings.queries.moving import compare_move
from immunisations import actions
from immunisations.models import Vaccination, Visit
from immunisations.queries import history
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import book, child, make_session
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=30)


@pytest.fixture
def room(this_morning):
    this_morning.move_to(LATER)
    return make_room()


@pytest.fixture
def dose(room):
    return room.give(room.ready())


@pytest.fixture
def nurse(room):
    return signed_in(room.nurse)


def move_url(row, to=None):
    args = [row.session.public_id, row.person.public_id, row.public_id]
    return reverse("record-move-to", args=[*args, to.public_id]) if to else reverse("record-move", args=args)


def move(client, row, to, **sent):
    return client.post(move_url(row, to), {"reason": "Brother in the chair", **sent})


def test_those_of_the_clinic_are_offered_the_family_first(room, nurse, this_morning):
    from bookings.arrivals import arrive_appointments

    made = book(room.session, child("Zora", "Khan"), child("Amina", "Khan"))
    visits = arrive_appointments(
        session=room.session, appointments=list(made.booking.appointments.all()), by=room.nurse, at=AT
    ).visits
    room.visit(room.person("Aaron", "Abel"))
    zora, amina = visits
    room.check(amina)
    room.consent(amina)
    room.screen(amina)
    row = room.give(amina)
    page = words(nurse.get(move_url(row)))
    at_clinic = page[page.index("At that clinic") :]
    assert at_clinic.index("KHAN, Zora") < at_clinic.index("ABEL, Aaron") and "Booked together" in at_clinic
    assert "KHAN, Amina 27" not in at_clinic
    assert zora.person != amina.person


def test_anybody_of_the_team_is_found_by_the_search_and_nobody_elses(room, nurse, dose):
    room.person("Olga", "Elsewhere")
    make_room().person("Otto", "Elsewhere")
    page = words(nurse.post(move_url(dose), {"q": "elsewhere"}))
    assert "ELSEWHERE, Olga" in page and "Otto" not in page
    assert nurse.post(move_url(dose), {"q": "\x00"}).status_code == 422
    assert nurse.post(move_url(dose), {"q": ""}).status_code == 422


def test_both_records_stand_side_by_side_before_and_after(room, nurse, dose):
    other = room.ready(room.person("Bilal", born=date(2021, 1, 1)), ("MMR", "2022-02-01")).person
    page = words(nurse.get(move_url(dose, other)))
    assert "From: KHAN, Amina Born 27 March 2023" in page and "To: KHAN, Bilal Born 1 January 2021" in page
    assert "MMRV, 21 November 2026 leaves" in page and "MMRV, 21 November 2026 comes" in page
    assert "MMR, 1 February 2022 Red book" in page
    assert set(RecordView.objects.filter(page="record-move").values_list("person_id", flat=True)) == {
        dose.person.public_id,
        other.public_id,
    }


@pytest.mark.once
def test_what_counts_in_the_course_is_said_of_its_own_doses_alone(room, nurse, dose):
    same_day = ("MMR", "2022-02-01"), ("6IN1", "2022-02-01")
    other = room.ready(room.person("Bilal", born=date(2021, 1, 1)), *same_day).person
    there = compare_move(dose, other, today=dose.session.date).there
    assert {str(line.vaccine): line.verdict for line in there.doses} == {
        "MMR": "Counts as dose 1.",
        "6-in-1": "",
        "MMRV": "Counts as dose 2.",
    }


def test_a_dose_moves_and_both_pages_say_so(room, nurse, dose):
    other = room.ready(room.person("Bilal", born=date(2021, 1, 1)), ("MMR", "2022-02-01")).person
    done = move(nurse, dose, other)
    moved = Vaccination.objects.current().get()
    assert (moved.person, moved.moved_from, moved.dose_number) == (other, dose, 2)
    # What the brother's own parent agreed to, not what was agreed to for the sister.
    assert moved.consent.visit == moved.visit == moved.screening.visit
    assert done.url == reverse("person", args=[room.session.public_id, other.public_id]) + "#records"
    assert "It was moved here from another person, on whom Nora Nurse recorded it" in words(nurse.get(done.url))
    left = nurse.get(reverse("person", args=[room.session.public_id, dose.person.public_id]))
    assert "It was moved to the person it belongs to." in words(left) and "app-struck" in left.content.decode()
    assert history(dose.person) == []
    event = AuditEvent.objects.get(action="move_vaccination")
    assert (event.before["person"], event.after["person"]) == (str(dose.person.public_id), str(other.public_id))


def test_whoever_is_still_here_for_something_else_stays_on_the_list(room, nurse, dose):
    bilal = room.ready(room.person("Bilal", born=date(2021, 1, 1)), ("MMR", "2022-02-01"))
    move(nurse, dose, bilal.person)
    bilal.refresh_from_db()
    # His 6-in-1 is still due, and he is in the chair.
    assert bilal.left_at is None
    # Of somebody with nothing else due, and of anybody once the day is over, the visit ends with it.
    sixes = [("6IN1", f"2021-0{month}-01") for month in (3, 4, 5)]
    zara = room.ready(room.person("Zara", born=date(2021, 1, 1)), *sixes, ("6IN1", "2024-06-01"))
    [row] = Vaccination.objects.current()
    move(nurse, row, zara.person)
    zara.refresh_from_db()
    assert zara.left_at == LATER


def test_what_speaks_against_the_move_is_said_before(room, nurse, dose):
    nobody = room.person("Bilal", born=date(2021, 1, 1))
    page = words(nurse.get(move_url(dose, nobody)))
    assert "They have no visit at this clinic." in page
    assert "There is no consent to MMRV for them at this clinic." in page
    assert "The health questions were not answered for them" in page
    had_one = room.visit(room.person("Chloe", born=date(2021, 1, 1)))
    room.check(had_one, ("MMR", "2026-11-21"))
    assert "Their record has MMR on that day already: Red book." in words(nurse.get(move_url(dose, had_one.person)))
    assert move(nurse, dose, nobody).status_code == 302
    assert Visit.objects.filter(person=nobody).count() == 1


def test_every_page_of_a_dose_moved_to_somebody_who_was_not_asked_says_that_consent_is_missing(room, nurse, dose):
    said = "No consent on record: moved from another person’s record"
    nobody = room.person("Bilal", born=date(2021, 1, 1))
    asked = words(nurse.get(move_url(dose, nobody)))
    assert "Consent is missing" in asked and said in asked and "Report an incident." in asked
    move(nurse, dose, nobody)
    for name in ("person", "show-working", "record-of-today"):
        page = words(nurse.get(reverse(name, args=[room.session.public_id, nobody.public_id])))
        assert said in page and "Sara Khan" not in page
        other = nurse.get(reverse(name, args=[room.session.public_id, dose.person.public_id]))
        assert said not in words(other)
    moved = Vaccination.objects.current().get()
    correct = reverse("record-correct", args=[room.session.public_id, nobody.public_id, moved.public_id])
    assert said in words(nurse.get(correct))


def test_a_dose_does_not_move_to_somebody_who_was_given_one_or_was_not_born(room, nurse, dose):
    other = room.ready(room.person("Bilal"))
    room.give(other)
    unborn = room.person("Nova", born=date(2026, 11, 21))
    page = nurse.get(move_url(dose, other.person))
    assert "It cannot move to this person" in words(page) and "Why does it move?" not in words(page)
    assert move(nurse, dose, other.person).status_code == 409
    from immunisations.models import Person

    Person.objects.filter(pk=unborn.pk).update(date_of_birth=date(2026, 11, 22))
    assert "They were not born yet" in words(nurse.get(move_url(dose, unborn)))
    assert move(nurse, dose, unborn).status_code == 409
    assert Vaccination.objects.count() == 2


def test_a_record_that_nothing_was_given_moves_too(room, nurse):
    [declined] = room.decline(room.ready())
    other = room.visit(room.person("Bilal")).person
    assert nurse.get(move_url(declined, other)).status_code == 200
    move(nurse, declined, other)
    assert Vaccination.objects.current().get().person == other


def test_a_move_pressed_twice_is_one_and_a_mistake_is_shown_again(room, nurse, dose):
    other = room.visit(room.person("Bilal")).person
    for wrong in ({"reason": ""}, {"reason": "\x00"}, {"reason": "x" * 301}, {"client_uuid": "\x00"}):
        page = move(nurse, dose, other, **wrong)
        assert page.status_code == 422 and "There is a problem" in words(page)
    once = str(Vaccination().client_uuid)
    for _press in range(2):
        assert move(nurse, dose, other, client_uuid=once).url.endswith("#records")
    assert Vaccination.objects.count() == 3


def test_a_record_corrected_meanwhile_does_not_move(room, nurse, dose):
    other = room.visit(room.person("Bilal")).person
    actions.correct_vaccination(
        vaccination=dose, changes={"body_site": "right_arm"}, reason="Side", by=room.nurse, at=LATER
    )
    done = move(nurse, dose, other)
    assert "corrected meanwhile" in words(nurse.get(done.url)) and Vaccination.objects.count() == 2


def test_nobody_of_another_team_and_not_the_person_themselves_is_offered(room, nurse, dose):
    stranger = make_room().person("Otto")
    for to in (stranger, dose.person):
        assert nurse.get(move_url(dose, to)).status_code == 404
    assert make_session(room.team) is not None


def test_what_was_decided_to_be_one_dose_is_one_beside_the_dose_that_comes(room, nurse, dose):
    other = room.visit(room.person("Bilal"))
    room.check(other, ("MMR", "2024-04-02"), ("MMR", "2024-04-05"))
    actions.judge_doses(
        person=other.person,
        first=("MMR", date(2024, 4, 2)),
        second=("MMR", date(2024, 4, 5)),
        verdict="one_dose",
        holds_on=date(2024, 4, 2),
        reason="The surgery entered it later",
        by=room.nurse,
        at=AT,
    )
    there = compare_move(dose, other.person, today=room.session.date).there
    assert [(line.on, line.change) for line in there.doses] == [("2 April 2024", ""), ("21 November 2026", "comes")]
