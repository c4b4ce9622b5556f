"""What a dose sent by another system is given under, who gave it, and when the device says it was sent."""

import uuid
from datetime import UTC, date, datetime

import pytest

from accounts.models import Role
from clinics.models import Direction
from immunisations import actions
from immunisations.models import Vaccination
from tests.support.factories import DAY, NOW, make_batch, make_direction, make_session, make_team, make_user

MORNING = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
OWN = {"name": "Dr Ada Fox", "version": "21 November 2026", "valid_until": "2026-11-21"}


@pytest.fixture
def nurse(calling, team, now):
    now.move_to(MORNING)
    return calling(make_user(team, Role.VACCINATOR, first_name="Rosa", last_name="Lane"))


@pytest.fixture
def session(team):
    return make_session(team)


@pytest.fixture
def post(nurse, team, session):
    """Send a dose of a child who is due it, with ``details``."""
    make_batch(team, "priorix-tetra", number="AB1234")
    child = actions.add_person(
        team=team, first_name="Amina", last_name="Khan", date_of_birth=date(2023, 3, 27), by=None, at=NOW, source="test"
    )

    def send(**details):
        return nurse.post(
            "vaccinations/",
            {
                "person": str(child.public_id),
                "session": str(session.public_id),
                "status": "completed",
                "series": "MEASLES",
                "product": "priorix-tetra",
                "batch_number": "AB1234",
                "body_site": "left_arm",
                "consent": {"route": "parent_present", "given_by_name": "Sara Khan"},
                "health": {"well_today": True, "identity_confirmed_by": "Sara Khan"},
                "override_reason": "The record will be checked tomorrow.",
                **details,
            },
        )

    return send


def test_the_only_direction_in_force_needs_no_naming_and_a_named_one_is_kept(post, team):
    direction = team.directions.get()
    shown = post(direction=str(direction.public_id)).json()
    assert (shown["direction"], shown["direction_version"]) == (str(direction.public_id), "5")


def test_of_several_one_must_be_named_by_id_or_told_by_its_kind(post, team):
    group = make_direction(team, kind="VGD", name="Vaccine group direction", version="1")
    refused = post()
    assert (refused.status_code, refused.json()["code"]) == (409, "several_directions")
    listed = refused.json()["details"]["directions"]
    assert {"id": str(group.public_id), "name": "Vaccine group direction, version 1"} in listed and len(listed) == 2
    assert not Vaccination.objects.exists()
    shown = post(legal_mechanism="VGD").json()
    assert (shown["legal_mechanism"], shown["direction"]) == ("VGD", str(group.public_id))


def test_without_one_in_force_the_dose_is_refused_and_says_which_ended(post):
    Direction.objects.update(name="MMR direction", version="4", valid_until=date(2026, 10, 31))
    refused = post().json()
    assert refused["code"] == "no_direction"
    assert refused["detail"].startswith("MMR direction, version 4, ended on 31 October 2026. Ask a co-ordinator")
    assert post(patient_direction=OWN).json()["legal_mechanism"] == "PSD"
    dose = Vaccination.objects.get()
    assert (dose.direction, dose.legal_mechanism_name, dose.legal_mechanism_valid_until) == (None, "Dr Ada Fox", DAY)


@pytest.mark.parametrize(
    ("details", "status", "code"),
    [
        ({"valid_until": date(2026, 11, 20)}, 409, "direction_not_in_force"),
        ({"valid_from": date(2026, 11, 22)}, 409, "direction_not_in_force"),
        ({"vaccines": ["6IN1"]}, 409, "direction_of_other_vaccine"),
    ],
)
def test_a_named_direction_must_be_in_force_and_for_the_vaccine(post, team, details, status, code):
    named = make_direction(team, name="Another", **details)
    answer = post(direction=str(named.public_id))
    assert (answer.status_code, answer.json()["code"]) == (status, code) and not Vaccination.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"direction": str(uuid.UUID(int=7))}, 400, "invalid"),
        ({"direction": "PGD"}, 400, "invalid"),
        ({"legal_mechanism": "PSD"}, 409, "no_direction"),
        ({"legal_mechanism": "LAW"}, 400, "invalid"),
        ({"patient_direction": {**OWN, "valid_until": "2026-11-20"}}, 409, "direction_not_in_force"),
        ({"patient_direction": {**OWN, "name": " "}}, 400, "invalid"),
        ({"patient_direction": {**OWN, "name": "\u200b"}}, 400, "invalid"),
        ({"patient_direction": {**OWN, "version": "x" * 21}}, 400, "invalid"),
        ({"patient_direction": {"name": "Dr Fox"}}, 400, "invalid"),
        ({"patient_direction": "Dr Fox"}, 400, "invalid"),
        ({"patient_direction": OWN, "legal_mechanism": "PSD"}, 400, "invalid"),
        ({"given_by": "nobody"}, 400, "invalid"),
        ({"supplied_by": "\x00"}, 400, "invalid"),
        ({"device_at": "2026-11-21T10:30:00"}, 400, "invalid"),
        ({"device_at": 5}, 400, "invalid"),
    ],
)
def test_what_is_not_a_direction_or_a_member_is_refused(post, wrong, status, code):
    answer = post(**wrong)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert not Vaccination.objects.exists()


def test_another_teams_direction_is_as_unknown_as_none(post):
    theirs = make_direction(make_team())
    assert post(direction=str(theirs.public_id)).status_code == 400


def test_another_vaccinator_and_supplier_are_named_by_their_user_names(post, team):
    desk = make_user(team, Role.DESK, username="tom", first_name="Tom", last_name="Baker")
    make_user(team, Role.SENIOR_NURSE, username="sue", first_name="Sue", last_name="Senior")
    stranger = make_user(make_team(), Role.VACCINATOR)
    assert post(given_by=desk.username).json()["code"] == "no_vaccinator"
    assert post(given_by=stranger.username).status_code == 400
    shown = post(given_by="sue", supplied_by="tom", device_at="2026-11-21T10:05:00+00:00").json()
    assert (shown["given_by"], shown["supplied_by"], shown["recorded_by"]) == ("Sue Senior", "Tom Baker", "Rosa Lane")
    assert shown["device_at"] == "2026-11-21T10:05:00+00:00" and shown["given_at"] == "2026-11-21T10:30:00+00:00"
