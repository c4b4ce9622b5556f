"""What has left the service: noted by whoever sent it."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import ClinicSession
from immunisations.models import RecordSent, Vaccination
from immunisations.models.sent import SentTo
from immunisations.text import tidy


class SendingRefused(Refused):
    """Records cannot be marked as sent like this."""

    code = "sending_refused"


@transaction.atomic
def mark_sent(
    *,
    session: ClinicSession,
    vaccinations: Collection[uuid.UUID],
    to: str,
    by: User,
    at: datetime,
    how: str = "",
    source: str = "staff",
) -> list[RecordSent]:
    """Note that these records of a clinic, as they stand on the page, were sent to a GP practice or to CHIS.

    ``vaccinations`` are public ids: rows that say what was given, or that take back or change what was sent before.
    What was marked before stays as it was, so a second call changes nothing. A row that was corrected meanwhile is
    noted all the same, because it did leave; its correction is then to be sent. Returns what was noted now. Raises
    SendingRefused (``none_selected``, ``unknown_receiver``, ``not_sendable``), PermissionDenied.
    """
    require(by, Permission.SEND_RECORDS, session.team_id)
    if to not in SentTo.values:
        raise SendingRefused(_("Select who it was sent to."), code="unknown_receiver")
    wanted = set(vaccinations)
    if not wanted:
        raise SendingRefused(_("Select what was sent."), code="none_selected")
    rows = list(Vaccination.objects.filter(session=session, public_id__in=wanted).order_by("pk"))
    if len(rows) < len(wanted) or any(not row.is_given and row.replaces_id is None for row in rows):
        raise SendingRefused(_("Only records of doses at this clinic are sent."), code="not_sendable")
    before = set(RecordSent.objects.filter(vaccination__in=rows, to=to).values_list("vaccination_id", flat=True))
    noted = [
        RecordSent(vaccination=row, to=to, how=tidy(how)[:60], sent_by=by, sent_by_name=str(by), sent_at=at)
        for row in rows
        if row.pk not in before
    ]
    if not noted:
        return []
    # Two presses at one moment: the constraint keeps each record's first.
    RecordSent.objects.bulk_create(noted, ignore_conflicts=True)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="mark_sent",
        thing=session,
        team=session.team_id,
        after={
            "to": str(to),
            "how": noted[0].how,
            "vaccinations": [str(each.vaccination.public_id) for each in noted],
        },
    )
    return noted
