"""The stock of the demonstration: deliveries, what was taken to each clinic, and how cold it was kept."""

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from clinics.actions import receive_stock, take_stock
from clinics.models import Batch, ClinicSession, ReadingMoment
from immunisations.actions import count_back, record_reading
from immunisations.queries import stock_of

SOURCE = "demonstration"
DELIVERED, TAKEN = 120, 20


def deliver(batch: Batch, *, by: User, at: datetime) -> None:
    """A delivery of a new batch."""
    receive_stock(batch=batch, doses=DELIVERED, note="Delivery note 4711 (demonstration)", by=by, at=at, source=SOURCE)


def take(session: ClinicSession, *, by: User, at: datetime) -> None:
    """In the morning: the two batches of each vaccine without gelatine that expire first, and a cold box."""
    wanted: dict[Batch, int] = {}
    for vaccine in session.vaccine_codes():
        batches = Batch.objects.filter(
            team=session.team_id,
            product__vaccine=vaccine,
            product__contains_gelatine=False,
            expires_on__gte=session.date,
            quarantined_at__isnull=True,
        )
        wanted |= dict.fromkeys(batches.order_by("expires_on", "number")[:2], TAKEN)
    if wanted:
        take_stock(session=session, counts=wanted, confirmed=True, by=by, at=at, source=SOURCE)
        _read(session, ReadingMoment.START, "4.6", by=by, at=at + timedelta(minutes=5))


def bring_back(session: ClinicSession, *, by: User, at: datetime) -> None:
    """In the evening: everything that should be there is, and was cold."""
    counts = {line.batch: line.expected for line in stock_of(session).lines}
    if counts:
        _read(session, ReadingMoment.END, "5.8", by=by, at=at)
        count_back(session=session, counts=counts, by=by, at=at, source=SOURCE)


def _read(session: ClinicSession, moment: str, celsius: str, *, by: User, at: datetime) -> None:
    record_reading(session=session, box="Box 1", moment=moment, celsius=Decimal(celsius), by=by, at=at, source=SOURCE)
