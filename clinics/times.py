"""Between the clock on the wall in England and the moments that are stored."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.errors import Refused

LONDON = ZoneInfo("Europe/London")


class NotATime(Refused):
    """A wall time that does not exist, or happens twice, on the night the clocks change."""

    code = "not_a_time"
    status = 422


def wall_time(day: date, at: time) -> datetime:
    """Return the moment, in UTC, when the clocks in England show ``at`` on ``day``.

    Raises NotATime for a time that is skipped when the clocks go forward, and for one that comes twice when they go
    back: nobody could say which of the two was meant.
    """
    naive = datetime.combine(day, at.replace(tzinfo=None))
    earlier, later = naive.replace(tzinfo=LONDON, fold=0), naive.replace(tzinfo=LONDON, fold=1)
    if earlier.utcoffset() != later.utcoffset():
        shown = f"{at:%H:%M}"
        if earlier.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != naive:
            raise NotATime(
                _("There is no %(time)s on that night: the clocks go forward. Choose another time.") % {"time": shown}
            )
        raise NotATime(
            _("%(time)s happens twice on that night: the clocks go back. Choose another time.") % {"time": shown}
        )
    return earlier.astimezone(UTC)


def london_day(moment: datetime) -> date:
    """Return the day it is in England at ``moment``."""
    return moment.astimezone(LONDON).date()
