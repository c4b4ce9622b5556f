"""What a drill left in the database and in the hands of those who came, and whether it is as it must be."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone

from bookings.models import Appointment, Booking
from clinics.models import ClinicSession, Place
from clinics.places import Need, free_grid
from tests.drills.crowd import Try


@dataclass
class Findings:
    """The outcome of one drill on one clinic."""

    name: str
    places: int
    appointments: int
    oversold: int
    half_booked: int
    unheard: int
    tries: int
    booked: int
    told_kindly: int
    server_errors: int
    other_answers: dict[str, int]
    refused_needlessly: int
    places_left: int
    slowest_ms: int
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person who runs the drills."""
        verdict = "FAULT: " + "; ".join(self.faults) if self.faults else "as it must be"
        return (
            f"{self.name}: {self.tries} tries for {self.places} places: {self.appointments} appointments, "
            f"{self.oversold} oversold, {self.half_booked} half booked, {self.told_kindly} told kindly, "
            f"{self.refused_needlessly} refused needlessly, {self.server_errors} server errors, "
            f"slowest {self.slowest_ms} ms: {verdict}"
        )


def look_at(name: str, session: ClinicSession, tries: list[Try], *, family: int = 1, split: bool = False) -> Findings:
    """Count appointments, not answers; and compare both.

    ``split``: a family that fits nowhere in one run is offered times apart, so that it has room while there are places
    enough.
    """
    appointments = Appointment.objects.filter(session=session).exclude(state=Appointment.State.CANCELLED)
    rows = list(appointments.values_list("booking_id", "starts_at", "reservation_id"))
    places = Place.objects.filter(session=session)
    capacity = Counter(places.values_list("starts_at", flat=True))
    wanted = Counter(starts_at for _booking, starts_at, _reservation in rows)
    over = sum(max(0, count - capacity[starts_at]) for starts_at, count in wanted.items())
    holding = set(places.filter(reservation__isnull=False).values_list("reservation_id", flat=True))
    # An appointment whose places another has, too, is as oversold as one too many at its minute.
    homeless = sum(reservation not in holding for _booking, _starts_at, reservation in rows)
    by_booking = Counter(booking for booking, _starts_at, _reservation in rows)
    booked = sum(one.booked for one in tries)
    last_booked = max((one.began for one in tries if one.booked), default=0.0)
    made = set(Booking.objects.filter(appointments__session=session).values_list("reference", flat=True))
    needs = [Need()] * family
    grid = free_grid(session=session, at=timezone.now())
    room_left = any(True for _run in grid.runs(needs)) or (split and grid.nearest_split(needs) is not None)
    findings = Findings(
        name=name,
        places=len(list(capacity.elements())),
        appointments=len(rows),
        oversold=max(over, homeless),
        half_booked=sum(count != family for count in by_booking.values()),
        unheard=len(made ^ {one.reference for one in tries if one.booked}),
        tries=len(tries),
        booked=booked,
        told_kindly=sum(one.status == 409 for one in tries),
        server_errors=sum(one.status >= 500 or one.status == 0 for one in tries),
        other_answers=dict(
            Counter(f"{one.status} {one.code}" for one in tries if one.status not in (0, 201, 409) and one.status < 500)
        ),
        # Turned away before somebody else even asked for a place that they then got, or while there still is one.
        refused_needlessly=sum(one.turned_away and (room_left or one.ended < last_booked) for one in tries),
        places_left=places.filter(reservation__isnull=True).count(),
        slowest_ms=int(max(((one.ended - one.began) for one in tries), default=0.0) * 1000),
    )
    for count, fault in [
        (findings.oversold, "places were sold twice"),
        (findings.half_booked, "a family was booked by halves"),
        (findings.server_errors, "the service failed"),
        (len(findings.other_answers), f"unexpected answers {findings.other_answers}"),
        (findings.refused_needlessly, "somebody was refused while there was room"),
        (findings.unheard, "a booking was made that nobody was told of, or told of and not made"),
    ]:
        if count:
            findings.faults.append(fault)
    return findings
