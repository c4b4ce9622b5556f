"""Moments and days as the API shows them."""

from datetime import date, datetime

from clinics.times import LONDON


def shown_moment(moment: datetime | None) -> str | None:
    """Return a moment in London's time with its offset, None for none."""
    return moment.astimezone(LONDON).isoformat() if moment else None


def shown_day(day: date | None) -> str | None:
    """Return a day as YYYY-MM-DD, None for none."""
    return day.isoformat() if day else None
