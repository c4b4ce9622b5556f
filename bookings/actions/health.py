"""The health questions, answered at home before somebody comes."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from bookings.models import Appointment, HealthAnswers
from bookings.policies import BookingRefused
from immunisations.health_questions import BY_CODE

YES, NO = "yes", "no"
LONGEST_DETAILS = 500


@transaction.atomic
def answer_health_questions(
    *,
    appointment: Appointment,
    answers: Mapping[str, Mapping[str, Any]],
    agrees: bool | None,
    submission_id: uuid.UUID,
    by: User | None,
    source: str,
    at: datetime,
) -> HealthAnswers:
    """Keep what was answered at home about one person: information for the nurse, which refuses nobody anything.

    ``answers`` has {"answer": "yes" | "no", "details": words} by the code of each question; ``agrees`` is None for
    "not sure". The latest answers stand, and the earlier ones stay. The same submission makes one row. Raises
    BookingRefused (``unknown_question``, ``already_cancelled``).
    """
    # One at a time for each appointment, so that a submission that comes twice finds its own row.
    row = Appointment.objects.select_for_update(of=("self",)).select_related("booking").get(pk=appointment.pk)
    made = HealthAnswers.objects.filter(submission_id=submission_id).first()
    if made is not None:
        return made
    if row.state == Appointment.State.CANCELLED:
        raise BookingRefused(_("This appointment is cancelled already."), code="already_cancelled")
    kept: dict[str, dict[str, str]] = {}
    for code, given in answers.items():
        if code not in BY_CODE or given.get("answer") not in (YES, NO):
            raise BookingRefused(_("This is none of the health questions."), code="unknown_question")
        yes = given["answer"] == YES
        kept[code] = {
            "answer": given["answer"],
            "details": str(given.get("details", "")).strip()[:LONGEST_DETAILS] if yes else "",
        }
    made = HealthAnswers.objects.create(
        appointment=row, answers=kept, agrees=agrees, answered_at=at, submission_id=submission_id
    )
    # What was answered is no part of the audit: it stands in the row itself, which nobody can change.
    audit.record(
        by=by,
        at=at,
        source=source,
        action="answer_health_questions",
        thing=row,
        team=row.booking.team_id,
        after={"health_answers": str(made.public_id), "questions": len(kept)},
    )
    return made
