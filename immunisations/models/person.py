"""The people whose records are kept."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyModel, PublicIdModel, Team
from immunisations.models.conditions import visible


class Practice(models.Model):
    """A GP practice, by its ODS code. Prisons have one too."""

    ods_code = models.CharField(_("ODS code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("GP practice")
        verbose_name_plural = _("GP practices")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(PublicIdModel):
    """Somebody a team sees, known by whatever they have: no NHS number, address or GP practice is required.

    Two rows found to be one person are joined by ``merged_into`` and nothing is moved: the record of a person is
    read through every row that points to the same root, and a wrong merge is undone by clearing the pointer.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")

    class GPRegistration(models.TextChoices):
        REGISTERED = "registered", _("Registered with a GP surgery")
        NONE = "none", _("No GP surgery")
        UNKNOWN = "unknown", _("Not known")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="people", verbose_name=_("team"))
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    date_of_birth = models.DateField(_("date of birth"))
    date_of_birth_is_approximate = models.BooleanField(_("date of birth is approximate"), default=False)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True, default="")
    nhs_number = models.CharField(_("NHS number"), max_length=10, blank=True, default="")
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    no_fixed_abode = models.BooleanField(_("no fixed address"), default=False)
    gp_registration = models.CharField(_("GP"), max_length=20, choices=GPRegistration, default=GPRegistration.UNKNOWN)
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("practice")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=60, blank=True)
    interpreter_needed = models.BooleanField(_("interpreter needed"), default=False)
    note = models.CharField(
        _("agreed note"),
        max_length=300,
        blank=True,
        help_text=_("Something the person agreed that staff should know, such as “very anxious about needles”."),
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "nhs_number"],
                condition=models.Q(merged_into__isnull=True) & ~models.Q(nhs_number=""),
                name="person_nhs_number_once_a_team",
            ),
            models.CheckConstraint(
                condition=models.Q(nhs_number="") | models.Q(nhs_number__regex=r"^[0-9]{10}$"),
                name="person_nhs_number_is_ten_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="person_is_not_merged_into_themselves",
            ),
            models.CheckConstraint(condition=visible("first_name"), name="person_has_a_name"),
        ]
        indexes = [
            # Likely matches of an appointment, and search by date of birth.
            models.Index(fields=["team", "date_of_birth"], name="person_by_birth"),
            # Search by NHS number, merged rows included.
            models.Index(fields=["team", "nhs_number"], name="person_by_nhs_number"),
            # Search by postcode.
            models.Index(fields=["team", "postcode"], name="person_by_postcode"),
            # The admin's list of a team's people, newest first, however many there are.
            models.Index(fields=["team", "-id"], name="person_of_team"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def list_name(self) -> str:
        """The name as staff lists show it: LAST, First."""
        return f"{self.last_name.upper()}, {self.first_name}" if self.last_name else self.first_name

    @property
    def root_id(self) -> int:
        """The key of the row that stands for this person."""
        return self.merged_into_id or self.pk


class PersonIdentifier(models.Model):
    """A local identifier, such as a prison number."""

    class Kind(models.TextChoices):
        PRISON_NUMBER = "prison_number", _("Prison number")
        OTHER = "other", _("Other")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    value = models.CharField(_("value"), max_length=40)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "value"], name="identifier_once_a_person")]
        # In capitals: however it was typed, it is the same number.
        indexes = [models.Index(Upper("value"), name="identifier_in_capitals")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class PlainTextField(models.CharField):
    """Text in the order of its letters' numbers, on every engine.

    Only in that order can an index find what begins with a word; PostgreSQL would use a language's own.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Return the column's type and the collation of just this order. SQLite has it anyway."""
        return {**super().db_parameters(connection), "collation": "C" if connection.vendor == "postgresql" else None}


class PersonSearchKey(models.Model):
    """One word by which a person can be found: a folded part of a name, or how it sounds.

    Rows of their own rather than an engine's search, so that both databases find the same people. ``team`` is copied
    here so that one index answers a search.
    """

    class Kind(models.TextChoices):
        NAME = "name", _("Name")
        SOUND = "sound", _("Sound")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="search_keys")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    key = PlainTextField(max_length=60)

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        constraints = [
            # Its index answers every search by itself: the keys of one kind that begin with a word, and whose they are.
            models.UniqueConstraint(fields=["team", "kind", "key", "person"], name="search_key_once"),
        ]

    def __str__(self) -> str:
        return self.key


class PersonMerge(AppendOnlyModel):
    """One row was joined to another root, or parted from it again: the history by which an unmerge finds its way."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    from_root = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    to_root = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    undone = models.BooleanField(default=False)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.from_root_id} → {self.to_root_id}"
