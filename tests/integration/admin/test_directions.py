"""A co-ordinator keeps the directions that the team's vaccinators work under."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Role
from clinics.models import Direction
from clinics.times import london_day
from tests.support.factories import make_direction, make_session, make_team, make_user, make_venue
from tests.support.records import make_room

pytestmark = pytest.mark.django_db

ADD = "/admin/clinics/direction/add/"
LIST = "/admin/clinics/direction/"


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def coordinator(team):
    return signed_in(make_user(team, Role.COORDINATOR))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(team: Any, **answers: Any) -> dict[str, Any]:
    return {
        "team": team.pk,
        "kind": "PGD",
        "name": "MMR and MMRV direction",
        "version": "4",
        "vaccines": ["MMR", "MMRV"],
        "valid_from": "01/11/2025",
        "valid_until": "31/10/2027",
        **answers,
    }


def page_of(direction: Direction) -> str:
    return reverse("admin:clinics_direction_change", args=[direction.public_id])


def test_a_direction_is_added_with_its_vaccines_ticked_and_written_down(coordinator, team):
    form = coordinator.get(ADD).content.decode()
    assert form.count('name="vaccines"') == 11
    answer = coordinator.post(ADD, filled(team, name="  MMR  and MMRV direction ", version=" Version 4 "))
    assert answer.status_code == 302, answer.context["errors"]
    direction = Direction.objects.get()
    assert str(direction) == "MMR and MMRV direction, version 4"
    assert (direction.vaccines, direction.valid_until) == (["MMR", "MMRV"], date(2027, 10, 31))
    event = AuditEvent.objects.get(object_id=direction.public_id)
    assert event.action == "add direction" and event.after["vaccines"] == ["MMR", "MMRV"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"vaccines": []}, "This field is required"),
        ({"vaccines": ["FLU"]}, "FLU is not one of the available choices"),
        ({"valid_until": "31/10/2025"}, "Enter a last day that is not before the first."),
        ({"valid_until": "never"}, "Enter a valid date"),
        ({"name": " "}, "This field is required"),
        ({"version": "\x00"}, "Null characters are not allowed"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"kind": "LAW"}, "LAW is not one of the available choices"),
    ],
)
def test_a_direction_with_a_mistake_is_shown_again(coordinator, team, wrong, sentence):
    answer = coordinator.post(ADD, filled(team, **wrong))
    assert sentence in answer.content.decode() and not Direction.objects.exists()


def test_one_version_is_kept_once(coordinator, team):
    coordinator.post(ADD, filled(team))
    again = coordinator.post(ADD, filled(team, version="v 4"))
    assert "already" in again.content.decode() and Direction.objects.count() == 1


def test_an_unused_direction_is_changed_and_a_used_one_only_in_its_last_day():
    room = make_room()
    coordinator = signed_in(make_user(room.team, Role.COORDINATOR))
    direction = room.team.directions.get()
    assert not direction.is_used
    sent = filled(room.team, name="Better name", version="6")
    assert coordinator.post(page_of(direction), sent).status_code == 302
    direction.refresh_from_db()
    assert (direction.name, direction.version, direction.vaccines) == ("Better name", "6", ["MMR", "MMRV"])

    room.give(room.ready())
    assert direction.is_used
    page = coordinator.get(page_of(direction)).content.decode()
    assert "Only its last day can change" in page and 'name="version"' not in page and 'name="vaccines"' not in page
    sent = filled(room.team, name="Another", version="7", vaccines=["6IN1"], valid_until="30/11/2026")
    assert coordinator.post(page_of(direction), sent).status_code == 302
    direction.refresh_from_db()
    assert (direction.name, direction.version, direction.vaccines) == ("Better name", "6", ["MMR", "MMRV"])
    assert direction.valid_until == date(2026, 11, 30)
    assert AuditEvent.objects.filter(object_id=direction.public_id).order_by("id").last().after == {
        "valid_until": "2026-11-30"
    }


def test_the_list_tells_what_is_in_force(coordinator, team):
    today = london_day(timezone.now())
    for name, begins, ends in [("Old", -700, -1), ("Ending", -600, 20), ("Good", -1, 600), ("Coming", 1, 700)]:
        make_direction(
            team, name=name, valid_from=today + timedelta(days=begins), valid_until=today + timedelta(days=ends)
        )

    def listed(which: str) -> set[str]:
        page = coordinator.get(LIST, {"is": which}).context_data["cl"]
        return {row.name for row in page.result_list}

    assert listed("now") == {"Ending", "Good"}
    assert (listed("soon"), listed("later"), listed("ended")) == ({"Ending"}, {"Coming"}, {"Old"})


def test_another_teams_direction_is_nobodys_business(coordinator):
    theirs = make_direction(make_team())
    assert coordinator.get(page_of(theirs)).status_code == 404
    assert coordinator.post(ADD, filled(theirs.team)).status_code == 422


def test_a_clinics_page_says_what_its_vaccinators_work_under(coordinator, team):
    make_direction(team, name="MMR direction", version="4", vaccines=["MMR"])
    make_direction(team, name="Old direction", version="1", vaccines=["6IN1"], valid_until=date(2026, 10, 31))
    session = make_session(venue=make_venue(team), vaccines=["MMR", "6IN1", "MMRV"])
    page = coordinator.get(reverse("admin:clinics_clinicsession_change", args=[session.public_id])).content.decode()
    assert "MMR: MMR direction, version 4" in page
    assert "6-in-1: Old direction, version 1, ended on 31 October 2026." in page
    assert "MMRV: There is no direction for MMRV." in page


@pytest.mark.parametrize("wrong", [{"version": ""}, {"name": ""}, {"kind": "LAW"}, {"valid_until": date(2019, 1, 1)}])
def test_the_database_keeps_no_direction_without_its_facts(team, wrong):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        make_direction(team, **wrong)
