"""One clinic on one day, and when people can be vaccinated there."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from clinics.models.venue import Venue
from clinics.vaccines import Vaccine


class ClinicSessionQuerySet(models.QuerySet["ClinicSession"]):
    def public(self) -> "ClinicSessionQuerySet":
        """The clinics that the public may know of: published or no longer taking bookings, never a closed list."""
        return self.filter(
            state__in=[ClinicSession.State.PUBLISHED, ClinicSession.State.BOOKINGS_CLOSED],
            who_may_book=ClinicSession.WhoMayBook.PUBLIC,
        )

    def bookable(self, today: date) -> "ClinicSessionQuerySet":
        """The public clinics, from ``today`` on, that take bookings."""
        return self.public().filter(state=ClinicSession.State.PUBLISHED, date__gte=today)


class ClinicSession(PublicIdModel):
    """A clinic, as people say: one team at one venue on one day."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        BOOKINGS_CLOSED = "bookings_closed", _("Bookings closed")
        FINISHED = "finished", _("Finished")
        CLOSED_OFF = "closed_off", _("Closed off")
        CANCELLED = "cancelled", _("Cancelled")

    class WhoMayBook(models.TextChoices):
        PUBLIC = "public", _("Anyone")
        INVITED = "invited", _("People we invite")
        CLOSED_LIST = "closed_list", _("Only people on our list")

    # From each state, where a clinic may go next. ``clinics.policies`` asks this table and nothing else.
    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.PUBLISHED, State.CANCELLED},
        State.PUBLISHED: {State.BOOKINGS_CLOSED, State.FINISHED, State.CANCELLED},
        State.BOOKINGS_CLOSED: {State.PUBLISHED, State.FINISHED, State.CANCELLED},
        State.FINISHED: {State.CLOSED_OFF, State.BOOKINGS_CLOSED},
        State.CLOSED_OFF: set(),
        State.CANCELLED: set(),
    }

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("team"))
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("venue"))
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100, help_text=_("For example, Evesham town hall clinic."))
    slug = models.SlugField(
        _("address on the site"), max_length=120, unique=True, help_text=_("Made from the town and date if left empty.")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT, editable=False)
    who_may_book = models.CharField(_("who may book"), max_length=20, choices=WhoMayBook, default=WhoMayBook.PUBLIC)
    appointment_minutes = models.PositiveSmallIntegerField(_("appointment length in minutes"), default=10)
    drop_in_from = models.TimeField(_("drop in from"), null=True, blank=True)
    drop_in_until = models.TimeField(_("drop in until"), null=True, blank=True)
    for_whom = models.CharField(
        _("for whom"), max_length=200, blank=True, help_text=_("In plain words: “Children under 5 and their families”.")
    )
    languages_spoken = models.CharField(
        _("languages spoken"), max_length=200, blank=True, help_text=_("For example, Polish and Romanian.")
    )
    early_doses = models.BooleanField(
        _("early measles doses"),
        default=False,
        help_text=_("Offer MMR from 6 months in an outbreak. Such a dose is recorded and does not count."),
    )
    early_doses_reason = models.CharField(_("reason for early doses"), max_length=300, blank=True)
    advise_18_month_dose = models.BooleanField(
        _("advise the 18-month dose after an early second dose"),
        default=True,
        db_default=True,
        help_text=_(
            "A second measles dose given before 18 months and within 3 months of the first counts; the Green Book "
            "(chapter 21) still advises the routine one at 18 months. The clinical lead may switch that advice off."
        ),
    )
    # What was typed before teams kept their directions as rows of Direction. No dose is given under it and no page asks
    # for it; it stays for the clinics of that time.
    legal_mechanism_name = models.CharField(
        _("patient group direction"),
        max_length=120,
        blank=True,
        help_text=_("Name and version of the direction the clinic works under."),
    )
    observation_minutes = models.PositiveSmallIntegerField(
        _("observation after a dose, in minutes"),
        default=0,
        db_default=0,
        help_text=_("How long people are asked to stay. 0 where the clinic does not ask it."),
    )
    closed_off_at = models.DateTimeField(_("closed off"), null=True, blank=True, editable=False)
    closed_off_by_name = models.CharField(
        _("closed off by"), max_length=200, blank=True, default="", db_default="", editable=False
    )
    closing_note = models.CharField(
        _("note at the end of the clinic"), max_length=1000, blank=True, default="", db_default="", editable=False
    )
    cancelled_reason = models.CharField(_("reason for cancelling"), max_length=300, blank=True, editable=False)

    objects = ClinicSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["date", "name"]
        indexes = [
            # The public list: published, public, from today on, soonest first.
            models.Index(fields=["who_may_book", "state", "date"], name="session_public_list"),
            # A team's clinic day.
            models.Index(fields=["team", "date"], name="session_of_team_on_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(appointment_minutes__gte=1, appointment_minutes__lte=120),
                name="session_appointment_length",
            ),
            models.CheckConstraint(
                condition=models.Q(drop_in_from__isnull=True, drop_in_until__isnull=True)
                | models.Q(drop_in_from__lt=models.F("drop_in_until")),
                name="session_drop_in_has_start_and_end",
            ),
            models.CheckConstraint(
                condition=models.Q(observation_minutes__lte=120), name="session_observation_is_at_most_two_hours"
            ),
            models.CheckConstraint(
                condition=models.Q(early_doses=False) | ~models.Q(early_doses_reason=""),
                name="session_early_doses_have_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.date:%A} {self.date.day} {self.date:%B %Y}" if self.date else self.name

    def vaccine_codes(self) -> list[str]:
        """The codes of the vaccines offered; no query where ``offers`` is prefetched."""
        return [offer.vaccine for offer in self.offers.all()]

    def vaccine_names(self) -> list[Any]:
        """The names of the vaccines offered."""
        return [Vaccine(code).label for code in self.vaccine_codes()]


class VaccineOffer(models.Model):
    """A vaccine that a clinic offers."""

    session = models.ForeignKey(ClinicSession, on_delete=models.CASCADE, related_name="offers")
    vaccine = models.CharField(_("vaccine"), max_length=20, choices=Vaccine)

    class Meta:
        verbose_name = _("vaccine offered")
        verbose_name_plural = _("vaccines offered")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "vaccine"], name="offer_once_a_session"),
            models.CheckConstraint(condition=models.Q(vaccine__in=Vaccine.values), name="offer_vaccine_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_vaccine_display())


class VaccinationPeriod(models.Model):
    """A stretch of a clinic in which a number of vaccinators work side by side.

    Start and end are moments; forms take Europe/London wall times. The periods of one clinic never overlap, so
    vaccinator 2 at 10am is one place and not two.
    """

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="periods")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    vaccinators = models.PositiveSmallIntegerField(_("people vaccinated at the same time"), default=1)

    class Meta:
        verbose_name = _("vaccination period")
        verbose_name_plural = _("vaccination periods")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="period_ends_later"),
            models.CheckConstraint(
                condition=models.Q(vaccinators__gte=1, vaccinators__lte=50), name="period_has_vaccinators"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} to {self.ends_at:%H:%M} UTC"
