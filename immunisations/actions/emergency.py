"""Reading a record of another team in an emergency."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Team, User
from accounts.permissions import Permission, may
from immunisations.messages import EMERGENCY
from immunisations.models import EmergencyAccess, Person
from immunisations.queries.emergency import leads_to_tell
from messaging.actions import enqueue
from messaging.models import Message


@transaction.atomic
def begin_emergency_access(
    *, people: Sequence[Person], team: Team, reason: str, by: User, at: datetime, source: str = "staff"
) -> list[EmergencyAccess]:
    """Open the records of ``people``, found in other teams, to one user for an hour, and tell the privacy leads.

    ``team`` is the one that they work for now. Raises Refused: "not_allowed" where their role there does not allow it,
    "no_reason" without a reason.
    """
    if not may(by, Permission.EMERGENCY_ACCESS, team):
        raise Refused(_("Your role does not allow this."), code="not_allowed")
    if not reason.strip():
        raise Refused(_("Say why you need to read this record."), code="no_reason")
    opened = []
    for person in people:
        access = EmergencyAccess.objects.create(
            user=by, user_name=str(by), user_team=team, person=person, reason=reason, began_at=at
        )
        audit.record(
            by=by,
            at=at,
            source=source,
            action="begin emergency access",
            thing=access,
            team=person.team_id,
            person_id=person.public_id,
            after={"team of the user": str(team.public_id), "minutes": access.minutes},
            reason=reason,
        )
        for leads_team, lead in leads_to_tell(access):
            enqueue(
                team=leads_team,
                purpose=EMERGENCY,
                channel=Message.Channel.EMAIL,
                subject_id=access.public_id,
                # One message for each lead: told apart by whom it goes to.
                subject_version=lead.pk,
                due_at=at,
                at=at,
            )
        opened.append(access)
    return opened
