"""Who is coming: bookings, the appointments in them, and the unfinished drafts of the public."""

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from clinics.models import ClinicSession, Reservation
from immunisations.models import Person, Visit


class Booking(PublicIdModel):
    """One contact and one or more appointments, found again by its reference and a date of birth.

    Its reference is printed and read aloud; ``link_token_hash`` guards the links in messages. Whether it stands is
    read from its appointments.
    """

    class How(models.TextChoices):
        WEB = "web", _("On the website")
        PHONE = "phone", _("By phone")
        API = "api", _("Through another system")
        WALK_IN = "walk_in", _("At the clinic")
        LIST = "list", _("From a list")

    class ParentalResponsibility(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_SURE = "not_sure", _("Not sure")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("team"))
    reference = models.CharField(_("reference"), max_length=10, unique=True)
    link_token_hash = models.CharField(max_length=64, unique=True, editable=False)
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    relationship = models.CharField(_("relationship"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    texts = models.BooleanField(_("may be texted"), default=True)
    email = models.EmailField(_("email"), blank=True)
    # For whoever has neither mobile nor email and wants the details on paper.
    letters = models.BooleanField(_("wants letters"), default=False, db_default=False)
    address = models.CharField(
        _("address for letters"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("One line of the address a line, the postcode last."),
    )
    parental_responsibility = models.CharField(
        _("somebody with parental responsibility comes"),
        max_length=10,
        choices=ParentalResponsibility,
        blank=True,
        default="",
        db_default="",
    )
    language = models.CharField(
        _("language of the pages"), max_length=10, default="en-gb", help_text=_("The language the booking was made in.")
    )
    spoken_language = models.CharField(_("language spoken"), max_length=60, blank=True)
    interpreter_needed = models.BooleanField(_("interpreter needed"), default=False)
    support_needs = models.CharField(_("support needed"), max_length=500, blank=True)
    how = models.CharField(_("how it came"), max_length=10, choices=How)
    # One unfinished draft, one phone call or one API request makes one booking, however often it is sent.
    submission_id = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(_("booked"))

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team", "-id"], name="booking_of_team"),
            # The bookings that came in today, or lately.
            models.Index(fields=["team", "-created_at"], name="booking_of_team_lately"),
            # Found again on the phone by the number or the email address of the contact.
            models.Index(fields=["team", "phone"], name="booking_by_phone"),
            models.Index(Upper("email"), name="booking_by_email"),
        ]

    def __str__(self) -> str:
        return self.reference


class Appointment(PublicIdModel):
    """One person's time at a clinic, with their details as the contact typed them.

    ``person`` is the record they turned out to belong to, once somebody or something matched them; booking never
    reads or writes one. ``version`` rises with each change: it is the calendar file's sequence number and part of a
    message's identity.
    """

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CANCELLED = "cancelled", _("Cancelled")
        DID_NOT_ATTEND = "did_not_attend", _("Did not attend")

    class GpRegistered(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_SURE = "not_sure", _("Not sure")

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="appointments")
    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="appointments")
    reservation = models.OneToOneField(
        Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="appointment"
    )
    # Copied from the places, which are given back when the appointment is cancelled.
    starts_at = models.DateTimeField(_("time"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    position = models.PositiveSmallIntegerField(_("order in the booking"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.BOOKED)
    version = models.PositiveIntegerField(_("version"), default=1)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    date_of_birth = models.DateField(_("date of birth"))
    date_of_birth_is_approximate = models.BooleanField(_("date of birth is approximate"), default=False)
    nhs_number = models.CharField(_("NHS number"), max_length=10, blank=True, default="")
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    no_fixed_abode = models.BooleanField(_("no fixed address"), default=False)
    address = models.CharField(_("address"), max_length=300, blank=True, default="", db_default="")
    gp_registered = models.CharField(
        _("registered with a GP surgery"),
        max_length=10,
        choices=GpRegistered,
        blank=True,
        default="",
        db_default="",
    )
    gp_surgery = models.CharField(_("GP surgery"), max_length=200, blank=True, default="", db_default="")
    # Codes of Vaccine; none where the contact asked us to check what is needed.
    wanted = models.JSONField(_("asked for"), default=list, blank=True, db_default=models.Value([], models.JSONField()))
    gelatine_free = models.BooleanField(_("gelatine-free"), default=False)
    extra_time = models.BooleanField(_("extra time"), default=False)
    support_needs = models.CharField(_("support needed"), max_length=500, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointment")
    # The family told us that they are on their way and late.
    running_late_at = models.DateTimeField(_("said that they are late"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="cancelled", reservation__isnull=True, cancelled_at__isnull=False)
                | (~models.Q(state="cancelled") & models.Q(reservation__isnull=False, cancelled_at__isnull=True)),
                name="appointment_has_its_places_until_cancelled",
            ),
            models.CheckConstraint(
                condition=models.Q(visit__isnull=True) | models.Q(person__isnull=False, state="booked"),
                name="appointment_that_arrived_has_a_person",
            ),
            models.UniqueConstraint(fields=["booking", "position"], name="appointment_position_once"),
            models.CheckConstraint(condition=~models.Q(first_name=""), name="appointment_has_a_name"),
        ]
        indexes = [
            # The day list: everybody expected at one clinic, by time.
            models.Index(fields=["session", "starts_at"], name="appointment_of_session"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def list_name(self) -> str:
        """The name as staff lists show it: LAST, First."""
        return f"{self.last_name.upper()}, {self.first_name}" if self.last_name else self.first_name
