"""Whether somebody is old enough for what a clinic offers."""

from collections.abc import Collection
from datetime import date

from clinics.models import ClinicSession
from clinics.vaccines import series_of
from immunisations.schedule import forecast


def old_enough_from(date_of_birth: date, *, vaccines: Collection[str], early_doses: bool, on: date) -> date | None:
    """Return the first day on which any of ``vaccines`` is due for somebody born then, if that is after ``on``.

    None where one of them can be due by ``on``, whatever was given before, or where the schedule cannot say: then the
    clinic decides. ``early_doses`` is the clinic's switch for measles doses from 6 months.
    """
    offered = {str(series_of(vaccine)) for vaccine in vaccines}
    # Reckoned as if nothing had been given: that is when a first dose is due, and no record is read for it.
    results = forecast(date_of_birth, [], on, {"outbreak"} if early_doses else ())
    known = {result.series: result for result in results if result.series in offered}
    if not offered or set(known) != offered:
        return None
    days = [result.due_on for result in known.values() if result.status == "not_yet" and result.due_on]
    return min(days) if len(days) == len(known) else None


def too_young(session: ClinicSession, births: Collection[date]) -> list[date | None]:
    """Return for each birth date the day from which ``session`` has something for them; None where it has already."""
    vaccines = session.vaccine_codes()
    return [
        old_enough_from(born, vaccines=vaccines, early_doses=session.early_doses, on=session.date) for born in births
    ]
