"""A slip of paper with a link on it, by which a family sees its place in the queue."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from immunisations.models import Visit


class QueueSlip(PublicIdModel):
    """The private link of one visit. ``token`` says nothing about anybody; the page behind it names nobody."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="queue_slip")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("queue slip")
        verbose_name_plural = _("queue slips")

    def __str__(self) -> str:
        return str(self.token)
