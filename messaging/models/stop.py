"""Those who asked for no further messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from messaging.models.message import Message


class StopRequest(models.Model):
    """Somebody asked that a team writes to one address no more. The address itself is not kept, only its keyed hash."""

    class Source(models.TextChoices):
        LINK = "link", _("By the link in a message")
        REPLY = "reply", _("By a reply to a text message")
        STAFF = "staff", _("Told a member of staff")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="stop_requests", verbose_name=_("team"))
    channel = models.CharField(_("channel"), max_length=10, choices=Message.Channel)
    recipient_hash = models.CharField(max_length=64, editable=False)
    source = models.CharField(_("how they asked"), max_length=10, choices=Source)
    asked_at = models.DateTimeField(_("asked"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop request")
        verbose_name_plural = _("stop requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "channel", "recipient_hash"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="stop_request_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.asked_at:%d %B %Y}"
