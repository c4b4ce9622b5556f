from clinics.models.place import Place, Reservation
from clinics.models.session import ClinicSession, VaccinationPeriod, VaccineOffer
from clinics.models.stock import Batch, Product
from clinics.models.venue import Venue

__all__ = [
    "Batch",
    "ClinicSession",
    "Place",
    "Product",
    "Reservation",
    "VaccinationPeriod",
    "VaccineOffer",
    "Venue",
]
