"""The batches a vaccinator may give from, and what they chose before at this clinic."""

from datetime import date
from typing import Any

from django.http import HttpRequest

from clinics.models import Batch, ClinicSession

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
    """Return the batches that the user has in use at this clinic, for the list to say so."""
    wanted = list(remembered(request, clinic).get("batches", {}).values())
    if not wanted:
        return []
    batches = Batch.objects.filter(team=clinic.team_id, public_id__in=wanted).select_related("product")
    return list(batches.order_by("product__vaccine"))
