"""What GOV.UK Notify calls: what became of a message, and that somebody answered a text.

Both carry a secret of ours as their bearer token (https://docs.notifications.service.gov.uk/rest-api.html#callbacks).
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from messaging import hearing
from messaging.models import Message

# What Notify says became of a message. A "technical-failure" was between Notify and its own provider.
RECEIPTS = {
    "delivered": Message.Receipt.DELIVERED,
    "temporary-failure": Message.Receipt.UNDELIVERED,
    "permanent-failure": Message.Receipt.BOUNCED,
    "technical-failure": Message.Receipt.BOUNCED,
}
MOST_BYTES = 20_000
# "Cancel" is not among them: whoever answers that may well mean the appointment.
_STOPS = {"stop", "stopall", "unsubscribe"}
_STARTS = {"start", "unstop"}
_NUMBER = re.compile(r"\+?[0-9 ]{5,20}")

Handler = Callable[[dict[str, Any]], HttpResponse]


def from_notify(handle: Handler) -> Callable[[HttpRequest], HttpResponse]:
    """Have ``handle`` answer a POST that carries our token and a JSON object; anything else is refused."""

    @csrf_exempt
    @require_POST
    @wraps(handle)
    def view(request: HttpRequest) -> HttpResponse:
        secret = settings.NOTIFY_CALLBACK_TOKEN
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if not secret or kind.lower() != "bearer" or not constant_time_compare(token.strip(), secret):
            return _said("Not allowed.", 401)
        if len(request.body) > MOST_BYTES:
            return _said("Too long.", 413)
        try:
            told = json.loads(request.body)
        except (ValueError, RecursionError):
            return _said("This is not JSON.", 400)
        if not isinstance(told, dict):
            return _said("This is not a JSON object.", 400)
        return handle(told)

    return view


@from_notify
def receipt(told: dict[str, Any]) -> HttpResponse:
    """Keep what became of a message. A reference that is not ours is answered as one that is."""
    match told:
        case {"reference": str(reference), "status": str(status)} if status in RECEIPTS:
            pass
        case {"reference": None, "status": str(status)} if status in RECEIPTS:
            # Sent by hand at Notify: none of ours.
            return HttpResponse(status=204)
        case _:
            return _said("A receipt has a reference and a status that is known.", 422)
    try:
        ours = UUID(reference)
    except ValueError:
        return HttpResponse(status=204)
    hearing.note_receipt(reference=ours, receipt=RECEIPTS[status], at=timezone.now())
    return HttpResponse(status=204)


@from_notify
def reply(told: dict[str, Any]) -> HttpResponse:
    """Stop, or start again, the texts to whoever answered one with that word. Other answers are not kept."""
    match told:
        case {"source_number": str(number), "message": str(words)} if _NUMBER.fullmatch(number.strip()):
            pass
        case _:
            return _said("A reply has a source number and a message.", 422)
    said = re.sub(r"[^a-z]", "", words[:100].lower())
    if said in _STOPS | _STARTS:
        hearing.hear_reply(number=number, stops=said in _STOPS, at=timezone.now())
    return HttpResponse(status=204)


def _said(words: str, status: int) -> JsonResponse:
    return JsonResponse({"detail": words}, status=status)
