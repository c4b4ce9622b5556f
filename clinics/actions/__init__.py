"""Every change to what is offered: clinics with their periods and places, batches, and stock."""

from clinics.actions.batches import add_batch, quarantine_batch
from clinics.actions.sessions import (
    FIXED_ONCE_PUBLISHED,
    change_session,
    close_bookings,
    close_off_session,
    finish_session,
    free_slug,
    mark_cancelled,
    publish_session,
    reopen_bookings,
    reopen_session,
    save_periods,
)
from clinics.actions.stock import (
    StockRefused,
    note_added_at_clinic,
    put_count_right,
    receive_stock,
    release_at_clinic,
    release_batch,
    take_stock,
    waste_stock,
)
from clinics.times import wall_time

__all__ = [
    "FIXED_ONCE_PUBLISHED",
    "StockRefused",
    "add_batch",
    "change_session",
    "close_bookings",
    "close_off_session",
    "finish_session",
    "free_slug",
    "mark_cancelled",
    "note_added_at_clinic",
    "publish_session",
    "put_count_right",
    "quarantine_batch",
    "receive_stock",
    "release_at_clinic",
    "release_batch",
    "reopen_bookings",
    "reopen_session",
    "save_periods",
    "take_stock",
    "wall_time",
    "waste_stock",
]
