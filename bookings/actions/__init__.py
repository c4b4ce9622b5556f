"""Every change to bookings. The website, the staff's screens, the API and imports are doors to these."""

from bookings.actions.attending import mark_did_not_attend
from bookings.actions.cancelling import cancel_appointments, cancel_session
from bookings.actions.changing import add_people, change_appointments, change_contact, say_running_late
from bookings.actions.finding import find_booking, find_booking_by_token
from bookings.actions.health import answer_health_questions
from bookings.actions.holding import HOLD, hold_times, needs_of
from bookings.actions.making import Made, make_booking
from bookings.details import Contact, PersonDetails, Reach

__all__ = [
    "HOLD",
    "Contact",
    "Made",
    "PersonDetails",
    "Reach",
    "add_people",
    "answer_health_questions",
    "cancel_appointments",
    "cancel_session",
    "change_appointments",
    "change_contact",
    "find_booking",
    "find_booking_by_token",
    "hold_times",
    "make_booking",
    "mark_did_not_attend",
    "needs_of",
    "say_running_late",
]
