"""Which batches a team holds, and taking one out of use."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clinics.actions.stock import write
from clinics.models import Batch, MovementKind, Product
from clinics.policies import ClinicRefused
from clinics.stock import ledger, lock_batches
from clinics.words import plain_date


@transaction.atomic
def add_batch(
    *, team_id: int, product: Product, number: str, expires_on: date, by: User | None, at: datetime, source: str
) -> Batch:
    """Add a batch as its box shows it, or return the team's batch of that product and number where it is known.

    Raises ClinicRefused where a known batch is said to expire on another day.
    """
    number = " ".join(number.split()).upper()
    batch, created = Batch.objects.get_or_create(
        team_id=team_id, product=product, number=number, defaults={"expires_on": expires_on}
    )
    if not created and batch.expires_on != expires_on:
        raise ClinicRefused(
            _("Batch %(number)s is known with another expiry date: %(date)s. Check the box.")
            % {"number": number, "date": plain_date(batch.expires_on)},
            code="batch_differs",
        )
    if created:
        audit.record(
            by=by,
            at=at,
            source=source,
            action="add_batch",
            thing=batch,
            team=team_id,
            after={"product": product.code, "number": number, "expires_on": str(expires_on)},
        )
    return batch


@transaction.atomic
def quarantine_batch(*, batch: Batch, reason: str, by: User | None, at: datetime, source: str) -> Batch:
    """Take a batch out of use: no dose of it can be recorded as given from now on.

    A batch that is in quarantine already stays as it is. Where ``by`` is known the ledger of its stock says so too.
    """
    batch = lock_batches([batch])[batch.pk]
    if batch.quarantined_at is None:
        batch.quarantined_at, batch.quarantine_reason = at, reason
        batch.save(update_fields=["quarantined_at", "quarantine_reason"])
        audit.record(
            by=by, at=at, source=source, action="quarantine_batch", thing=batch, team=batch.team_id, reason=reason
        )
        if by is not None:
            write(
                batch=batch,
                kind=MovementKind.QUARANTINED,
                doses=max(0, ledger([batch])[batch.pk].in_store),
                by=by,
                at=at,
                note=reason,
                source=source,
                action="hold_stock",
            )
    return batch
