"""A clinic's wrong batch, put right on all its records together."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from clinics.models import Batch, ClinicSession
from clinics.vaccines import series_of
from immunisations.actions.corrections.planning import plan
from immunisations.actions.corrections.refusals import CorrectionRefused
from immunisations.actions.follow_ups import carry_follow_ups
from immunisations.actions.reactions import carry_reactions
from immunisations.actions.statuses import refresh_statuses
from immunisations.models import Person, Vaccination
from immunisations.people import lock_roots
from immunisations.policies import check_batch_was_possible, check_session_correctable
from immunisations.text import is_blank, tidy


@transaction.atomic
def correct_batch(
    *,
    session: ClinicSession,
    wrong: Batch,
    right: Batch,
    vaccinations: Collection[uuid.UUID],
    reason: str,
    by: User,
    at: datetime,
    client_uuid: uuid.UUID,
    source: str = "staff",
) -> list[Vaccination]:
    """Put another batch on these records of a clinic, all of them or none, and return the rows that stand then.

    ``vaccinations`` are public ids of records that show the batch ``wrong``. The same ``client_uuid`` returns the same
    rows. Raises CorrectionRefused (``no_reason``, ``none_selected``, ``same_batch``, ``other_series``; ``stale`` where
    one of the records was corrected meanwhile: ``details["vaccinations"]`` names them), DoseRefused where the batch
    could not have been given that day, PermissionDenied.
    """
    require(by, Permission.CORRECT_RECORDS, session.team_id)
    check_session_correctable(session)
    if is_blank(reason):
        raise CorrectionRefused(_("Enter why the records are corrected."), code="no_reason")
    if not vaccinations:
        raise CorrectionRefused(_("Select the records to correct."), code="none_selected")
    if wrong.pk == right.pk:
        raise CorrectionRefused(_("That is the batch that was recorded."), code="same_batch")
    if series_of(wrong.product.vaccine) != series_of(right.product.vaccine):
        raise CorrectionRefused(
            _("That batch is of another vaccine. Correct these records one by one."), code="other_series"
        )
    check_batch_was_possible(right, team_id=session.team_id, on=session.date)
    own = Vaccination.objects.filter(session=session, public_id__in=vaccinations)
    roots = lock_roots(own.values_list("person", flat=True))
    rows = list(
        own.select_related("session", "visit", "batch", "consent", "direction", "replaced_by")
        .prefetch_related("visit__consents")
        .order_by("pk")
    )
    ids = {row.pk: uuid.uuid5(client_uuid, str(row.public_id)) for row in rows}
    there = list(Vaccination.objects.filter(client_uuid__in=ids.values()).order_by("pk"))
    if rows and len(there) == len(rows):
        return there
    stale = [row for row in rows if hasattr(row, "replaced_by") or row.batch_id != wrong.pk or not row.is_given]
    if stale or len(rows) < len(set(vaccinations)):
        raise CorrectionRefused(
            ngettext(
                "%(count)s of these records was corrected meanwhile. Nothing was changed. Check the list again.",
                "%(count)s of these records were corrected meanwhile. Nothing was changed. Check the list again.",
                len(stale) or 1,
            )
            % {"count": len(stale) or 1},
            code="stale",
            vaccinations=[str(row.public_id) for row in stale],
        )
    made = []
    for row in rows:
        new = plan(row, at=at, changes={"batch": right}).row
        new.recorded_by, new.recorded_by_name, new.recorded_at = by, str(by), at
        new.correction_reason, new.client_uuid, new.replaces = tidy(reason)[:300], ids[row.pk], row
        made.append(new)
    Vaccination.objects.bulk_create(made)
    pairs = list(zip(rows, made, strict=True))
    carry_reactions(pairs, by=by, at=at, reason=made[0].correction_reason)
    carry_follow_ups(pairs, by=by, at=at, source=source)
    _finish(session, rows, made, roots, wrong=wrong, right=right, by=by, at=at, source=source)
    return made


def batch_corrected_before(*, session: ClinicSession, wrong: Batch, client_uuid: uuid.UUID) -> bool:
    """Whether the request with this id put a clinic's wrong batch right already."""
    made = Vaccination.objects.filter(session=session, replaces__batch=wrong)
    return any(
        uuid.uuid5(client_uuid, str(old)) == new for new, old in made.values_list("client_uuid", "replaces__public_id")
    )


def _finish(
    session: ClinicSession,
    rows: list[Vaccination],
    made: list[Vaccination],
    roots: list[Person],
    *,
    wrong: Batch,
    right: Batch,
    by: User,
    at: datetime,
    source: str,
) -> None:
    """What follows from a batch put right, in its transaction. ``roots`` are all whom it concerns."""
    refresh_statuses(roots)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="correct_batch",
        thing=session,
        team=session.team_id,
        before={
            "batch": wrong.number,
            "product": wrong.product.code,
            "vaccinations": [str(row.public_id) for row in rows],
        },
        after={
            "batch": right.number,
            "product": right.product.code,
            "vaccinations": [str(row.public_id) for row in made],
            "people": [str(root.public_id) for root in roots],
        },
        reason=made[0].correction_reason,
    )
