"""A place in the queue of a drop-in, taken on the public pages before coming."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel
from clinics.models import ClinicSession
from immunisations.models import Visit


class DropInTicket(PublicIdModel):
    """A family's place in the queue. The desk scans its code, and everybody on it has arrived.

    ``people`` is as the family typed it: for each, first and last name and date of birth. It reads and writes no
    record until somebody of the staff takes it in.
    """

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="drop_in_tickets")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveSmallIntegerField(_("how many people"))
    people = models.JSONField(default=list, editable=False)
    contact_name = models.CharField(_("contact"), max_length=200, blank=True, default="")
    language = models.CharField(_("language of the pages"), max_length=10, default="en-gb")
    submission_id = models.UUIDField(unique=True, editable=False)
    taken_at = models.DateTimeField(_("taken"))
    # Somebody of the staff took it in, or the family gave it back.
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    given_back_at = models.DateTimeField(_("given back"), null=True, blank=True)
    visits = models.ManyToManyField(Visit, related_name="drop_in_tickets", blank=True)

    class Meta:
        verbose_name = _("drop-in ticket")
        verbose_name_plural = _("drop-in tickets")
        ordering = ["taken_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=6), name="drop_in_ticket_has_people"),
        ]
        indexes = [
            # Who is on the way to one clinic.
            models.Index(
                fields=["session", "taken_at"],
                name="drop_in_ticket_open",
                condition=models.Q(used_at__isnull=True, given_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
