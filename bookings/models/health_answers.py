"""What a family answered at home about somebody's health, before they came."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from bookings.models.booking import Appointment


class HealthAnswers(PublicIdModel):
    """The health questions of one appointment as they were answered at home: the latest row stands.

    ``answers`` has, by the code of each question of ``immunisations.health_questions``, ``{"answer": "yes" | "no",
    "details": words}``. It is information for the nurse, who asks again on the day; nothing is refused because of it.
    """

    append_only = True

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="health_answers")
    answers = models.JSONField(_("answers"))
    # None where it was not asked: whoever answered may not be able to agree.
    agrees = models.BooleanField(_("agrees to the vaccination"), null=True)
    answered_at = models.DateTimeField(_("answered"))
    submission_id = models.UUIDField(unique=True, editable=False)

    class Meta:
        verbose_name = _("health answers from home")
        verbose_name_plural = _("health answers from home")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.answered_at:%d %B %Y}"
