"""Telling an address that it was replaced: whoever changes a booking of somebody else's also changes who hears of it.

The old address is kept for no other purpose, and no longer than it takes to tell it.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from bookings.details import Reach
from bookings.models import Booking, ReplacedAddress
from bookings.owing import is_mobile
from bookings.purposes import CONTACT_REPLACED
from messaging.actions import Owed, enqueue_all
from messaging.models import Message

# By then a message has gone or was given up.
KEPT_FOR = timedelta(days=3)
OVER = (Message.State.SENT, Message.State.NO_LONGER_NEEDED)


def addresses_without(booking: Booking, reach: Reach) -> list[tuple[str, str]]:
    """Return the channels and addresses by which a booking's contact was written to, and with ``reach`` is not."""
    found: list[tuple[str, str]] = []
    if booking.email and booking.email.casefold() != reach.email.casefold():
        found.append((Message.Channel.EMAIL, booking.email))
    if booking.texts and is_mobile(booking.phone) and booking.phone != reach.phone:
        found.append((Message.Channel.TEXT, booking.phone))
    return found


def tell_replaced(booking: Booking, addresses: list[tuple[str, str]], *, at: datetime) -> None:
    """Owe each of these addresses the one message that it was replaced. In the transaction of the change."""
    rows = [
        ReplacedAddress(booking=booking, channel=channel, address=address, replaced_at=at)
        for channel, address in addresses
    ]
    ReplacedAddress.objects.bulk_create(rows)
    owed = [Owed(CONTACT_REPLACED, row.channel, row.public_id, 1, at) for row in rows]
    enqueue_all(team=booking.team, owed=owed, at=at, language=booking.language)


def is_used_again(replaced: ReplacedAddress) -> bool:
    """Whether the booking's contact is written to at the address again."""
    booking = replaced.booking
    if replaced.channel == Message.Channel.EMAIL:
        return booking.email.casefold() == replaced.address.casefold()
    return booking.texts and booking.phone == replaced.address


def forget_replaced(*, at: datetime) -> int:
    """Delete the addresses that were told, that need not be, or that could not be for days. Returns how many."""
    told = Message.objects.filter(purpose=CONTACT_REPLACED, subject_id=OuterRef("public_id"), state__in=OVER)
    rows = ReplacedAddress.objects.filter(Q(replaced_at__lte=at - KEPT_FOR) | Exists(told))
    return rows.delete()[0]
