"""When anything may be recorded at a clinic."""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.errors import Refused
from clinics.models import ClinicSession
from clinics.times import london_day
from clinics.words import clock, plain_date

OPEN = frozenset({ClinicSession.State.PUBLISHED, ClinicSession.State.BOOKINGS_CLOSED, ClinicSession.State.FINISHED})
# What was recorded wrongly is put right however long the clinic has been over.
CORRECTABLE = OPEN | {ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED}


class SessionNotOpen(Refused):
    """Nothing can be recorded at this clinic: not published, cancelled, or closed off."""

    code = "clinic_not_open"


class OtherDay(Refused):
    """Nobody can arrive at this clinic on this day."""

    code = "other_day"


def check_session_open(session: ClinicSession) -> None:
    """Raise SessionNotOpen unless things may be recorded at the clinic, saying who closed it where somebody did."""
    if session.state == ClinicSession.State.CLOSED_OFF and session.closed_off_at:
        raise SessionNotOpen(
            _("This clinic was closed at %(time)s on %(date)s by %(name)s. Nothing more can be recorded at it.")
            % {
                "time": clock(session.closed_off_at),
                "date": plain_date(london_day(session.closed_off_at)),
                "name": session.closed_off_by_name,
            }
        )
    if session.state not in OPEN:
        raise SessionNotOpen(
            _("Nothing can be recorded at this clinic: it is %(state)s.")
            % {"state": str(session.get_state_display()).lower()}
        )


def check_session_correctable(session: ClinicSession) -> None:
    """Raise SessionNotOpen unless records of the clinic may be put right: also once it is closed off or cancelled."""
    if session.state not in CORRECTABLE:
        raise SessionNotOpen(_("There are no records at this clinic yet."))


def check_clinic_day(session: ClinicSession, at: datetime) -> None:
    """Raise OtherDay unless the moment is on the clinic's day in London: nobody is at a clinic before or after it."""
    if london_day(at) != session.date:
        raise OtherDay(
            _("This clinic is on %(date)s. Nobody can arrive on another day.")
            % {"date": formats.date_format(session.date, "l j F Y")}
        )


def can_record(session: ClinicSession) -> bool:
    """Whether things may be recorded at the clinic."""
    return session.state in OPEN
