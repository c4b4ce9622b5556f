"""Tickets at the desk: who is on the way, and one press that takes a family in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from bookings.arrivals import arrive_appointments, expected_like
from bookings.drop_ins.opening import open_of
from bookings.drop_ins.tickets import TicketRefused, TypedPerson, note, typed_people
from bookings.models import Appointment, DropInTicket
from clinics.models import ClinicSession
from clinics.places import share_session
from immunisations import actions
from immunisations.matching import Match, likely_matches
from immunisations.models import Person, Visit


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
        coming = [each for each in look_at_ticket(now) if not each.arrived]
        open_still = []
        for each in coming:
            if each.clear or each.number in (chosen or {}):
                visit = _arrive(now, each, (chosen or {}).get(each.number), by=by, at=at, source=source)
                now.people[each.number - 1]["visit"] = str(visit.public_id)
                now.visits.add(visit)
            else:
                open_still.append(each)
        if not open_still and now.used_at is None:
            now.used_at = at
        if len(open_still) < len(coming):
            now.save(update_fields=["people", "used_at"])
            note(now, "arrive_ticket", by=by, source=source, at=at)
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
