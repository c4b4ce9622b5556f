"""Finding a booking again: by its reference and a date of birth, or by the secret of its private link."""

from datetime import date

from bookings.models import Booking
from bookings.references import LENGTH, clean_reference, hash_link_token


def find_booking(*, reference: str, date_of_birth: date) -> Booking | None:
    """Return the booking with this reference, as typed, if one of its people was born on that day; else None."""
    cleaned = clean_reference(reference)
    if len(cleaned) != LENGTH:
        return None
    return Booking.objects.filter(reference=cleaned, appointments__date_of_birth=date_of_birth).distinct().first()


def find_booking_by_token(token: str) -> Booking | None:
    """Return the booking whose private link carries this secret, or None."""
    return Booking.objects.filter(link_token_hash=hash_link_token(token)).first()
