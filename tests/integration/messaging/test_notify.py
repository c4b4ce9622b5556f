"""GOV.UK Notify through its own client: a stand-in on the loopback goes wrong in every way, and nothing goes twice."""

import logging
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from messaging.channels import CannotTell, NeverSeen, NotifyChannel, TryLater, channel_in_use
from messaging.channels.notify import PATIENCE_SECONDS
from messaging.envelope import Envelope
from messaging.models import Message
from messaging.policies import MOST_TRIES
from messaging.sender import LEASE as DEFAULT_LEASE
from messaging.sender import Sender
from tests.integration.messaging.conftest import ADDRESS, LEASE, NAME, Clock, envelope
from tests.support import notify_stand_in as stand_in
from tests.support.notify_stand_in import NotifyStandIn

Owe = Callable[..., Message]

SEND, LOOK = "POST /v2/notifications/sms", "GET /v2/notifications"


@pytest.fixture
def notify(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotifyStandIn]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stand_in.notify_stand_in() as server:
        yield server


def channel_to(url: str, **changes: Any) -> NotifyChannel:
    return NotifyChannel(
        **{
            "api_key": stand_in.API_KEY,
            "email_template": stand_in.EMAIL_TEMPLATE,
            "text_template": stand_in.TEXT_TEMPLATE,
            "base_url": url,
            "patience": (5, 5),
            **changes,
        }
    )


@pytest.fixture
def channel(notify: NotifyStandIn) -> NotifyChannel:
    return channel_to(notify.url)


@pytest.fixture
def sender(channel: NotifyChannel, clock: Clock) -> Sender:
    return Sender(channel=channel, lease=LEASE, now=clock)


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(logging.Formatter("%(name)s %(message)s").format(record) for record in caplog.records)


def test_a_text_message_is_handed_over_under_its_own_reference(owe: Owe, sender: Sender, notify: NotifyStandIn) -> None:
    message = owe()
    sender.drain()
    [accepted] = notify.accepted
    assert accepted == {
        "id": accepted["id"],
        "phone_number": ADDRESS,
        "template_id": stand_in.TEXT_TEMPLATE,
        "personalisation": {"body": f"{NAME}: see you on Saturday"},
        "reference": str(message.public_id),
    }
    assert state_of(message) == "sent"
    assert (message.provider_reference, message.carried_by) == (accepted["id"], "notify")


def test_an_email_takes_its_subject_along(
    owe: Owe, sender: Sender, notify: NotifyStandIn, purposes: dict[str, Any]
) -> None:
    words = "Zażółć gęślą jaźń\n\nعيد 🙂 ((name))\n"
    purposes["greeting"] = lambda message, at: Envelope(
        to="amina@example.com", subject="About Saturday", body=words, channel="email"
    )
    message = owe(channel=Message.Channel.EMAIL)
    sender.drain()
    assert state_of(message) == "sent"
    [accepted] = notify.accepted
    assert accepted["email_address"] == "amina@example.com"
    assert accepted["personalisation"] == {"subject": "About Saturday", "body": words}


@pytest.mark.parametrize("loss", [stand_in.ACCEPT_AND_LOSE, stand_in.GIBBERISH])
def test_an_accepted_message_whose_answer_is_lost_is_looked_up_and_not_sent_again(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn, loss: str
) -> None:
    notify.posts = [loss]
    message = owe()
    sender.drain()
    assert state_of(message) == "sending"
    assert sender.drain() == 0, "nobody sends it while its claim holds"
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "sent" and message.provider_reference == notify.accepted[0]["id"]
    assert notify.asked == [SEND, LOOK]
    assert notify.references == [str(message.public_id)]


def test_a_message_lost_on_its_way_is_looked_up_before_it_is_sent_again(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn
) -> None:
    notify.posts = [stand_in.LOSE]
    message = owe()
    sender.drain()
    assert (state_of(message), notify.asked) == ("sending", [SEND])
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "sent"
    assert notify.asked == [SEND, LOOK, SEND]
    assert notify.references == [str(message.public_id)]


def test_an_answer_that_does_not_come_in_time_is_looked_up(owe: Owe, clock: Clock, notify: NotifyStandIn) -> None:
    sender = Sender(channel=channel_to(notify.url, patience=(5, 0.2)), lease=LEASE, now=clock)
    notify.posts = [stand_in.ACCEPT_AND_KEEP_WAITING]
    message = owe()
    sender.drain()
    assert state_of(message) == "sending"
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "sent"
    assert notify.asked == [SEND, LOOK] and notify.references == [str(message.public_id)]


@pytest.mark.parametrize("status", sorted(stand_in.GATEWAY))
def test_a_gateways_page_says_nothing_about_the_message(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn, status: int
) -> None:
    notify.posts = [status]
    message = owe()
    sender.drain()
    assert state_of(message) == "sending"
    clock.forward(LEASE)
    sender.drain()
    assert state_of(message) == "sent" and notify.asked == [SEND, LOOK, SEND]


@pytest.mark.parametrize("status", [429, 500, 403])
def test_a_refusal_that_may_pass_is_tried_again_later(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn, status: int
) -> None:
    notify.posts = [status]
    message = owe()
    sender.drain()
    assert state_of(message) == "waiting" and message.due_at > clock.now
    assert str(status) in message.outcome
    clock.now = message.due_at
    sender.drain()
    assert state_of(message) == "sent"
    assert notify.asked == [SEND, SEND] and notify.references == [str(message.public_id)]


def test_a_message_that_notify_will_never_take_fails_at_once(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn
) -> None:
    notify.posts = [400]
    message = owe()
    sender.drain()
    assert state_of(message) == "failed"
    assert message.outcome == (
        "GOV.UK Notify refused it (400 ValidationError). It cannot send to the telephone number."
    )
    clock.forward(timedelta(days=30))
    assert sender.drain() == 0 and notify.asked == [SEND]


def test_where_nobody_listens_the_message_waits_without_a_look_up(owe: Owe, clock: Clock) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        message = owe()
        Sender(channel=channel_to(url), lease=LEASE, now=clock).drain()
    assert (state_of(message), message.outcome) == ("waiting", "GOV.UK Notify cannot be reached.")


@pytest.mark.parametrize("trouble", [429, 500, 502, 403, stand_in.LOSE, stand_in.GIBBERISH])
def test_a_look_up_without_an_answer_never_leads_to_another_send(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn, trouble: str | int
) -> None:
    notify.posts, notify.gets = [stand_in.ACCEPT_AND_LOSE], [trouble] * (MOST_TRIES - 1)
    message = owe()
    sender.drain()
    while state_of(message) == "sending":
        clock.forward(LEASE)
        sender.drain()
    assert state_of(message) == "unknown"
    assert notify.asked == [SEND] + [LOOK] * (MOST_TRIES - 1)


def test_a_message_left_for_longer_than_notify_remembers_becomes_work_for_a_person(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn
) -> None:
    notify.posts = [stand_in.ACCEPT_AND_LOSE]
    message = owe()
    sender.drain()
    notify.accepted.clear()
    clock.forward(timedelta(days=3))
    sender.drain()
    assert state_of(message) == "unknown"
    assert notify.asked == [SEND, LOOK]


def test_a_look_up_that_finds_other_messages_cannot_tell(
    owe: Owe, channel: NotifyChannel, notify: NotifyStandIn
) -> None:
    message, other = owe(), owe()
    channel.send(other.public_id, envelope(other), "en-gb")
    notify.gets = [stand_in.ANYTHING]
    assert channel.look_up(message.public_id) == CannotTell()
    assert channel.look_up(message.public_id) == NeverSeen()


def test_too_many_requests_wait_as_long_as_notify_asks(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn
) -> None:
    notify.posts, notify.retry_after = [429], "600"
    first, second = owe(), owe()
    sender.drain()
    assert (state_of(first), len(notify.asked), state_of(second)) == ("waiting", 1, "waiting")
    clock.forward(timedelta(seconds=599))
    assert sender.drain() == 0
    clock.forward(timedelta(seconds=1))
    sender.drain()
    assert notify.references == [str(second.public_id), str(first.public_id)]


def test_a_letter_is_left_for_people_to_print_and_reaches_nobody_else(
    owe: Owe, sender: Sender, notify: NotifyStandIn
) -> None:
    message = owe(channel=Message.Channel.LETTER)
    assert sender.drain() == 0
    assert (state_of(message), message.attempts, notify.asked) == ("waiting", 0, [])


@pytest.mark.parametrize(
    "trouble", [400, 429, 500, 502, stand_in.LOSE, stand_in.ACCEPT_AND_LOSE, stand_in.GIBBERISH, stand_in.ACCEPT]
)
def test_neither_addresses_nor_words_nor_the_key_reach_a_log_or_the_outbox(
    owe: Owe, sender: Sender, clock: Clock, notify: NotifyStandIn, caplog: pytest.LogCaptureFixture, trouble: str | int
) -> None:
    notify.posts = [trouble]
    message = owe()
    with caplog.at_level(logging.DEBUG):
        sender.drain()
        clock.forward(LEASE)
        sender.drain()
    message.refresh_from_db()
    kept = logged(caplog) + message.outcome + message.provider_reference
    for secret in (ADDRESS, NAME, "Saturday", stand_in.SECRET):
        assert secret not in kept


def test_a_send_that_gets_no_answer_is_over_before_its_claim_runs_out() -> None:
    assert timedelta(seconds=sum(PATIENCE_SECONDS)) < NotifyChannel.longest_send < DEFAULT_LEASE


@pytest.fixture
def through_notify(settings: Any, notify: NotifyStandIn) -> Any:
    settings.MESSAGE_CHANNEL = "notify"
    settings.NOTIFY_API_KEY = stand_in.API_KEY
    settings.NOTIFY_EMAIL_TEMPLATE = stand_in.EMAIL_TEMPLATE
    settings.NOTIFY_TEXT_TEMPLATE = stand_in.TEXT_TEMPLATE
    settings.NOTIFY_BASE_URL = notify.url
    return settings


def test_the_worker_sends_through_notify_where_the_settings_say_so(
    through_notify: Any, owe: Owe, notify: NotifyStandIn, clock: Clock
) -> None:
    message = owe(due_at=clock.now - timedelta(days=365))
    call_command("send_messages", once=True)
    assert notify.references == [str(message.public_id)]


@pytest.mark.parametrize("name", ["NOTIFY_API_KEY", "NOTIFY_EMAIL_TEMPLATE", "NOTIFY_TEXT_TEMPLATE"])
@pytest.mark.parametrize(("value", "complaint"), [("", "is not set"), ("oh-my-secret", "is not")])
def test_a_missing_or_wrong_setting_stops_the_worker_with_a_sentence_that_names_it(
    through_notify: Any, db: None, name: str, value: str, complaint: str
) -> None:
    setattr(through_notify, name, value)
    with pytest.raises(CommandError, match=f"^{name} {complaint}") as stopped:
        call_command("send_messages", once=True)
    assert "oh-my-secret" not in str(stopped.value)


def test_messages_leave_this_machine_encrypted_or_not_at_all(through_notify: Any, db: None) -> None:
    through_notify.NOTIFY_BASE_URL = "http://notify.example"
    with pytest.raises(CommandError, match=r"^NOTIFY_BASE_URL must begin with https"):
        call_command("send_messages", once=True)


def test_without_settings_of_its_own_notify_is_where_notify_is(through_notify: Any) -> None:
    from config.settings import base

    through_notify.NOTIFY_BASE_URL = base.NOTIFY_BASE_URL
    assert channel_in_use().client.base_url == "https://api.notifications.service.gov.uk"


def test_a_key_that_notify_does_not_know_is_tried_again_later(owe: Owe, notify: NotifyStandIn) -> None:
    message = owe()
    stranger = channel_to(notify.url, api_key=f"tests-{stand_in.SERVICE}-{stand_in.EMAIL_TEMPLATE}")
    with pytest.raises(TryLater, match="403 AuthError"):
        stranger.send(message.public_id, envelope(message), "en-gb")
    with pytest.raises(TryLater, match="403"):
        stranger.look_up(message.public_id)
