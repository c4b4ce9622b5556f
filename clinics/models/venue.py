"""Where clinics are held."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team


def facts_of(access: str) -> list[str]:
    """Return the facts about access, which are written one a line."""
    return [line.strip() for line in access.splitlines() if line.strip()]


def on_one_line(*parts: str) -> str:
    """Return the parts of an address that are there on one line."""
    return ", ".join(part for part in parts if part)


class Venue(PublicIdModel):
    """A hall, surgery, mosque, prison or roadside site where a team holds clinics."""

    class Kind(models.TextChoices):
        HALL = "hall", _("Hall or community centre")
        SURGERY = "surgery", _("GP surgery")
        SCHOOL = "school", _("School")
        WORSHIP = "worship", _("Place of worship")
        PRISON = "prison", _("Prison")
        MOBILE = "mobile", _("Mobile unit")
        ROADSIDE = "roadside", _("Roadside site")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="venues", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.HALL)
    ods_code = models.CharField(
        _("ODS code"), max_length=10, default="X99999", help_text=_("X99999 for a place without a code of its own.")
    )
    address = models.CharField(_("address"), max_length=300, help_text=_("Without town and postcode."))
    town = models.CharField(_("town or village"), max_length=100)
    postcode = models.CharField(_("postcode"), max_length=10)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, help_text=_("Left empty, the postcode's district is used.")
    )
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    room = models.CharField(
        _("how to find the room"),
        max_length=300,
        blank=True,
        help_text=_("For example, the main hall, through the doors on the left."),
    )
    access = models.TextField(
        _("access"),
        blank=True,
        help_text=_("One fact a line, in plain words: “No steps to the room”, “Free parking outside”."),
    )

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["town", "name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name", "town"], name="venue_once_a_team"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="venue_position_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.town}"

    @property
    def access_facts(self) -> list[str]:
        """The facts about access, one each."""
        return facts_of(self.access)

    @property
    def full_address(self) -> str:
        """The address on one line: name, street, town, postcode."""
        return on_one_line(self.name, self.address, self.town, self.postcode)
