"""The grid of places, and what has taken them."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from clinics.models.session import ClinicSession, VaccinationPeriod


class Reservation(PublicIdModel):
    """What has taken one person's places: somebody's unfinished draft, a caller, an offer, or an appointment.

    All the reservations of one family in one draft share a ``holder``. An expired one takes nothing: whether a place
    is free is asked with the clock in hand, and no sweeper need have run.
    """

    class Kind(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CALLER = "caller", _("Caller")
        OFFER = "offer", _("Offer")
        SWAP = "swap", _("Swap")
        APPOINTMENT = "appointment", _("Appointment")

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="reservations")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    holder = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="appointment", expires_at__isnull=True)
                | (~models.Q(kind="appointment") & models.Q(expires_at__isnull=False)),
                name="reservation_expires_until_booked",
            ),
        ]
        indexes = [
            # Purging drafts long expired.
            models.Index(
                fields=["expires_at"], name="reservation_expired", condition=models.Q(expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class PlaceQuerySet(models.QuerySet["Place"]):
    def on_offer(self) -> "PlaceQuerySet":
        """Places that anyone may book: not withdrawn, not kept for somebody."""
        return self.filter(withdrawn_at__isnull=True, kept_for="")

    def free(self, at: datetime) -> "PlaceQuerySet":
        """Places that nothing has taken at ``at``: no reservation, or one that has expired by then."""
        return self.filter(models.Q(reservation__isnull=True) | models.Q(reservation__expires_at__lte=at))


class Place(models.Model):
    """One vaccinator at one start in one clinic. The grid of these rows *is* the capacity; nothing is counted."""

    class KeptFor(models.TextChoices):
        DROP_IN = "drop_in", _("Drop-in")
        EXTRA_TIME = "extra_time", _("Extra time")
        REBOOKING = "rebooking", _("Rebooking")

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="places")
    period = models.ForeignKey(VaccinationPeriod, on_delete=models.PROTECT, related_name="places")
    starts_at = models.DateTimeField(_("starts"))
    lane = models.PositiveSmallIntegerField(_("vaccinator"))
    kept_for = models.CharField(_("kept for"), max_length=20, choices=KeptFor, blank=True, default="")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="places")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["starts_at", "lane"]
        constraints = [
            # Also the index by which the free places of a clinic's minutes are found.
            models.UniqueConstraint(fields=["session", "starts_at", "lane"], name="place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} UTC, {self.lane}"
