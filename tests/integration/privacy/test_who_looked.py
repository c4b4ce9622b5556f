"""The privacy lead's page: every look at the team's records, by person, by member of staff and by day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit import record_list_view, record_view
from accounts.models import RecordView, Role, Team, User
from immunisations.actions import add_person
from immunisations.models import Person
from tests.support.factories import MORNING, make_session, make_team, make_user

PARTS = ("day", "month", "year")
URL = "/accounts/who-looked/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def team() -> Team:
    return make_team("Vale team")


@pytest.fixture
def lead(team: Team) -> User:
    return make_user(team, Role.PRIVACY_LEAD, username="lead")


@pytest.fixture
def client(client: Client, lead: User) -> Client:
    client.force_login(lead)
    return client


@pytest.fixture
def nurse(team: Team) -> User:
    return make_user(team, Role.VACCINATOR, username="nurse", first_name="Nora", last_name="Nurse")


def person(team: Team, name: str, nhs_number: str = "") -> Person:
    return add_person(
        team=team,
        first_name=name,
        last_name="Khan",
        date_of_birth=date(2020, 5, 6),
        nhs_number=nhs_number,
        by=None,
        at=MORNING - timedelta(days=30),
    )


def look(user: User, at_whom: Person, *, days_ago: int = 0, page: str = "person") -> None:
    record_view(
        user=user,
        at=MORNING - timedelta(days=days_ago),
        team=at_whom.team_id,
        person_id=at_whom.public_id,
        page=page,
    )


def rows(response) -> list[tuple[str, str]]:
    return [(row.view.user_name, row.person.first_name if row.person else "") for row in response.context["found"].rows]


def test_it_is_where_a_privacy_lead_begins(client):
    assert client.get(reverse("account-start"))["Location"] == URL


def test_looks_are_found_by_person_by_member_of_staff_and_by_day(client, team, nurse):
    other_nurse = make_user(team, Role.VACCINATOR, username="other", first_name="Olga", last_name="Other")
    amina, bilal = person(team, "Amina", "9990000018"), person(team, "Bilal")
    look(nurse, amina, days_ago=9)
    look(nurse, bilal, days_ago=5)
    look(other_nurse, amina, days_ago=1)
    assert rows(client.get(URL)) == [("Olga Other", "Amina"), ("Nora Nurse", "Bilal"), ("Nora Nurse", "Amina")]
    by_person = client.post(URL, {"nhs_number": "999 000 0018"})
    assert [row for row in rows(by_person) if "Staff" not in row[0]] == [
        ("Olga Other", "Amina"),
        ("Nora Nurse", "Amina"),
    ]
    assert rows(client.post(URL, {"username": "nurse"})) == [("Nora Nurse", "Bilal"), ("Nora Nurse", "Amina")]
    days = {f"since_{part}": value for part, value in zip(PARTS, ("15", "11", "2026"), strict=True)}
    days |= {f"until_{part}": value for part, value in zip(PARTS, ("16", "11", "2026"), strict=True)}
    assert rows(client.post(URL, days)) == [("Nora Nurse", "Bilal")]
    assert rows(client.post(URL, {"username": "nobody"})) == []
    assert "Nobody looked" in client.post(URL, {"nhs_number": "9990000026"}).content.decode()


def test_a_look_at_a_row_that_was_merged_is_a_look_at_the_person(client, team, nurse):
    root, merged = person(team, "Amina", "9990000018"), person(team, "Aminah")
    look(nurse, merged)
    Person.objects.filter(pk=merged.pk).update(merged_into=root)
    assert ("Nora Nurse", "Aminah") in rows(client.post(URL, {"nhs_number": "9990000018"}))


def test_reading_who_looked_is_a_look_too(client, team, nurse, lead):
    look(nurse, person(team, "Amina"))
    client.get(URL)
    view = RecordView.objects.latest("pk")
    assert view.user_id == lead.pk and view.page == "who looked"


def test_a_look_at_a_list_names_the_clinic_and_nobody(client, team, nurse):
    session = make_session(team)
    record_list_view(user=nurse, at=MORNING, team=team, clinic_id=session.public_id)
    said = client.get(URL).content.decode()
    assert "A list that names several people" in said and "Nora Nurse" in said


def test_another_teams_looks_are_not_there(client, nurse):
    other = make_team()
    look(make_user(other, Role.VACCINATOR, first_name="Wanda", username="wanda"), person(other, "Zara", "9990000018"))
    for response in (
        client.get(URL),
        client.post(URL, {"username": "wanda"}),
        client.post(URL, {"nhs_number": "9990000018"}),
    ):
        assert "Zara" not in response.content.decode() and rows(response) == []


def test_older_ones_are_a_press_away_however_many_there_are(client, team, nurse):
    amina = person(team, "Amina")
    for _number in range(120):
        look(nurse, amina)
    seen, before = 0, ""
    for expected in (50, 50, 20):
        page = client.post(URL, {"username": "nurse", "before": before})
        assert len(rows(page)) == expected
        seen += len(rows(page))
        older = page.context["found"].older
        before = str(older or "")
        assert (older is None) == (expected == 20)
    assert seen == 120
    assert 'name="username" value="nurse"' in client.post(URL, {"username": "nurse"}).content.decode()


def test_it_costs_as_many_queries_for_50_as_for_2(client, team, nurse):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.post(URL, {"username": "nurse"}).status_code == 200
        return len(counted)

    for name in ("Amina", "Bilal"):
        look(nurse, person(team, name))
    few = cost()
    for number in range(48):
        look(nurse, person(team, f"Child{number}"))
    assert cost() == few <= 14


@pytest.mark.parametrize("typed", ["a\x00b", "💉", "\u202emit", "<script>alert(1)</script>", "x" * 50_000, "-1", "1e9"])
def test_bad_input_gets_a_sentence_and_is_never_an_error(client, typed):
    for field in ("nhs_number", "username", "since_day", "until_year", "before"):
        page = client.post(URL, {field: typed})
        assert page.status_code in (200, 422) and "<script>alert" not in page.content.decode()
