"""The service with something taken out that keeps it right: what the drills must be able to find.

``tests.drills.planted:service('lock')`` is the service for gunicorn with the lock on places gone; ``plant`` does the
same to a process that has loaded Django already.
"""

import os
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

LOCK = "lock"
SECOND_LOOK = "second look"
WHOLE_FAMILIES = "whole families"
# Between reading which places are free and taking them a process waits for as long as a busy database would.
BUSY_SECONDS = 0.02


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
        {LOCK: _plant_no_lock, SECOND_LOOK: _plant_no_second_look, WHOLE_FAMILIES: _plant_whoever_fits}[fault]()


def _plant_no_lock() -> None:
    from clinics import places

    faithful: Any = places._seat

    def read_without_locking(
        session: Any, wanted: list[datetime], *, at: datetime, holder: uuid.UUID | None
    ) -> list[int]:
        free = places._free_or_mine(
            places.Place.objects.filter(session=session, starts_at__in=wanted), at=at, holder=holder
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

    def believe(*, session: Any, needs: Sequence[Any], holder: uuid.UUID, at: datetime) -> Any:
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
    from bookings import actions
    from clinics.places import TimesTaken

    faithful = actions._make_booking

    def book_whoever_fits(*, people: Sequence[Any], **kwargs: Any) -> Any:
        try:
            return faithful(people=people, **kwargs)
        except TimesTaken:
            if len(people) == 1:
                raise
            return book_whoever_fits(people=people[:-1], **kwargs)

    actions._make_booking = book_whoever_fits
