"""Keys to the API, and the memory that makes a repeated request harmless."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.bases import PublicIdModel
from accounts.models.teams import Team


class ApiToken(PublicIdModel):
    """A key to the API that acts as one user. Only its hash is stored; it is shown once, when it is made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d %B %Y}"


class IdempotencyKey(models.Model):
    """A key that a caller sent with a request that creates: the same key again returns the same thing.

    ``body_hash`` tells a repeat from a different request under a used key; ``result_id`` is the public id of what
    the first request made. No personal data is kept here.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    endpoint = models.CharField(max_length=60)
    body_hash = models.CharField(max_length=64)
    result_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["team", "key"], name="idempotency_key_once_a_team")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.created_at:%d %B %Y}"
