"""How often somebody may try to find a booking: guessing is stopped, and a slip of the pen is not."""

import hashlib
from datetime import datetime

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
# Wrong tries in one window. Many families can share one address: a library, a hostel, a mobile network.
FROM_ONE_ADDRESS = 30
FOR_ONE_REFERENCE = 5


def _keys(address: str, reference: str, at: datetime) -> list[tuple[str, int]]:
    """Return the counters of this window, each with the number it may reach. They name neither person nor booking."""
    window = int(at.timestamp()) // WINDOW_SECONDS
    found = []
    for kind, value, most in (
        ("address", address, FROM_ONE_ADDRESS),
        ("reference", reference, FOR_ONE_REFERENCE),
    ):
        digest = hashlib.sha256(value.encode()).hexdigest()[:32]
        found.append((f"find-booking:{kind}:{window}:{digest}", most))
    return found


def too_many(*, address: str, reference: str, at: datetime) -> bool:
    """Whether this address, or anybody for this reference, has failed too often in this quarter of an hour."""
    keys = _keys(address, reference, at)
    counted = cache.get_many([key for key, _most in keys])
    return any(counted.get(key, 0) >= most for key, most in keys)


def note_failure(*, address: str, reference: str, at: datetime) -> None:
    """Count one wrong try."""
    for key, _most in _keys(address, reference, at):
        # Not incr(): on a shared cache of the database it would begin the window anew with each try.
        cache.set(key, cache.get(key, 0) + 1, timeout=WINDOW_SECONDS)
