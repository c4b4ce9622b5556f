"""When something may be recorded, given how things stand. Who may is asked in ``accounts.permissions``."""

from immunisations.policies.consent import (
    ADULT_FOR_CONSENT,
    GILLICK_FROM_YEARS,
    ConsentRefused,
    asks_about_pregnancy,
    check_consent,
    consent_for,
    consent_routes,
)
from immunisations.policies.corrections import (
    can_correct,
)
from immunisations.policies.doses import (
    THIGHS,
    Caution,
    DoseRefused,
    NeedsReason,
    already_recorded,
    cautions,
    check_batch,
    check_batch_was_possible,
    check_dose_is_possible,
    check_reason,
    check_site,
)
from immunisations.policies.sessions import (
    CORRECTABLE,
    OPEN,
    OtherDay,
    SessionNotOpen,
    can_record,
    check_clinic_day,
    check_session_correctable,
    check_session_open,
)

__all__ = [
    "ADULT_FOR_CONSENT",
    "CORRECTABLE",
    "GILLICK_FROM_YEARS",
    "OPEN",
    "THIGHS",
    "Caution",
    "ConsentRefused",
    "DoseRefused",
    "NeedsReason",
    "OtherDay",
    "SessionNotOpen",
    "already_recorded",
    "asks_about_pregnancy",
    "can_correct",
    "can_record",
    "cautions",
    "check_batch",
    "check_batch_was_possible",
    "check_clinic_day",
    "check_consent",
    "check_dose_is_possible",
    "check_reason",
    "check_session_correctable",
    "check_session_open",
    "check_site",
    "consent_for",
    "consent_routes",
]
