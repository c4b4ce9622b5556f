"""Forgetting drafts: those that a browser clears, and those that nobody answered for a day."""

from datetime import datetime

from django.db import transaction

from bookings.drafts.keeping import hash_secret, release
from bookings.models import Draft


@transaction.atomic
def clear(*, secret: str) -> int:
    """Forget every draft of the browser with this secret and give its times back. Bookings made stay.

    Returns how many were forgotten.
    """
    drafts = list(Draft.objects.filter(owner_hash=hash_secret(secret)))
    for draft in drafts:
        release(draft)
        draft.delete()
    return len(drafts)


@transaction.atomic
def forget_expired(*, at: datetime, most: int = 1000) -> int:
    """Forget drafts that nobody answered for a day, at most ``most`` of them. Returns how many."""
    drafts = list(Draft.objects.filter(expires_at__lte=at).order_by("expires_at")[:most])
    for draft in drafts:
        release(draft)
        draft.delete()
    return len(drafts)
