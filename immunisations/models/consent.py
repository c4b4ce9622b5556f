"""Who agreed, and whether it is safe today."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel
from clinics.vaccines import Vaccine
from immunisations.models.conditions import known, visible
from immunisations.models.visit import Visit


class ConsentRoute(models.TextChoices):
    """Who may decide."""

    PARENT_PRESENT = "parent_present", _("A parent or carer with parental responsibility, here")
    PARENT_PHONE = "parent_phone", _("A parent with parental responsibility, by phone")
    DELEGATED = "delegated", _("Somebody the parent asked to bring the child")
    OWN = "own", _("The person themselves, aged 16 or over")
    GILLICK = "gillick", _("The young person, who is Gillick competent")
    BEST_INTERESTS = "best_interests", _("Best interests of an adult who cannot decide")


class ConsentDecision(models.TextChoices):
    """Yes or no."""

    GIVEN = "given", _("Consent given")
    REFUSED = "refused", _("Consent refused")
    DISAGREED = "disagreed", _("Those with parental responsibility disagree")


# What a young person understands who may decide alone, all five (Gillick v West Norfolk; Green Book chapter 2).
GILLICK_ANSWERS = (
    "gillick_knows_vaccination",
    "gillick_knows_disease",
    "gillick_knows_consequences",
    "gillick_knows_procedure",
    "gillick_knows_side_effects",
)


class Consent(PublicIdModel, AppendOnlyModel):
    """Somebody with the right to decide said yes or no to named vaccines on this visit."""

    Route = ConsentRoute
    Decision = ConsentDecision

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="consents")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    route = models.CharField(_("who decides"), max_length=20, choices=Route)
    given_by_name = models.CharField(_("name"), max_length=200)
    relationship = models.CharField(_("relationship"), max_length=60, blank=True, default="")
    vaccines = models.JSONField(_("for the vaccines"), default=list)
    # Which dose of its series each vaccine was then: asked again where that changes. Empty where nobody could say.
    dose_numbers = models.JSONField(
        _("for the doses"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    phone = models.CharField(_("phone number called"), max_length=30, blank=True, default="", db_default="")
    heard_by_name = models.CharField(
        _("who else heard the call"), max_length=200, blank=True, default="", db_default=""
    )
    gillick_knows_vaccination = models.BooleanField(_("knows which vaccination"), null=True, blank=True)
    gillick_knows_disease = models.BooleanField(_("knows the disease it protects against"), null=True, blank=True)
    gillick_knows_consequences = models.BooleanField(_("knows what may follow"), null=True, blank=True)
    gillick_knows_procedure = models.BooleanField(_("knows how it is given"), null=True, blank=True)
    gillick_knows_side_effects = models.BooleanField(_("knows the side effects"), null=True, blank=True)
    parents_not_told = models.BooleanField(
        _("parents are not to be told"),
        default=False,
        db_default=False,
        help_text=_("The young person’s own wish. No message goes to a parent, nothing is sent out by itself."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=visible("given_by_name"), name="consent_has_a_name"),
            models.CheckConstraint(condition=known("route", ConsentRoute.values), name="consent_route_known"),
            models.CheckConstraint(condition=known("decision", ConsentDecision.values), name="consent_decision_known"),
            models.CheckConstraint(
                condition=~models.Q(route="gillick", decision="given")
                | models.Q(**dict.fromkeys(GILLICK_ANSWERS, True)),
                name="consent_gillick_all_five",
            ),
            models.CheckConstraint(
                condition=models.Q(parents_not_told=False) | models.Q(route__in=["gillick", "own"]),
                name="consent_own_wish_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}: {self.given_by_name}"

    @property
    def vaccine_names(self) -> list[str]:
        """The vaccines in words."""
        return [str(Vaccine(code).label) for code in self.vaccines]


class Screening(PublicIdModel, AppendOnlyModel):
    """The health questions as they were answered, and the one confirmation on the day.

    ``answers`` maps a question's code to {"answer": "yes" | "no", "details": words}. Only the questions of
    ``immunisations.health_questions`` may stand there.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="screenings")
    vaccines = models.JSONField(
        _("asked for the vaccines"),
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text=_("Empty where it was asked for all."),
    )
    answers = models.JSONField(_("answers"), default=dict)
    well_today = models.BooleanField(_("well today"))
    not_pregnant = models.BooleanField(_("not pregnant"), null=True, help_text=_("Empty where it was not asked."))
    identity_confirmed_by = models.CharField(_("who confirmed identity"), max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%d %B %Y}"
