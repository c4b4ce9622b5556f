"""The messages that a booking's contact is owed, written in the transaction that causes them."""

from datetime import datetime

from bookings.models import Booking
from messaging.actions import enqueue_each
from messaging.models import Message


def owe(booking: Booking, purpose: str, *, version: int, at: datetime, due_at: datetime | None = None) -> None:
    """Write the messages that a contact is owed, by each way they gave; none where they gave none."""
    channels = []
    if booking.email:
        channels.append(Message.Channel.EMAIL)
    if booking.texts and is_mobile(booking.phone):
        channels.append(Message.Channel.TEXT)
    if channels:
        enqueue_each(
            team=booking.team,
            purpose=purpose,
            channels=channels,
            subject_id=booking.public_id,
            subject_version=version,
            due_at=due_at or at,
            at=at,
            language=booking.language,
        )


def is_mobile(phone: str) -> bool:
    """Whether a stored number (E.164) is a UK mobile, to which a text can be sent. 070 numbers are not mobiles."""
    return phone.startswith("+447") and not phone.startswith("+4470")
