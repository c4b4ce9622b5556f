"""How often somebody has tried to find a booking."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LookUpAttempts(models.Model):
    """The tries counted under one key in one window of time. The key is a hash: it names neither person nor booking."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("look-up attempts")
        verbose_name_plural = _("look-up attempts")

    def __str__(self) -> str:
        return str(self.count)
