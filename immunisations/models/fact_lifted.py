"""The word that something once confirmed about a person does not hold after all."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from immunisations.models.conditions import visible
from immunisations.models.person import Person


class FactLifted(PublicIdModel, AppendOnlyModel):
    """A lasting fact, such as a severe allergic reaction, was found not to hold: what was confirmed before this moment
    no longer counts. It stays to be read, and may be confirmed anew.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facts_lifted")
    fact = models.CharField(_("fact"), max_length=40)
    reason = models.CharField(_("reason"), max_length=300)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_by_name = models.CharField(_("by"), max_length=200)
    lifted_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("fact lifted")
        verbose_name_plural = _("facts lifted")
        ordering = ["lifted_at", "id"]
        constraints = [
            models.CheckConstraint(condition=visible("reason"), name="fact_lifted_has_a_reason"),
            models.CheckConstraint(condition=~models.Q(fact=""), name="fact_lifted_names_it"),
        ]

    def __str__(self) -> str:
        return self.fact
