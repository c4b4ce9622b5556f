"""The service with something taken out that keeps it right: what the drills must be able to find.

``tests.drills.planted:service('lock')`` is the service for gunicorn with the lock on places gone; ``plant`` does the
same to a process that has loaded Django already.
"""

import os
import sys
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

LOCK = "lock"
SECOND_LOOK = "second look"
WHOLE_FAMILIES = "whole families"
PERSON_LOCK = "person lock"
STANDING_DOSE = "standing dose"
# Between reading which places are free and taking them a process waits for as long as a busy database would.
BUSY_SECONDS = 0.02
# As long as two people who save the same dose at the same moment may lie apart on a busy machine.
LONG_SECONDS = 0.5


def service(*faults: str) -> Any:
    """Return the service as gunicorn runs it, with ``faults``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    plant(*faults)
    return application


def plant(*faults: str) -> None:
    """Take out of this process what each of ``faults`` names."""
    for fault in faults:
        {
            LOCK: _plant_no_lock,
            SECOND_LOOK: _plant_no_second_look,
            WHOLE_FAMILIES: _plant_whoever_fits,
            PERSON_LOCK: _plant_no_person_lock,
            STANDING_DOSE: _plant_the_last_word,
        }[fault]()


def _plant_no_lock() -> None:
    from clinics import places

    faithful: Any = places._seat

    def read_without_locking(
        session: Any, wanted: list[datetime], *, at: datetime, holder: uuid.UUID | None, own: Sequence[int] = ()
    ) -> list[int]:
        free = places._free_or_mine(
            places.Place.objects.filter(session=session, starts_at__in=wanted), at=at, holder=holder, own=own
        )
        return list(free.values_list("id", flat=True))

    def seat_after_a_while(*args: Any, **kwargs: Any) -> Any:
        time.sleep(BUSY_SECONDS)
        return faithful(*args, **kwargs)

    places._lock_places = read_without_locking
    places._seat = seat_after_a_while


def _plant_no_second_look() -> None:
    """Book what a draft was promised, without looking whether the places are still its own."""
    from bookings.models import Draft
    from clinics import places

    def believe(*, session: Any, needs: Sequence[Any], holder: uuid.UUID, at: datetime, **_when: Any) -> Any:
        promised = list(places.Reservation.objects.filter(holder=holder, expires_at__isnull=False).order_by("id"))
        if len(promised) != len(needs):
            return None
        time.sleep(BUSY_SECONDS)
        places.Reservation.objects.filter(pk__in=[one.pk for one in promised]).update(
            kind=places.Reservation.Kind.APPOINTMENT, expires_at=None
        )
        starts_at = Draft.objects.values_list("starts_at", flat=True).get(public_id=holder)
        taken = []
        for reservation, need in zip(promised, needs, strict=True):
            minutes = session.appointment_minutes * need.slots
            taken.append(places.Taken(reservation, starts_at, minutes))
            starts_at += timedelta(minutes=minutes)
        return taken

    places.confirm_held = believe


def _plant_whoever_fits() -> None:
    """Where there is no room for a whole family, book as many of them as there is room for."""
    from bookings.actions import making
    from clinics.places import TimesTaken

    faithful = making._make_booking

    def book_whoever_fits(*, people: Sequence[Any], **kwargs: Any) -> Any:
        try:
            return faithful(people=people, **kwargs)
        except TimesTaken:
            if len(people) == 1:
                raise
            return book_whoever_fits(people=people[:-1], **kwargs)

    making._make_booking = book_whoever_fits


def _plant_no_person_lock() -> None:
    """Let two tablets work on one person at the same moment, in every action that should take turns."""
    from immunisations import actions, people
    from immunisations.actions import vaccinations, visits
    from immunisations.models import Person, Visit

    def read_without_locking(person: Any) -> Any:
        row = Person.objects.select_related("team", "merged_into").get(pk=person.pk)
        return row.merged_into or row

    def visit_without_locking(visit: Any) -> Any:
        return Visit.objects.select_related("session__venue", "person", "started_by").get(pk=visit.pk)

    faithful = vaccinations.check_reason

    def look_and_wait(*args: Any, **kwargs: Any) -> None:
        # The last thing that is asked before the dose is written down.
        faithful(*args, **kwargs)
        time.sleep(LONG_SECONDS)

    for module in _modules_of(people, actions):
        if hasattr(module, "lock_root"):
            module.lock_root = read_without_locking
        if hasattr(module, "lock_visit"):
            module.lock_visit = visit_without_locking
    assert visits.lock_root is read_without_locking
    vaccinations.check_reason = look_and_wait


def _modules_of(*packages: Any) -> list[Any]:
    """Return these modules and those beneath them that are loaded."""
    names = [package.__name__ for package in packages]
    return [
        module
        for name, module in sys.modules.items()
        if any(name == each or name.startswith(f"{each}.") for each in names)
    ]


def _plant_the_last_word() -> None:
    """Let whoever saves last be right: a dose that stands is replaced by the next one, and nobody is told."""
    from immunisations.actions import vaccinations
    from immunisations.models import Vaccination

    def whatever_stands(root: Any, person: Any, session_id: int, series: str) -> Any:
        rows = Vaccination.objects.filter(person=person, session=session_id, series=series, replaced_by__isnull=True)
        return rows.first()

    def whatever_was_agreed(*, consents: Any, screenings: Any, **_rest: Any) -> Any:
        # What was agreed to was the first dose; it would be noticed that this is a second.
        return consents[-1], screenings[-1]

    vaccinations.chain_end = whatever_stands
    vaccinations.check_dose_is_possible = whatever_was_agreed
