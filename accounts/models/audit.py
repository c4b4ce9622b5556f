"""What was done, and what was looked at. Plain columns without foreign keys, so that a row outlives what it names."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.bases import AppendOnlyModel, PublicIdModel


class AuditEvent(PublicIdModel, AppendOnlyModel):
    """One change: who, through which door, for which team, to what, before and after, and why.

    Written by hand in the action that makes the change, in its transaction. ``before`` and ``after`` hold what the
    action thought worth keeping, not every column.
    """

    at = models.DateTimeField(_("at"))
    actor_id = models.BigIntegerField(_("user"), null=True)
    actor_name = models.CharField(_("who"), max_length=200)
    source = models.CharField(_("door"), max_length=30)
    team_id = models.BigIntegerField(_("team"), null=True)
    person_id = models.UUIDField(_("person"), null=True)
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.UUIDField(_("thing"), null=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-id"]
        indexes = [
            # The history of one thing, on its admin page.
            models.Index(fields=["object_id", "id"], name="audit_of_thing"),
            # Everything about one person, for a privacy lead.
            models.Index(fields=["person_id", "id"], name="audit_of_person"),
            # A team's newest first, the admin's list.
            models.Index(fields=["team_id", "-id"], name="audit_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}"


class RecordView(AppendOnlyModel):
    """Somebody looked at a person's record: who, whom, when, on which page and why."""

    at = models.DateTimeField(_("at"))
    user_id = models.BigIntegerField(_("user"))
    user_name = models.CharField(_("who"), max_length=200)
    team_id = models.BigIntegerField(_("team"))
    person_id = models.UUIDField(_("person"))
    page = models.CharField(_("page"), max_length=60)
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("record view")
        verbose_name_plural = _("record views")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="views_of_person"),
            models.Index(fields=["team_id", "-id"], name="views_in_team"),
            # What one member of staff looked at, for a privacy lead.
            models.Index(fields=["user_id", "team_id", "-id"], name="views_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_name}, {self.page}"
