"""Where every series of every person stands, kept so that people can be chosen by it."""

from collections.abc import Iterator
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from immunisations.models.person import Person
from immunisations.schedule.standing import status_on


class StatusSeries(models.TextChoices):
    """The series that the schedule speaks of, by its own names."""

    MEASLES = "MEASLES", _("MMR or MMRV")
    SIX_IN_ONE = "6IN1", _("6-in-1")
    FOUR_IN_ONE = "4IN1", _("4-in-1 pre-school booster")
    TD_IPV = "3IN1", _("3-in-1 teenage booster")
    MENB = "MENB", _("MenB")
    PNEUMOCOCCAL = "PNEUMOCOCCAL", _("Pneumococcal")
    ROTAVIRUS = "ROTAVIRUS", _("Rotavirus")
    HPV = "HPV", _("HPV")
    MENACWY = "MENACWY", _("MenACWY")


class StatusState(models.TextChoices):
    """What a series has come to."""

    OPEN = "open", _("A dose is still to be given")
    COMPLETE = "complete", _("Complete")
    NOT_NEEDED = "not_needed", _("Not needed")
    TOO_OLD = "too_old", _("Too old")


class SeriesStatusQuerySet(models.QuerySet["SeriesStatus"]):
    def fewer_than(
        self, *, team: Team | int, series: str, doses: int, born_from: date, born_to: date
    ) -> "SeriesStatusQuerySet":
        """The people of a team, born from one day to another, both included, of whom fewer than ``doses`` doses of a
        series count. Each person once, whatever their number of records; an uncertain record with its fewest.

        ``count()`` and ``people()`` of it are read from one index alone.
        """
        # One short stretch of the index for each number of doses.
        return self.filter(
            team=team, series=series, counted__in=range(doses), date_of_birth__gte=born_from, date_of_birth__lte=born_to
        )

    def people(self) -> Iterator[int]:
        """The keys of the people, in no order, as the database hands them out."""
        return self.order_by().values_list("person_id", flat=True).iterator(chunk_size=10_000)


class SeriesStatus(models.Model):
    """Where one series of one person stands by their record alone: see ``immunisations.schedule.standing.Standing``.

    One row for each person and series. It belongs to the row that stands for the person: rows merged into another have
    none. It is worked out anew whenever a dose, a birth or a merge changes what is known, in the same transaction, and
    holds nothing that changes because a day has passed; ``status_on`` reads the status of a day.
    """

    pk = models.CompositePrimaryKey("person_id", "series")
    # The key begins with it: no index of its own.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="statuses", db_index=False)
    series = models.CharField(_("series"), max_length=20, choices=StatusSeries)
    # Copied from the person, as the date of birth, so that one index answers for a team and an age.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    date_of_birth = models.DateField(_("date of birth"))
    counted = models.PositiveSmallIntegerField(_("doses that count"))
    state = models.CharField(_("state"), max_length=10, choices=StatusState)
    next_dose = models.PositiveSmallIntegerField(_("next dose"), null=True)
    vaccine = models.CharField(_("vaccine"), max_length=20, blank=True, default="")
    due_on = models.DateField(_("due"), null=True)
    possible_from = models.DateField(_("possible from"), null=True)
    closes_on = models.DateField(_("no longer given from"), null=True)
    closes_as = models.CharField(_("and then"), max_length=10, blank=True, default="")
    nurse_decides = models.BooleanField(_("a nurse decides"), default=False)
    uncertain = models.BooleanField(_("dates leave it uncertain"), default=False)
    last_given_on = models.DateField(_("last given"), null=True)
    rules_version = models.CharField(_("rules"), max_length=20)

    objects = SeriesStatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("status of a series")
        verbose_name_plural = _("statuses of series")
        indexes = [
            # Who of these ages has fewer doses than that: the index holds the whole answer.
            models.Index(fields=["team", "series", "counted", "date_of_birth", "person"], name="status_by_doses"),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()}: {self.get_state_display()}"

    def status_on(self, day: date) -> str:
        """The status on a day: one of ``immunisations.schedule.STATUSES``."""
        return status_on(self, day)
