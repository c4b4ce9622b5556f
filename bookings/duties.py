"""What bookings has the worker do again and again: offering times to those who wait, and telling of new clinics."""

from datetime import datetime, timedelta

from bookings.waiting_list.alerts import tell_alerts
from bookings.waiting_list.offering import offer_times
from messaging import duties


def register() -> None:
    """Register them. Called when the service starts."""
    duties.register("offer_times", _offer_times, every=timedelta(seconds=5))
    duties.register("tell_alerts", _tell_alerts, every=timedelta(minutes=1))


def _offer_times(at: datetime) -> None:
    offer_times(at=at)


def _tell_alerts(at: datetime) -> None:
    tell_alerts(at=at)
