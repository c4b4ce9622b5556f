"""Load the demonstration: clinics around today, invented people in every state, a sign-in for each role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings.demo.load import NotADemonstration, load_demonstration
from bookings.demo.staff import sign_ins


class Command(BaseCommand):
    help = "Loads the demonstration, or makes sure that a clinic is today where it is loaded already."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This is not a demonstration: set DEMONSTRATION=1 first. Never do so on a real service.")
        try:
            fresh = load_demonstration(timezone.now())
        except NotADemonstration as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("The demonstration is loaded." if fresh else "The demonstration was here already; kept.")
        for line in sign_ins():
            self.stdout.write(line)
