"""What a channel must do, whatever it carries messages by."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from messaging.envelope import Envelope


@dataclass(frozen=True)
class Receipt:
    """The channel has accepted a message. ``reference`` is its own name for it, "" where it gives none."""

    reference: str = ""


@dataclass(frozen=True)
class Accepted:
    """The channel knows the reference: it accepted that message, with this receipt."""

    receipt: Receipt


@dataclass(frozen=True)
class NeverSeen:
    """The channel is certain that it never accepted a message under this reference."""


@dataclass(frozen=True)
class CannotTell:
    """The channel keeps no memory that would answer."""


Found = Accepted | NeverSeen | CannotTell


class TryLater(Exception):
    """The message was certainly not accepted (or the look-up not answered); later may do better.

    ``because`` is a sentence that names nobody; ``wait`` is how long the channel asked to be left alone, with any
    message, where it did.
    """

    def __init__(self, because: str, wait: timedelta | None = None) -> None:
        super().__init__(because)
        self.because = because
        self.wait = wait


class CannotBeSent(Exception):
    """The message was certainly not accepted and never will be. ``because`` is a sentence that names nobody."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class OutcomeUnknown(Exception):
    """The message was handed over and no clear answer came back, for example because the connection broke."""


class Channel(Protocol):
    """Carries messages to people, and remembers which it accepted as well as it can.

    ``name`` is kept with each message, so that a message is looked up where it was handed over. ``longest_send`` is
    the longest time after which ``send`` has either returned or raised: a worker never begins one that could outlast
    its claim. ``remembers_for`` is how long after a message was handed over ``look_up`` may still be believed when it
    says NeverSeen.
    """

    name: str
    longest_send: timedelta
    remembers_for: timedelta

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        """Hand the message over under ``reference`` (its public id).

        Raises TryLater or CannotBeSent where it was certainly not accepted; anything else that is raised,
        OutcomeUnknown above all, means that nobody knows, and it is looked up before any other try.
        """
        ...

    def look_up(self, reference: UUID) -> Found:
        """Say whether a message was accepted under ``reference``. Raises TryLater where nobody can be asked now."""
        ...
