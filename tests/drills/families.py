"""The day on which invitations went out: hundreds of families of one to four at one clinic's last places.

Each is somebody with a browser and a pace of their own. What must hold: nobody is sold a place twice, no family is
booked by halves, none is refused while a run, or a split, that fits it is free, nothing fails, and the pages are quick.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from bookings.models import Appointment, Booking
from clinics.models import Place
from clinics.places import Need, free_grid
from tests.drills import crowd
from tests.drills.crowd import Try
from tests.drills.family_crowd import Came, come
from tests.drills.scenes import clinic

# The slowest of a hundred pages, but for five.
P95_MS = 2000


@dataclass
class FamilyFindings:
    """What came of it."""

    name: str
    families: int
    places: int
    booked: int
    appointments: int
    oversold: int
    half_booked: int
    refused: int
    refused_needlessly: int
    server_errors: int
    pages: int
    p95_ms: int
    slowest_ms: int
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person who runs the drills."""
        verdict = "FAULT: " + "; ".join(self.faults) if self.faults else "as it must be"
        return (
            f"{self.name}: {self.families} families for {self.places} places: {self.booked} booked with "
            f"{self.appointments} appointments, {self.oversold} oversold, {self.half_booked} half booked, "
            f"{self.refused} told kindly, {self.refused_needlessly} refused needlessly, {self.server_errors} server "
            f"errors; {self.pages} pages, 95 of 100 within {self.p95_ms} ms, slowest {self.slowest_ms} ms: {verdict}"
        )


def families_at_once(
    address: str,
    *,
    name: str = "families of one to four, web pages",
    families: int = 300,
    places: int = 200,
    processes: int = 10,
    pace: tuple[float, float] = (4.0, 16.0),
    over: float = 60.0,
    p95_ms: int | None = P95_MS,
) -> FamilyFindings:
    """Let them come, and look at what is in the database and in their hands."""
    session = clinic(places)
    chance = random.Random(families)
    sizes = [chance.randint(1, 4) for _number in range(families)]
    came: list[Came] = crowd.all_at_once(
        [
            (
                come,
                (address, session.slug),
                {"sizes": sizes[number::processes], "seed": number, "pace": pace, "over": over},
            )
            for number in range(processes)
        ],
        longest_seconds=900,
    )
    tries = [one for each in came for one in each.tries]
    took = sorted(seconds for each in came for seconds in each.took)
    findings = _look(name, session, families, tries, took)
    if p95_ms is not None and findings.p95_ms > p95_ms:
        findings.faults.append(f"pages took longer than {p95_ms} ms")
    if sum(each.not_offered_to_wait for each in came):
        findings.faults.append("somebody was refused and not offered the waiting list")
    return findings


def _look(name: str, session: Any, families: int, tries: list[Try], took: list[float]) -> FamilyFindings:
    rows = list(
        Appointment.objects.filter(session=session)
        .exclude(state=Appointment.State.CANCELLED)
        .values_list("booking__reference", "starts_at", "reservation")
    )
    all_places = Place.objects.filter(session=session)
    capacity = Counter(all_places.values_list("starts_at", flat=True))
    wanted = Counter(starts_at for _reference, starts_at, _reservation in rows)
    holding = set(all_places.filter(reservation__isnull=False).values_list("reservation", flat=True))
    over = sum(max(0, count - capacity[starts_at]) for starts_at, count in wanted.items())
    homeless = sum(reservation not in holding for _reference, _starts_at, reservation in rows)
    size_of = {one.reference: one.people for one in tries if one.booked}
    count_of = Counter(reference for reference, _starts_at, _reservation in rows)
    made = set(Booking.objects.filter(appointments__session=session).values_list("reference", flat=True))
    grid = free_grid(session=session, at=timezone.now())
    refused = [one for one in tries if one.turned_away]
    needless = sum(
        # There is room for them even now; or as many found room after they were told that there is none.
        grid.nearest_split([Need()] * one.people) is not None
        or any(other.booked and other.people >= one.people and other.began > one.ended for other in tries)
        for one in refused
    )
    findings = FamilyFindings(
        name=name,
        families=families,
        places=len(list(capacity.elements())),
        booked=len(size_of),
        appointments=len(rows),
        oversold=max(over, homeless),
        half_booked=sum(size_of.get(reference) != count for reference, count in count_of.items()),
        refused=len(refused),
        refused_needlessly=needless,
        server_errors=sum(one.status >= 500 or one.status == 0 for one in tries),
        pages=len(took),
        p95_ms=int(took[int(len(took) * 0.95)] * 1000) if took else 0,
        slowest_ms=int(took[-1] * 1000) if took else 0,
    )
    other = Counter(f"{one.status} {one.code}" for one in tries if one.status not in (0, 201, 409) and one.status < 500)
    for count, fault in [
        (findings.oversold, "places were sold twice"),
        (findings.half_booked, "a family was booked by halves"),
        (findings.refused_needlessly, "a family was refused while it fitted"),
        (findings.server_errors, "the service failed"),
        (len(other), f"unexpected answers {dict(other)}"),
        (len(made ^ set(size_of)), "a booking was made that nobody was told of, or told of and not made"),
    ]:
        if count:
            findings.faults.append(fault)
    return findings
