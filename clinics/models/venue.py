"""Where clinics are held."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import PublicIdModel, Team
from nhsuk.language import isolate

# What the public can ask for in the list of clinics, in the words in which a venue's page says it.
NO_STEPS, QUIET_SPACE = _("No steps to the room"), _("A quiet place if you need it")


def facts_of(access: str, *, step_free: bool = False, quiet_space: bool = False) -> list[str]:
    """Return the facts about access: those that are ticked, then those that are written, one a line, none twice.

    What is written in the very words that the service translates, is translated.
    """
    ticked = [str(words) for words, holds in ((NO_STEPS, step_free), (QUIET_SPACE, quiet_space)) if holds]
    written = [gettext(line.strip()) for line in access.splitlines() if line.strip()]
    facts: dict[str, str] = {}
    for fact in [*ticked, *written]:
        facts.setdefault(fact.casefold(), fact)
    return [isolate(fact) for fact in facts.values()]


def on_one_line(*parts: str) -> str:
    """Return the parts of an address that are there on one line, in their own order whichever way the page runs."""
    return isolate(", ".join(part for part in parts if part))


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
        help_text=_("One fact a line, in plain words: “Toilet for disabled people”, “Free parking outside”."),
    )
    step_free = models.BooleanField(
        _("no steps to the room"),
        default=False,
        db_default=False,
        help_text=_("From the street to the room where people are vaccinated. A lift counts, a ramp counts."),
    )
    quiet_space = models.BooleanField(
        _("a quiet place if you need it"),
        default=False,
        db_default=False,
        help_text=_("Somewhere away from the others to wait and to be vaccinated."),
    )
    travel = models.TextField(
        _("how to get there"),
        blank=True,
        default="",
        db_default="",
        help_text=_("One fact a line: “Bus 144 stops outside”, “5 minutes on foot from the station”."),
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
        return facts_of(self.access, step_free=self.step_free, quiet_space=self.quiet_space)

    @property
    def travel_facts(self) -> list[str]:
        """How to get there, one fact each."""
        return facts_of(self.travel)

    @property
    def full_address(self) -> str:
        """The address on one line: name, street, town, postcode."""
        return on_one_line(self.name, self.address, self.town, self.postcode)
