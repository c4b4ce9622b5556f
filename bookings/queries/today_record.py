"""The record of today: what a person takes home after a visit, in plain words."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.queries.person import PersonPage
from bookings.queries.planned import planned
from clinics.vaccines import Series
from clinics.words import plain_date
from immunisations.aftercare import PROTECTS_AGAINST, Aftercare, aftercare
from immunisations.models import Vaccination
from immunisations.policies import asks_about_pregnancy

# What is due in ten years is not for this sheet, unless it belongs to what was spoken of today.
FORESEEN = timedelta(days=3 * 365)


@dataclass(frozen=True)
class NextDose:
    """A further dose, and when."""

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


def _following(page: PersonPage, touched: set[str]) -> list[NextDose]:
    """Return what comes next, soonest first: what is due and was not given, then the visits to come."""
    plan = planned(page)
    if plan is None:
        return []
    found = [NextDose(dose.name, _("still due at this clinic")) for dose in (*plan.give, *plan.stopped)]
    found += [NextDose(dose.name, _("now due: at another clinic or your GP surgery")) for dose in plan.elsewhere]
    found += [NextDose(dose.name, _("ask the nurse")) for dose in plan.ask if touched & set(dose.item.series)]
    for on, doses in plan.following:
        found += [
            NextDose(dose.name, _("from %(date)s") % {"date": plain_date(on)})
            for dose in doses
            if on - plan.on <= FORESEEN or touched & set(dose.item.series)
        ]
    return found


def today_record(page: PersonPage) -> TodayRecord:
    """Return the record of the person's visit, from the data of their page. No further query."""
    rows = list(page.record.recorded.values()) if page.record else []
    given = [row for row in rows if row.status == Vaccination.Status.COMPLETED]
    on = page.session.date
    touched = {row.series for row in rows}
    return TodayRecord(
        given=given,
        not_given=[row for row in rows if row.status == Vaccination.Status.NOT_DONE],
        complete=[
            Series(result.series).label
            for result in page.outlook.series
            if result.status == "complete" and result.series in touched
        ],
        following=_following(page, touched),
        aftercare=aftercare([row.vaccine for row in given], could_be_pregnant=asks_about_pregnancy(page.person, on))
        if given
        else None,
        on=on,
    )
