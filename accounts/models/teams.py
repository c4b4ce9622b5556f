"""Teams, and who works in them as what."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.bases import PublicIdModel


class Team(PublicIdModel):
    """An organisation's immunisation team: it runs clinics, and the people it sees belong to it alone."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    organisation = models.CharField(_("organisation"), max_length=100)
    ods_code = models.CharField(
        _("ODS code"), max_length=10, help_text=_("The organisation's code in the NHS Organisation Data Service.")
    )
    phone = models.CharField(_("phone for the public"), max_length=30, blank=True)
    email = models.EmailField(_("email for the public"), blank=True)
    phone_hours = models.CharField(
        _("when the phone is answered"),
        max_length=100,
        blank=True,
        help_text=_("For example, Monday to Friday, 9am to 5pm"),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member of a team does there. ``accounts.permissions`` says what each may do."""

    DESK = "desk", _("Desk")
    VACCINATOR = "vaccinator", _("Vaccinator")
    SENIOR_NURSE = "senior_nurse", _("Senior nurse")
    COORDINATOR = "coordinator", _("Co-ordinator")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")
    PRIVACY_LEAD = "privacy_lead", _("Privacy lead")


class Membership(models.Model):
    """One person's role in one team."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("user")
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("team"))
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="membership_one_role_a_team"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.team}"
