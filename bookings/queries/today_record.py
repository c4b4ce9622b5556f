"""The record of today: what a person takes home after a visit, in plain words."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.queries.person import PersonPage
from clinics.vaccines import Series, Vaccine
from clinics.words import plain_date
from immunisations.aftercare import PROTECTS_AGAINST, Aftercare, aftercare
from immunisations.models import Vaccination
from immunisations.policies import asks_about_pregnancy
from immunisations.schedule import SeriesForecast


@dataclass(frozen=True)
class NextDose:
    """A further dose of a series, and when."""

    vaccine: str | Promise
    when: str


@dataclass(frozen=True)
class TodayRecord:
    """What was given, what was not and why, what may be felt, and what comes next."""

    given: list[Vaccination]
    not_given: list[Vaccination]
    complete: list[str | Promise]
    following: list[NextDose]
    aftercare: Aftercare | None
    on: date

    @property
    def protects(self) -> list[tuple[Vaccination, str | Promise]]:
        return [(row, PROTECTS_AGAINST[row.vaccine]) for row in self.given]


def _when(result: SeriesForecast, on: date) -> str:
    """Return when the next dose may be had: the day it is due, not before it would count."""
    first = max((day for day in (result.due_on, result.earliest_on) if day is not None), default=None)
    if result.status == "ask" or first is None:
        return _("ask the nurse")
    if first <= on:
        return _("now due: at one of our clinics or your GP surgery")
    return _("from %(date)s") % {"date": plain_date(first)}


def today_record(page: PersonPage) -> TodayRecord:
    """Return the record of the person's visit, from the data of their page. No further query."""
    rows = list(page.record.recorded.values()) if page.record else []
    given = [row for row in rows if row.status == Vaccination.Status.COMPLETED]
    on = page.session.date
    touched = {row.series for row in rows}
    following, complete = [], []
    for result in page.outlook.series:
        if result.next_dose is not None and result.status not in ("too_old", "not_needed", "blocked"):
            name = Vaccine(result.vaccine).label if result.vaccine else Series(result.series).label
            # What nobody spoke of today and is not due for long is not for this sheet.
            if result.series in touched or result.status in ("due", "overdue"):
                following.append(NextDose(name, _when(result, on)))
        elif result.status == "complete" and result.series in touched:
            complete.append(Series(result.series).label)
    return TodayRecord(
        given=given,
        not_given=[row for row in rows if row.status == Vaccination.Status.NOT_DONE],
        complete=complete,
        following=following,
        aftercare=aftercare([row.vaccine for row in given], could_be_pregnant=asks_about_pregnancy(page.person, on))
        if given
        else None,
        on=on,
    )
