"""How an address is known once a message has gone to it: by a keyed hash, never by itself."""

import re

from django.conf import settings
from django.utils.crypto import salted_hmac

from messaging.models import Message


def recipient_hash(channel: str, address: str, *, key: str | bytes | None = None) -> str:
    """Return the hash under which an address is known; "" for none. ``key`` is the service's present one unless given.

    The same mailbox or number gives the same hash, whatever its case and however its number is written.
    """
    plain = _plain(channel, address)
    if not plain:
        return ""
    return salted_hmac("messaging.recipient", f"{channel}:{plain}", secret=key, algorithm="sha256").hexdigest()


def recipient_hashes(channel: str, address: str) -> list[str]:
    """Return the hash of an address by each of the service's keys, the present one first: what is kept may be older."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [found for key in keys if (found := recipient_hash(channel, address, key=key))]


def _plain(channel: str, address: str) -> str:
    if channel != Message.Channel.TEXT:
        return " ".join(address.split()).casefold()
    digits = re.sub(r"\D", "", address).removeprefix("00")
    return "44" + digits[1:] if digits.startswith("0") else digits
