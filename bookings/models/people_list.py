"""The people of a closed clinic: a prison's wings, a roadside site, a school."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.models import ClinicSession
from immunisations.models import Person


class ListImport(PublicIdModel, AppendOnlyModel):
    """A list of people was added to a clinic: by whom, when, and how many of its rows."""

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="list_imports")
    name = models.CharField(
        _("file"), max_length=200, blank=True, default="", help_text=_("Empty where it was pasted.")
    )
    rows = models.PositiveIntegerField(_("rows"))
    added = models.PositiveIntegerField(_("people added"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("list import")
        verbose_name_plural = _("list imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%d %B %Y}"


class ListEntry(PublicIdModel):
    """One person on a clinic’s list, in their wing or site. Whoever leaves is taken off and stays to be read."""

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="list_entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_entries")
    list_import = models.ForeignKey(ListImport, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    group = models.CharField(_("wing or site"), max_length=60, blank=True, default="")
    location = models.CharField(_("cell or pitch"), max_length=30, blank=True, default="")
    position = models.PositiveIntegerField(_("order"), default=0)
    # Staff of the prison can be vaccinated too: they are counted apart from residents.
    is_staff = models.BooleanField(_("works there"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    added_by_name = models.CharField(_("added by"), max_length=200)
    added_at = models.DateTimeField(_("added"))
    taken_off_at = models.DateTimeField(_("taken off"), null=True, blank=True)
    taken_off_by_name = models.CharField(_("taken off by"), max_length=200, blank=True, default="")
    taken_off_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering = ["group", "position", "id"]
        constraints = [
            # Also the index of the list of one clinic.
            models.UniqueConstraint(fields=["session", "person"], name="list_entry_once_a_session"),
            models.CheckConstraint(
                condition=models.Q(taken_off_at__isnull=True) | ~models.Q(taken_off_reason=""),
                name="list_entry_taken_off_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.group}"
