"""A parent's unfinished booking."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from bookings.models.booking import Booking
from clinics.models import ClinicSession


class Draft(PublicIdModel):
    """What somebody has answered so far on the public pages, kept on the server for a day.

    ``owner_hash`` is the hash of a random secret in the browser's cookie: the draft's id stands in the address, and
    an address alone opens nothing. ``answers`` is written only through ``bookings.drafts``.
    """

    class Purpose(models.TextChoices):
        BOOK = "book", _("Book")
        CHANGE = "change", _("Change the time or clinic")
        ADD = "add", _("Add somebody to a booking")
        HEALTH = "health", _("Answer health questions")

    owner_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.BOOK, db_default=Purpose.BOOK)
    # The booking that is changed or added to.
    about = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    # The member of staff who answers for somebody on the phone, and for which team.
    caller_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The first minute of the times being kept; the times themselves hang on reservations held by ``public_id``.
    starts_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict)
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        # What one browser has answered and booked: to clear it, and to say whom it has booked for already.
        indexes = [models.Index(fields=["owner_hash"], name="draft_of_browser")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose="book", about__isnull=True)
                | (~models.Q(purpose="book") & models.Q(about__isnull=False)),
                name="draft_of_a_change_is_about_a_booking",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
