from immunisations.models.consent import GILLICK_ANSWERS, Consent, ConsentRoute, Screening
from immunisations.models.dose_judgement import DoseJudgement
from immunisations.models.emergency import EmergencyAccess
from immunisations.models.fact_lifted import FactLifted
from immunisations.models.follow_up import FollowUp, FollowUpState, FollowUpStep
from immunisations.models.offer import Offer, OfferAnswer
from immunisations.models.person import Person, PersonIdentifier, PersonMerge, PersonSearchKey, Practice
from immunisations.models.reaction import Reaction, ReactionAction, ReactionKind
from immunisations.models.record_check import DoseSeen, RecordCheck, SeenVaccine
from immunisations.models.sent import RecordSent
from immunisations.models.status import SeriesStatus, StatusSeries, StatusState
from immunisations.models.status_run import StatusPage, StatusRun
from immunisations.models.vaccination import Vaccination
from immunisations.models.visit import Visit

__all__ = [
    "GILLICK_ANSWERS",
    "Consent",
    "ConsentRoute",
    "DoseJudgement",
    "DoseSeen",
    "EmergencyAccess",
    "FactLifted",
    "FollowUp",
    "FollowUpState",
    "FollowUpStep",
    "Offer",
    "OfferAnswer",
    "Person",
    "PersonIdentifier",
    "PersonMerge",
    "PersonSearchKey",
    "Practice",
    "Reaction",
    "ReactionAction",
    "ReactionKind",
    "RecordCheck",
    "RecordSent",
    "Screening",
    "SeenVaccine",
    "SeriesStatus",
    "StatusPage",
    "StatusRun",
    "StatusSeries",
    "StatusState",
    "Vaccination",
    "Visit",
]
