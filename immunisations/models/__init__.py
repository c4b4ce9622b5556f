from immunisations.models.consent import Consent, ConsentRoute, Screening
from immunisations.models.person import Person, PersonIdentifier, PersonMerge, PersonSearchKey, Practice
from immunisations.models.record_check import DoseSeen, RecordCheck, SeenVaccine
from immunisations.models.vaccination import Vaccination
from immunisations.models.visit import Visit

__all__ = [
    "Consent",
    "ConsentRoute",
    "DoseSeen",
    "Person",
    "PersonIdentifier",
    "PersonMerge",
    "PersonSearchKey",
    "Practice",
    "RecordCheck",
    "Screening",
    "SeenVaccine",
    "Vaccination",
    "Visit",
]
