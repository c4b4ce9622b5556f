"""Closing a clinic at the end of its day, and opening it again for what was found on paper."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from bookings.queries.report import clinic_report
from clinics.actions import close_off_session, finish_session, reopen_session
from clinics.models import ClinicSession
from clinics.stock import lock_clinic
from clinics.times import london_day
from immunisations.policies import check_session_open
from immunisations.text import is_blank, tidy


class NotReadyToClose(Refused):
    """Something of the clinic is not finished: who is still there, or what was not counted."""

    code = "not_ready"


@transaction.atomic
def close_clinic(*, session: ClinicSession, by: User, at: datetime, source: str, note: str = "") -> ClinicSession:
    """Close a clinic: from then on nothing is recorded at it but corrections, reactions and follow-ups.

    The clinic is taken from everybody who records anything at it: whoever was first is finished and counted, and who
    comes later is told who closed it and when. Open follow-ups and explained differences carry over. Raises
    NotReadyToClose, with ``details["in_the_way"]`` a list of sentences; SessionNotOpen where it is closed or cancelled
    already; PermissionDenied.
    """
    require(by, Permission.CLOSE_CLINIC, session.team_id)
    session = lock_clinic(session)
    check_session_open(session)
    if london_day(at) < session.date:
        raise NotReadyToClose(_("This clinic has not been yet."), code="not_yet")
    found = clinic_report(session, at=at).in_the_way
    if found:
        raise NotReadyToClose(
            _("The clinic cannot be closed yet. %(why)s") % {"why": " ".join(found)}, in_the_way=found
        )
    if session.state != ClinicSession.State.FINISHED:
        finish_session(session=session, by=by, at=at, source=source)
    return close_off_session(session=session, by=by, at=at, source=source, note=tidy(note)[:1000])


@transaction.atomic
def reopen_clinic(*, session: ClinicSession, reason: str, by: User, at: datetime, source: str) -> ClinicSession:
    """Open a closed clinic again, for late entries from paper: by whoever may close it, with a reason, audited.

    Raises NotReadyToClose (``no_reason``), ClinicRefused (``wrong_state``), PermissionDenied.
    """
    require(by, Permission.CLOSE_CLINIC, session.team_id)
    if is_blank(reason):
        raise NotReadyToClose(_("Enter why the clinic is opened again."), code="no_reason")
    return reopen_session(session=session, reason=tidy(reason)[:300], by=by, at=at, source=source)
