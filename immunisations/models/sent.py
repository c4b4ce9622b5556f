"""What has left the service: which record was sent to whom."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from immunisations.models.conditions import known
from immunisations.models.vaccination import Vaccination


class SentTo(models.TextChoices):
    """Who keeps records of their own of what is given here (Green Book chapter 4)."""

    GP = "gp", _("GP practice")
    CHIS = "chis", _("CHIS")


class RecordSent(PublicIdModel, AppendOnlyModel):
    """A vaccination record as it stood was sent to a GP practice or to CHIS.

    A record that was corrected after it was sent is to be sent again: that follows from these rows and from what
    replaces what, and is stored nowhere.
    """

    To = SentTo

    vaccination = models.ForeignKey(Vaccination, on_delete=models.PROTECT, related_name="sent")
    to = models.CharField(_("to"), max_length=10, choices=SentTo)
    how = models.CharField(_("how"), max_length=60, blank=True, default="")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_by_name = models.CharField(_("sent by"), max_length=200)
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("record sent")
        verbose_name_plural = _("records sent")
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vaccination", "to"], name="record_sent_once"),
            models.CheckConstraint(condition=known("to", SentTo.values), name="record_sent_to_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_to_display()}, {self.sent_at:%d %B %Y}"
