"""An outbox with purposes of its own, a provider to send through, and a clock that stands until it is moved."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team
from messaging import actions, registry
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.sender import Sender
from tests.support.provider import Provider

START = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
# Personal data that a resolver comes across; none of it may reach a log.
ADDRESS = "07700 900123"
NAME = "Amina Qureshi-Test"


class Clock:
    """A clock that tells ``now`` until it is told otherwise."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def envelope(message: Message, body: str = f"{NAME}: see you on Saturday") -> Envelope:
    return Envelope(to=ADDRESS, subject="About Saturday", body=body, channel=message.channel)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def purposes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[Message, datetime], Any]]:
    """The purposes of a test: what each answers may be replaced."""
    answers: dict[str, Callable[[Message, datetime], Any]] = {
        "greeting": lambda message, at: envelope(message),
        "gone": lambda message, at: NoLonger("The appointment was cancelled."),
    }
    monkeypatch.setattr(registry, "_resolvers", answers)
    return answers


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Vale team", organisation="Vale Health and Care Trust", ods_code="RX1")


@pytest.fixture
def owe(team: Team, purposes: dict[str, Any]) -> Callable[..., Message]:
    """Write one message into the outbox."""

    def write(purpose: str = "greeting", **changes: Any) -> Message:
        return actions.enqueue(
            **{
                "team": team,
                "purpose": purpose,
                "channel": Message.Channel.TEXT,
                "subject_id": uuid.uuid4(),
                "subject_version": 1,
                "due_at": START,
                "at": START,
                **changes,
            }
        )

    return write


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def sender(provider: Provider, clock: Clock) -> Sender:
    return Sender(channel=provider, lease=LEASE, now=clock)
