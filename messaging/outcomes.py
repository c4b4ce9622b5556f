"""What came of one try to send a message. Every ``because`` is kept and read by staff: a sentence that names nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.envelope import NoLonger


@dataclass(frozen=True)
class Sent:
    """The channel accepted it, and knows it under ``provider_reference``."""

    provider_reference: str = ""


@dataclass(frozen=True)
class TryAgain:
    """Certainly not sent, and another try may do better: not before ``wait``, where the channel said so."""

    because: str
    wait: timedelta | None = None


@dataclass(frozen=True)
class WaitUntil:
    """Not sent, because now is not the hour for it."""

    moment: datetime


@dataclass(frozen=True)
class PutBack:
    """Certainly not sent, and nothing is wrong with it: the next worker may have it at once."""


@dataclass(frozen=True)
class Failed:
    """Certainly not sent, and no further try would do better."""

    because: str


@dataclass(frozen=True)
class LookUpLater:
    """Handed to the channel, which gave no clear answer: it is asked once the claim has run out."""

    because: str


@dataclass(frozen=True)
class Unknown:
    """The channel cannot tell whether it was sent: work for a person."""

    because: str


Outcome = Sent | NoLonger | TryAgain | PutBack | WaitUntil | Failed | LookUpLater | Unknown
