"""What bookings has the worker do again and again: offering times, telling of new clinics, forgetting old addresses."""

from datetime import datetime, timedelta

from bookings.replaced import forget_replaced
from bookings.waiting_list.alerts import tell_alerts
from bookings.waiting_list.offering import offer_times
from messaging import duties


def register() -> None:
    """Register them. Called when the service starts."""
    duties.register("offer_times", _offer_times, every=timedelta(seconds=5))
    duties.register("tell_alerts", _tell_alerts, every=timedelta(minutes=1))
    duties.register("forget_replaced", _forget_replaced, every=timedelta(minutes=10))


def _offer_times(at: datetime) -> None:
    offer_times(at=at)


def _tell_alerts(at: datetime) -> None:
    tell_alerts(at=at)


def _forget_replaced(at: datetime) -> None:
    forget_replaced(at=at)
