"""The waiting list, word of a clinic that opens, and the drop-in with its tickets."""

import uuid
from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from bookings.drop_ins.tickets import TypedPerson, take_ticket
from bookings.models import DropInTicket
from bookings.waiting_list.alerts import ask_for_alert
from bookings.waiting_list.joining import join_waiting_list
from clinics.finder import Where
from clinics.models import ClinicSession
from clinics.postcodes import Position
from clinics.times import london_day
from tests.integration.walk.public import NOT_THEIRS, draft
from tests.integration.walk.table import CLINIC, Entry, public, staff
from tests.integration.walk.world import World
from tests.support.factories import child, contact, make_session


def wait(world: World) -> dict[str, Any]:
    """The link of a family that waits."""
    joined = join_waiting_list(
        venues=[world.venue],
        weekdays=[],
        parts=[],
        people=[child(world.marker)],
        contact=contact(name=world.marker),
        submission_id=uuid.uuid4(),
        by=None,
        source="test",
        at=timezone.now(),
    )
    return {"token": joined.link_token}


def alert(world: World) -> dict[str, Any]:
    """The link of somebody who wants to hear of a clinic."""
    where = Where("WR11", Position(52.1, -1.9))
    email = f"{uuid.uuid4()}@example.com"
    return {"token": ask_for_alert(where=where, email=email, phone="", language="en-gb", at=timezone.now()).link_token}


def drop_in(world: World) -> ClinicSession:
    """A clinic with a drop-in all day."""
    now = timezone.now()
    found = ClinicSession.objects.filter(venue=world.venue, drop_in_from__isnull=False).first()
    return found or make_session(
        venue=world.venue,
        date=london_day(now),
        at=now - timedelta(days=7),
        drop_in_from=time(0, 0),
        drop_in_until=time(23, 59, 59),
    )


def ticket(world: World) -> DropInTicket:
    """A family's ticket for it."""
    found = DropInTicket.objects.filter(session=drop_in(world)).first()
    return (
        found
        or take_ticket(
            session=drop_in(world),
            people=[TypedPerson(world.marker, date(2020, 5, 6))],
            language="en-gb",
            submission_id=uuid.uuid4(),
            at=timezone.now(),
        ).ticket
    )


TABLE: dict[str, Entry] = {
    "waiting-list-join": public(),
    # Whoever has not found a booking first is led to where one does.
    "waiting-list-earlier": public(302),
    # Whoever holds the link sees what is waited for, and no name.
    "waiting-list-link": public(arguments=wait),
    "book-waiting-list": public(*NOT_THEIRS, arguments=draft),
    "book-waiting-list-contact": public(*NOT_THEIRS, arguments=draft),
    "opening-alert-join": public(),
    "opening-alert-link": public(arguments=alert),
    "drop-in": public(),
    "drop-in-ticket-take": public(arguments=lambda world: {"slug": drop_in(world).slug}),
    "drop-in-ticket": public(arguments=lambda world: {"token": ticket(world).token}),
    "drop-in-arrive": staff(
        CLINIC, arguments=lambda world: {"session": drop_in(world).public_id, "ticket": ticket(world).public_id}
    ),
}
