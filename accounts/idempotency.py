"""A request that creates may come twice, because a reply was lost: the second time it makes nothing new.

The caller names the request with a key of its own. The key's row is written first, in the transaction that makes the
thing: of two such requests at once the second waits at the unique column, and then finds what the first has made. A
request that was refused leaves no row, so its key may be used again with a better body.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import IdempotencyKey, Team

HEADER = "Idempotency-Key"
LONGEST = 255
NOTHING_YET = uuid.UUID(int=0)


class KeyRefused(Refused):
    """The key itself is not right, or has named another request before."""

    code = "idempotency_key"
    status = 400


class KeyReused(KeyRefused):
    """The key came with another body, or at another address, before."""

    code = "idempotency_key_reused"
    status = 422


@dataclass(frozen=True, slots=True)
class Once:
    """What a request made: its id, and whether it was this request or an earlier one that made it."""

    result_id: uuid.UUID
    created: bool


def read_key(header: str | None) -> str | None:
    """Return the key that a caller sent, or None where it sent none. Raises KeyRefused for one that cannot be used."""
    if header is None:
        return None
    key = header.strip()
    if not key or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyRefused(_("The Idempotency-Key must be 1 to 255 printable ASCII characters."))
    return key


def body_hash(endpoint: str, body: Any) -> str:
    """Return what is kept of a body: a keyed hash, which tells nobody what it was of.

    The order of names and the spaces between them make no difference.
    """
    text = json.dumps([endpoint, body], sort_keys=True, separators=(",", ":"))
    return salted_hmac("accounts.idempotency", text, algorithm="sha256").hexdigest()


def submission_id(team: Team, key: str | None) -> uuid.UUID:
    """Return the id that a submission under ``key`` always has in ``team``; without a key, one of its own."""
    return uuid.uuid5(team.public_id, key) if key else uuid.uuid4()


def once(
    make: Callable[[], uuid.UUID],
    *,
    team: Team,
    key: str | None,
    endpoint: str,
    body: Any,
    at: datetime,
    result_id: uuid.UUID | None = None,
) -> Once:
    """Call ``make`` in a transaction, unless a request with this key has been answered before; return the thing's id.

    ``make`` returns the public id of what it made; whoever knows that id beforehand passes it as ``result_id``.
    Whatever ``make`` raises is passed on and nothing is kept. Raises KeyReused where the key came with another body
    or at another endpoint before.
    """
    if key is None:
        with transaction.atomic():
            return Once(make(), created=True)
    digest = body_hash(endpoint, body)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                team=team,
                key=key,
                endpoint=endpoint,
                body_hash=digest,
                result_id=result_id or NOTHING_YET,
                created_at=at,
            )
            made = make()
            if made != row.result_id:
                IdempotencyKey.objects.filter(pk=row.pk).update(result_id=made)
            return Once(made, created=True)
    except IntegrityError:
        first = IdempotencyKey.objects.filter(team=team, key=key).first()
        if first is None:
            raise
    if first.body_hash != digest:
        raise KeyReused(_("This Idempotency-Key came with another request before. Use a new key for a new request."))
    return Once(first.result_id, created=False)
