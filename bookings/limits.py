"""How often somebody may try to find a booking: guessing is stopped, and a slip of the pen is not."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, models, transaction

from bookings.models import LookUpAttempts

WINDOW = timedelta(minutes=15)
# Wrong tries in one window. Many families can share one address: a library, a hostel, a mobile network.
FROM_ONE_ADDRESS = 30
FOR_ONE_REFERENCE = 5


def _keys(address: str, reference: str, at: datetime) -> list[tuple[str, int]]:
    """Return the counters of this window, each with the number of tries it allows."""
    window = int(at.timestamp() // WINDOW.total_seconds())
    counters = (("address", address, FROM_ONE_ADDRESS), ("reference", reference, FOR_ONE_REFERENCE))
    return [(hashlib.sha256(f"{kind}:{window}:{value}".encode()).hexdigest(), most) for kind, value, most in counters]


def begin_try(*, address: str, reference: str, at: datetime) -> bool:
    """Count a try before it is made, and return whether it may be made.

    Counted first, in the database and in one statement, so that tries made at the same moment are all counted and
    none slips through between asking and counting. A try that finds its booking is taken back by ``forgive``.
    """
    # Both are counted, whether or not the first allows it.
    counted = [(_count(key, at), most) for key, most in _keys(address, reference, at)]
    return all(count <= most for count, most in counted)


def forgive(*, address: str, reference: str, at: datetime) -> None:
    """Take back a try that found its booking."""
    keys = [key for key, _most in _keys(address, reference, at)]
    LookUpAttempts.objects.filter(key__in=keys, count__gt=0).update(count=models.F("count") - 1)


def forget_past(*, at: datetime) -> int:
    """Forget the counters of windows that are over. Returns how many."""
    forgotten, _each = LookUpAttempts.objects.filter(window_ends_at__lte=at).delete()
    return forgotten


@transaction.atomic
def _count(key: str, at: datetime) -> int:
    counter = LookUpAttempts.objects.filter(key=key)
    if not counter.update(count=models.F("count") + 1):
        ends = datetime.fromtimestamp((at.timestamp() // WINDOW.total_seconds() + 1) * WINDOW.total_seconds(), tz=UTC)
        try:
            with transaction.atomic():
                LookUpAttempts.objects.create(key=key, count=1, window_ends_at=ends)
        except IntegrityError:
            counter.update(count=models.F("count") + 1)
    return counter.values_list("count", flat=True).get()
