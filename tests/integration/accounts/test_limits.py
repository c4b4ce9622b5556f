"""Guessing is limited at every door, and no door tells whether a name is known."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import issue_token
from accounts.models import Role, User
from tests.support.factories import NOW, PASSWORD, make_team, make_user

LOGIN = "/accounts/login/"
WRONG = "The username or the password is not right"
TOO_MANY = "There were too many tries to sign in"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def nurse() -> User:
    return make_user(make_team(), Role.VACCINATOR, username="nurse")


def words_for(username: str, password: str = "wrong", address: str = "10.0.0.1") -> str:
    page = Client(REMOTE_ADDR=address).post(LOGIN, {"login": username, "password": password})
    return page.content.decode() if page.status_code != 302 else "signed in"


@pytest.mark.parametrize("username", ["nurse", "nobody"])
def test_one_username_from_many_addresses_is_stopped_known_or_not(nurse, username):
    for number in range(5):
        assert WRONG in words_for(username, address=f"10.0.0.{number}")
    assert TOO_MANY in words_for(username, PASSWORD, address="10.0.0.99")
    other = "nobody" if username == "nurse" else "nurse"
    assert TOO_MANY not in words_for(other, address="10.0.0.99"), "each name by itself"


@pytest.mark.parametrize("last", ["nurse", "nobody"])
def test_many_usernames_from_one_address_are_stopped_and_other_addresses_are_not(nurse, last):
    for number in range(10):
        assert WRONG in words_for(f"guess{number}")
    assert TOO_MANY in words_for(last, PASSWORD)
    assert words_for("nurse", PASSWORD, address="10.0.0.2") == "signed in"


def test_an_invented_forwarding_address_does_not_make_a_new_caller(nurse):
    for number in range(10):
        client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"192.0.2.{number}"})
        client.post(LOGIN, {"login": f"guess{number}", "password": "wrong"})
    client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "192.0.2.99"})
    assert TOO_MANY in client.post(LOGIN, {"login": "nurse", "password": PASSWORD}).content.decode()


def test_the_limit_ends_by_itself(nurse):
    with time_machine.travel(NOW, tick=False) as clock:
        for _try in range(6):
            words_for("nurse")
        assert TOO_MANY in words_for("nurse", PASSWORD)
        clock.shift(timedelta(minutes=5, seconds=1))
        assert words_for("nurse", PASSWORD) == "signed in"


def test_the_admin_has_no_door_of_its_own(nurse):
    for url in ("/admin/login/", "/admin/"):
        page = Client().post(url, {"username": "nurse", "password": PASSWORD})
        assert page.status_code == 302 and page["Location"].startswith(LOGIN)
        assert "_auth_user_id" not in Client().session


def test_the_api_takes_no_password(nurse):
    import base64

    basic = "Basic " + base64.b64encode(f"nurse:{PASSWORD}".encode()).decode()
    for body in ({}, {"username": "nurse", "password": PASSWORD}):
        answer = Client().post("/api/v1/people/search/", body, "application/json", headers={"Authorization": basic})
        assert answer.status_code == 401
    for path in ("token/", "login/", "auth/", "session/"):
        assert Client().post(f"/api/v1/{path}", {"username": "nurse", "password": PASSWORD}).status_code == 404


def test_guessed_tokens_are_stopped_by_address_and_right_ones_go_on(nurse):
    token = issue_token(user=nurse, by=None, at=NOW, source="test")

    def ask(key: str, address: str) -> Any:
        return Client(REMOTE_ADDR=address).get("/api/v1/bookings/NOTHING/", headers={"Authorization": f"Token {key}"})

    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(20):
            assert ask(f"guess{number}", "10.0.0.1").status_code == 401
        refused = ask("guess", "10.0.0.1")
        assert refused.status_code == 429 and refused["Retry-After"] and refused.json()["detail"]
        assert ask("guess", "10.0.0.2").status_code == 401
        assert ask(token, "10.0.0.1").status_code == 404, "whoever has a key is not kept out by a neighbour"
        clock.shift(timedelta(seconds=61))
        assert ask("guess", "10.0.0.1").status_code == 401


def test_an_inactive_name_is_not_told_from_an_unknown_one(nurse):
    nurse.is_active = False
    nurse.save()
    assert WRONG in words_for("nurse") and WRONG in words_for("nobody")


def test_the_current_password_is_not_guessed_where_it_is_changed(nurse):
    client = Client()
    client.force_login(nurse)
    url = reverse("account_change_password")
    new = {"password1": "four purple quiet lorries", "password2": "four purple quiet lorries"}
    for _try in range(5):
        assert client.post(url, {"oldpassword": "wrong", **new}).status_code == 422
    assert client.post(url, {"oldpassword": PASSWORD, **new}).status_code == 429
