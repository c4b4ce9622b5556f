"""Drop-ins: when and where they are, how busy they are now, and tickets for a place in the queue.

A ticket is a family's word that it is on its way. It is for one day, holds no place of the grid, and reads and writes
no record; the desk takes it in with one press. In what order people are seen says ``bookings.queue``.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Team, User
from bookings.arrivals import arrive_appointments, expected_like
from bookings.models import Appointment, DropInTicket
from bookings.policies import MOST_PEOPLE
from bookings.queue import Pace, Waiting, in_order, pace_of
from clinics import words
from clinics.models import ClinicSession
from clinics.places import share_session
from clinics.queries import to_come
from clinics.times import LONDON, london_day, wall_time
from immunisations import actions
from immunisations.matching import Details, Match, likely_matches
from immunisations.models import Person, Vaccination, Visit

# A ticket can be taken from so long before the drop-in opens, and while it is open.
OPENS_BEFORE = timedelta(hours=2)


class TicketRefused(Refused):
    """No ticket can be had, or the one there is cannot be used."""

    code = "ticket_refused"


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """Somebody on a ticket, as the family typed it."""

    first_name: str
    date_of_birth: date
    last_name: str = ""

    @property
    def list_name(self) -> str:
        """The name as staff lists show it: LAST, First."""
        return f"{self.last_name.upper()}, {self.first_name}" if self.last_name else self.first_name

    @property
    def details(self) -> Details:
        """What is known for matching."""
        return Details(self.first_name, self.last_name, self.date_of_birth, False, "", "")


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
    queues = _queues(listed, at)
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
class _Queue:
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


def _queues(sessions: Sequence[ClinicSession], at: datetime) -> dict[int, _Queue]:
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
    open_tickets = open_of(DropInTicket.objects.filter(session__in=sessions)).values_list(
        "session", "pk", "taken_at", "number"
    )
    observed = {session.pk: timedelta(minutes=session.observation_minutes or 0) for session in sessions}
    ready: dict[int, list[Waiting]] = {key: [] for key in observed}
    seen: dict[int, list[tuple[datetime | None, datetime | None]]] = {key: [] for key in observed}
    tickets: dict[int, list[tuple[int, datetime, int]]] = {key: [] for key in observed}
    for session, pk, came, booked, started, paused, left, has_been_seen in rows:
        seen[session].append((started, left))
        if not (started or paused or left or has_been_seen):
            ready[session].append(Waiting(pk, came, booked, by_visit.get(pk)))
    for session, pk, taken, number in open_tickets:
        tickets[session].append((pk, taken, number))
    return {
        key: _Queue(in_order(ready[key]), tickets[key], pace_of(seen[key], at=at, observed=observed[key]))
        for key in observed
    }


def open_of(tickets: "models.QuerySet[DropInTicket]") -> "models.QuerySet[DropInTicket]":
    """Return those of ``tickets`` that nobody has used or given back."""
    return tickets.filter(used_at__isnull=True, given_back_at__isnull=True)


# --- tickets


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that stands. ``created`` is False where the same submission had taken it before."""

    ticket: DropInTicket
    created: bool


def take_ticket(
    *,
    session: ClinicSession,
    people: Sequence[TypedPerson],
    language: str,
    submission_id: uuid.UUID,
    at: datetime,
    source: str = "website",
) -> Ticket:
    """Give a family a place in the queue of today's drop-in. However often a submission comes, it takes one.

    Raises TicketRefused (``not_now``) where none can be had, and (``number_of_people``) for none or more than six.
    """
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise TicketRefused(
            _("A place in the queue can be for 1 to %(most)s people.") % {"most": MOST_PEOPLE}, code="number_of_people"
        )
    try:
        with transaction.atomic():
            # As it is now, and until the ticket is there.
            session.state = share_session(session)
            if not takes_tickets(session, at):
                raise TicketRefused(_("This drop-in gives no places in the queue now."), code="not_now")
            ticket = DropInTicket.objects.create(
                session=session,
                number=len(people),
                people=[
                    {
                        "first_name": person.first_name,
                        "last_name": person.last_name,
                        "date_of_birth": person.date_of_birth.isoformat(),
                    }
                    for person in people
                ],
                language=language,
                submission_id=submission_id,
                taken_at=at,
            )
            _note(ticket, "take_ticket", by=None, source=source, at=at)
    except IntegrityError:
        same = DropInTicket.objects.filter(submission_id=submission_id).select_related("session").first()
        if same is None:
            raise
        return Ticket(same, created=False)
    return Ticket(ticket, created=True)


def find_ticket(token: uuid.UUID, *, today: date) -> DropInTicket | None:
    """Return the ticket of a link, on the day of its clinic alone; else None."""
    return (
        DropInTicket.objects.select_related("session__venue")
        .filter(token=token, session__date=today)
        .exclude(session__state=ClinicSession.State.CANCELLED)
        .first()
    )


@transaction.atomic
def give_back(*, ticket: DropInTicket, at: datetime, source: str = "website") -> bool:
    """Give a place in the queue back, and forget who it was for. Returns whether it was open still."""
    now = open_of(DropInTicket.objects.select_for_update(of=("self",)).filter(pk=ticket.pk)).first()
    if now is None:
        return False
    now.given_back_at, now.people = at, []
    now.save(update_fields=["given_back_at", "people"])
    _note(now, "give_back_ticket", by=None, source=source, at=at)
    return True


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """Where the family of a ticket stands."""

    before: int
    wait: str
    arrived: bool
    is_turn: bool
    is_seen: bool


def place_of_ticket(ticket: DropInTicket, *, at: datetime) -> TicketPlace:
    """Return where a ticket's family stands now, whether it has arrived or not: five queries at most."""
    queue = _queues([ticket.session], at)[ticket.session_id]
    if ticket.used_at is None:
        before = queue.before(ticket.taken_at, leave_out=ticket.pk)
        return TicketPlace(before, queue.pace.wait(before), False, False, False)
    own = dict(ticket.visits.values_list("pk", "left_at"))
    places = [number for number, one in enumerate(queue.ready) if one.visit in own]
    going_on = not own or any(left is None for left in own.values())
    before = places[0] if places else 0
    return TicketPlace(before, queue.pace.wait(before), True, before == 0 and going_on, not going_on)


# --- at the desk


@dataclass(frozen=True)
class OnTicket:
    """One person of a ticket as the desk sees them: here already, clear, or like somebody known or booked."""

    number: int
    person: TypedPerson
    arrived: bool = False
    matches: list[Match] = field(default_factory=list)
    booked: list[Appointment] = field(default_factory=list)

    @property
    def clear(self) -> bool:
        """Whether nobody is like them, so that they can be added without anybody looking."""
        return not (self.arrived or self.matches or self.booked)


def typed_people(ticket: DropInTicket) -> list[TypedPerson]:
    """Return who is on a ticket."""
    return [
        TypedPerson(row["first_name"], date.fromisoformat(row["date_of_birth"]), row["last_name"])
        for row in ticket.people
    ]


def look_at_ticket(ticket: DropInTicket) -> list[OnTicket]:
    """Return everybody on a ticket with those of the team who are like them, for the desk to tell apart."""
    found = []
    for number, (row, person) in enumerate(zip(ticket.people, typed_people(ticket), strict=True), start=1):
        if row.get("visit"):
            found.append(OnTicket(number, person, arrived=True))
            continue
        matches = likely_matches(ticket.session.team, person.details)
        found.append(OnTicket(number, person, False, matches, expected_like(ticket.session, person.details)))
    return found


def arrive_ticket(
    *,
    ticket: DropInTicket,
    by: User,
    at: datetime,
    chosen: Mapping[int, Person | Appointment | None] | None = None,
    source: str = "staff",
) -> list[OnTicket]:
    """Mark everybody on a ticket as arrived whom nobody is like; return those whom somebody must tell apart.

    ``chosen`` says who somebody is, by their number on the ticket: a person, the appointment they have after all, or
    None for somebody new. Pressing twice changes nothing. Raises TicketRefused (``given_back``) and what arriving
    raises.
    """
    with transaction.atomic():
        share_session(ticket.session)
        now = DropInTicket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        now.session = ticket.session
        if now.given_back_at is not None:
            raise TicketRefused(_("The family gave this place in the queue back."), code="given_back")
        open_still = []
        for each in look_at_ticket(now):
            if each.arrived:
                continue
            if each.clear or each.number in (chosen or {}):
                visit = _arrive(now, each, (chosen or {}).get(each.number), by=by, at=at, source=source)
                now.people[each.number - 1]["visit"] = str(visit.public_id)
                now.visits.add(visit)
            else:
                open_still.append(each)
        if not open_still and now.used_at is None:
            now.used_at = at
        now.save(update_fields=["people", "used_at"])
        _note(now, "arrive_ticket", by=by, source=source, at=at)
    return open_still


def _arrive(
    ticket: DropInTicket, one: OnTicket, who: Person | Appointment | None, *, by: User, at: datetime, source: str
) -> Visit:
    if isinstance(who, Appointment):
        arrivals = arrive_appointments(session=ticket.session, appointments=[who], by=by, at=at, source=source)
        if arrivals.undecided:
            raise TicketRefused(
                _("%(name)s has an appointment, and is like somebody known. Mark them as arrived on the list.")
                % {"name": one.person.list_name},
                code="like_somebody",
            )
        return arrivals.visits[0]
    person = who or actions.add_person(
        team=ticket.session.team,
        first_name=one.person.first_name,
        last_name=one.person.last_name,
        date_of_birth=one.person.date_of_birth,
        by=by,
        at=at,
        source=source,
    )
    return actions.arrive(session=ticket.session, person=person, how=Visit.How.WALK_IN, by=by, at=at, source=source)


@dataclass(frozen=True)
class ComingTicket:
    """A ticket on the staff's list: who is on the way."""

    ticket: DropInTicket
    hidden: bool = False

    @property
    def names(self) -> str:
        """Everybody's name, or how many they are while a queue can read the screen."""
        if self.hidden:
            return _("Family of %(number)s") % {"number": self.ticket.number}
        return "; ".join(person.list_name for person in typed_people(self.ticket))


def tickets_to_come(session: ClinicSession, *, today: date) -> "models.QuerySet[DropInTicket]":
    """Return the tickets of a clinic of today that are still to come, in the order in which they were taken."""
    tickets = DropInTicket.objects.filter(session=session)
    return open_of(tickets).order_by("taken_at", "pk") if session.date == today else tickets.none()


def tickets_by_visit(session: ClinicSession) -> dict[int, datetime]:
    """Return when the ticket was taken of each visit that began with one, by the visit's key: one query."""
    return dict(DropInTicket.objects.filter(session=session, visits__isnull=False).values_list("visits", "taken_at"))


def ticket_of_scan(text: str, team: Team) -> DropInTicket | None:
    """Return the team's ticket whose QR code a scanner read, or None where the text is no such code."""
    _before, mark, rest = text.strip().partition("/drop-in/m/")
    if not mark:
        return None
    try:
        token = uuid.UUID(rest.rstrip("/"))
    except ValueError:
        return None
    return DropInTicket.objects.filter(token=token, session__team=team).select_related("session").first()


def forget_past_tickets(*, at: datetime) -> int:
    """Forget who was on the tickets of days that are over. Returns how many tickets there were."""
    past = DropInTicket.objects.filter(session__date__lt=london_day(at)).exclude(people=[])
    return past.update(people=[])


def _note(ticket: DropInTicket, action: str, *, by: User | None, source: str, at: datetime) -> None:
    # Also what brings the staff's list up to date.
    after: dict[str, Any] = {"people": ticket.number}
    audit.record(by=by, at=at, source=source, action=action, thing=ticket, team=ticket.session.team_id, after=after)
