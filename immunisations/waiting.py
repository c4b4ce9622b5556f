"""Waiting after a dose, where the clinic asks for it: until when, and that the visit ends then by itself.

A visit that ends in the future is the one thing that says that somebody waits: nobody has to end it, and no clock has
to run (Green Book chapter 4 leaves it to the service how long people are asked to stay).
"""

from datetime import datetime, timedelta

from immunisations.models import Vaccination, Visit
from immunisations.people import row_ids


def may_leave_at(visit: Visit) -> datetime | None:
    """Return when somebody may leave: so long after their last dose here that stands as the clinic asks; None where it
    asks nothing, or nothing was given.
    """
    if not visit.session.observation_minutes:
        return None
    given = Vaccination.objects.given().filter(session=visit.session_id, person__in=row_ids(visit.person))
    last = max((at for at in given.values_list("given_at", flat=True) if at is not None), default=None)
    return last + timedelta(minutes=visit.session.observation_minutes) if last else None


def end_of_visit(visit: Visit, *, at: datetime) -> datetime:
    """Return when a visit ends of which everything is done: now, or later, while the person waits after a dose."""
    leaves = may_leave_at(visit)
    if leaves is not None and leaves > at:
        return leaves
    return min(visit.left_at, at) if visit.left_at else at


def keep_waiting_right(visit: Visit, *, at: datetime) -> None:
    """After a dose was put right, have whoever waits after it wait as long as the record says then."""
    row = Visit.objects.select_related("session", "person").get(pk=visit.pk)
    if row.left_at is not None and row.left_at > at:
        Visit.objects.filter(pk=row.pk).update(left_at=max(may_leave_at(row) or at, at))
