"""Limits on how much is asked, and two of the same request at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import issue_token
from accounts.models import IdempotencyKey, Role
from bookings.models import Appointment, Booking
from immunisations.models import Person
from tests.integration.api.conftest import Caller
from tests.support.factories import make_session, make_team, make_user


def test_whoever_asks_too_often_is_told_when_to_come_back(anybody):
    address = "clinic-sessions/0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11/"
    for number in range(120):
        # Another address in a header that anybody can write makes nobody somebody else.
        answer = anybody.client.get(f"/api/v1/{address}", headers={"X-Forwarded-For": f"10.0.0.{number}"})
        assert answer.status_code == 404
    answer = anybody.get(address)
    assert answer.status_code == 429 and answer.json()["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60


def at_once(count: int, send: Any) -> list[Any]:
    """Call ``send`` in threads of their own, all from the same moment on; return what each returned."""
    barrier, answers = threading.Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            answers.append(send())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_the_same_request_at_once_makes_one_thing_and_everybody_is_told_of_it():
    now = timezone.now()
    team = make_team()
    token = issue_token(user=make_user(team, Role.DESK), by=None, at=now, source="test")
    session = make_session(team, at=now, date=timezone.localdate() + timedelta(days=9))
    booking = {
        "session": str(session.public_id),
        "people": [{"first_name": "Amina", "date_of_birth": "2022-05-01"}],
    }
    person = {"first_name": "Noah", "date_of_birth": "2025-01-02"}
    for path, body, key, name in (("bookings/", booking, "b", "reference"), ("people/", person, "p", "id")):
        answers = at_once(4, lambda path=path, body=body, key=key: Caller(token).post(path, body, key=key))
        assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
        assert len({each.json()[name] for each in answers}) == 1
    assert Booking.objects.count() == Appointment.objects.count() == Person.objects.count() == 1
    assert IdempotencyKey.objects.count() == 2


@pytest.mark.django_db
def test_the_documentation_is_under_the_policy_of_every_page():
    client = Client()
    page = client.get("/api/v1/docs/")
    assert page["Content-Security-Policy"] == client.get("/api/v1/schema/")["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert b"<style" not in page.content and page.content.count(b"<script src=") == page.content.count(b"<script")
