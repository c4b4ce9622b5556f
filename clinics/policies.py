"""When a clinic allows what somebody wants to do with it."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.errors import Refused
from clinics.models import Batch, ClinicSession


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


def check_stock_open(session: ClinicSession, *, leaving: bool = False) -> None:
    """Raise ClinicRefused (code "clinic_not_open") where no stock may be recorded at the clinic any more, or not yet.

    What is only ``leaving`` it, wasted or counted back, may be recorded of a cancelled clinic too: the stock is there.
    """
    shut = {ClinicSession.State.DRAFT, ClinicSession.State.CLOSED_OFF}
    if session.state in shut or (session.state == ClinicSession.State.CANCELLED and not leaving):
        raise ClinicRefused(
            _("No stock can be recorded at this clinic: it is %(state)s.")
            % {"state": str(session.get_state_display()).lower()},
            code="clinic_not_open",
        )


def check_takeable(batch: Batch, *, on: date, held_here: bool) -> None:
    """Raise ClinicRefused where a batch may not be taken to a clinic on a day: expired by then, or quarantined.

    ``held_here`` says that doses of it are quarantined at that clinic: nobody could tell them from fresh ones.
    """
    if batch.expires_on < on:
        raise ClinicRefused(
            _("Batch %(number)s expires on %(date)s, before the clinic. Set it aside.")
            % {"number": batch.number, "date": formats.date_format(batch.expires_on, "j F Y")},
            code="batch_expired",
        )
    if batch.quarantined_at is not None:
        raise ClinicRefused(
            _("Batch %(number)s is quarantined and must not be taken to a clinic.") % {"number": batch.number},
            code="batch_quarantined",
        )
    if held_here:
        raise ClinicRefused(
            _("Doses of batch %(number)s are quarantined at this clinic. Take another batch.")
            % {"number": batch.number},
            code="batch_held_here",
        )
