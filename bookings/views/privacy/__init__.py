"""Opening a record of another team in an emergency, and seeing who looked at records."""

from bookings.views.privacy.emergency import EmergencyFind, EmergencyRecord
from bookings.views.privacy.looks import WhoLooked

__all__ = ["EmergencyFind", "EmergencyRecord", "WhoLooked"]
