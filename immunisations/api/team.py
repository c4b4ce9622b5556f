"""What a request names of the team's: its members, directions, batches and clinics."""

import uuid
from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.api import SOURCE
from accounts.members import members
from accounts.models import User
from clinics.models import Batch, ClinicSession, Direction
from immunisations import actions
from immunisations.models import Person, Visit


def direction_of(team_id: int, public_id: uuid.UUID) -> Direction:
    """Return the team's direction of this id. Raises ValidationError."""
    found = Direction.objects.filter(team=team_id, public_id=public_id).first()
    if found is None:
        raise ValidationError({"direction": [_("Your team has no direction of this id.")]})
    return found


def member_of(team_id: int, field: str, username: str) -> User:
    """Return the team's active member of this user name. Raises ValidationError for ``field``."""
    found = next((user for user in members(team_id) if user.username == username), None)
    if found is None:
        raise ValidationError({field: [_("Your team has no member of this user name.")]})
    return found


def visit_to(
    person: Person, session_id: uuid.UUID, *, user: User, at: datetime, seen_at: datetime | None = None
) -> Visit:
    """Return the person's visit to one of the team's clinics, which begins now, or at ``seen_at``, if it had not.

    Raises Http404; OtherDay where that is not on the clinic's day.
    """
    session = ClinicSession.objects.filter(public_id=session_id, team=person.team_id).first()
    if session is None:
        raise Http404
    return actions.arrive(session=session, person=person, by=user, at=at, arrived_at=seen_at, source=SOURCE)


def batch_of(team_id: int, product: str, number: str) -> Batch:
    """Return the team's batch of the product with this code and its number as on the box. Raises ValidationError."""
    found = (
        Batch.objects.filter(team=team_id, product__code=product, number=" ".join(number.split()).upper())
        .select_related("product")
        .first()
    )
    if found is None:
        raise ValidationError({"batch_number": [_("Your team has no batch of this product and number.")]})
    return found
