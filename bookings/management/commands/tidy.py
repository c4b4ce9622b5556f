"""Forget what nobody needs any longer. Safe to run at any time and as often as wanted, for example each hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import drafts, limits


class Command(BaseCommand):
    """Purge the public's unfinished bookings that were left for more than a day."""

    help = "Forget unfinished bookings that nobody answered for a day, and give their times back."

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget them in portions, so that nobody who is booking has to wait."""
        at = timezone.now()
        total = 0
        while forgotten := drafts.forget_expired(at=at):
            total += forgotten
        limits.forget_past(at=at)
        self.stdout.write(f"Unfinished bookings forgotten: {total}")
