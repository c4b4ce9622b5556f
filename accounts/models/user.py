"""The people who sign in."""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _

from accounts.models.bases import PublicIdModel


class User(PublicIdModel, AbstractUser):
    """A member of staff. Deactivated when they leave, never deleted: records name them for ever."""

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
