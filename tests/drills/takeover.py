"""Processes that book by the service's own action, for a drill finer than requests can make it."""

import os
import time
import uuid
from typing import Any

from tests.drills.crowd import Try
from tests.drills.planted import plant


def _service(database_url: str, faults: tuple[str, ...]) -> None:
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    plant(*faults)


def _book(session_id: int, starts_at: str, draft_id: int | None) -> Try:
    from django.utils import timezone
    from django.utils.dateparse import parse_datetime

    from accounts.errors import Refused
    from bookings.actions import Contact, PersonDetails, make_booking
    from bookings.models import Draft
    from clinics.models import ClinicSession

    began = time.monotonic()
    now = timezone.now()
    draft = Draft.objects.get(pk=draft_id) if draft_id else None
    try:
        made = make_booking(
            session=ClinicSession.objects.select_related("team").get(pk=session_id),
            people=[PersonDetails(first_name="Child", date_of_birth=now.date())],
            contact=Contact(),
            starts_at=parse_datetime(starts_at),
            submission_id=uuid.uuid4(),
            how="web",
            by=None,
            source="public",
            at=now,
            draft=draft,
        )
    except Refused as refused:
        return Try(began, time.monotonic(), 409, refused.code, nearest=["another"])
    return Try(began, time.monotonic(), 201, reference=made.booking.reference)


def book_from_draft(
    database_url: str, session_id: int, jobs: list[tuple[int, str]], faults: tuple[str, ...]
) -> list[Try]:
    """Book each draft's own time, late."""
    _service(database_url, faults)
    return [_book(session_id, starts_at, draft_id) for draft_id, starts_at in jobs]


def book_over_it(
    database_url: str, session_id: int, jobs: list[tuple[int, str]], faults: tuple[str, ...], *, seed: int
) -> list[Try]:
    """Book the same times without a draft."""
    _service(database_url, faults)
    ordered: Any = jobs if seed % 2 else list(reversed(jobs))
    return [_book(session_id, starts_at, None) for _draft_id, starts_at in ordered]
