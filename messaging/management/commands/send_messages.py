"""``manage.py send_messages``: the worker."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.channels import channel_in_use
from messaging.sender import DATABASE_AWAY, LEASE, PAUSE, Sender


class StopRequest:
    """Remembers that the process was asked to end, so that the message in hand is finished first."""

    def __init__(self) -> None:
        self.made = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self.made = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the request while the block runs."""
        if threading.current_thread() is not threading.main_thread():
            yield  # Python lets only the main thread listen
            return
        before = {signum: signal.signal(signum, self) for signum in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


class Command(BaseCommand):
    """Send the messages that are due, until stopped."""

    help = "Send the messages that are due, until stopped. Any number of workers may run at the same time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Send what is due now, then end.")
        parser.add_argument(
            "--lease",
            type=float,
            default=LEASE.total_seconds(),
            metavar="SECONDS",
            help="After how long a message in a lost worker's hand is looked up (default: %(default)g).",
        )
        parser.add_argument(
            "--pause",
            type=float,
            default=PAUSE.total_seconds(),
            metavar="SECONDS",
            help="How long to wait when nothing is due (default: %(default)g).",
        )

    def handle(self, *args: Any, once: bool, lease: float, pause: float, **options: Any) -> None:
        stop = StopRequest()
        try:
            sender = Sender(
                channel=channel_in_use(),
                lease=timedelta(seconds=lease),
                pause=timedelta(seconds=pause),
                should_stop=lambda: stop.made,
            )
        except (ImproperlyConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        with stop.listening():
            if not once:
                return sender.run()
            try:
                sender.drain()
            except DATABASE_AWAY as error:
                raise CommandError("The database is away. What was not sent is kept; run this again later.") from error
