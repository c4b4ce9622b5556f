"""Slips of paper on which a family sees its place in the queue, by a link that says nothing about anybody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from bookings.drop_ins.desk import tickets_by_visit
from bookings.models import Appointment, QueueSlip
from bookings.queue import Waiting, in_order, pace_of
from clinics.models import ClinicSession
from immunisations.models import Visit


@transaction.atomic
def make_slip(*, visit: Visit, by: User | None, at: datetime, source: str = "staff") -> QueueSlip:
    """Return the slip of a visit, made now where there is none: one for everybody of a booking who has arrived."""
    own = family_of(visit)
    slip = QueueSlip.objects.filter(visit__in=own).order_by("pk").first()
    if slip is not None:
        return slip
    slip, made = QueueSlip.objects.get_or_create(visit=visit, defaults={"made_at": at})
    if made:
        audit.record(
            by=by,
            at=at,
            source=source,
            action="make_queue_slip",
            thing=slip,
            team=visit.session.team_id,
            person_id=visit.person.public_id,
        )
    return slip


def family_of(visit: Visit) -> list[int]:
    """Return the keys of the visits to one clinic of everybody booked together with somebody, their own included."""
    appointment = Appointment.objects.filter(visit=visit).first()
    if appointment is None:
        return [visit.pk]
    together = Appointment.objects.filter(
        booking=appointment.booking_id, session=visit.session_id, visit__isnull=False
    ).values_list("visit", flat=True)
    return sorted({visit.pk, *together})


@dataclass(frozen=True)
class PlaceInQueue:
    """Where a family stands: how many people are before it, whether it is its turn, or whether all were seen."""

    before: int
    people: int
    is_turn: bool
    is_seen: bool
    wait: str


def find_slip(token: UUID, *, today: date) -> QueueSlip | None:
    """Return the slip of a link, on the day of its clinic alone; else None."""
    return (
        QueueSlip.objects.select_related("visit__session")
        .filter(token=token, visit__session__date=today)
        .exclude(visit__session__state=ClinicSession.State.CANCELLED)
        .first()
    )


def place_of(slip: QueueSlip, *, at: datetime) -> PlaceInQueue:
    """Return where the family of a slip stands now, in a number of queries that no length of queue changes."""
    own = set(family_of(slip.visit))
    rows = Visit.objects.filter(session=slip.visit.session_id)
    visits = list(rows.values_list("pk", "arrived_at", "appointment__starts_at", "started_at", "paused_at", "left_at"))
    observed = timedelta(minutes=slip.visit.session.observation_minutes or 0)
    seen = [(started, left) for _pk, _came, _booked, started, _paused, left in visits]
    pace = pace_of(seen, at=at, observed=observed)
    # The same who are ready on the list: whoever nobody has begun to see, and of whom nothing was given or declined.
    touched = set(rows.filter(Q(vaccinations__isnull=False)).values_list("pk", flat=True))
    tickets = tickets_by_visit(slip.visit.session)
    ready = in_order(
        Waiting(pk, came, booked, tickets.get(pk))
        for pk, came, booked, started, paused, left in visits
        if not (started or paused or left or pk in touched)
    )
    places = [number for number, one in enumerate(ready) if one.visit in own]
    going_on = any(pk in own and not left for pk, _came, _booked, _started, _paused, left in visits)
    before = places[0] if places else 0
    return PlaceInQueue(
        before=before,
        people=len(own),
        is_turn=before == 0 and going_on,
        is_seen=not going_on,
        wait=pace.wait(before),
    )
