"""Every change to what is offered: clinics with their periods and places, batches, and stock."""

from clinics.actions.batches import add_batch, quarantine_batch
from clinics.actions.sessions import (
    change_session,
    close_bookings,
    close_off_session,
    finish_session,
    free_slug,
    mark_cancelled,
    publish_session,
    reopen_bookings,
    save_periods,
)
from clinics.times import wall_time

__all__ = [
    "add_batch",
    "change_session",
    "close_bookings",
    "close_off_session",
    "finish_session",
    "free_slug",
    "mark_cancelled",
    "publish_session",
    "quarantine_batch",
    "reopen_bookings",
    "save_periods",
    "wall_time",
]
