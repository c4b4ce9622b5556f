"""What is given: products, and the batches of them that a team holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from clinics.vaccines import Vaccine


class Product(models.Model):
    """A brand of vaccine as the NHS dictionary of medicines knows it. Reviewed reference data, loaded from a file."""

    class Route(models.TextChoices):
        INTRAMUSCULAR = "intramuscular", _("Into the muscle")
        SUBCUTANEOUS = "subcutaneous", _("Under the skin")
        ORAL = "oral", _("By mouth")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("brand"), max_length=60)
    maker = models.CharField(_("maker"), max_length=60)
    vaccine = models.CharField(_("vaccine"), max_length=20, choices=Vaccine)
    contains_gelatine = models.BooleanField(_("contains gelatine from pigs"), default=False)
    dmd_code = models.CharField(_("dm+d code"), max_length=20, blank=True)
    volume_ml = models.DecimalField(_("dose in ml"), max_digits=4, decimal_places=2)
    route = models.CharField(_("usual route"), max_length=20, choices=Route, default=Route.INTRAMUSCULAR)
    # Ages as "6 weeks", "9 months" or "10 years"; empty where there is no such bound.
    from_age = models.CharField(
        _("given from"), max_length=12, blank=True, default="", db_default="", help_text=_("The youngest age for it.")
    )
    under_age = models.CharField(
        _("given under"), max_length=12, blank=True, default="", db_default="", help_text=_("The first age too old.")
    )
    source = models.CharField(_("source"), max_length=200)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["vaccine", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_vaccine_display()})"


class Batch(PublicIdModel):
    """A delivered batch of a product, with its number and expiry as printed on the box."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="batches", verbose_name=_("team"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="batches", verbose_name=_("product"))
    number = models.CharField(_("batch number"), max_length=40)
    expires_on = models.DateField(_("expires"), help_text=_("The last day on which it may be given."))
    quarantined_at = models.DateTimeField(_("quarantined"), null=True, blank=True, editable=False)
    quarantine_reason = models.CharField(_("reason for quarantine"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["expires_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "product", "number"], name="batch_once_a_team"),
            models.CheckConstraint(condition=~models.Q(number=""), name="batch_has_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.product.name})"
