"""Who is seen next, and how long that takes: the one place where the order of a clinic's queue is decided.

The rule. Somebody with an appointment waits from the booked time, or from when they came if that was later: coming
early jumps no queue and coming late loses the place. Somebody without one waits from when they came; with a ticket of
the drop-in, taken on the public pages that day, from when they took it, once they are there. Whoever waits longest is
next. Of two who wait equally long the one who came first is next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

# The pace is that of the last hour.
PACE_OVER = timedelta(hours=1)
# Of a clinic that has just begun, nobody can say what its pace is.
TOO_SOON = timedelta(minutes=10)
# What is said is a range of as many minutes.
STEP = 10
LONGEST = 120


class Waiting(NamedTuple):
    """Somebody who has arrived and whom nobody sees yet: by the key of their visit."""

    visit: int
    arrived_at: datetime
    booked_at: datetime | None
    # When the ticket of the drop-in was taken with which they came.
    ticket_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when they wait."""
        if self.booked_at:
            return max(self.arrived_at, self.booked_at)
        return min(self.arrived_at, self.ticket_at) if self.ticket_at else self.arrived_at


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return those who wait in the order in which they are seen."""

    return sorted(waiting, key=lambda one: (one.since, one.arrived_at, one.visit))


@dataclass(frozen=True)
class Pace:
    """How many people were seen to the end, and in what time."""

    finished: int
    over: timedelta

    def wait(self, before: int) -> str:
        """Return in words how long somebody waits with ``before`` people before them, as a range of ten minutes."""
        if not self.finished or self.over < TOO_SOON:
            return _("we cannot say yet")
        minutes = before * self.over.total_seconds() / 60 / self.finished
        if minutes >= LONGEST:
            return _("more than 2 hours")
        least = int(minutes // STEP) * STEP
        if least == 0:
            return _("less than 10 minutes")
        return _("about %(least)s to %(most)s minutes") % {"least": least, "most": least + STEP}


def pace_of(
    visits: Sequence[tuple[datetime | None, datetime | None]], *, at: datetime, observed: timedelta = timedelta(0)
) -> Pace:
    """Return the pace of the last hour from when each visit began to be seen and when it ended, None for not yet.

    ``observed`` is how long people are asked to stay after a dose: nobody sees them in that time, so whoever waits was
    seen already, and so much earlier. A clinic that began less than an hour ago is judged by the time since then.
    """
    began = min((started for started, _left in visits if started), default=None)
    over = min(PACE_OVER + observed, at - began) if began else timedelta(0)
    return Pace(sum(1 for _started, left in visits if left and at - PACE_OVER < left <= at + observed), over)
