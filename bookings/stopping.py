"""Stopping the messages to whoever booked, and starting them again."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.owing import letters_to
from messaging import hearing, queries
from messaging.models import Message
from messaging.recipients import recipient_hashes


def addresses_of(booking: Booking) -> list[tuple[str, str]]:
    """Return the channels and addresses by which a booking's contact can be reached."""
    pairs = [
        (Message.Channel.EMAIL, booking.email),
        (Message.Channel.TEXT, booking.phone),
        (Message.Channel.LETTER, letters_to(booking)),
    ]
    return [(str(channel), address) for channel, address in pairs if address]


def has_stopped(booking: Booking) -> bool:
    """Whether a booking's contact wants no more messages, by any way they gave."""
    return any(
        queries.has_stopped(booking.team_id, channel, recipient_hashes(channel, address))
        for channel, address in addresses_of(booking)
    )


@transaction.atomic
def stop_messages(*, booking: Booking, how: str, by: User | None, at: datetime, source: str) -> None:
    """Write no more to any address of a booking's contact: ``how`` they asked is one of StopRequest.Source."""
    for channel, address in addresses_of(booking):
        hearing.stop(team=booking.team, channel=channel, address=address, how=how, by=by, at=at, source=source)


@transaction.atomic
def start_messages(*, booking: Booking, by: User | None, at: datetime, source: str) -> None:
    """Take that back."""
    for channel, address in addresses_of(booking):
        hearing.start_again(team=booking.team, channel=channel, address=address, by=by, at=at, source=source)
