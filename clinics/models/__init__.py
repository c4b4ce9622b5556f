from clinics.models.direction import Direction, LegalMechanism
from clinics.models.guide import Guide, GuideVersion
from clinics.models.movement import CoolBoxReading, MovementKind, ReadingMoment, StockMovement, WasteReason
from clinics.models.place import Place, Reservation
from clinics.models.session import ClinicSession, VaccinationPeriod, VaccineOffer
from clinics.models.stock import Batch, Product
from clinics.models.venue import Venue

__all__ = [
    "Batch",
    "ClinicSession",
    "CoolBoxReading",
    "Direction",
    "Guide",
    "GuideVersion",
    "LegalMechanism",
    "MovementKind",
    "Place",
    "Product",
    "ReadingMoment",
    "Reservation",
    "StockMovement",
    "VaccinationPeriod",
    "VaccineOffer",
    "Venue",
    "WasteReason",
]
