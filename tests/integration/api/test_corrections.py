"""Records put right through the API."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent, Role
from immunisations.models import Vaccination
from tests.support.factories import make_user
from tests.support.records import AT, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(now):
    now.move_to(AT + timedelta(minutes=30))
    return make_room()


@pytest.fixture
def dose(room):
    return room.give(room.ready())


@pytest.fixture
def nurse(calling, room):
    return calling(room.nurse)


def correct(caller, row, key=None, **body):
    return caller.post(f"vaccinations/{row.public_id}/corrections/", {"reason": "A slip", **body}, key=key)


def test_a_batch_is_corrected_and_the_record_that_stands_comes_back(nurse, room, dose):
    answer = correct(nurse, dose, what="details", product="priorix", batch_number=" prx1 ")
    body = answer.json()
    assert (answer.status_code, body["batch_number"], body["vaccine"], body["current"]) == (201, "PRX1", "MMR", True)
    assert body["replaces"] == str(dose.public_id)
    assert AuditEvent.objects.get(action="correct_vaccination").source == "api"


def test_every_kind_of_mistake_can_be_put_right(nurse, room):
    visits = [room.ready(room.person(name)) for name in ("Amina", "Bilal", "Chloe", "Dora")]
    doses = [room.give(visit) for visit in visits]
    other = room.person("Eve", born=date(2021, 1, 1))
    assert correct(nurse, doses[0], what="entered_in_error").json()["status"] == "entered-in-error"
    assert correct(nurse, doses[1], what="not_given", not_done_reason="unwell").json()["reason"] == "unwell"
    anew = correct(nurse, doses[2], what="other_vaccine", product="infanrix-hexa", batch_number="HEX1").json()
    assert (anew["series"], anew["person"]) == ("6IN1", str(visits[2].person.public_id))
    moved = correct(nurse, doses[3], what="move", move_to=str(other.public_id)).json()
    assert moved["person"] == str(other.public_id)
    assert moved["not_on_record"][0] == "No consent on record: moved from another person’s record"


def test_the_same_correction_sent_twice_is_one(nurse, dose):
    once = str(Vaccination().client_uuid)
    sent = {"what": "details", "body_site": "right_arm", "client_uuid": once}
    first, second = correct(nurse, dose, **sent), correct(nurse, dose, **sent)
    assert (first.status_code, second.status_code) == (201, 200) and first.json() == second.json()
    assert Vaccination.objects.count() == 2


def test_the_same_key_is_the_same_correction_and_of_one_record(nurse, room, dose):
    sent = {"what": "details", "body_site": "right_arm"}
    first, second = correct(nurse, dose, key="k-1", **sent), correct(nurse, dose, key="k-1", **sent)
    assert (first.status_code, second.status_code) == (201, 200) and first.json()["id"] == second.json()["id"]
    other = room.give(room.ready(room.person("Bilal")))
    assert correct(nurse, other, key="k-1", **sent).status_code == 422


def test_a_record_corrected_already_is_a_conflict_that_says_who(nurse, dose):
    correct(nurse, dose, what="details", body_site="right_arm")
    answer = correct(nurse, dose, what="details", body_site="left_thigh")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_current")
    assert "Nora Nurse" in answer.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"what": "everything"},
        {"what": "details"},
        {"what": "details", "body_site": "buttock"},
        {"what": "details", "product": "priorix"},
        {"what": "details", "product": "priorix", "batch_number": "NOBODYS"},
        {"what": "details", "product": "\x00", "batch_number": "PRX1"},
        {"what": "details", "body_site": "right_arm", "reason": ""},
        {"what": "details", "body_site": "right_arm", "reason": "\u200b"},
        {"what": "details", "body_site": "right_arm", "reason": "x" * 301},
        {"what": "details", "given_at": "2026-11-21T10:00:00"},
        {"what": "details", "given_at": None},
        {"what": "details", "note": 7, "typo": True},
        {"what": "not_given"},
        {"what": "not_given", "not_done_reason": "unwell", "body_site": "left_arm"},
        {"what": "other_vaccine", "product": "infanrix-hexa"},
        {"what": "move"},
        {"what": "move", "move_to": "Bilal"},
        {"what": "entered_in_error", "client_uuid": "1"},
    ],
)
def test_what_is_missing_or_does_not_belong_is_named(nurse, dose, wrong):
    answer = correct(nurse, dose, **wrong)
    assert answer.status_code == 400 and answer.json()["fields"], answer.json()
    assert Vaccination.objects.count() == 1


def test_others_records_are_for_those_who_may(calling, nurse, room, dose, now):
    stranger = make_room()
    assert correct(calling(stranger.senior), dose, what="entered_in_error").status_code == 404
    for user in (make_user(room.team, Role.VACCINATOR), make_user(room.team, Role.DESK)):
        assert correct(calling(user), dose, what="entered_in_error").status_code == 403
    assert correct(nurse, dose, what="move", move_to=str(stranger.person().public_id)).status_code == 404
    now.move_to(AT + timedelta(days=1))
    assert correct(nurse, dose, what="entered_in_error").status_code == 403
    assert correct(calling(room.senior), dose, what="entered_in_error").status_code == 201
