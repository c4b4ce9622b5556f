"""A dose given here, or not given and why."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.models import Batch, ClinicSession, Direction, LegalMechanism, Product
from clinics.vaccines import Series, Vaccine
from immunisations.models.conditions import known, visible
from immunisations.models.consent import Consent, Screening
from immunisations.models.person import Person
from immunisations.models.visit import Visit

# What a record of a dose given here can never be without.
NEEDED_WHEN_GIVEN = (
    "product_name",
    "batch_number",
    "body_site",
    "route",
    "given_by_name",
    "legal_mechanism",
)


def _never_blank(*fields: str) -> models.Q:
    condition = models.Q()
    for field in fields:
        condition &= ~models.Q(**{field: ""})
    return condition


class VaccinationQuerySet(models.QuerySet["Vaccination"]):
    def current(self) -> "VaccinationQuerySet":
        """The rows that stand: replaced by no other, and not themselves the word that one was an error."""
        return self.filter(replaced_by__isnull=True).exclude(status=Vaccination.Status.ENTERED_IN_ERROR)

    def given(self) -> "VaccinationQuerySet":
        """The doses given here that stand."""
        return self.current().filter(status=Vaccination.Status.COMPLETED)


class VaccinationStatus(models.TextChoices):
    """What a row says of a dose."""

    COMPLETED = "completed", _("Given")
    NOT_DONE = "not-done", _("Not given")
    ENTERED_IN_ERROR = "entered-in-error", _("Entered in error")


class NotDoneReason(models.TextChoices):
    """Why nothing was given."""

    DECLINED = "declined", _("Declined")
    UNWELL = "unwell", _("Unwell today")
    CONTRAINDICATED = "contraindicated", _("Contraindicated")
    NEEDS_ADVICE = "needs_advice", _("Needs advice first")
    ALREADY_COMPLETE = "already_complete", _("Already complete")
    TOO_EARLY = "too_early", _("Too early")
    RECORD_UNCLEAR = "record_unclear", _("Record unclear")
    NO_PRODUCT = "no_product", _("No suitable product here")
    LEFT = "left", _("Left before being seen")
    NOT_PRODUCED = "not_produced", _("Not produced (prison)")


class Site(models.TextChoices):
    """Where it went."""

    LEFT_ARM = "left_arm", _("Left upper arm")
    RIGHT_ARM = "right_arm", _("Right upper arm")
    LEFT_THIGH = "left_thigh", _("Left thigh")
    RIGHT_THIGH = "right_thigh", _("Right thigh")
    MOUTH = "mouth", _("By mouth")


class GivenFor(models.TextChoices):
    """What it was given for."""

    ROUTINE = "routine", _("Routine schedule")
    OUTBREAK = "outbreak", _("Outbreak")


# Columns that hold one of a list or nothing.
CHOICES: dict[str, type[models.TextChoices]] = {
    "vaccine": Vaccine,
    "not_done_reason": NotDoneReason,
    "body_site": Site,
    "route": Product.Route,
    "legal_mechanism": LegalMechanism,
    "indication": GivenFor,
}


class Vaccination(PublicIdModel, AppendOnlyModel):
    """A dose given at a clinic, or the reason why it was not.

    Everything it rests on (product, batch, expiry, names, place) is copied onto the row, so that a later change
    elsewhere never changes a record. A correction is a new row that ``replaces`` the old one; a dose recorded on the
    wrong person, or as another vaccine, is an entered-in-error row there, and a new row with ``moved_from`` here.
    """

    Status = VaccinationStatus
    Reason = NotDoneReason
    BodySite = Site
    LegalMechanism = LegalMechanism
    Indication = GivenFor

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="vaccinations")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="vaccinations")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="vaccinations")
    status = models.CharField(_("status"), max_length=20, choices=Status)
    series = models.CharField(_("series"), max_length=20, choices=Series)
    vaccine = models.CharField(_("vaccine"), max_length=20, choices=Vaccine, blank=True, default="")
    dose_number = models.PositiveSmallIntegerField(_("dose number"), null=True, blank=True)
    not_done_reason = models.CharField(_("reason not given"), max_length=20, choices=Reason, blank=True, default="")
    # The rows it came from, for counting stock and recalling a batch; the copies below are the record.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="vaccinations")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    product_name = models.CharField(_("product"), max_length=60, blank=True, default="")
    product_code = models.CharField(_("dm+d code"), max_length=20, blank=True, default="")
    maker = models.CharField(_("maker"), max_length=60, blank=True, default="")
    batch_number = models.CharField(_("batch number"), max_length=40, blank=True, default="")
    batch_expires_on = models.DateField(_("batch expires"), null=True, blank=True)
    volume_ml = models.DecimalField(_("dose in ml"), max_digits=4, decimal_places=2, null=True, blank=True)
    body_site = models.CharField(_("site"), max_length=15, choices=BodySite, blank=True, default="")
    route = models.CharField(_("route"), max_length=15, choices=Product.Route, blank=True, default="")
    legal_mechanism = models.CharField(
        _("legal mechanism"), max_length=5, choices=LegalMechanism, blank=True, default=""
    )
    direction = models.ForeignKey(Direction, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    legal_mechanism_name = models.CharField(_("direction"), max_length=120, blank=True, default="")
    legal_mechanism_version = models.CharField(
        _("version of the direction"), max_length=20, blank=True, default="", db_default=""
    )
    legal_mechanism_valid_until = models.DateField(_("direction valid until"), null=True, blank=True)
    indication = models.CharField(_("indication"), max_length=10, choices=Indication, blank=True, default="")
    given_at = models.DateTimeField(_("given"), null=True, blank=True)
    # The day it was in London at that moment: what the schedule counts from.
    given_on = models.DateField(_("day given"), null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_by_name = models.CharField(_("given by"), max_length=200, blank=True, default="")
    # Who handed the vaccine out, where that was somebody else.
    supplied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    supplied_by_name = models.CharField(_("supplied by"), max_length=200, blank=True, default="", db_default="")
    consent_by_name = models.CharField(_("consent by"), max_length=200, blank=True, default="")
    consent_relationship = models.CharField(_("relationship"), max_length=60, blank=True, default="")
    identity_confirmed_by = models.CharField(_("who confirmed identity"), max_length=200, blank=True, default="")
    place_name = models.CharField(_("where"), max_length=220)
    place_ods_code = models.CharField(_("where, ODS code"), max_length=10)
    # A dose given against a warning, or without a record check, says why.
    override_reason = models.CharField(_("reason for going on"), max_length=500, blank=True, default="")
    # The codes of the warnings that were shown and gone against.
    cautions = models.JSONField(
        _("warnings"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    # A young person who decides for themselves may ask it (Green Book chapter 2): copied from their consent.
    parents_not_told = models.BooleanField(_("parents are not to be told"), default=False, db_default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(_("recorded by"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded"))
    # What the clock of the tablet said when Save was pressed, beside the server's ``recorded_at``.
    device_at = models.DateTimeField(_("recorded, by the device's clock"), null=True, blank=True)
    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")
    # Whether this row, or one that it puts right, came from another person's record: what that person agreed to stays
    # with them, so that consent and health questions may be missing here.
    moved_here = models.BooleanField(_("moved from another person’s record"), default=False, db_default=False)
    correction_reason = models.CharField(_("reason for the correction"), max_length=300, blank=True, default="")

    objects = VaccinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("vaccination")
        verbose_name_plural = _("vaccinations")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session", "series"],
                condition=models.Q(replaces__isnull=True),
                name="vaccination_once_a_session",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="completed")
                | (
                    _never_blank(*NEEDED_WHEN_GIVEN, "vaccine")
                    & models.Q(
                        product__isnull=False,
                        batch__isnull=False,
                        batch_expires_on__isnull=False,
                        given_at__isnull=False,
                        given_on__isnull=False,
                        given_by__isnull=False,
                        volume_ml__isnull=False,
                    )
                    & (models.Q(consent__isnull=False, screening__isnull=False) | models.Q(moved_here=True))
                ),
                name="vaccination_given_is_whole",
            ),
            # Only a move, or the correction of what was moved, is one.
            models.CheckConstraint(
                condition=models.Q(moved_here=False)
                | models.Q(moved_from__isnull=False)
                | models.Q(replaces__isnull=False) & ~models.Q(correction_reason=""),
                name="vaccination_moved_here_from_somewhere",
            ),
            # Values of blanks or of invisible characters are as empty as empty ones.
            *(
                models.CheckConstraint(condition=visible(field, blank=True), name=f"vaccination_{field}_is_visible")
                for field in ("product_name", "batch_number", "given_by_name")
            ),
            models.CheckConstraint(condition=visible("place_name"), name="vaccination_place_name_is_visible"),
            models.CheckConstraint(
                condition=known("status", VaccinationStatus.values), name="vaccination_status_known"
            ),
            models.CheckConstraint(condition=known("series", Series.values), name="vaccination_series_known"),
            *(
                models.CheckConstraint(
                    condition=known(field, choices.values, blank=True), name=f"vaccination_{field}_known"
                )
                for field, choices in CHOICES.items()
            ),
            models.CheckConstraint(
                condition=models.Q(status="not-done") & ~models.Q(not_done_reason="")
                | ~models.Q(status="not-done") & models.Q(not_done_reason="")
                | models.Q(status="entered-in-error"),
                name="vaccination_not_given_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="entered-in-error")
                | models.Q(replaces__isnull=False) & ~models.Q(correction_reason=""),
                name="vaccination_error_says_of_what_and_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="completed") | models.Q(batch_expires_on__gte=models.F("given_on")),
                name="vaccination_batch_was_in_date",
            ),
            models.CheckConstraint(
                condition=models.Q(legal_mechanism_valid_until__isnull=True)
                | models.Q(given_on__isnull=True)
                | models.Q(legal_mechanism_valid_until__gte=models.F("given_on")),
                name="vaccination_direction_was_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=True) | models.Q(given_at__lte=models.F("recorded_at")),
                name="vaccination_not_in_the_future",
            ),
        ]
        indexes = [
            # The day's totals and the day list.
            models.Index(fields=["session", "status"], name="vaccination_of_session"),
            # A recall: everybody who had a batch.
            models.Index(fields=["batch_number"], name="vaccination_of_batch"),
            # What was corrected lately: few rows of many.
            models.Index(
                fields=["recorded_at"], name="vaccination_corrected_at", condition=~models.Q(correction_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()}: {self.get_status_display()}"

    @property
    def is_given(self) -> bool:
        """Whether the row says that a dose was given. It may have been replaced since."""
        return self.status == VaccinationStatus.COMPLETED

    @property
    def consent_words(self) -> str:
        """Return who consented to a dose given, or that nobody did on record; "" where nothing was given."""
        if self.is_given and self.consent_id is None:
            return gettext("No consent on record: moved from another person’s record")
        return self.consent_by_name

    @property
    def not_on_record(self) -> list[str]:
        """Return in words what a dose given lacks, because it was moved here from another person's record."""
        if not self.is_given:
            return []
        missing = []
        if self.consent_id is None:
            missing.append(self.consent_words)
        if self.screening_id is None:
            missing.append(gettext("No health questions on record: moved from another person’s record"))
        return missing
