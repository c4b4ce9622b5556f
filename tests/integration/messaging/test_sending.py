"""The worker's hand, with a provider in memory: what it sends, what it does not, and what a killed one leaves."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import translation

from messaging.channels import CannotBeSent, OutcomeUnknown, TryLater
from messaging.envelope import Envelope
from messaging.models import Message
from messaging.policies import MOST_TRIES
from messaging.sender import Sender
from tests.integration.messaging.conftest import ADDRESS, LEASE, NAME, START, Clock, envelope
from tests.support.provider import Killed, Provider

Owe = Callable[..., Message]
Purposes = dict[str, Callable[..., Any]]


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*args: Any) -> Any:
        raise error

    return fail


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_what_is_due_is_sent_once_with_the_words_of_the_moment(
    owe: Owe, sender: Sender, provider: Provider, purposes: Purposes
) -> None:
    message = owe()
    purposes["greeting"] = lambda message, at: envelope(message, f"It is {at:%H:%M}")
    assert sender.drain() == 1
    assert sender.drain() == 0
    [(reference, sent, language)] = provider.accepted
    assert (reference, sent.to, sent.body, language) == (message.public_id, ADDRESS, "It is 09:00", "en-gb")
    assert state_of(message) == "sent"
    assert (message.provider_reference, message.finished_at, message.carried_by) == ("provider-1", START, "provider")


def test_a_message_whose_reason_has_gone_is_not_sent(owe: Owe, sender: Sender, provider: Provider) -> None:
    message = owe("gone")
    sender.drain()
    assert state_of(message) == "no_longer_needed"
    assert message.outcome == "The appointment was cancelled."
    assert provider.accepted == []


def test_the_words_are_put_together_in_the_messages_own_language(
    owe: Owe, sender: Sender, provider: Provider, purposes: Purposes
) -> None:
    purposes["greeting"] = lambda message, at: envelope(message, translation.get_language() or "")
    owe(language="cy")
    before = translation.get_language()
    sender.drain()
    assert provider.accepted[0][1].body == "cy" and provider.accepted[0][2] == "cy"
    assert translation.get_language() == before


@pytest.mark.parametrize(
    "answer",
    [
        raiser(KeyError(NAME)),
        raiser(Exception(f"{ADDRESS} for {NAME}")),
        raiser(OperationalError(f"a lock on {NAME} timed out")),
        lambda message, at: None,
        lambda message, at: Envelope(to="", subject="", body=NAME, channel=message.channel),
    ],
)
def test_one_rooms_fault_stops_neither_the_queue_nor_names_anybody(
    owe: Owe,
    sender: Sender,
    provider: Provider,
    clock: Clock,
    purposes: Purposes,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[..., Any],
) -> None:
    purposes["broken"] = answer
    broken = owe("broken", due_at=START - timedelta(minutes=1))
    whole = owe()
    with caplog.at_level(logging.DEBUG):
        sender.drain()
    assert state_of(whole) == "sent"
    assert state_of(broken) == "waiting" and broken.due_at > START
    logged = "\n".join(logging.Formatter("%(message)s").format(record) for record in caplog.records)
    assert str(broken.public_id) in logged and "(broken)" in logged
    assert NAME not in logged + broken.outcome and ADDRESS not in logged + broken.outcome
    # Put right, it goes out at the next try.
    purposes["broken"] = lambda message, at: envelope(message)
    clock.now = broken.due_at
    sender.drain()
    assert state_of(broken) == "sent"
    assert len(provider.references) == len(set(provider.references)) == 2


def test_a_purpose_that_this_version_does_not_know_is_tried_again_later(
    owe: Owe, sender: Sender, purposes: Purposes
) -> None:
    message = owe()
    del purposes["greeting"]
    sender.drain()
    assert state_of(message) == "waiting" and message.due_at > START


def test_words_for_another_channel_are_not_sent(
    owe: Owe, sender: Sender, provider: Provider, purposes: Purposes
) -> None:
    purposes["greeting"] = lambda message, at: Envelope(to=ADDRESS, subject="s", body="b", channel="letter")
    message = owe()
    sender.drain()
    assert state_of(message) == "failed" and provider.accepted == []


def test_a_busy_provider_is_tried_again_later_and_in_the_end_given_up(owe: Owe, clock: Clock) -> None:
    provider = Provider(before=raiser(TryLater("The provider is busy.")))
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    message = owe()
    tries = 0
    while state_of(message) == "waiting":
        clock.now = message.due_at
        tries += sender.drain()
    assert tries == MOST_TRIES
    assert (message.state, message.outcome) == ("failed", "The provider is busy.")


def test_a_busy_provider_that_recovers_gets_the_message_once(owe: Owe, clock: Clock) -> None:
    provider = Provider(before=raiser(TryLater("The provider is busy.")))
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    message = owe()
    sender.drain()
    provider.before = lambda: None
    assert sender.drain() == 0
    clock.forward(timedelta(seconds=30))
    assert sender.drain() == 1
    assert state_of(message) == "sent" and provider.references == [message.public_id]


def test_a_message_that_can_never_be_sent_fails_at_once(owe: Owe, clock: Clock) -> None:
    sender = Sender(channel=Provider(before=raiser(CannotBeSent("The number does not exist."))), lease=LEASE, now=clock)
    message = owe()
    sender.drain()
    assert (state_of(message), message.outcome) == ("failed", "The number does not exist.")


@pytest.mark.parametrize("error", [OutcomeUnknown(), RuntimeError(f"lost {NAME}"), OSError("reset")])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_answer_is_looked_up_before_any_other_try(
    owe: Owe, clock: Clock, caplog: pytest.LogCaptureFixture, error: Exception, accepted: bool
) -> None:
    provider = Provider(**{"after" if accepted else "before": raiser(error)})
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    message = owe()
    sender.drain()
    assert state_of(message) == "sending"
    provider.before = provider.after = lambda: None
    clock.forward(LEASE)
    sender.drain()
    assert provider.looked_up == [message.public_id]
    assert state_of(message) == "sent" and provider.references == [message.public_id]
    assert NAME not in caplog.text + message.outcome


@pytest.mark.parametrize("moment", ["putting it together", "before it is accepted", "after it is accepted"])
def test_wherever_a_worker_is_killed_the_message_is_accepted_exactly_once(
    owe: Owe, clock: Clock, purposes: Purposes, moment: str
) -> None:
    kill = raiser(Killed())
    provider = Provider()
    if moment == "putting it together":
        purposes["greeting"] = kill
    elif moment == "before it is accepted":
        provider.before = kill
    else:
        provider.after = kill
    message = owe()
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    with pytest.raises(Killed):
        sender.drain()
    assert state_of(message) == "sending"

    purposes["greeting"] = lambda message, at: envelope(message)
    provider.before = provider.after = lambda: None
    assert sender.drain() == 0, "another worker must leave it alone while the lease holds"
    clock.forward(LEASE)
    assert sender.drain() == 1
    assert state_of(message) == "sent" and provider.references == [message.public_id]
    assert provider.looked_up == [message.public_id]


def test_a_message_killed_after_its_reason_went_is_not_sent_afterwards(
    owe: Owe, clock: Clock, sender: Sender, provider: Provider, purposes: Purposes
) -> None:
    provider.before = raiser(Killed())
    message = owe()
    with pytest.raises(Killed):
        sender.drain()
    provider.before = lambda: None
    purposes["greeting"] = purposes["gone"]
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "no_longer_needed" and provider.accepted == []


@pytest.mark.parametrize("accepted", [True, False])
def test_where_the_channel_cannot_tell_a_person_has_to(owe: Owe, clock: Clock, accepted: bool) -> None:
    provider = Provider(remembers=False, **{"after" if accepted else "before": raiser(Killed())})
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    message = owe()
    with pytest.raises(Killed):
        sender.drain()
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "unknown" and message.outcome
    assert len(provider.accepted) == accepted
    clock.forward(timedelta(days=30))
    assert sender.drain() == 0


def test_a_message_left_with_another_channel_is_not_sent_through_this_one(owe: Owe, clock: Clock) -> None:
    message = owe()
    with pytest.raises(Killed):
        Sender(channel=Provider(after=raiser(Killed())), lease=LEASE, now=clock).drain()
    other = Provider()
    other.name = "another"
    clock.forward(LEASE)
    Sender(channel=other, lease=LEASE, now=clock).drain()
    assert state_of(message) == "unknown" and other.accepted == []


@pytest.mark.parametrize("error", [TryLater("The provider is away."), RuntimeError(NAME)])
def test_a_look_up_without_an_answer_is_asked_again_and_in_the_end_left_to_a_person(
    owe: Owe, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    provider = Provider(after=raiser(Killed()))
    sender = Sender(channel=provider, lease=LEASE, now=clock)
    message = owe()
    with pytest.raises(Killed):
        sender.drain()
    monkeypatch.setattr(provider, "look_up", raiser(error))
    looks = 0
    while state_of(message) == "sending":
        clock.forward(LEASE)
        looks += sender.drain()
    assert looks == MOST_TRIES - 1
    assert state_of(message) == "unknown" and NAME not in message.outcome
    assert provider.references == [message.public_id]


def test_a_message_that_kills_every_worker_is_given_up(owe: Owe, clock: Clock, purposes: Purposes) -> None:
    purposes["greeting"] = raiser(Killed())
    message, deaths = owe(), 0
    sender = Sender(channel=Provider(), lease=LEASE, now=clock)
    while state_of(message) in {"waiting", "sending"}:
        try:
            sender.drain()
        except Killed:
            deaths += 1
        clock.forward(LEASE)
    assert state_of(message) == "failed" and deaths == MOST_TRIES


def test_a_worker_that_was_slow_begins_no_send_that_could_outlast_its_claim(
    owe: Owe, clock: Clock, purposes: Purposes
) -> None:
    provider = Provider()
    # A second to put a message together, so that only the slow one takes longer, on a busy machine, too.
    provider.longest_send = timedelta(seconds=1)
    sender = Sender(channel=provider, lease=timedelta(seconds=2), now=clock)

    def slowly(message: Message, at: Any) -> Envelope:
        time.sleep(1.1)
        return envelope(message)

    purposes["greeting"] = slowly
    message = owe()
    assert sender.send_next()
    assert state_of(message) == "waiting" and provider.accepted == []
    purposes["greeting"] = lambda message, at: envelope(message)
    assert sender.send_next()
    assert state_of(message) == "sent"


def test_a_lease_shorter_than_a_send_is_refused() -> None:
    provider = Provider()
    provider.longest_send = timedelta(seconds=10)
    with pytest.raises(ValueError, match="longer than 10 seconds"):
        Sender(channel=provider, lease=timedelta(seconds=10))


def test_asked_to_stop_the_worker_finishes_the_message_in_hand_and_takes_no_other(owe: Owe, clock: Clock) -> None:
    stopping = False

    def ask() -> None:
        nonlocal stopping
        stopping = True

    first, second = owe(), owe()
    Sender(channel=Provider(after=ask), lease=LEASE, now=clock, should_stop=lambda: stopping).run()
    assert (state_of(first), state_of(second)) == ("sent", "waiting")


@pytest.mark.parametrize("count", [1, 20])
def test_a_message_costs_the_same_queries_however_many_wait(
    owe: Owe, sender: Sender, django_assert_max_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        owe()
    # Two looks, the claim between the two ends of its transaction, and the finish.
    with django_assert_max_num_queries(7):
        sender.send_next()
