"""What GOV.UK Notify calls back about: what became of a message, and that somebody answered STOP."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from messaging.models import Message, StopRequest
from messaging.queries import for_a_person
from messaging.recipients import recipient_hash
from tests.integration.messaging.conftest import ADDRESS, START

Owe = Callable[..., Message]
TOKEN = "a-token-of-this-test-alone"


@pytest.fixture
def call(client: Client, settings: Any, db: None) -> Callable[..., int]:
    """Call back as Notify does; returns the status."""
    settings.NOTIFY_CALLBACK_TOKEN = TOKEN

    def post(name: str, told: Any, token: str = f"Bearer {TOKEN}") -> int:
        body = told if isinstance(told, bytes | str) else json.dumps(told)
        headers = {"Authorization": token} if token else {}
        return client.post(reverse(name), body, content_type="application/json", headers=headers).status_code

    return post


def receipt(message: Message | str, status: str = "delivered") -> dict[str, Any]:
    """A receipt as Notify words it."""
    reference = message if isinstance(message, str) else str(message.public_id)
    return {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": reference,
        "to": ADDRESS,
        "status": status,
        "created_at": "2026-11-14T09:00:00.000000Z",
        "completed_at": "2026-11-14T09:00:05.000000Z",
        "sent_at": "2026-11-14T09:00:01.000000Z",
        "notification_type": "sms",
        "template_id": "0a1b2c3d-0000-4000-8000-000000000004",
        "template_version": 1,
    }


@pytest.mark.parametrize(
    ("status", "kept", "for_staff"),
    [
        ("delivered", "delivered", False),
        ("temporary-failure", "undelivered", False),
        ("permanent-failure", "bounced", True),
        ("technical-failure", "bounced", True),
    ],
)
def test_what_became_of_a_message_is_kept_and_a_bounce_is_work_for_staff(
    call: Callable[..., int], owe: Owe, status: str, kept: str, for_staff: bool
) -> None:
    message = owe()
    Message.objects.update(state="sent", finished_at=START)
    for _twice in range(2):
        assert call("notify-receipt", receipt(message, status)) == 204
    message.refresh_from_db()
    assert (message.receipt, message.state) == (kept, "sent")
    assert for_a_person(message.team_id).exists() == for_staff


def test_delivered_stands_whatever_comes_after_and_comes_after_a_failure(call: Callable[..., int], owe: Owe) -> None:
    message = owe()
    for status in ("permanent-failure", "delivered", "temporary-failure"):
        call("notify-receipt", receipt(message, status))
    message.refresh_from_db()
    assert message.receipt == "delivered"


def test_a_receipt_settles_a_message_of_which_nobody_knew(call: Callable[..., int], owe: Owe) -> None:
    message = owe()
    Message.objects.update(state="unknown", finished_at=START)
    call("notify-receipt", receipt(message))
    message.refresh_from_db()
    assert message.state == "sent" and not for_a_person(message.team_id).exists()


def test_a_reference_that_is_not_ours_is_answered_as_one_that_is(call: Callable[..., int], owe: Owe) -> None:
    message = owe()
    for reference in (str(message.public_id), str(uuid.uuid4()), "by-hand"):
        assert call("notify-receipt", receipt(reference)) == 204
    assert call("notify-receipt", {**receipt(message), "reference": None}) == 204


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer \u00e9", TOKEN])
def test_without_the_token_nothing_is_heard(call: Callable[..., int], owe: Owe, token: str) -> None:
    message = owe()
    assert call("notify-receipt", receipt(message), token=token) == 401
    assert call("notify-reply", {"source_number": ADDRESS, "message": "stop"}, token=token) == 401
    message.refresh_from_db()
    assert message.receipt == ""


def test_without_a_token_in_the_settings_no_token_is_right(call: Callable[..., int], owe: Owe, settings: Any) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = ""
    assert call("notify-receipt", receipt(owe()), token="Bearer ") == 401


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("", 400),
        ("{", 400),
        (b"\xff\xfe", 400),
        ("[" * 9000, 400),
        ([], 400),
        ('"x"', 400),
        ({}, 422),
        ({"reference": 1, "status": "delivered"}, 422),
        ({"reference": "x", "status": "lost"}, 422),
        ({"reference": "x", "status": ["delivered"]}, 422),
        ({"reference": "\0", "status": "delivered"}, 204),
        ('"' + "x" * 30_000 + '"', 413),
    ],
)
def test_what_is_not_a_receipt_is_refused(call: Callable[..., int], told: Any, status: int) -> None:
    assert call("notify-receipt", told) == status
    if status != 204:
        assert call("notify-reply", told) == (422 if status == 422 else status)


def test_a_get_is_not_answered(client: Client) -> None:
    assert client.get(reverse("notify-receipt")).status_code == 405


def test_a_reply_of_stop_stops_and_start_starts_again(call: Callable[..., int], owe: Owe) -> None:
    message = owe()
    Message.objects.update(recipient_hash=recipient_hash("text", ADDRESS))
    for words, standing in (
        ("Thank you!", 0),
        ("CANCEL", 0),
        (" Stop. ", 1),
        ("STOP", 1),
        ("start", 0),
        ("stop", 1),
    ):
        # As Notify writes the number.
        assert call("notify-reply", {"source_number": "447700900123", "message": words}) == 204
        assert StopRequest.objects.filter(team=message.team, withdrawn_at__isnull=True).count() == standing, words


def test_a_reply_from_a_number_that_we_never_texted_changes_nothing(call: Callable[..., int], owe: Owe) -> None:
    owe()
    assert call("notify-reply", {"source_number": "447700900999", "message": "stop"}) == 204
    assert not StopRequest.objects.exists()


def test_a_receipt_names_nobody_in_what_is_kept(call: Callable[..., int], owe: Owe) -> None:
    message = owe()
    call("notify-receipt", receipt(message, "permanent-failure"))
    message.refresh_from_db()
    kept = json.dumps({field.name: str(getattr(message, field.name)) for field in Message._meta.fields})
    assert "900123" not in kept
