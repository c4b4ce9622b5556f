"""When and where drop-ins are, and how busy each is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef

from bookings.models import DropInTicket
from bookings.queue import Pace, Waiting, in_order, pace_of
from clinics import words
from clinics.models import ClinicSession
from clinics.queries import to_come
from clinics.times import LONDON, london_day, wall_time
from immunisations.models import Vaccination, Visit

# A ticket can be taken from so long before the drop-in opens, and while it is open.
OPENS_BEFORE = timedelta(hours=2)


@dataclass(frozen=True)
class DropIn:
    """One drop-in to come, with how busy it is where it is today."""

    session: ClinicSession
    opens_at: datetime
    closes_at: datetime
    is_open: bool = False
    takes_tickets: bool = False
    # Today: people who wait or are on their way with a ticket, and how long whoever comes now waits, in words.
    before: int = 0
    wait: str = ""

    @property
    def hours(self) -> str:
        """“10am to 2pm”."""
        return words.hours(self.opens_at, self.closes_at)


def hours_of(session: ClinicSession) -> tuple[datetime, datetime]:
    """Return when the drop-in of a clinic opens and closes. Raises LookupError for a clinic without one."""
    start, end = session.drop_in_from, session.drop_in_until
    if start is None or end is None:
        raise LookupError("this clinic has no drop-in")
    return wall_time(session.date, start), wall_time(session.date, end)


def takes_tickets(session: ClinicSession, at: datetime) -> bool:
    """Whether a place in the queue can be had now: today, from two hours before the drop-in opens until it closes."""
    if session.drop_in_from is None or session.date != london_day(at) or not _goes_on(session):
        return False
    opens, closes = hours_of(session)
    return opens - OPENS_BEFORE <= at < closes


def _goes_on(session: ClinicSession) -> bool:
    running = (ClinicSession.State.PUBLISHED, ClinicSession.State.BOOKINGS_CLOSED)
    return session.state in running and session.who_may_book == ClinicSession.WhoMayBook.PUBLIC


def drop_ins_today(*, at: datetime) -> list[DropIn]:
    """Return the drop-ins of today that are not over, with how busy they are: four queries however many there are."""
    today = london_day(at)
    listed = list(_listed(at).filter(date=today).exclude(drop_in_until__lte=at.astimezone(LONDON).time()))
    queues = queues_of(listed, at)
    found = []
    for session in listed:
        (opens, closes), queue = hours_of(session), queues[session.pk]
        found.append(
            DropIn(
                session,
                opens,
                closes,
                is_open=opens <= at < closes,
                takes_tickets=takes_tickets(session, at),
                before=queue.people,
                wait=queue.pace.wait(queue.people),
            )
        )
    return found


def drop_ins_later(*, at: datetime) -> list[DropIn]:
    """Return the drop-ins of the days to come, soonest first: one query."""
    sessions = _listed(at).filter(date__gt=london_day(at))
    return [DropIn(session, *hours_of(session)) for session in sessions]


def _listed(at: datetime) -> "models.QuerySet[ClinicSession]":
    sessions = to_come(ClinicSession.objects.public().filter(drop_in_from__isnull=False), at)
    return sessions.select_related("venue").order_by("date", "drop_in_from", "pk")


@dataclass
class Queue:
    """Who waits at one clinic now, and who is on the way with a ticket."""

    ready: list[Waiting]
    tickets: list[tuple[int, datetime, int]]
    pace: Pace

    @property
    def people(self) -> int:
        return len(self.ready) + sum(number for _key, _taken, number in self.tickets)

    def before(self, moment: datetime, *, leave_out: int | None = None) -> int:
        """How many people are before a ticket that was taken at ``moment``."""
        waiting = sum(1 for one in self.ready if one.since <= moment)
        coming = sum(number for key, taken, number in self.tickets if key != leave_out and taken < moment)
        return waiting + coming


def queues_of(sessions: Sequence[ClinicSession], at: datetime) -> dict[int, Queue]:
    """Return the queue of each of these clinics: three queries, none where there is no clinic."""
    if not sessions:
        return {}
    touched = Exists(Vaccination.objects.filter(visit=OuterRef("pk")))
    visits = Visit.objects.filter(session__in=sessions).annotate(touched=touched)
    rows = visits.values_list(
        "session", "pk", "arrived_at", "appointment__starts_at", "started_at", "paused_at", "left_at", "touched"
    )
    by_visit = dict(
        DropInTicket.objects.filter(session__in=sessions, visits__isnull=False).values_list("visits", "taken_at")
    )
    # Of whoever shares a ticket some may have come before the others: they wait, and are no longer on the way.
    open_tickets = (
        open_of(DropInTicket.objects.filter(session__in=sessions))
        .annotate(to_come=models.F("number") - models.Count("visits"))
        .values_list("session", "pk", "taken_at", "to_come")
    )
    observed = {session.pk: timedelta(minutes=session.observation_minutes or 0) for session in sessions}
    ready: dict[int, list[Waiting]] = {key: [] for key in observed}
    seen: dict[int, list[tuple[datetime | None, datetime | None]]] = {key: [] for key in observed}
    tickets: dict[int, list[tuple[int, datetime, int]]] = {key: [] for key in observed}
    for session, pk, came, booked, started, paused, left, has_been_seen in rows:
        seen[session].append((started, left))
        if not (started or paused or left or has_been_seen):
            ready[session].append(Waiting(pk, came, booked, by_visit.get(pk)))
    for session, pk, taken, still in open_tickets:
        tickets[session].append((pk, taken, max(0, still)))
    return {
        key: Queue(in_order(ready[key]), tickets[key], pace_of(seen[key], at=at, observed=observed[key]))
        for key in observed
    }


def open_of(tickets: "models.QuerySet[DropInTicket]") -> "models.QuerySet[DropInTicket]":
    """Return those of ``tickets`` that nobody has used or given back."""
    return tickets.filter(used_at__isnull=True, given_back_at__isnull=True)
