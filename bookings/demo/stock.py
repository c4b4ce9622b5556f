"""The stock of the demonstration: batches and deliveries, what was taken to each clinic, and how cold it was kept."""

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from bookings.demo.stage import SOURCE, Stage
from clinics.actions import add_batch, receive_stock, take_stock
from clinics.models import Batch, ClinicSession, Product, ReadingMoment
from immunisations.actions import count_back, record_reading
from immunisations.queries import stock_of

DELIVERED, TAKEN = 120, 20


def keep_batches(stage: Stage) -> None:
    """Make sure that there are batches in date, whatever the day; one that expires soon, too."""
    for product, prefix, days in [
        ("priorix", "PX", 40),
        ("priorix", "PX", 320),
        ("mmrvaxpro", "MV", 200),
        ("priorix-tetra", "PT", 90),
        ("priorix-tetra", "PT", 300),
        ("proquad", "PQ", 150),
        ("infanrix-hexa", "IH", 250),
        ("vaxelis", "VX", 60),
    ]:
        in_date = Batch.objects.filter(
            team=stage.team, product__code=product, expires_on__gte=stage.today + timedelta(days=min(days, 60) - 20)
        )
        if in_date.count() >= (2 if product in ("priorix", "priorix-tetra") else 1):
            continue
        expires = stage.today + timedelta(days=days)
        batch = add_batch(
            team_id=stage.team.pk,
            product=Product.objects.get(code=product),
            number=f"{prefix}{expires:%y%j}",
            expires_on=expires,
            by=stage.coordinator,
            at=stage.now,
            source=SOURCE,
        )
        if not batch.movements.exists():
            deliver(batch, by=stage.coordinator, at=stage.now - timedelta(days=14))


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
