"""The batches a vaccinator may give from, and what they chose before at this clinic."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from clinics.actions import add_batch
from clinics.models import Batch, ClinicSession
from clinics.stock import batches_for
from immunisations.models import Vaccination

# What a vaccinator chose before at this clinic, in their own browser session.
REMEMBERED = "clinic_day"


def batches_in_use(team_id: int, vaccines: list[str], on: date) -> list[Batch]:
    """Return the team's batches of these vaccines that may be given on a day, soonest to expire first."""
    return list(
        Batch.objects.filter(
            team=team_id, product__vaccine__in=vaccines, expires_on__gte=on, quarantined_at__isnull=True
        )
        .select_related("product")
        .order_by("expires_on", "number", "pk")
    )


def remembered(request: HttpRequest, clinic: ClinicSession) -> dict[str, Any]:
    """Return what the user chose before at this clinic: batches by vaccine, and the legal mechanism."""
    found = request.session.get(REMEMBERED, {}).get(str(clinic.public_id), {})
    return found if isinstance(found, dict) else {}


def chosen_batches(request: HttpRequest, clinic: ClinicSession) -> list[Batch]:
    """Return the batches that the user has in use at this clinic and may still give, for the list to say so."""
    wanted = list(remembered(request, clinic).get("batches", {}).values())
    if not wanted:
        return []
    usable, _held = batches_for(session=clinic, vaccines=clinic.vaccine_codes(), on=clinic.date)
    mine = [batch for batch in usable if str(batch.public_id) in wanted]
    return sorted(mine, key=lambda batch: batch.product.vaccine)


def batches_of_the_day(session: ClinicSession, *, without: Batch | None = None) -> list[Batch]:
    """Return every batch of the team that could have been given on a clinic's day, for putting records right.

    Those on the clinic's own records first. Quarantined ones too: it may be the very batch that was given.
    """
    used = set(Vaccination.objects.filter(session=session, batch__isnull=False).values_list("batch", flat=True))
    batches = Batch.objects.filter(team=session.team_id, expires_on__gte=session.date).select_related("product")
    if without is not None:
        batches = batches.exclude(pk=without.pk)
    return sorted(batches.order_by("expires_on", "number", "pk"), key=lambda batch: batch.pk not in used)


def add_if_new(correction: dict[str, Any], *, by: User, at: datetime) -> dict[str, Any]:
    """Return a correction whose batch is on the team's list: one that was typed in place is added first."""

    def known(value: Any) -> Any:
        if not isinstance(value, Batch) or value.pk:
            return value
        return added(value, by=by, at=at)

    changes = {name: known(value) for name, value in correction.get("changes", {}).items()}
    rest = {name: known(value) for name, value in correction.items()}
    return rest | ({"changes": changes} if changes else {})


def added(batch: Batch, *, by: User, at: datetime) -> Batch:
    """Return the team's batch of this product and number, added as typed where it is not known yet."""
    if batch.pk:
        return batch
    return add_batch(
        team_id=batch.team_id,
        product=batch.product,
        number=batch.number,
        expires_on=batch.expires_on,
        by=by,
        at=at,
        source="staff",
    )
