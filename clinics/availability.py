"""What the public's lists and clinic pages say of free times, a few seconds old at most, out of the shared cache.

On the day on which invitations go out thousands look at the same few clinics. What they see is asked of the database
once in AVAILABILITY_SECONDS and shared by every process; it names nobody. Taking a place never looks here.
"""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches

Value = TypeVar("Value")


def lately(name: str, make: Callable[[], Value], *, of: object = "") -> Value:
    """Return what ``make`` returned within the last AVAILABILITY_SECONDS for ``name`` and ``of``, or ask it now.

    ``of`` is whatever else the answer depends on, of the clinics alone: never what somebody typed.
    """
    seconds = settings.AVAILABILITY_SECONDS
    if not seconds:
        return make()
    cache = caches["availability"]
    key = f"{name}:{hashlib.sha256(repr(of).encode()).hexdigest()[:32]}"
    found: Value | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, seconds)
    return found
