"""Co-ordinating and stock: the team's store, one batch, one clinic's stock."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from bookings.actions.calling import begin_call
from bookings.calls import Call
from bookings.details import Contact, PersonDetails
from bookings.models import Draft, WaitingListEntry
from bookings.waiting_list.joining import join_waiting_list
from clinics.models import ClinicSession
from clinics.places import free_times
from clinics.times import london_day
from tests.integration.walk.table import CLINIC, COORDINATOR, SENIOR, VACCINATOR, Entry, staff
from tests.integration.walk.world import World
from tests.support.factories import make_session

KEEPERS = [VACCINATOR, SENIOR, COORDINATOR]
LEADS = [SENIOR, COORDINATOR]


def batch(world: World) -> dict[str, Any]:
    """The batch."""
    return {"batch": world.batch.public_id}


def clinic(world: World) -> dict[str, Any]:
    """The clinic."""
    return {"session": world.session.public_id}


def counted(world: World) -> dict[str, Any]:
    """The delivery of the batch."""
    return {"movement": world.batch.movements.get(kind="received").public_id}


def coming(world: World) -> dict[str, Any]:
    """A clinic to come, whatever the hour is."""
    now = timezone.now()
    session = ClinicSession.objects.filter(team=world.team, date__gt=london_day(now)).first()
    if session is None:
        on = london_day(now) + timedelta(days=7)
        session = make_session(venue=world.venue, date=on, name=f"{world.marker} next clinic", at=now)
    return {"session": session.public_id}


def call(world: World) -> dict[str, Any]:
    """A call that is not finished."""
    draft = Draft.objects.filter(team=world.team, caller_for__isnull=False).first()
    if draft is None:
        session, at = ClinicSession.objects.get(public_id=coming(world)["session"]), timezone.now()
        kept = Call(typed={"1-first_name": [world.marker]})
        start = free_times(session=session, at=at)[0].starts_at
        draft = begin_call(session=session, call=kept, starts_at=start, by=world.users[CLINIC[0]], at=at)
    return {"call": draft.public_id}


def booking(world: World) -> dict[str, Any]:
    """The booking."""
    return {"booking": world.booking.public_id}


def waiting(world: World) -> dict[str, Any]:
    """A caller who waits."""
    entry = WaitingListEntry.objects.filter(team=world.team).first()
    if entry is None:
        person = PersonDetails(first_name=world.marker, date_of_birth=date(2023, 3, 27))
        told = Contact(name=world.marker, texts=False, email="walk@example.com")
        entry = join_waiting_list(
            venues=[world.venue],
            weekdays=[],
            parts=[],
            people=[person],
            contact=told,
            submission_id=uuid4(),
            by=None,
            source="test",
            at=timezone.now(),
        ).entry
    return {"entry": entry.public_id}


TABLE: dict[str, Entry] = {
    "coordinate": staff(LEADS),
    "phone-bookings": staff(CLINIC),
    "phone-clinic": staff(CLINIC, arguments=coming),
    "phone-call": staff(CLINIC, arguments=call),
    "phone-call-clinics": staff(CLINIC, arguments=call),
    "phone-call-times": staff(CLINIC, arguments=lambda world: {**call(world), **coming(world)}),
    "phone-booking": staff(CLINIC, arguments=booking),
    "phone-booking-print": staff(CLINIC, arguments=booking),
    "phone-booking-clinics": staff(CLINIC, 200, 302, arguments=booking),
    "phone-booking-times": staff(CLINIC, 200, 302, arguments=lambda world: {**booking(world), **coming(world)}),
    # Nobody can be added once everybody's time is over.
    "phone-booking-add": staff(CLINIC, 200, 404, arguments=booking),
    "phone-booking-wait": staff(CLINIC, 405, arguments=booking, others=(404, 405), refused=(405,)),
    "phone-booking-cancel": staff(CLINIC, arguments=booking),
    "phone-booking-contact": staff(CLINIC, 200, 302, arguments=booking),
    "phone-wait": staff(CLINIC),
    "phone-call-wait": staff(CLINIC, arguments=call),
    "phone-waiting": staff(CLINIC, arguments=waiting),
    "phone-waiting-answer": staff(CLINIC, 405, arguments=waiting, others=(404, 405), refused=(405,)),
    "stock": staff(KEEPERS),
    "stock-receive": staff(KEEPERS),
    "stock-batch": staff(KEEPERS, arguments=batch),
    "stock-waste": staff(KEEPERS, arguments=batch),
    "stock-count-right": staff(KEEPERS, arguments=counted),
    "stock-quarantine": staff(LEADS, arguments=batch),
    "stock-release": staff(LEADS, arguments=batch),
    "batch-recall": staff(LEADS, arguments=batch),
    "batch-recall-file": staff(LEADS, arguments=batch),
    "clinic-stock": staff(KEEPERS, arguments=clinic),
    "clinic-stock-take": staff(KEEPERS, arguments=clinic),
    "clinic-stock-waste": staff(KEEPERS, arguments=clinic),
    "clinic-stock-count": staff(KEEPERS, arguments=clinic),
    "clinic-stock-temperature": staff(KEEPERS, arguments=clinic),
    # Nothing of it is held: back to the clinic's stock.
    "clinic-stock-settle": staff(LEADS, 302, arguments=lambda world: {**clinic(world), **batch(world)}),
    "pack-list": staff(KEEPERS, arguments=clinic),
}
