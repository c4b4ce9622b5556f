"""Whether a record that was opened in an emergency may still be read."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission, may
from immunisations.models import EmergencyAccess


class Closed(Refused):
    """The hour is over, or the user's role no longer allows it."""

    code = "closed"
    status = 403


def check_may_read(access: EmergencyAccess, *, user: User, at: datetime) -> None:
    """Raise Closed unless ``user``, who opened it, may still read the record at this moment."""
    if access.user_id != user.pk or not may(user, Permission.EMERGENCY_ACCESS, access.user_team_id):
        raise Closed(_("Your role does not allow this."))
    if not access.began_at <= at < access.ends_at:
        raise Closed(_("The hour is over and the record is closed again. If it is still needed, ask for it again."))
