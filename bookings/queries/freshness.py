"""Whether a clinic's list has changed, without reading the list."""

import hashlib
from datetime import datetime

from django.db.models import Count, Q, Sum

from accounts.models import AuditEvent
from clinics.models import ClinicSession
from immunisations.models import Visit
from immunisations.outcomes import SAID_FOR

# How many of the team's latest audit events are looked at. A change whose transaction began before others and ended
# after them is missed only if as many others came between; it is then seen with the next change or after STALE_SECONDS.
LATEST = 1000
# Ages, waits and the like change with the clock: after so long everything is read again.
STALE_SECONDS = 300


def list_state(session: ClinicSession, *, at: datetime, seen_by: str) -> str:
    """Return a mark that changes whenever the clinic's list may have; ``seen_by`` is whatever else decides its looks.

    Every change leaves an audit event for its team in its own transaction, and no event ever goes. Of the latest
    events only the sum of the ids is asked for: each event that comes among them, in whichever order transactions end,
    puts out a smaller id, so that the sum only ever rises. The team's index of events answers it alone, in one query.

    Where people wait after a dose, nothing is written when somebody may leave: one query more counts who may by now.
    """
    latest = AuditEvent.objects.filter(team_id=session.team_id).order_by("-id").values("id")[:LATEST]
    total = latest.aggregate(total=Sum("id"))["total"]
    parts: tuple[object, ...] = (
        session.pk,
        session.state,
        session.name,
        total,
        int(at.timestamp()) // STALE_SECONDS,
        seen_by,
    )
    if session.observation_minutes:
        parts += tuple(_may_leave(session, at).values())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _may_leave(session: ClinicSession, at: datetime) -> dict[str, int]:
    """Return of how many the wait after a dose is over, and of how many so long that it is not said any more."""
    return Visit.objects.filter(session=session).aggregate(
        over=Count("pk", filter=Q(left_at__lte=at)),
        not_said=Count("pk", filter=Q(left_at__lte=at - SAID_FOR)),
    )
