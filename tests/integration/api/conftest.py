"""Callers of the API: each a client that sends JSON and a token, at a fixed moment."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.actions import issue_token
from accounts.models import Team, User
from tests.support.factories import NOW, make_team


class Caller:
    """Sends JSON, with a token where it has one."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        return self.client.generic("POST", f"/api/v1/{path}", body, content_type, headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1/{path}", headers=self.headers)


@pytest.fixture
def now() -> Iterator[Any]:
    """The week before the clinics that tests make."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


@pytest.fixture
def anybody(now: Any, db: None) -> Caller:
    return Caller()


@pytest.fixture
def calling(now: Any, db: None) -> Callable[[User], Caller]:
    """Give a user's caller, with a new token."""
    return lambda user: Caller(issue_token(user=user, by=None, at=NOW, source="test"))
