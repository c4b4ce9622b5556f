"""Every change to accounts that is not made in the admin."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import audit, second_factor
from accounts.authentication import hash_token, make_token
from accounts.errors import Refused
from accounts.models import ApiToken, User


@transaction.atomic
def issue_token(*, user: User, by: User | None, at: datetime, source: str) -> str:
    """Make an API token that acts as ``user`` and return it: the only time it is seen.

    Raises Refused: "deactivated" for a user who has been deactivated, "second_factor" for one who has no second factor
    where staff must have one.
    """
    if not user.is_active:
        raise Refused(_("This user has been deactivated and cannot have a token."), code="deactivated")
    if second_factor.needed() and not second_factor.is_set_up(user):
        raise Refused(
            _("This user has no sign-in code yet. They sign in on the website first and set it up."),
            code=second_factor.CODE,
        )
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


@transaction.atomic
def end_sessions(*, user: User) -> None:
    """End every session that the user has open, at its next request. ``user`` is brought up to date."""
    User.objects.filter(pk=user.pk).update(sessions_ended=models.F("sessions_ended") + 1)
    user.refresh_from_db(fields=["sessions_ended"])


@transaction.atomic
def set_up_second_factor(*, user: User, secret: str, at: datetime, source: str) -> Authenticator:
    """Give a user the app that shares ``secret`` (base 32), and ten recovery codes. Returns the app's row.

    Raises Refused ("set_up_already") for somebody who has one: only an administrator's reset leads past that.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if second_factor.is_set_up(user):
        raise Refused(_("Your sign-in code is set up already."), code="set_up_already")
    Authenticator.objects.filter(user=user).delete()
    app: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user)
    audit.record(by=user, at=at, source=source, action="set up second factor", thing=user)
    return app


@transaction.atomic
def renew_recovery_codes(*, user: User, at: datetime, source: str) -> None:
    """Give a user ten new recovery codes in place of those they have. Raises Refused without a second factor."""
    User.objects.select_for_update().get(pk=user.pk)
    if not second_factor.is_set_up(user):
        raise Refused(_("Set up your sign-in code first."), code=second_factor.CODE)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    audit.record(by=user, at=at, source=source, action="renew recovery codes", thing=user)


@transaction.atomic
def reset_second_factor(*, user: User, by: User, at: datetime, source: str, reason: str) -> None:
    """Take away a user's second factor, such as after a lost telephone, and end their sessions: they set up a new one.

    Raises Refused ("second_factor") for somebody who has none.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    removed, _each = Authenticator.objects.filter(user=row).delete()
    if not removed:
        raise Refused(_("They have not set up a sign-in code."), code=second_factor.CODE)
    end_sessions(user=row)
    audit.record(by=by, at=at, source=source, action="reset second factor", thing=row, reason=reason)


@transaction.atomic
def set_pin(*, user: User, pin: str, at: datetime, source: str) -> None:
    """Keep a user's own PIN, already found good enough, hashed; "" takes it away. It opens a locked screen only."""
    user.pin_hash = make_password(pin) if pin else ""
    user.save(update_fields=["pin_hash"])
    audit.record(by=user, at=at, source=source, action="set PIN" if pin else "remove PIN", thing=user)
