"""The clinic day: staff screens of one clinic and its people."""

from datetime import date
from typing import Any

from django.utils import timezone

from bookings.models import ListEntry, QueueSlip
from bookings.slips import make_slip
from immunisations.actions import add_person
from immunisations.actions.emergency import begin_emergency_access
from tests.integration.walk.table import CLINIC, COORDINATOR, DESK, ROLES, SENIOR, VACCINATOR, Entry, staff
from tests.integration.walk.world import World
from tests.support.factories import make_team

NURSES = [VACCINATOR, SENIOR]
# Who hears of corrections, and sends records out.
FOLLOWS_UP = [SENIOR, COORDINATOR]


def clinic(world: World) -> dict[str, Any]:
    """The clinic."""
    return {"session": world.session.public_id}


def person(world: World) -> dict[str, Any]:
    """A person there."""
    return {**clinic(world), "person": world.person.public_id}


def entry(world: World) -> dict[str, Any]:
    """A person on its list."""
    row, _made = ListEntry.objects.get_or_create(
        session=world.session,
        person=world.other,
        defaults={"group": "B wing", "added_by_name": world.marker, "added_at": world.visit.arrived_at},
    )
    return {**clinic(world), "entry": row.public_id}


def record(world: World) -> dict[str, Any]:
    """A record of theirs."""
    return {**person(world), "vaccination": world.vaccination.public_id}


def slip(world: World) -> QueueSlip:
    """The slip of somebody who is here."""
    return make_slip(visit=world.visit, by=world.users[DESK], at=timezone.now())


def batch(world: World) -> dict[str, Any]:
    """The batch on it."""
    return {**clinic(world), "batch": world.batch.public_id}


def opened_in_an_emergency(world: World) -> dict[str, Any]:
    """The record of somebody of a third team, opened by the vaccinator."""
    nurse, now = world.users[VACCINATOR], timezone.now()
    elsewhere = add_person(
        team=make_team(), first_name="Dawud", last_name="Elsewhere", date_of_birth=date(2020, 5, 6), by=None, at=now
    )
    why = f"Unconscious, says {world.marker}"
    [access] = begin_emergency_access(people=[elsewhere], team=world.team, reason=why, by=nurse, at=now)
    return {"access": access.public_id}


TABLE: dict[str, Entry] = {
    "emergency": staff(NURSES),
    # It is open to whoever opened it alone: the vaccinator, for another team's record.
    "emergency-record": Entry(
        (302,),
        {role: {VACCINATOR: (200,), SENIOR: (404,)}.get(role, (403,)) for role in ROLES},
        (404,),
        (403,),
        opened_in_an_emergency,
        everybodys=True,
    ),
    # Straight on to the team's only clinic of the day; whoever runs none sees which there are.
    "clinic-day": staff(ROLES, 200, 302),
    "clinic-day-session": staff(CLINIC, arguments=clinic),
    "clinic-day-list": staff(CLINIC, arguments=clinic),
    "clinic-day-names": staff(ROLES, 405, arguments=clinic, others=(405,), superuser=(403, 405)),
    "clinic-day-names POST": staff(CLINIC, 302, arguments=clinic, sends=lambda world: {"hide": "no"}),
    "clinic-day-print": staff(CLINIC, arguments=clinic),
    "clinic-day-slip": staff(ROLES, 405, arguments=clinic, others=(405,), superuser=(403, 405)),
    "clinic-day-slip POST": staff(CLINIC, 302, arguments=clinic, sends=lambda world: {"visit": world.visit.public_id}),
    "queue-slip": staff(CLINIC, arguments=lambda world: {**clinic(world), "slip": slip(world).public_id}),
    "clinic-day-search": staff(CLINIC, arguments=clinic),
    "clinic-day-arrive": staff(ROLES, 405, arguments=clinic, others=(405,), superuser=(403, 405)),
    "clinic-day-arrive POST": staff(
        # Whoever presses after a colleague is told so.
        CLINIC,
        302,
        409,
        arguments=clinic,
        sends=lambda world: {"appointment": world.appointment.public_id},
    ),
    "clinic-day-match": staff(
        CLINIC, arguments=lambda world: {**clinic(world), "appointment": world.appointment.public_id}
    ),
    "clinic-day-undo-arrival": staff(ROLES, 405, arguments=clinic, others=(405,), superuser=(403, 405)),
    "clinic-day-undo-arrival POST": staff(
        # Something is recorded on it.
        CLINIC,
        409,
        arguments=clinic,
        sends=lambda world: {"visit": world.visit.public_id},
    ),
    "walk-in": staff(CLINIC, arguments=clinic),
    "from-paper": staff(CLINIC, arguments=clinic),
    "people-list": staff(CLINIC, arguments=clinic),
    "people-list-add": staff(FOLLOWS_UP, arguments=clinic),
    "people-list-one": staff(FOLLOWS_UP, arguments=clinic),
    "people-list-report": staff(CLINIC, arguments=clinic),
    "people-list-file": staff(CLINIC, arguments=clinic),
    "people-list-off": staff(FOLLOWS_UP, arguments=entry),
    "fast": staff(NURSES, arguments=clinic),
    # Nothing is set up yet: on to that.
    "fast-next": staff(NURSES, 302, arguments=clinic),
    "fast-person": staff(NURSES, 302, arguments=person),
    "clinic-day-did-not-attend": staff(CLINIC, arguments=clinic),
    "clinic-day-totals": staff(
        [role for role in ROLES if role not in ("desk", "administrator", "privacy_lead")], arguments=clinic
    ),
    "person": staff(CLINIC, arguments=person),
    "rules": staff(ROLES),
    "show-working": staff(CLINIC, arguments=person),
    "record-of-today": staff(CLINIC, 200, 302, arguments=person),
    # Nothing of the kind is known of them: back to their page.
    "lift-fact": staff([SENIOR], 302, arguments=lambda world: {**person(world), "fact": "anaphylaxis-measles"}),
    "record-check": staff(NURSES, arguments=person),
    "dose-questions": staff(NURSES, arguments=person),
    "consent-and-health": staff(NURSES, 200, 302, arguments=person),
    "give-dose": staff(NURSES, 200, 302, arguments=lambda world: {**person(world), "series": "MEASLES"}),
    "dose-at-once": staff(NURSES, 200, 302, arguments=lambda world: {**person(world), "series": "MEASLES"}),
    "not-given": staff(NURSES, 200, 302, arguments=person),
    # Back to the person's page, from a page that came again with what had changed.
    "visit-end": staff(NURSES, 302, arguments=person),
    "visit-end POST": staff(NURSES, 302, arguments=person, sends=lambda world: {"does": "left"}),
    "corrections": staff(FOLLOWS_UP),
    "clinic-day-sent": staff(FOLLOWS_UP, arguments=clinic),
    "clinic-day-sent POST": staff(
        FOLLOWS_UP, 302, arguments=clinic, sends=lambda world: {"record": world.vaccination.public_id}
    ),
    "batch-correct": staff([SENIOR], arguments=clinic),
    "batch-correct-which": staff([SENIOR], arguments=batch),
    # Nothing to check yet: back to the question before.
    "batch-correct-check": staff([SENIOR], 302, arguments=batch),
    "record-correct": staff(NURSES, arguments=record),
    "record-correct-what": staff(NURSES, arguments=lambda world: {**record(world), "what": "batch"}),
    "record-correct-check": staff(NURSES, 302, arguments=lambda world: {**record(world), "what": "batch"}),
    "record-move": staff(NURSES, arguments=record),
    "record-move-to": staff(NURSES, arguments=lambda world: {**record(world), "to": world.other.public_id}),
}
