"""Every change to accounts that is not made in the admin."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.authentication import hash_token, make_token
from accounts.errors import Refused
from accounts.models import ApiToken, User


@transaction.atomic
def issue_token(*, user: User, by: User | None, at: datetime, source: str) -> str:
    """Make an API token that acts as ``user`` and return it: the only time it is seen.

    Raises Refused ("deactivated") for a user who has been deactivated.
    """
    if not user.is_active:
        raise Refused(_("This user has been deactivated and cannot have a token."), code="deactivated")
    token = make_token(user=user, at=at)
    row = ApiToken.objects.get(token_hash=hash_token(token))
    audit.record(by=by, at=at, source=source, action="issue token", thing=row, after={"user": str(user.public_id)})
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User | None, at: datetime, source: str) -> None:
    """End a token; one that has ended already stays as it is."""
    row = ApiToken.objects.select_for_update().select_related("user").get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        audit.record(
            by=by, at=at, source=source, action="revoke token", thing=row, after={"user": str(row.user.public_id)}
        )


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime, source: str) -> None:
    """Set a user's own new password, already found good enough. Their sessions elsewhere end with the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=user, at=at, source=source, action="change password", thing=user)
