"""When a clinic allows what somebody wants to do with it."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.errors import Refused
from clinics.models import ClinicSession


class ClinicRefused(Refused):
    """The clinic's state, or what it lacks, does not allow this."""

    code = "clinic_refused"


_WHY_NOT = {
    ClinicSession.State.PUBLISHED: gettext_noop("This clinic cannot be published: it is %(state)s."),
    ClinicSession.State.BOOKINGS_CLOSED: gettext_noop("Bookings cannot be stopped: this clinic is %(state)s."),
    ClinicSession.State.FINISHED: gettext_noop("This clinic cannot be finished: it is %(state)s."),
    ClinicSession.State.CLOSED_OFF: gettext_noop("This clinic cannot be closed off: it is %(state)s."),
    ClinicSession.State.CANCELLED: gettext_noop("This clinic cannot be cancelled: it is %(state)s."),
}


def can_move(session: ClinicSession, to: str) -> bool:
    """Whether the clinic may go from its state to the state ``to``."""
    return to in ClinicSession.TRANSITIONS[session.state]


def check_move(session: ClinicSession, to: str) -> None:
    """Raise ClinicRefused (code "wrong_state") where the clinic may not go to the state ``to``."""
    if not can_move(session, to):
        sentence = _WHY_NOT[ClinicSession.State(to)]
        raise ClinicRefused(_(sentence) % {"state": str(session.get_state_display()).lower()}, code="wrong_state")


def check_publishable(session: ClinicSession, today: date) -> None:
    """Raise ClinicRefused where something is missing that the public or the staff would need."""
    check_move(session, ClinicSession.State.PUBLISHED)
    if session.date < today:
        raise ClinicRefused(_("This clinic is in the past. Change its date before publishing it."), code="past")
    if not session.periods.exists():
        raise ClinicRefused(_("Add at least one vaccination period before publishing."), code="no_periods")
    if not session.offers.exists():
        raise ClinicRefused(_("Say which vaccines the clinic offers before publishing."), code="no_vaccines")
