"""Print a new API token of a user, and nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import issue_token
from accounts.errors import Refused
from accounts.models import User


class Command(BaseCommand):
    """``manage.py api_token <username>``: the token on standard output, sentences on standard error.

    Ends with 2 where there is no such user, with 1 where they have been deactivated.
    """

    help = "Print a new API token that acts as the user for 90 days. It is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first() if "\x00" not in username else None
        if user is None:
            raise CommandError("There is no user of that name.", returncode=2)
        try:
            token = issue_token(user=user, by=None, at=timezone.now(), source="command")
        except Refused as refused:
            raise CommandError(str(refused), returncode=1) from refused
        self.stdout.write(token)
