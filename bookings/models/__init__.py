from bookings.models.attempt import LookUpAttempts
from bookings.models.booking import Appointment, Booking
from bookings.models.draft import Draft

__all__ = ["Appointment", "Booking", "Draft", "LookUpAttempts"]
