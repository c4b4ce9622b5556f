"""What came of the doses of a batch, and how cold they were kept."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.models.session import ClinicSession
from clinics.models.stock import Batch

# Green Book chapter 3: vaccines are kept from +2 to +8 degrees Celsius.
COLDEST, WARMEST = Decimal("2.0"), Decimal("8.0")


class MovementKind(models.TextChoices):
    """What happened to doses of a batch. What was given is no movement: it is counted from the records."""

    RECEIVED = "received", _("Received")
    OUT = "out", _("Taken to the clinic")
    WASTED = "wasted", _("Wasted")
    BACK = "back", _("Counted back")
    QUARANTINED = "quarantined", _("Quarantined")
    RELEASED = "released", _("Released from quarantine")


class WasteReason(models.TextChoices):
    """Why a dose could not be given."""

    DROPPED = "dropped", _("Dropped or broken")
    DRAWN_UP = "drawn_up", _("Drawn up and not given")
    COLD_CHAIN = "cold_chain", _("Too warm or too cold")
    EXPIRED = "expired", _("Expired")
    FAULTY = "faulty", _("Faulty or recalled")
    OTHER = "other", _("Something else")


# Kinds that belong to one clinic, and kinds that say in words why.
AT_A_CLINIC = (MovementKind.OUT, MovementKind.BACK)
SAYS_WHY = (MovementKind.QUARANTINED, MovementKind.RELEASED)


class StockMovement(PublicIdModel, AppendOnlyModel):
    """So many doses of a batch were received, taken to a clinic, wasted, counted back; or it may (not) be given.

    Without ``session`` it is about the team's store. A count put right is a further row that ``replaces`` the wrong
    one. A quarantine without ``session`` holds the whole batch, one with it only what was taken to that clinic.
    """

    Kind = MovementKind
    Reason = WasteReason

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="movements", verbose_name=_("batch"))
    session = models.ForeignKey(
        ClinicSession,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("clinic"),
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=MovementKind)
    doses = models.PositiveSmallIntegerField(_("doses"))
    reason = models.CharField(_("reason"), max_length=12, choices=WasteReason, blank=True, default="")
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(
                condition=(models.Q(kind="wasted") & models.Q(reason__in=WasteReason.values))
                | (~models.Q(kind="wasted") & models.Q(reason="")),
                name="movement_wasted_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=AT_A_CLINIC) | models.Q(session__isnull=False),
                name="movement_to_a_clinic_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="received") | models.Q(session__isnull=True), name="movement_received_in_store"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=SAYS_WHY) | ~models.Q(note=""), name="movement_quarantine_says_why"
            ),
        ]
        indexes = [
            # The stock of one clinic.
            models.Index(fields=["session", "batch"], name="movement_of_session"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.doses}"


class ReadingMoment(models.TextChoices):
    """When in a clinic a temperature was read."""

    START = "start", _("At the start")
    DURING = "during", _("During the clinic")
    END = "end", _("At the end")


class CoolBoxReading(PublicIdModel, AppendOnlyModel):
    """The temperature of a cool box at a clinic, in degrees Celsius to one place."""

    Moment = ReadingMoment

    session = models.ForeignKey(
        ClinicSession, on_delete=models.PROTECT, related_name="cool_box_readings", verbose_name=_("clinic")
    )
    box = models.CharField(_("cool box"), max_length=40)
    moment = models.CharField(_("when"), max_length=8, choices=ReadingMoment)
    celsius = models.DecimalField(_("temperature in °C"), max_digits=4, decimal_places=1)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        verbose_name = _("cool box reading")
        verbose_name_plural = _("cool box readings")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(moment__in=ReadingMoment.values), name="reading_moment_known"),
            models.CheckConstraint(condition=~models.Q(box=""), name="reading_names_the_box"),
            models.CheckConstraint(
                condition=models.Q(celsius__gte=-40, celsius__lte=60), name="reading_is_a_temperature"
            ),
        ]
        indexes = [models.Index(fields=["session", "at"], name="reading_of_session")]

    def __str__(self) -> str:
        return f"{self.box}: {self.celsius} °C"

    @property
    def is_excursion(self) -> bool:
        """Whether it is outside +2 to +8 °C (Green Book chapter 3)."""
        return not COLDEST <= self.celsius <= WARMEST
