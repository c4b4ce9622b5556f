"""Forget what nobody needs any longer. Safe to run at any time and as often as wanted, for example each hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import drafts, limits
from bookings.drop_ins.tickets import forget_past_tickets
from bookings.waiting_list.alerts import forget_alerts
from bookings.waiting_list.joining import forget_contacts


class Command(BaseCommand):
    """Purge what the public typed and nobody needs: bookings left unfinished for a day, past tickets, alerts over."""

    help = "Forget unfinished bookings of the day before and give their times back; forget past tickets and alerts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget them in portions, so that nobody who is booking has to wait."""
        at = timezone.now()
        total = 0
        while forgotten := drafts.forget_expired(at=at):
            total += forgotten
        limits.forget_past(at=at)
        # Who waited is forgotten as the wait ends, but for how to tell them that it has.
        forget_contacts(at=at)
        forget_past_tickets(at=at)
        forget_alerts(at=at)
        self.stdout.write(f"Unfinished bookings forgotten: {total}")
