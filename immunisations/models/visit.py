"""One person at one clinic, from arriving to leaving."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from clinics.models import ClinicSession
from immunisations.models.person import Person


class Visit(PublicIdModel):
    """Somebody came to a clinic. What came of it (vaccinated, advice only, ...) is derived from what hangs on it."""

    class How(models.TextChoices):
        BOOKED = "booked", _("Booked")
        WALK_IN = "walk_in", _("Walk-in")
        LIST = "list", _("From the list")

    class Why(models.TextChoices):
        VACCINATION = "vaccination", _("Vaccination")
        ADVICE = "advice", _("Advice")
        CHECK = "check", _("Record check")

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visits")
    how = models.CharField(_("how"), max_length=10, choices=How)
    why = models.CharField(_("why they came"), max_length=15, choices=Why, default=Why.VACCINATION)
    arrived_at = models.DateTimeField(_("arrived"))
    started_at = models.DateTimeField(_("in progress since"), null=True, blank=True)
    # Whoever works on it at the moment: a second tablet is told, and asked before it takes over.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    accompanied_by = models.CharField(_("came with"), max_length=100, blank=True)
    accompanied_as = models.CharField(_("who is their"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["arrived_at", "id"]
        constraints = [
            # Also the index of the day list: all the visits of one clinic.
            models.UniqueConstraint(fields=["session", "person"], name="visit_once_a_session"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.session}"
