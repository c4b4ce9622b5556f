"""What a scanner types, or a camera reads, from a QR code of ours: a random token that leads to a booking or a slip."""

import re
from uuid import UUID

from accounts.models import Team
from bookings.actions.finding import find_booking_by_token
from bookings.models import Appointment, Booking, QueueSlip
from immunisations.models import Visit

# The private link of a booking, and its token alone: 128 bits in 22 letters.
BOOKING = re.compile(r"(?:^|/booking/m/)([A-Za-z0-9_-]{22})/?$", re.ASCII)
SLIP = re.compile(r"(?:^|/queue/)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/?$", re.ASCII | re.IGNORECASE)
LONGEST = 300


def scanned(text: str, team: Team) -> Booking | Visit | None:
    """Return the booking or the visit of one of the team's QR codes, or None where the text is no code of ours."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    link = BOOKING.search(text)
    if link:
        booking = find_booking_by_token(link[1])
        return booking if booking is not None and booking.team_id == team.pk else None
    slip = SLIP.search(text)
    if slip is None:
        return None
    found = QueueSlip.objects.filter(token=UUID(slip[1]), visit__session__team=team).select_related("visit").first()
    if found is None:
        return None
    appointment = Appointment.objects.filter(visit=found.visit).select_related("booking").first()
    return appointment.booking if appointment is not None else found.visit


def looks_scanned(text: str) -> bool:
    """Whether the text has the form of one of our codes, so that nobody is looked for by its letters."""
    return "/booking/m/" in text or "/queue/" in text or bool(SLIP.search(text.strip()))
