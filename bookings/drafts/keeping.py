"""Whose a draft is, and keeping what was answered and the times that it keeps meanwhile."""

import hashlib
import secrets
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, UUIDField

from accounts.recurring import Recurring
from bookings.drafts.answers import SAME, WANTED, Answers
from bookings.models import Appointment, Draft
from clinics.giving_back import release_kept
from clinics.models import ClinicSession
from clinics.vaccines import series_of

KEPT_FOR = timedelta(days=1)


def hash_secret(secret: str) -> str:
    """Return what is stored of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """Return a secret for a browser: 256 random bits."""
    return secrets.token_urlsafe(32)


def start(*, secret: str, session: ClinicSession | None, answers: Answers | None = None, at: datetime) -> Draft:
    """Begin a draft for the browser with this secret, with what was answered so far.

    ``session`` is the clinic that was chosen already, if one was.
    """
    return Draft.objects.create(
        owner_hash=hash_secret(secret),
        session=session,
        answers=asdict(answers or Answers()),
        created_at=at,
        updated_at=at,
        expires_at=at + KEPT_FOR,
    )


def _open(related: str) -> "Recurring[Draft]":
    return Recurring(
        lambda public_id, at: Draft.objects.select_related(related).filter(public_id=public_id, expires_at__gt=at),
        public_id=UUIDField(),
        at=DateTimeField(),
    )


# Asked by every page of the journey: the draft with what the page shows of it besides its answers.
_OPEN = {related: _open(related) for related in ("session", "session__venue", "booking")}


def find(*, public_id: uuid.UUID, secret: str, at: datetime, related: str = "session") -> Draft | None:
    """Return this browser's draft; None where it is another's, is not there (any more) or is more than a day old.

    ``related`` names what is read with it: "session", "session__venue" or "booking".
    """
    draft = _OPEN[related].one(public_id=public_id, at=at)
    if draft is None or not secrets.compare_digest(draft.owner_hash, hash_secret(secret)):
        return None
    return draft


def save(draft: Draft, answers: Answers, *, at: datetime) -> None:
    """Store the answers, and keep the draft for another day."""
    draft.answers = asdict(answers)
    draft.updated_at, draft.expires_at = at, at + KEPT_FOR
    draft.save(update_fields=["answers", "updated_at", "expires_at"])


@transaction.atomic
def choose_session(draft: Draft, answers: Answers, session: ClinicSession, *, at: datetime) -> None:
    """Note the clinic and day that were chosen; times kept at another are given back."""
    if draft.session_id != session.pk:
        release(draft)
        draft.session, draft.starts_at = session, None
        answers.gone = ""
        answers.split = False
        offered = {str(series_of(code)) for code in session.vaccine_codes()}
        if answers.wanted_unasked:
            answers.wanted_unasked = False
            answers.same.pop(WANTED, None)
            for person in answers.people:
                person.wanted = None
        for person in answers.people:
            if not set(person.wanted or []) <= {*offered, SAME}:
                # Something of it is not given there: they are asked again.
                person.wanted = None
        draft.save(update_fields=["session", "starts_at"])
    save(draft, answers, at=at)


def release(draft: Draft) -> None:
    """Give back the times that a draft keeps. Must run in the caller's transaction."""
    release_kept(holders=[draft.public_id])


def booked_appointments(draft: Draft, *, at: datetime) -> list[Appointment]:
    """Return the appointments to come that the draft's browser booked with other drafts of its own. One query."""
    return list(
        Appointment.objects.filter(
            booking__draft__owner_hash=draft.owner_hash, state=Appointment.State.BOOKED, starts_at__gt=at
        )
        .select_related("booking__draft", "session")
        .order_by("starts_at", "pk")
    )
