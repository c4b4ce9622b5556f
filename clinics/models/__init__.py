from clinics.models.direction import Direction, LegalMechanism
from clinics.models.place import Place, Reservation
from clinics.models.session import ClinicSession, VaccinationPeriod, VaccineOffer
from clinics.models.stock import Batch, Product
from clinics.models.venue import Venue

__all__ = [
    "Batch",
    "ClinicSession",
    "Direction",
    "LegalMechanism",
    "Place",
    "Product",
    "Reservation",
    "VaccinationPeriod",
    "VaccineOffer",
    "Venue",
]
