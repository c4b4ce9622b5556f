"""What is said of records to those who watch over them: looked up, and worded, at the moment of sending."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import Membership, Role
from immunisations.models import EmergencyAccess
from messaging import registry
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.rendering import write

EMERGENCY = "emergency_access"


def register() -> None:
    """Answer for the messages that emergency readings cause. Called when the service starts."""
    registry.register(EMERGENCY, emergency)


def emergency(message: Message, at: datetime) -> Envelope | NoLonger:
    """A privacy lead hears that somebody reads a record of another team. Names no patient: that is on their page.

    The message's version is the key of the lead.
    """
    access = EmergencyAccess.objects.select_related("user_team", "person__team").get(public_id=message.subject_id)
    teams = {access.user_team_id, access.person.team_id}
    lead = (
        Membership.objects.filter(
            user=message.subject_version, user__is_active=True, team__in=teams, role=Role.PRIVACY_LEAD
        )
        .select_related("user")
        .first()
    )
    if lead is None:
        return NoLonger("They are no longer a privacy lead of either team.")
    if not lead.user.email:
        return NoLonger("The privacy lead has no email address. It stands on their page.")
    return write(
        message,
        to=lead.user.email,
        context={"access": access, "link": settings.PUBLIC_URL.rstrip("/") + reverse("account-looks")},
    )
