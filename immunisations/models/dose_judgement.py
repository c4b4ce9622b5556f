"""What somebody decided about two entries a few days apart: one dose written twice, or two doses."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from immunisations.models.conditions import known, visible
from immunisations.models.person import Person
from immunisations.models.record_check import SeenVaccine
from immunisations.models.visit import Visit


class JudgementVerdict(models.TextChoices):
    """What the two entries are."""

    ONE_DOSE = "one_dose", _("One dose")
    TWO_DOSES = "two_doses", _("Two doses")


class DoseJudgement(PublicIdModel, AppendOnlyModel):
    """One decision about two entries of the person's history, the earlier one first. The latest about a pair holds.

    Nothing is deleted by it: what the records show stays as it is, and is read differently from then on.
    """

    Verdict = JudgementVerdict

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dose_judgements")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="dose_judgements")
    first_vaccine = models.CharField(_("first vaccine"), max_length=20, choices=SeenVaccine)
    first_on = models.DateField(_("first date"))
    second_vaccine = models.CharField(_("second vaccine"), max_length=20, choices=SeenVaccine)
    second_on = models.DateField(_("second date"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=JudgementVerdict)
    holds_on = models.DateField(_("date that holds"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_by_name = models.CharField(_("decided by"), max_length=200)
    decided_at = models.DateTimeField(_("decided"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("decision about two entries")
        verbose_name_plural = _("decisions about two entries")
        ordering = ["decided_at", "id"]
        constraints = [
            models.CheckConstraint(condition=visible("reason"), name="dose_judgement_has_a_reason"),
            models.CheckConstraint(
                condition=known("verdict", JudgementVerdict.values), name="dose_judgement_verdict_known"
            ),
            models.CheckConstraint(
                condition=models.Q(first_on__lt=models.F("second_on")), name="dose_judgement_earlier_first"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="two_doses", holds_on__isnull=True)
                | models.Q(verdict="one_dose", holds_on__isnull=False)
                & (models.Q(holds_on=models.F("first_on")) | models.Q(holds_on=models.F("second_on"))),
                name="dose_judgement_one_date_holds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_on:%d %B %Y}, {self.second_on:%d %B %Y}: {self.get_verdict_display()}"
