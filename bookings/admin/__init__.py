"""What co-ordinators look into: bookings, who waits, who drops in; clinics, now that it is known who is booked."""

from bookings.admin.alerts import OpeningAlertAdmin
from bookings.admin.answers import HealthAnswersAdmin
from bookings.admin.bookings import BookingAdmin
from bookings.admin.clinics import BookedClinicAdmin
from bookings.admin.tickets import DropInTicketAdmin
from bookings.admin.waiting import WaitingListEntryAdmin, WaitingListOfferAdmin

__all__ = [
    "BookedClinicAdmin",
    "BookingAdmin",
    "DropInTicketAdmin",
    "HealthAnswersAdmin",
    "OpeningAlertAdmin",
    "WaitingListEntryAdmin",
    "WaitingListOfferAdmin",
]
