"""What a family that waits has asked for, and which of a clinic's free times fit it. Pure: no database, no clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from clinics.places import Need, Run
from clinics.times import LONDON

MORNING, AFTERNOON, AFTER_SCHOOL = "morning", "afternoon", "after_school"
PARTS = {
    MORNING: _("Morning"),
    AFTERNOON: _("Afternoon, before 3:30pm"),
    AFTER_SCHOOL: _("From 3:30pm"),
}
SCHOOL_ENDS = time(15, 30)
WEEKDAYS = {
    0: _("Monday"),
    1: _("Tuesday"),
    2: _("Wednesday"),
    3: _("Thursday"),
    4: _("Friday"),
    5: _("Saturday"),
    6: _("Sunday"),
}


def part_of(moment: datetime) -> str:
    """Return the part of the day, in England, that a time belongs to: a code of PARTS."""
    local = moment.astimezone(LONDON).time()
    if local < time(12):
        return MORNING
    return AFTER_SCHOOL if local >= SCHOOL_ENDS else AFTERNOON


@dataclass(frozen=True)
class Wish:
    """What is wanted: for whom, on which days, in which part of the day, and before which time if they have one."""

    needs: Sequence[Need]
    weekdays: Collection[int]
    parts: Collection[str]
    until: date
    before: datetime | None = None

    def wants_day(self, day: date) -> bool:
        """Whether a clinic on ``day`` is any use."""
        return day <= self.until and (not self.weekdays or day.weekday() in self.weekdays)

    def first_fit(self, runs: Iterable[Run], *, not_before: datetime, not_in: Collection[str] = ()) -> Run | None:
        """Return the earliest of ``runs`` that is wanted, or None.

        ``not_before`` is the first moment that is still offered; ``not_in`` names parts of the day that were offered
        to this family at this clinic before.
        """
        for run in sorted(runs, key=lambda each: each.starts_at):
            part = part_of(run.starts_at)
            if run.starts_at < not_before or part in not_in or (self.parts and part not in self.parts):
                continue
            if self.before is None or run.starts_at < self.before:
                return run
        return None
