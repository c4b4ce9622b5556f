"""When offers are made, and how long they hold: never over a night, in which nobody should have to read a message."""

from datetime import datetime, time, timedelta

from clinics.times import LONDON, london_day, wall_time

# Offers are made, and the time to answer them runs, between these times in England.
BEGINS, ENDS = time(8), time(20)
HOLD = timedelta(hours=2)
# A time that begins sooner is offered to nobody: at a clinic with a drop-in it goes to whoever drops in.
LAST_HOUR = timedelta(hours=1)
# No offer is kept beyond so long before its time: they still have to come.
TO_COME = timedelta(minutes=30)


def is_daytime(at: datetime) -> bool:
    """Whether it is between 8am and 8pm in England."""
    return BEGINS <= at.astimezone(LONDON).time() < ENDS


def kept_until(at: datetime, starts_at: datetime) -> datetime:
    """Return until when a time that is offered at ``at``, by day, is kept.

    For two hours of the day: what is left of them at 8pm begins again at 8am. Never beyond half an hour before
    ``starts_at``, the time itself.
    """
    today = london_day(at)
    left = wall_time(today, ENDS) - at
    until = at + HOLD if left >= HOLD else wall_time(today + timedelta(days=1), BEGINS) + (HOLD - left)
    return min(until, starts_at - TO_COME)
