from bookings.models.attempt import LookUpAttempts
from bookings.models.booking import Appointment, Booking
from bookings.models.draft import Draft
from bookings.models.people_list import ListEntry, ListImport
from bookings.models.queue_slip import QueueSlip

__all__ = ["Appointment", "Booking", "Draft", "ListEntry", "ListImport", "LookUpAttempts", "QueueSlip"]
