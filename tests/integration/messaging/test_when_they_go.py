"""At what hour a message goes, how many one address gets, and what a stop request holds back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEvent, Team
from messaging import hearing, registry
from messaging.channels import TryLater
from messaging.models import Message
from messaging.policies import MOST_A_DAY, MOST_A_WEEK
from messaging.recipients import recipient_hash
from messaging.registry import Manner
from messaging.sender import Sender
from tests.integration.messaging.conftest import ADDRESS, LEASE, START, Clock, envelope
from tests.support.provider import Provider

Owe = Callable[..., Message]

# Saturday 14 November 2026, in England.
NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
TEN_AT_NIGHT = datetime(2026, 11, 14, 22, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 15, 8, 0, tzinfo=UTC)


@pytest.fixture
def manner(monkeypatch: pytest.MonkeyPatch) -> Callable[[Manner], None]:
    """Say how much the greeting of a test may ask."""

    def say(manner: Manner) -> None:
        monkeypatch.setitem(registry._manners, "greeting", manner)

    return say


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("kind", [Manner.REMINDER, Manner.CARE, Manner.NOTICE])
def test_at_night_it_waits_for_eight_in_the_morning(
    owe: Owe, sender: Sender, provider: Provider, clock: Clock, manner: Callable[[Manner], None], kind: Manner
) -> None:
    manner(kind)
    message = owe()
    clock.now = TEN_AT_NIGHT
    sender.drain()
    assert (state_of(message), message.due_at, provider.accepted) == ("waiting", NEXT_MORNING, [])
    clock.now = NEXT_MORNING
    sender.drain()
    assert state_of(message) == "sent"


def test_an_answer_goes_at_night_within_the_hour_and_an_old_one_waits(
    owe: Owe, sender: Sender, clock: Clock, manner: Callable[[Manner], None]
) -> None:
    manner(Manner.ANSWER)
    clock.now = TEN_AT_NIGHT
    asked = owe(at=TEN_AT_NIGHT - timedelta(minutes=5))
    held_up = owe(at=TEN_AT_NIGHT - timedelta(hours=3))
    sender.drain()
    assert (state_of(asked), state_of(held_up)) == ("sent", "waiting")


def test_word_of_a_cancelled_clinic_goes_at_night_where_the_morning_would_be_too_late(
    owe: Owe, sender: Sender, clock: Clock, manner: Callable[[Manner], None], purposes: dict[str, Any]
) -> None:
    manner(Manner.NOTICE)
    clock.now = TEN_AT_NIGHT
    opens = {"early": NEXT_MORNING + timedelta(hours=1), "late": NEXT_MORNING + timedelta(hours=6)}
    for when, state in (("early", "sent"), ("late", "waiting")):
        purposes["greeting"] = lambda message, at, when=when: _needed(message, opens[when])
        message = owe()
        sender.drain()
        assert state_of(message) == state


def _needed(message: Message, by: datetime) -> Any:
    words = envelope(message)
    return type(words)(to=words.to, subject=words.subject, body=words.body, channel=words.channel, needed_by=by)


def test_the_night_is_that_of_the_clocks_in_england_on_both_sides_of_their_change(
    owe: Owe, sender: Sender, clock: Clock, manner: Callable[[Manner], None]
) -> None:
    manner(Manner.REMINDER)
    # The clocks go back on Sunday 25 October 2026: 8am is 07:00 UTC on Saturday, and 08:00 UTC on Sunday.
    for at, morning in (
        (datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ):
        message = owe(due_at=at, at=at)
        clock.now = at
        sender.drain()
        assert (state_of(message), message.due_at) == ("waiting", morning)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Manner.REMINDER, "no_longer_needed"),
        (Manner.CARE, "no_longer_needed"),
        (Manner.NOTICE, "sent"),
        (Manner.ANSWER, "sent"),
    ],
)
def test_after_a_stop_only_answers_and_cancelled_clinics_are_said_until_it_is_taken_back(
    owe: Owe, sender: Sender, team: Team, manner: Callable[[Manner], None], kind: Manner, state: str
) -> None:
    manner(kind)
    wish: dict[str, Any] = {"team": team, "channel": "text", "by": None, "at": START, "source": "public"}
    # However the number is written.
    assert hearing.stop(**wish, address="+44 7700 900123", how="reply")
    assert not hearing.stop(**wish, address=ADDRESS, how="link")
    message = owe()
    sender.drain()
    assert state_of(message) == state
    assert hearing.start_again(**wish, address=ADDRESS)
    again = owe()
    sender.drain()
    assert state_of(again) == "sent"
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"messages_stopped", "messages_started_again"}


def test_a_stop_holds_after_the_services_key_was_changed(
    owe: Owe, sender: Sender, team: Team, manner: Callable[[Manner], None], settings: Any
) -> None:
    manner(Manner.REMINDER)
    hearing.stop(team=team, channel="text", address=ADDRESS, how="link", by=None, at=START, source="public")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key-for-this-test-only"
    message = owe()
    sender.drain()
    assert state_of(message) == "no_longer_needed"


@pytest.mark.parametrize(("most", "apart"), [(MOST_A_DAY, timedelta(hours=1)), (MOST_A_WEEK, timedelta(hours=13))])
def test_reminders_give_way_where_an_address_had_many_and_answers_do_not(
    owe: Owe, sender: Sender, clock: Clock, team: Team, manner: Callable[[Manner], None], most: int, apart: timedelta
) -> None:
    clock.now = NOON
    Message.objects.bulk_create(
        Message(
            team=team,
            purpose="greeting",
            channel="text",
            subject_id=f"00000000-0000-4000-8000-{number:012}",
            state=Message.State.SENT,
            due_at=START,
            created_at=START,
            finished_at=NOON - apart * number,
            recipient_hash=recipient_hash("text", ADDRESS),
        )
        for number in range(most - 1)
    )
    for kind, state in (
        (Manner.REMINDER, "sent"),
        (Manner.REMINDER, "no_longer_needed"),
        (Manner.CARE, "sent"),
        (Manner.ANSWER, "sent"),
    ):
        manner(kind)
        message = owe()
        sender.drain()
        assert state_of(message) == state, kind


def test_the_address_is_kept_as_a_hash_alone(owe: Owe, sender: Sender, manner: Callable[[Manner], None]) -> None:
    manner(Manner.REMINDER)
    message = owe()
    sender.drain()
    message.refresh_from_db()
    assert message.recipient_hash == recipient_hash("text", ADDRESS) and "900123" not in message.recipient_hash


def test_a_channel_that_asks_to_be_left_alone_is_left_alone_with_everything(owe: Owe, clock: Clock) -> None:
    busy = True

    def answer() -> None:
        if busy:
            raise TryLater("Too many.", timedelta(minutes=7))

    provider = Provider(before=answer)
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    first, second = owe(), owe()
    assert sender.drain() == 1
    assert (state_of(first), first.due_at) == ("waiting", START + timedelta(minutes=7))
    assert (state_of(second), second.attempts) == ("waiting", 0)
    busy = False
    clock.forward(timedelta(minutes=7))
    assert sender.drain() == 2
    assert state_of(first) == state_of(second) == "sent"


def test_a_provider_that_is_away_for_hours_loses_and_doubles_nothing(owe: Owe, clock: Clock) -> None:
    away = True

    def answer() -> None:
        if away:
            raise TryLater("It cannot be reached.")

    provider = Provider(before=answer)
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    messages = [owe() for _number in range(20)]
    for _minute in range(6 * 4):
        sender.drain()
        clock.forward(timedelta(minutes=15))
    assert provider.accepted == []
    away = False
    for _minute in range(3 * 4):
        sender.drain()
        clock.forward(timedelta(minutes=15))
    assert sorted(provider.references) == sorted(message.public_id for message in messages)
    assert {state_of(message) for message in messages} == {"sent"}
