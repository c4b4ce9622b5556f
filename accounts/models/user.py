"""The people who sign in."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.bases import PublicIdModel

if TYPE_CHECKING:
    from accounts.models.teams import Role


class User(PublicIdModel, AbstractUser):
    """A member of staff. Deactivated when they leave, never deleted: records name them for ever."""

    # A short number that opens a locked screen again; it signs nobody in. Hashed like a password.
    pin_hash = models.CharField(_("PIN"), max_length=128, blank=True, default="", db_default="", editable=False)

    # Counted up to end every session that is open, without changing the password: it is part of what a session is
    # checked against at each request.
    sessions_ended = models.PositiveIntegerField(_("sessions ended"), default=0, db_default=0, editable=False)

    # The user's role in each team, once ``accounts.permissions`` has asked.
    _roles_by_team: "dict[int, Role]"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        # Two names of 150 letters each are longer than what keeps a copy of them.
        return (self.get_full_name() or self.username)[:200]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session of this user must know: it changes with the password, and as sessions are ended."""
        password_alone = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # the stubs leave it out
        if not self.sessions_ended:
            return password_alone
        value = f"{password_alone}:{self.sessions_ended}"
        return salted_hmac("accounts.User.sessions", value, secret=secret).hexdigest()
