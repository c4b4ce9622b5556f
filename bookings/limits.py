"""How often somebody may try to find a booking, or make things: guessing and hoarding are stopped, people are not."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, models

from bookings.models import LookUpAttempts

WINDOW = timedelta(minutes=15)
# Wrong tries in one window. Many families can share one address: a library, a hostel, a mobile network.
FROM_ONE_ADDRESS = 30
FOR_ONE_REFERENCE = 5


class Limit(NamedTuple):
    """How many of one kind of thing may come from one address, or for one contact, in one window."""

    name: str
    most: int
    window: timedelta


# Generous on purpose. A school, a hostel, a library or a mobile network is one address to us, and a day on which
# invitations go out is such an address's busiest. What is stopped is a program that would take every place.
HOLDS_FROM_ADDRESS = Limit("holds_from_address", 400, timedelta(minutes=15))
BOOKINGS_FROM_ADDRESS = Limit("bookings_from_address", 200, timedelta(hours=1))
# Whole journeys quicker than people can read, before their last page asks to press again: a helper with a script of
# words at hand, or a browser that fills in most, is nobody to stop.
QUICK_FROM_ADDRESS = Limit("quick_from_address", 20, timedelta(hours=1))
# One contact: a foster carer or a hostel's worker books for many families.
BOOKINGS_OF_CONTACT = Limit("bookings_of_contact", 30, timedelta(days=1))
# Each change of a contact writes to the new address and to the one that it replaces.
CONTACTS_OF_BOOKING = Limit("contacts_of_booking", 6, timedelta(days=1))
WAITS_FROM_ADDRESS = Limit("waits_from_address", 100, timedelta(hours=1))
WAITS_OF_CONTACT = Limit("waits_of_contact", 10, timedelta(days=1))
ALERTS_FROM_ADDRESS = Limit("alerts_from_address", 60, timedelta(hours=1))
TICKETS_FROM_ADDRESS = Limit("tickets_from_address", 60, timedelta(hours=1))


def allows(limit: Limit, value: str, *, at: datetime) -> bool:
    """Count one more from ``value`` (an address, an email, a number) and return whether it is within the limit.

    Nothing is counted for an empty value, nor where ``PUBLIC_LIMITS`` is off, as in a drill in which a whole town comes
    from one address. Of the value only a hash is kept, until the window is over.
    """
    if not value or not settings.PUBLIC_LIMITS:
        return True
    seconds = limit.window.total_seconds()
    number = int(at.timestamp() // seconds)
    key = hashlib.sha256(f"{limit.name}:{number}:{value.strip().casefold()}".encode()).hexdigest()
    return _count(key, at, limit.window) <= limit.most


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


# One statement, so that tries of the same moment are all counted; both databases have it.
COUNT = """
    INSERT INTO bookings_lookupattempts (key, count, window_ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET count = bookings_lookupattempts.count + 1 RETURNING count
"""


def _count(key: str, at: datetime, window: timedelta = WINDOW) -> int:
    seconds = window.total_seconds()
    ends = datetime.fromtimestamp((at.timestamp() // seconds + 1) * seconds, tz=UTC)
    stored = LookUpAttempts._meta.get_field("window_ends_at").get_db_prep_value(ends, connection)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key, stored])
        (count,) = cursor.fetchone()
    return int(count)
