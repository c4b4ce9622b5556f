"""Somebody read a record of another team in an emergency."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel, Team
from immunisations.models.conditions import visible
from immunisations.models.person import Person

AT_MOST_MINUTES = 60


class EmergencyAccess(PublicIdModel, AppendOnlyModel):
    """One user may read one person's record, which another team keeps, from ``began_at`` for so many minutes:
    an hour at most, with a reason, and the privacy leads of both teams are told.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(_("who"), max_length=200)
    # The team they worked for at that moment; the person's own team is read from the person.
    user_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="emergency_accesses")
    reason = models.CharField(_("reason"), max_length=500)
    began_at = models.DateTimeField(_("from"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=AT_MOST_MINUTES)

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=visible("reason"), name="emergency_access_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1, minutes__lte=AT_MOST_MINUTES),
                name="emergency_access_is_at_most_an_hour",
            ),
        ]
        indexes = [models.Index(fields=["user", "person", "-began_at"], name="emergency_access_of_user")]

    def __str__(self) -> str:
        return f"{self.user_name}, {self.began_at:%d %B %Y}"

    @property
    def ends_at(self) -> datetime:
        """The moment from which the record is closed again."""
        return self.began_at + timedelta(minutes=self.minutes)
