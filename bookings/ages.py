"""Whether somebody is old enough for what a clinic offers."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from clinics import queries
from clinics.models import ClinicSession
from clinics.vaccines import series_of
from immunisations.schedule import forecast


def old_enough_from(date_of_birth: date, *, vaccines: Collection[str], early_doses: bool, on: date) -> date | None:
    """Return the first day on which any of ``vaccines`` is due for somebody born then, if that is after ``on``.

    None where one of them can be due by ``on``, whatever was given before, or where the schedule cannot say: then the
    clinic decides. ``early_doses`` is the clinic's switch for measles doses from 6 months.
    """
    offered = {str(series_of(vaccine)) for vaccine in vaccines}
    facts = {"outbreak"} if early_doses else set()
    days = _days_due(date_of_birth, offered, on, facts)
    if not days:
        return None
    latest = min(days)
    # Early doses begin before the day the routine ones are due, and only the schedule knows when: ask it, halving.
    while early_doses and (latest - on).days > 1:
        middle = on + timedelta(days=(latest - on).days // 2)
        if _days_due(date_of_birth, offered, middle, facts):
            on = middle
        else:
            latest = middle
    return latest


def _days_due(date_of_birth: date, offered: Collection[str], on: date, facts: Collection[str]) -> list[date]:
    """Return the days on which each offered series is due, all of them after ``on``; nothing if any may be due now.

    Reckoned as if nothing had been given, because that is when a first dose is due and no record is read here.
    """
    results = [result for result in forecast(date_of_birth, [], on, facts) if result.series in offered]
    days = [result.due_on for result in results if result.status == "not_yet" and result.due_on is not None]
    return days if days and len(days) == len(offered) else []


def too_young(session: ClinicSession, births: Collection[date]) -> list[date | None]:
    """Return for each birth date the day from which ``session`` has something for them; None where it has already."""
    vaccines = session.vaccine_codes()
    return [
        old_enough_from(born, vaccines=vaccines, early_doses=session.early_doses, on=session.date) for born in births
    ]


def next_day_for(births: Collection[date], *, instead_of: ClinicSession, at: datetime) -> date | None:
    """Return the next day after a clinic on which its venue has free times and something for all of these people.

    None where no day to come is known there yet.
    """
    offset, more = 0, True
    while more:
        days, more = queries.days_at(venue=instead_of.venue, at=at, offset=offset)
        offset += queries.DATES_TO_CHOOSE_FROM
        for day in days:
            later = day.takes_bookings and day.session.date > instead_of.date
            if later and not any(too_young(day.session, births)):
                return day.session.date
    return None
