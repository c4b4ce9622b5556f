"""What a run of ``manage.py rebuild_status`` has done, so that one that was cut off can be taken up again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team


class StatusRun(models.Model):
    """One run of ``manage.py rebuild_status`` over a team's people, or over everybody's, page by page."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    check_only = models.BooleanField(_("changes nothing"))
    page_size = models.PositiveIntegerField(_("people a page"))
    rules_version = models.CharField(_("rules"), max_length=20)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # What came of it, once it is finished: the pages are then forgotten.
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    differences = models.JSONField(_("rows that differed"), default=dict, blank=True)

    class Meta:
        verbose_name = _("run over all statuses")
        verbose_name_plural = _("runs over all statuses")

    def __str__(self) -> str:
        return f"{self.started_at:%d %B %Y %H:%M}"


class StatusPage(models.Model):
    """A page of a run that is done: written in the transaction that wrote its people's statuses."""

    run = models.ForeignKey(StatusRun, on_delete=models.CASCADE, related_name="pages")
    # The keys of people between which it lies: after the first, up to the last.
    after = models.BigIntegerField()
    until = models.BigIntegerField()
    people = models.PositiveIntegerField()
    # How many rows were found to differ, by series and how, as in ``immunisations.rebuild.pages``.
    differences = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("page of a run")
        verbose_name_plural = _("pages of runs")
        constraints = [models.UniqueConstraint(fields=["run", "after"], name="status_page_once_a_run")]

    def __str__(self) -> str:
        return f"{self.after} to {self.until}"
