"""Tickets: taken and given back by a family, and where it stands in the queue."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from bookings.drop_ins.opening import open_of, queues_of, takes_tickets
from bookings.models import DropInTicket
from bookings.policies import MOST_PEOPLE
from clinics.models import ClinicSession
from clinics.places import share_session
from clinics.times import london_day
from immunisations.matching import Details


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
    source: str = "public",
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
            note(ticket, "take_ticket", by=None, source=source, at=at)
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
def give_back(*, ticket: DropInTicket, at: datetime, source: str = "public") -> bool:
    """Give a place in the queue back, and forget who it was for. Returns whether it was open still."""
    now = open_of(DropInTicket.objects.select_for_update(of=("self",)).filter(pk=ticket.pk)).first()
    if now is None:
        return False
    now.given_back_at, now.people = at, []
    now.save(update_fields=["given_back_at", "people"])
    note(now, "give_back_ticket", by=None, source=source, at=at)
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
    queue = queues_of([ticket.session], at)[ticket.session_id]
    if ticket.used_at is None:
        before = queue.before(ticket.taken_at, leave_out=ticket.pk)
        return TicketPlace(before, queue.pace.wait(before), False, False, False)
    own = dict(ticket.visits.values_list("pk", "left_at"))
    places = [number for number, one in enumerate(queue.ready) if one.visit in own]
    going_on = not own or any(left is None for left in own.values())
    before = places[0] if places else 0
    return TicketPlace(before, queue.pace.wait(before), True, before == 0 and going_on, not going_on)


def typed_people(ticket: DropInTicket) -> list[TypedPerson]:
    """Return who is on a ticket."""
    return [
        TypedPerson(row["first_name"], date.fromisoformat(row["date_of_birth"]), row["last_name"])
        for row in ticket.people
    ]


def forget_past_tickets(*, at: datetime) -> int:
    """Forget who was on the tickets of days that are over. Returns how many tickets there were."""
    past = DropInTicket.objects.filter(session__date__lt=london_day(at)).exclude(people=[])
    return past.update(people=[])


def note(ticket: DropInTicket, action: str, *, by: User | None, source: str, at: datetime) -> None:
    """Write down what became of a ticket: also what brings the staff's list up to date."""
    after: dict[str, Any] = {"people": ticket.number}
    audit.record(by=by, at=at, source=source, action=action, thing=ticket, team=ticket.session.team_id, after=after)
