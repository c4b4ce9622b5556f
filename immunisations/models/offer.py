"""That somebody was offered a vaccine, and what they said."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.models import ClinicSession
from immunisations.models.person import Person


class OfferAnswer(models.TextChoices):
    """What somebody said to an offer."""

    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    UNDECIDED = "undecided", _("Not decided")


class Offer(PublicIdModel, AppendOnlyModel):
    """A person was offered vaccines at a clinic: the record behind "everyone was offered". The latest one stands.

    A dose given, and one not given because it was declined, are records of their own; they show an offer by themselves.
    """

    Answer = OfferAnswer

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offers")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="people_offered")
    vaccines = models.JSONField(_("vaccines"), default=list)
    answer = models.CharField(_("answer"), max_length=10, choices=OfferAnswer)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_by_name = models.CharField(_("offered by"), max_length=200)
    offered_at = models.DateTimeField(_("offered"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["offered_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(answer__in=OfferAnswer.values), name="offer_answer_known"),
        ]
        indexes = [models.Index(fields=["session", "person"], name="offer_at_session")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_answer_display()}"
