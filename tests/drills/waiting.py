"""The drill of the waiting list: many places freed by many hands while several workers offer and families answer."""

import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.drills import crowd

ENTRY_LOCK = "entry lock"
LONGEST_SECONDS = 120
WORKERS_LONGER = 3


def _load(database_url: str, faults: tuple[str, ...]) -> None:
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    if ENTRY_LOCK in faults:
        _plant_no_lock()


def _plant_no_lock() -> None:
    """Let two passes look at one family, and two presses answer one offer, at the same moment."""
    from bookings.models import WaitingListEntry
    from bookings.waiting_list import joining
    from tests.drills.planted import LOCK, plant

    def read(entry: Any) -> Any:
        row = WaitingListEntry.objects.select_related("booking", "team").get(pk=entry.pk)
        time.sleep(0.02)
        return row

    joining.lock_entry = read
    plant(LOCK)


def free_places(
    database_url: str, appointments: list[int], at: str, *, seed: int, faults: tuple[str, ...]
) -> list[str]:
    """Cancel these appointments, in an order of one's own."""
    _load(database_url, faults)
    from bookings.actions import cancel_appointments
    from bookings.models import Appointment

    chance = random.Random(seed)
    for pk in chance.sample(appointments, len(appointments)):
        row = Appointment.objects.select_related("booking").get(pk=pk)
        cancel_appointments(
            booking=row.booking, appointments=[row], by=None, source="drill", at=datetime.fromisoformat(at)
        )
        time.sleep(chance.uniform(0, 0.02))
    return []


def _until(appointments: list[int], seconds: float) -> Callable[[], bool]:
    """Return what says whether to go on: until ``seconds`` after the last of these appointments was cancelled."""
    from bookings.models import Appointment

    begun = time.monotonic()
    ends: list[float] = []

    def go_on() -> bool:
        if not ends:
            booked = Appointment.objects.filter(pk__in=appointments).exclude(state=Appointment.State.CANCELLED)
            if not booked.exists() or time.monotonic() - begun > LONGEST_SECONDS:
                ends.append(time.monotonic() + seconds)
        return not ends or time.monotonic() < ends[0]

    return go_on


def make_offers(
    database_url: str, appointments: list[int], at: str, *, seconds: float, faults: tuple[str, ...]
) -> list[str]:
    """Be a worker: one pass after the other."""
    _load(database_url, faults)
    from bookings.waiting_list.offering import offer_times

    go_on = _until(appointments, seconds)
    failed = []
    while go_on():
        try:
            offer_times(at=datetime.fromisoformat(at))
        except Exception as error:  # what a worker would log and begin again after
            failed.append(type(error).__name__)
        time.sleep(0.05)
    return failed


def answer_offers(
    database_url: str, appointments: list[int], at: str, *, seconds: float, seed: int, faults: tuple[str, ...]
) -> list[str]:
    """Be families at their telephones: take most offers, each in two windows at once, and decline some."""
    _load(database_url, faults)
    from django.db import connection

    from accounts.errors import Refused
    from bookings.models import WaitingListOffer
    from bookings.waiting_list.answering import decline_offer, take_offer

    chance = random.Random(seed)
    now, go_on = datetime.fromisoformat(at), _until(appointments, seconds)
    failed: list[str] = []

    def press(pk: int, take: bool) -> None:
        try:
            offer = WaitingListOffer.objects.select_related("entry").get(pk=pk)
            (take_offer if take else decline_offer)(offer=offer, by=None, source="drill", at=now)
        except Refused:
            pass
        except Exception as error:  # counted, and a fault
            failed.append(type(error).__name__)
        finally:
            connection.close()

    while go_on():
        for pk in WaitingListOffer.objects.filter(answer="").values_list("pk", flat=True):
            take = chance.random() < 0.8
            windows = [threading.Thread(target=press, args=(pk, take)) for _window in range(2)]
            for window in windows:
                window.start()
            for window in windows:
                window.join()
        time.sleep(0.02)
    return failed


@dataclass
class WaitingFindings:
    """What came of it."""

    name: str
    freed: int
    offers: int
    taken: int
    booked: int
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person who runs the drills."""
        verdict = "FAULT: " + "; ".join(self.faults) if self.faults else "as it must be"
        return (
            f"{self.name}: {self.freed} places freed, {self.offers} offers, {self.taken} taken, "
            f"{self.booked} people booked by them: {verdict}"
        )


def offers_and_answers(
    database_url: str,
    *,
    name: str = "waiting list",
    places: int = 60,
    families: int = 60,
    seconds: float = 10,
    faults: tuple[str, ...] = (),
) -> WaitingFindings:
    """Free every place of a full clinic while three workers offer and three hands answer.

    What must hold: no place in two hands, no family with two offers or two bookings, and no place left that a family
    still waits for and fits.
    """
    from django.utils import timezone

    from bookings.details import Contact, PersonDetails
    from bookings.models import Appointment, Booking
    from bookings.waiting_list.joining import join_waiting_list
    from tests.drills.scenes import clinic
    from tests.support.factories import book

    # Noon: offers are made by day alone.
    at = timezone.now().replace(hour=12, minute=0) - timedelta(days=1)
    session = clinic(places)
    for _number in range(places):
        book(session, at=at, contact=Contact(name="Drill"))
    first = list(Appointment.objects.filter(session=session).values_list("pk", flat=True))
    chance = random.Random(families)
    for number in range(families):
        join_waiting_list(
            venues=[session.venue],
            weekdays=[],
            parts=[],
            people=[
                PersonDetails(f"Child{number}x{each}", at.date() - timedelta(days=2000))
                for each in range(chance.randint(1, 3))
            ],
            contact=Contact(name="Drill", email=f"drill{number}@example.com"),
            submission_id=uuid.uuid4(),
            by=None,
            source="drill",
            at=at,
        )
    moment = at.isoformat()
    hands = 3
    jobs: list[Any] = [
        (free_places, (database_url, first[number::hands], moment), {"seed": number, "faults": faults})
        for number in range(hands)
    ]
    # The workers go on for longer: what was declined last is to be offered to the next, too.
    jobs += [
        (make_offers, (database_url, first, moment), {"seconds": seconds + WORKERS_LONGER, "faults": faults})
        for _number in range(hands)
    ]
    jobs += [
        (answer_offers, (database_url, first, moment), {"seconds": seconds, "seed": number, "faults": faults})
        for number in range(hands)
    ]
    failed = Counter(kind for kinds in crowd.all_at_once(jobs) for kind in kinds)
    freed = len(first)
    booked = Appointment.objects.filter(session=session, booking__in=Booking.objects.exclude(appointments__in=first))
    return _look(name, session, freed, booked, failed, at)


def _look(name: str, session: Any, freed: int, booked: Any, failed: "Counter[str]", at: datetime) -> WaitingFindings:
    from bookings.models import Booking, WaitingListEntry, WaitingListOffer
    from bookings.waiting_list.offering import offer_times
    from clinics.models import Place

    rows = list(booked.exclude(state="cancelled").values_list("booking", "reservation", "booking__appointments__pk"))
    appointments = {appointment for _booking, _reservation, appointment in rows}
    reservations = Counter(booked.exclude(state="cancelled").values_list("reservation", flat=True))
    holding = Counter(
        Place.objects.filter(session=session, reservation__isnull=False).values_list("reservation", flat=True)
    )
    offers = WaitingListOffer.objects.filter(session=session)
    taken = offers.filter(answer="taken")
    findings = WaitingFindings(name, freed, offers.count(), taken.count(), len(appointments))
    homeless = sum(1 for reservation in reservations if reservation not in holding)
    entries = WaitingListEntry.objects.filter(offers__session=session).distinct()
    by_email = Counter(Booking.objects.filter(appointments__in=appointments).distinct().values_list("email", flat=True))
    lost = taken.exclude(public_id__in=Booking.objects.values_list("submission_id", flat=True)).count()
    for count, fault in [
        (homeless, "an appointment has no place"),
        (sum(1 for entry in entries if entry.offers.filter(answer="taken").count() > 1), "one wait was taken twice"),
        (sum(number > 1 for number in by_email.values()), "a family was booked twice"),
        (lost, "an offer was taken and nothing booked"),
        (len(failed), f"something failed: {dict(failed)}"),
        # Whatever is still free by then fits nobody who still waits and was not offered it before.
        (offer_times(at=at), "a place was left that somebody waits for"),
    ]:
        if count:
            findings.faults.append(fault)
    return findings
