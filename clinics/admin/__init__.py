"""Venues, products, batches, directions and guides for co-ordinators; clinics, which ``bookings.admin`` completes."""

from clinics.admin.batches import BatchAdmin, ProductAdmin
from clinics.admin.directions import DirectionAdmin
from clinics.admin.guides import GuideVersionAdmin
from clinics.admin.sessions import ClinicSessionAdmin, counted
from clinics.admin.stock import CoolBoxReadingAdmin, StockMovementAdmin
from clinics.admin.venues import VenueAdmin

__all__ = [
    "BatchAdmin",
    "ClinicSessionAdmin",
    "CoolBoxReadingAdmin",
    "DirectionAdmin",
    "GuideVersionAdmin",
    "ProductAdmin",
    "StockMovementAdmin",
    "VenueAdmin",
    "counted",
]
