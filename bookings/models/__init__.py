from bookings.models.attempt import LookUpAttempts
from bookings.models.booking import Appointment, Booking
from bookings.models.draft import Draft
from bookings.models.drop_in import DropInTicket
from bookings.models.health_answers import HealthAnswers
from bookings.models.people_list import ListEntry, ListImport
from bookings.models.queue_slip import QueueSlip
from bookings.models.replaced_address import ReplacedAddress
from bookings.models.waiting_list import OpeningAlert, WaitingListEntry, WaitingListOffer

__all__ = [
    "Appointment",
    "Booking",
    "Draft",
    "DropInTicket",
    "HealthAnswers",
    "ListEntry",
    "ListImport",
    "LookUpAttempts",
    "OpeningAlert",
    "QueueSlip",
    "ReplacedAddress",
    "WaitingListEntry",
    "WaitingListOffer",
]
