"""How late a clinic runs: how long after their time people are seen."""

from datetime import datetime, timedelta
from statistics import median

from django.db.models import Min

from bookings.models import Appointment
from clinics.models import ClinicSession
from clinics.times import london_day

# Those seen in the last hour, the latest of them first.
LATELY = timedelta(hours=1)
LATEST = 6
# Fewer say something of one family and nothing of the clinic.
ENOUGH = 3
# What is said is rounded to five minutes, and less than ten is not late.
STEP = 5
LEAST = 10


def minutes_behind(session: ClinicSession, *, at: datetime) -> int | None:
    """Return by about how many minutes a clinic that is on today is behind its times; None where it is not, or unknown.

    For each of those with an appointment who were seen lately: how long after their time, or after they came if that
    was later, somebody began to see them, which the first dose that was saved shows where nobody pressed "Start".
    Those who have waited for longer than that already count with the time they have waited so far. One query.
    """
    if session.date != london_day(at):
        return None
    rows = (
        Appointment.objects.filter(session=session, visit__isnull=False, visit__arrived_at__lte=at)
        .annotate(first_dose=Min("visit__vaccinations__recorded_at"))
        .values_list("starts_at", "visit__arrived_at", "visit__started_at", "visit__left_at", "first_dose")
    )
    # In seconds.
    seen: list[tuple[datetime, float]] = []
    waiting: list[float] = []
    for starts_at, arrived_at, started_at, left_at, first_dose in rows:
        ready = max(starts_at, arrived_at)
        began = min((moment for moment in (started_at, first_dose) if moment is not None), default=None)
        if began is not None:
            if at - LATELY < began <= at:
                seen.append((began, max(0.0, (began - ready).total_seconds())))
        elif left_at is None and ready < at:
            waiting.append((at - ready).total_seconds())
    late = [delay for _began, delay in sorted(seen, reverse=True)[:LATEST]]
    usual = median(late) if late else 0.0
    late += [wait for wait in waiting if wait > usual]
    if len(late) < ENOUGH:
        return None
    minutes = STEP * round(median(late) / 60 / STEP)
    return minutes if minutes >= LEAST else None
