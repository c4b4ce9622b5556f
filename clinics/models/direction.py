"""What gives a vaccinator the right to give a dose without a prescription of their own."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from clinics.vaccines import Vaccine


class LegalMechanism(models.TextChoices):
    """The kinds of direction (Human Medicines Regulations 2012, as amended; Green Book chapter 5)."""

    PGD = "PGD", _("Patient group direction (PGD)")
    PSD = "PSD", _("Patient specific direction (PSD)")
    VGD = "VGD", _("Vaccine group direction (VGD)")


class Direction(PublicIdModel):
    """A signed direction of a team: its kind, name, version, the vaccines it is for, and the days it is in force."""

    Kind = LegalMechanism

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="directions", verbose_name=_("team"))
    kind = models.CharField(_("kind"), max_length=5, choices=LegalMechanism)
    name = models.CharField(_("name"), max_length=120)
    version = models.CharField(_("version"), max_length=20)
    vaccines = models.JSONField(_("for the vaccines"), default=list)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), help_text=_("The last day on which it may be worked under."))

    class Meta:
        verbose_name = _("direction")
        verbose_name_plural = _("directions")
        ordering = ["name", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["team", "kind", "name", "version"], name="direction_once_a_team"),
            models.CheckConstraint(condition=models.Q(kind__in=LegalMechanism.values), name="direction_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(version=""), name="direction_has_name_and_version"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="direction_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(name)s, version %(version)s") % {"name": self.name, "version": self.version})

    @property
    def is_used(self) -> bool:
        """Whether anything was recorded under it: asked of every table that points here, so that this room need not
        know them.
        """
        pointing = self._meta.get_fields(include_hidden=True)
        return self.pk is not None and any(
            relation.related_model._default_manager.filter(**{relation.field.name: self.pk}).exists()
            for relation in pointing
            if isinstance(relation, models.ManyToOneRel)
        )

    def is_in_force(self, on: date) -> bool:
        """Whether it may be worked under on a day."""
        return self.valid_from <= on <= self.valid_until

    def covers(self, vaccine: str) -> bool:
        """Whether it is for a vaccine, one of the codes of Vaccine."""
        return vaccine in self.vaccines

    @property
    def vaccine_names(self) -> list[str]:
        """The vaccines in words."""
        return [str(Vaccine(code).label) for code in self.vaccines]
