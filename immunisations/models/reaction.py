"""What happened to somebody after a dose."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from immunisations.models.conditions import visible
from immunisations.models.vaccination import Vaccination


class ReactionKind(models.TextChoices):
    """Suspected reactions as staff speak of them (Green Book chapter 8)."""

    FAINT = "faint", _("Faint")
    ANAPHYLAXIS = "anaphylaxis", _("Severe allergic reaction (anaphylaxis)")
    ALLERGIC = "allergic", _("Rash, swelling or another allergic reaction")
    BREATHING = "breathing", _("Trouble breathing")
    SEIZURE = "seizure", _("Fit (seizure)")
    FEVER = "fever", _("Fever")
    LOCAL = "local", _("Pain or swelling where it was given")
    OTHER = "other", _("Something else")


class ReactionAction(models.TextChoices):
    """What was done about it."""

    WATCHED = "watched", _("Watched until well")
    LAID_DOWN = "laid_down", _("Laid down")
    ADRENALINE = "adrenaline", _("Adrenaline given")
    AMBULANCE = "ambulance", _("999 called")
    SENT_ON = "sent_on", _("Sent to a GP or hospital")
    NOTHING = "nothing", _("Nothing needed")


class Reaction(PublicIdModel, AppendOnlyModel):
    """A suspected reaction to one dose. Batch and product are copied; a Yellow Card reference that comes later is a
    further row that ``replaces`` this one.
    """

    Kind = ReactionKind
    Action = ReactionAction

    vaccination = models.ForeignKey(Vaccination, on_delete=models.PROTECT, related_name="reactions")
    kind = models.CharField(_("what happened"), max_length=15, choices=ReactionKind)
    began_at = models.DateTimeField(_("when it began"))
    actions = models.JSONField(_("what was done"), default=list)
    note = models.CharField(_("in words"), max_length=1000, blank=True, default="")
    yellow_card_reference = models.CharField(_("Yellow Card reference"), max_length=60, blank=True, default="")
    product_name = models.CharField(_("product"), max_length=60)
    batch_number = models.CharField(_("batch number"), max_length=40)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(_("recorded by"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    correction_reason = models.CharField(_("reason for the correction"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ReactionKind.values), name="reaction_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(kind="other") | ~models.Q(note=""), name="reaction_other_says_what"
            ),
            models.CheckConstraint(condition=visible("batch_number"), name="reaction_names_the_batch"),
            models.CheckConstraint(
                condition=models.Q(began_at__lte=models.F("recorded_at")), name="reaction_not_in_the_future"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.batch_number}"
