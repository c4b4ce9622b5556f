"""Reactions and follow-ups through the API."""

import uuid
from datetime import timedelta

import pytest

from accounts.models import AuditEvent, RecordView, Role
from immunisations import actions
from immunisations.models import FollowUp, Reaction
from tests.support.factories import make_team, make_user
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


def reaction(dose, **more):
    return {
        "vaccination": str(dose.public_id),
        "kind": "faint",
        "began_at": (AT + timedelta(minutes=5)).isoformat(),
        "actions": ["laid_down"],
        **more,
    }


def follow_up(room, person, **more):
    return {
        "person": str(person.public_id),
        "session": str(room.session.public_id),
        "step": "phone",
        "due_on": "2026-12-14",
        **more,
    }


class TestReactions:
    def test_one_is_recorded_once_whatever_is_sent_again(self, nurse, dose):
        own = str(uuid.uuid4())
        first = nurse.post("reactions/", reaction(dose, client_uuid=own), key="k1")
        assert (first.status_code, first.json()["batch_number"]) == (201, "TET1")
        for key in ("k1", "k2"):
            again = nurse.post("reactions/", reaction(dose, client_uuid=own), key=key)
            assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
        assert Reaction.objects.count() == 1 and AuditEvent.objects.get(action="record_reaction").source == "api"

    def test_they_are_read_by_person_and_the_look_is_written_down(self, nurse, dose):
        nurse.post("reactions/", reaction(dose), key="k")
        [row] = nurse.get("reactions/", person=str(dose.person.public_id)).json()["results"]
        assert row["vaccination"] == str(dose.public_id) and row["kind"] == "faint"
        assert RecordView.objects.filter(page="api reactions", person_id=dose.person.public_id).exists()

    def test_a_yellow_card_reference_comes_later_and_an_old_row_is_409(self, nurse, dose):
        first = nurse.post("reactions/", reaction(dose), key="k1").json()
        later = reaction(dose, replaces=first["id"], yellow_card_reference="ADR 1")
        assert nurse.post("reactions/", later, key="k2").status_code == 201
        answer = nurse.post("reactions/", later, key="k3")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_current")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "x"},
            {"actions": []},
            {"actions": "laid_down"},
            {"began_at": "2026-11-21T10:00:00"},
            {"kind": "other"},
            {"note": "\x00"},
            {"extra": 1},
            {"note": "a" * 1001},
        ],
    )
    def test_bad_input_is_400_with_its_field(self, nurse, dose, wrong):
        answer = nurse.post("reactions/", reaction(dose, **wrong), key="k")
        assert answer.status_code == 400 and answer.json()["fields"]
        assert not Reaction.objects.exists()

    def test_other_roles_and_other_teams_record_nothing(self, calling, room, dose):
        desk, stranger = make_user(room.team, Role.DESK), make_user(make_team(), Role.VACCINATOR)
        assert calling(desk).post("reactions/", reaction(dose), key="k").status_code == 403
        assert calling(stranger).post("reactions/", reaction(dose), key="k").status_code == 404
        assert calling(stranger).get("reactions/", person=str(dose.person.public_id)).status_code == 404


class TestFollowUps:
    def test_one_is_set_listed_handed_over_and_closed(self, nurse, room):
        person = room.person()
        made = nurse.post("follow-ups/", follow_up(room, person), key="k1").json()
        assert (made["owner"], made["state"], made["version"]) == ("", "open", 1)
        there = f"follow-ups/{made['id']}/changes/"
        handed = nurse.post(there, {"version": 1, "owner": room.senior.username}, key="k2").json()
        assert (handed["owner"], handed["due_on"], handed["version"]) == (room.senior.username, "2026-12-14", 2)
        done = nurse.post(there, {"version": 2, "state": "done", "came_of_it": "Booked"}, key="k3").json()
        assert (done["state"], done["came_of_it"]) == ("done", "Booked")
        assert nurse.get("follow-ups/").json()["results"] == []
        [row] = nurse.get("follow-ups/", state="any", person=str(person.public_id)).json()["results"]
        assert row["id"] == made["id"]

    def test_the_second_is_told_who_closed_it(self, nurse, room):
        made = nurse.post("follow-ups/", follow_up(room, room.person()), key="k1").json()
        there = f"follow-ups/{made['id']}/changes/"
        nurse.post(there, {"version": 1, "state": "done", "came_of_it": "Booked"}, key="k2")
        answer = nurse.post(there, {"version": 1, "state": "dropped", "came_of_it": "No"}, key="k3")
        assert (answer.status_code, answer.json()["code"]) == (409, "closed")
        assert "Nora Nurse" in answer.json()["detail"]

    def test_pages_follow_each_other(self, nurse, room):
        person = room.person()
        for number in range(53):
            actions.add_follow_up(
                person=person,
                session=room.session,
                wanted=actions.Wanted("phone", AT.date() + timedelta(days=number % 7)),
                by=room.nurse,
                at=AT,
            )
        first = nurse.get("follow-ups/").json()
        second = nurse.get("follow-ups/", after=first["following"]).json()
        days = [row["due_on"] for row in first["results"] + second["results"]]
        assert len(days) == 53 and days == sorted(days) and second["following"] is None

    @pytest.mark.parametrize(
        "wrong", [{"step": "x"}, {"due_on": "soon"}, {"owner": "nobody"}, {"session": "x"}, {"extra": 1}]
    )
    def test_bad_input_is_400(self, nurse, room, wrong):
        answer = nurse.post("follow-ups/", follow_up(room, room.person(), **wrong), key="k")
        assert answer.status_code == 400 and not FollowUp.objects.exists()

    @pytest.mark.parametrize("wrong", [{}, {"state": "done", "step": "phone"}, {"state": "open"}, {"version": 0}])
    def test_a_change_that_is_none_is_400(self, nurse, room, wrong):
        made = nurse.post("follow-ups/", follow_up(room, room.person()), key="k1").json()
        answer = nurse.post(f"follow-ups/{made['id']}/changes/", {"version": 1, **wrong}, key="k2")
        assert answer.status_code == 400

    def test_the_record_of_another_person_is_not_there(self, nurse, room):
        [row] = room.decline(room.ready())
        other = room.person("Bilal")
        answer = nurse.post("follow-ups/", follow_up(room, other, vaccination=str(row.public_id)), key="k")
        assert answer.status_code == 404

    def test_an_analyst_sees_none(self, calling, room):
        assert calling(make_user(room.team, Role.ANALYST)).get("follow-ups/").status_code == 403
