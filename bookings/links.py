"""Finding the appointment of somebody whose visit began by another door: another system, a correction, a walk-in."""

from datetime import datetime

from accounts.models import User
from bookings.arrivals import expected_appointment, link
from bookings.models import Appointment
from bookings.owing import owe_after_visit
from immunisations.actions.visits import after_arrival, after_ending
from immunisations.models import Visit


def link_appointment(*, visit: Visit, by: User | None, at: datetime, source: str) -> None:
    """Mark the appointment that is surely this person's as arrived, so that nobody is both here and expected.

    Only where the appointment names the person already, or matches them alone without anybody looking.
    """
    if visit.how == Visit.How.BOOKED:
        # An appointment brought them here: whoever took it links the two.
        return
    expected = expected_appointment(visit.session, visit.person)
    if expected is None:
        return
    # The person is locked, and whoever marks appointments as arrived locks those first: never wait for them here.
    # One that is locked is just being marked as arrived, and finds this visit; or cancelled, and then it is not theirs.
    appointment = (
        Appointment.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=expected.pk, visit__isnull=True)
        .exclude(state=Appointment.State.CANCELLED)
        .first()
    )
    if appointment is None:
        return
    link(appointment, visit, by=by, at=at, source=source)


def write_afterwards(*, visit: Visit, by: User | None, at: datetime, source: str) -> None:
    """Owe whoever booked word of what was given at a visit that has ended."""
    owe_after_visit(visit, at=at)


def register() -> None:
    """Have every visit that begins looked up among the appointments, and every one that ends written about."""
    after_arrival(link_appointment)
    after_ending(write_afterwards)
