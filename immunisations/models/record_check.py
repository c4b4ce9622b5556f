"""What somebody looked at to learn a person's vaccination history, and what they found there."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.vaccines import Vaccine
from immunisations.models.conditions import known, visible
from immunisations.models.person import Person
from immunisations.models.visit import Visit


class SeenVaccine(models.TextChoices):
    """Every vaccine that a record may show, those that no clinic gives included."""

    MMR = "MMR", Vaccine.MMR.label
    MMRV = "MMRV", Vaccine.MMRV.label
    SIX_IN_ONE = "6IN1", Vaccine.SIX_IN_ONE.label
    FIVE_IN_ONE = "5IN1", _("5-in-1 (before August 2017, and abroad)")
    FOUR_IN_ONE = "4IN1", Vaccine.FOUR_IN_ONE.label
    TD_IPV = "3IN1", Vaccine.TD_IPV.label
    MENB = "MENB", Vaccine.MENB.label
    PNEUMOCOCCAL = "PNEUMOCOCCAL", Vaccine.PNEUMOCOCCAL.label
    ROTAVIRUS = "ROTAVIRUS", Vaccine.ROTAVIRUS.label
    HPV = "HPV", Vaccine.HPV.label
    MENACWY = "MENACWY", Vaccine.MENACWY.label
    HIBMENC = "HIBMENC", Vaccine.HIBMENC.label
    VARICELLA = "VARICELLA", _("Chickenpox")
    YELLOWFEVER = "YELLOWFEVER", _("Yellow fever")
    OPV = "OPV", _("Polio by mouth (OPV, abroad)")
    MEASLES_ONLY = "MEASLES_ONLY", _("Measles, or measles and rubella, alone")
    OTHER = "OTHER", _("Another vaccine")


class CheckSource(models.TextChoices):
    """What was looked at."""

    RED_BOOK = "red_book", _("Red book")
    CHIS = "chis", _("CHIS")
    GP_RECORD = "gp_record", _("GP record")
    SCHOOL = "school", _("School service")
    OVERSEAS = "overseas", _("Overseas papers")
    VERBAL = "verbal", _("Told by the person or parent")
    OTHER = "other", _("Another record")
    NONE = "none", _("No record anywhere")


class CheckOutcome(models.TextChoices):
    """What there was to see."""

    DOSES_FOUND = "doses_found", _("Looked at, doses found")
    NOTHING_RECORDED = "nothing_recorded", _("Looked at, nothing recorded")
    NOT_AVAILABLE = "not_available", _("Not available")


class RecordCheck(PublicIdModel, AppendOnlyModel):
    """One look at one source. Several stand side by side, none overwrites another, none is ever edited.

    The sources looked at in one go share a ``round`` and its finding; a source without a row in the round was not
    asked for.
    """

    Source = CheckSource
    Outcome = CheckOutcome

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="record_checks")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="record_checks")
    source = models.CharField(_("source"), max_length=15, choices=Source)
    source_name = models.CharField(
        _("exact name of the source"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("For example, CHIS file of 3 May, prison health record, card from Romania."),
    )
    round = models.UUIDField(_("round"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("what it showed"), max_length=20, choices=Outcome)
    how_seen = models.CharField(
        _("how it was seen"),
        max_length=200,
        blank=True,
        help_text=_("For example, the book itself, a photo, read out on the phone."),
    )
    finding = models.CharField(_("finding"), max_length=500)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by")
    )
    checked_by_name = models.CharField(_("checked by"), max_length=200)
    checked_at = models.DateTimeField(_("checked"))
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        verbose_name = _("record check")
        verbose_name_plural = _("record checks")
        ordering = ["checked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=visible("finding"), name="record_check_has_a_finding"),
            models.CheckConstraint(condition=known("source", CheckSource.values), name="record_check_source_known"),
            models.CheckConstraint(condition=known("outcome", CheckOutcome.values), name="record_check_outcome_known"),
            models.CheckConstraint(
                condition=~models.Q(source="none") | ~models.Q(outcome="doses_found"),
                name="no_record_anywhere_shows_no_doses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.checked_at:%d %B %Y}"


class DoseSeen(AppendOnlyModel):
    """A dose that a source shows, with its date as it is written there: a year, a month or a day."""

    record_check = models.ForeignKey(RecordCheck, on_delete=models.PROTECT, related_name="doses")
    vaccine = models.CharField(_("vaccine"), max_length=20, choices=SeenVaccine)
    given_on = models.CharField(
        _("date given"), max_length=10, help_text=_("YYYY, YYYY-MM or YYYY-MM-DD: never more exact than the source.")
    )
    as_written = models.CharField(_("as written"), max_length=60, blank=True, default="", db_default="")
    country = models.CharField(_("country"), max_length=60, blank=True, default="")
    batch_number = models.CharField(_("batch number"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("dose seen")
        verbose_name_plural = _("doses seen")
        ordering = ["given_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(given_on__regex=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"), name="dose_seen_date_form"
            ),
            models.CheckConstraint(condition=models.Q(vaccine__in=SeenVaccine.values), name="dose_seen_vaccine_known"),
            models.CheckConstraint(
                condition=~models.Q(vaccine="OTHER") | visible("as_written"), name="dose_seen_other_is_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_vaccine_display()} {self.given_on}"
