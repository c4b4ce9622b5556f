"""Messages printed where the worker runs, for development."""

import sys
from datetime import timedelta
from uuid import UUID

from messaging.channels.protocol import CannotTell, Found, Receipt
from messaging.channels.words import as_text
from messaging.envelope import Envelope


class ConsoleChannel:
    """Prints each message to standard output. It remembers nothing, so an unknown outcome becomes work for a person."""

    name = "console"
    longest_send = timedelta(seconds=5)
    remembers_for = timedelta(0)

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        """Print the message in one piece."""
        sys.stdout.write(as_text(reference, envelope, language) + "\n")
        sys.stdout.flush()
        return Receipt()

    def look_up(self, reference: UUID) -> Found:
        """Return CannotTell: nobody knows what was read on a screen."""
        return CannotTell()
