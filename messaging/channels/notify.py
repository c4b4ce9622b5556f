"""Messages sent by GOV.UK Notify: emails and text messages of a real service.

Notify sends only what one of the service's templates there says. Ours hold the words themselves, so each kind has one
template there, which is nothing but places for them: ``((subject))`` and ``((body))``.

What its answers mean is at https://docs.notifications.service.gov.uk/rest-api.html#error-codes. It minds neither the
same reference twice nor the same words, so that only the look-up by reference keeps a message from going out twice.
"""

import logging
import re
import socket
import ssl
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from django.core.exceptions import ImproperlyConfigured
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from messaging.channels.protocol import (
    Accepted,
    CannotBeSent,
    CannotTell,
    Found,
    NeverSeen,
    OutcomeUnknown,
    Receipt,
    TryLater,
)
from messaging.envelope import Envelope
from messaging.models import Message

# The client logs Notify's own words about a refused request, which may quote an address. What went wrong is logged by
# the worker, in words that name nobody.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)

# Until the connection stands, and then for each silence of the other side.
PATIENCE_SECONDS = (5.0, 15.0)

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# A name of its own, the service's id and the secret.
_API_KEY = re.compile(rf"(?:.*-)?{_UUID}-{_UUID}")
_TEMPLATE = re.compile(_UUID)
_KIND = re.compile(r"[A-Za-z]{1,50}")
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}

# Refusals of this message. Any other refusal is of the service (its key, its limits, its address) and can be put right.
_NEVER = {400, 413, 422}
# Each stands for a connection that was never made, so that nothing was handed over.
_NEVER_REACHED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError, requests.ConnectTimeout)

# What Notify may say is wrong, and the words for it that are kept.
_ABOUT = {
    "phone_number": "It cannot send to the telephone number.",
    "email_address": "It cannot send to the email address.",
    "template": "The template there is not as it should be.",
    "personalisation": "The template there is not as it should be.",
}


class NotifyChannel:
    """Hands messages to GOV.UK Notify, and asks there what became of those that a lost worker left.

    ``api_key`` and the two template ids are those of the service at Notify; ``base_url`` is where Notify is;
    ``patience`` is how long to wait for a connection and for each part of an answer, in seconds. Raises
    ImproperlyConfigured, naming the setting, for one that is missing or cannot be right.
    """

    name = "notify"
    # Both patiences, a name server that is slow to answer, and an address or two that do not.
    longest_send = timedelta(seconds=60)
    # Notify forgets a message after seven days, or after as few as three where the service has chosen so.
    remembers_for = timedelta(days=2)

    def __init__(
        self,
        *,
        api_key: str,
        email_template: str,
        text_template: str,
        base_url: str,
        patience: tuple[float, float] = PATIENCE_SECONDS,
    ) -> None:
        _check("NOTIFY_API_KEY", api_key, _API_KEY, "an API key as GOV.UK Notify shows it once")
        _check("NOTIFY_EMAIL_TEMPLATE", email_template, _TEMPLATE, "the id of a template at GOV.UK Notify")
        _check("NOTIFY_TEXT_TEMPLATE", text_template, _TEMPLATE, "the id of a template at GOV.UK Notify")
        where = urlsplit(base_url)
        if where.scheme != "https" and where.hostname not in _THIS_MACHINE:
            raise ImproperlyConfigured("NOTIFY_BASE_URL must begin with https://, as messages name people.")
        self.email_template = email_template
        self.text_template = text_template
        self.client = NotificationsAPIClient(api_key, base_url=base_url, timeout=patience)

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        """Hand the message over; the receipt is Notify's own id for it."""
        try:
            answer = self._post(str(reference), envelope)
        except HTTPError as error:
            raise _meaning(error) from error
        except APIError as error:
            raise OutcomeUnknown from error
        match answer:
            case {"id": str(notify_id)}:
                return Receipt(notify_id)
        raise OutcomeUnknown

    def look_up(self, reference: UUID) -> Found:
        """Ask Notify for the messages under this reference."""
        try:
            answer = self.client.get_all_notifications(reference=str(reference))
        except APIError as error:
            status = "no answer" if error.response is None else error.status_code
            raise TryLater(f"GOV.UK Notify could not be asked ({status}).") from error
        match answer:
            case {"notifications": []}:
                return NeverSeen()
            case {"notifications": [{"reference": found, "id": str(notify_id)}, *_]} if found == str(reference):
                return Accepted(Receipt(notify_id))
            case {"notifications": [*_]}:
                # Others' messages: it has not searched by the reference, so that not finding it says nothing.
                return CannotTell()
        raise TryLater("GOV.UK Notify gave an answer that is not understood.")

    def _post(self, reference: str, envelope: Envelope) -> Any:
        match envelope.channel:
            case Message.Channel.EMAIL:
                return self.client.send_email_notification(
                    email_address=envelope.to,
                    template_id=self.email_template,
                    personalisation={"subject": envelope.subject, "body": envelope.body},
                    reference=reference,
                )
            case Message.Channel.TEXT:
                return self.client.send_sms_notification(
                    phone_number=envelope.to,
                    template_id=self.text_template,
                    personalisation={"body": envelope.body},
                    reference=reference,
                )
        raise CannotBeSent("Only emails and text messages are sent through GOV.UK Notify.")


def _check(name: str, value: str, pattern: re.Pattern[str], what: str) -> None:
    """Raise ImproperlyConfigured, which never shows the value, unless the setting looks as it must."""
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Messages are sent through GOV.UK Notify: set it to {what}.")
    if not pattern.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is not {what}.")


def _meaning(error: HTTPError) -> TryLater | CannotBeSent | OutcomeUnknown:
    """Return what an error says about the message: not accepted for now, not accepted ever, or nobody knows."""
    if error.response is None:
        return TryLater("GOV.UK Notify cannot be reached.") if _never_reached(error) else OutcomeUnknown()
    status = error.status_code
    kind, about = _own_words(error)
    if 400 <= status < 500:
        words = f"GOV.UK Notify refused it ({status}{f' {kind}' if kind else ''}). {about}".strip()
        return CannotBeSent(words) if status in _NEVER else TryLater(words, _asked_to_wait(error.response))
    if kind:
        # Its own words for "unable to process the request, send it again". A gateway's page without them only says
        # that the gateway got no answer, and Notify may have accepted the message all the same.
        return TryLater(f"GOV.UK Notify has a fault of its own ({status} {kind}).")
    return OutcomeUnknown()


def _asked_to_wait(response: requests.Response) -> timedelta | None:
    """Return how long the answer asks to be left alone (Retry-After in seconds, RFC 9110 section 10.2.3), if so."""
    asked = response.headers.get("Retry-After", "").strip()
    return timedelta(seconds=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None


def _own_words(error: HTTPError) -> tuple[str, str]:
    """Return the kind of error that Notify named and our words for what it is about, "" for what it did not say.

    Its own sentence is not kept: it may quote the address.
    """
    match error.message:
        case [{"error": str(kind), "message": str(sentence)}, *_] if _KIND.fullmatch(kind):
            return kind, next((words for field, words in _ABOUT.items() if field in sentence.lower()), "")
    return "", ""


def _never_reached(error: BaseException) -> bool:
    """Whether the connection was never made, however deep the error that says so is wrapped."""
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, _NEVER_REACHED):
            return True
        reason = reason.__cause__ or reason.__context__
    return False
