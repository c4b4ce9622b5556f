"""Forgetting drafts: those that a browser clears, and those that nobody answered for a day."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from bookings.drafts.keeping import hash_secret
from bookings.models import Draft
from clinics.giving_back import release_kept

# So many are forgotten in one transaction: whoever books waits for the places of no more of them.
PORTION = 50


@transaction.atomic
def clear(*, secret: str) -> int:
    """Forget every draft of the browser with this secret and give its times back. Bookings made stay.

    Returns how many were forgotten.
    """
    theirs = Draft.objects.filter(owner_hash=hash_secret(secret)).order_by("pk")
    return _forget(list(theirs.select_for_update(of=("self",))))


def forget_expired(*, at: datetime, most: int = 1000) -> int:
    """Forget drafts that nobody answered for a day, at most ``most`` of them, in portions. Returns how many.

    Each portion is a transaction of its own. A draft that somebody is busy with just now is left for the next time.
    """
    forgotten = 0
    while forgotten < most and (some := _forget_some(at=at, most=min(PORTION, most - forgotten))):
        forgotten += some
    return forgotten


@transaction.atomic
def _forget_some(*, at: datetime, most: int) -> int:
    oldest = Draft.objects.filter(expires_at__lte=at).order_by("expires_at", "pk")
    return _forget(list(oldest.select_for_update(of=("self",), skip_locked=True)[:most]))


def _forget(locked: Sequence[Draft]) -> int:
    """Forget these drafts, which are locked, and give back what they keep. Returns how many."""
    release_kept(holders=[draft.public_id for draft in locked])
    Draft.objects.filter(pk__in=[draft.pk for draft in locked]).delete()
    return len(locked)
