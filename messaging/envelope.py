"""What the room that knows a message's subject answers when the message is about to be sent."""

from dataclasses import dataclass, field
from datetime import datetime

from messaging.models import Message


@dataclass(frozen=True)
class Envelope:
    """A message ready to go: its address, its words, and by what it travels.

    ``to`` is an email address, a telephone number or a postal address, as ``channel`` wants it; ``subject`` is for
    emails; ``needed_by`` is the moment after which it helps nobody, where there is one; ``asked_at`` is when they asked
    for just this message, where they did: what they said before then does not stop it. Its ``repr`` shows none of
    them, so that a log of one names nobody. Raises ValueError for an envelope that could not be sent: no address, no
    words, or an email without a subject.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    channel: str
    needed_by: datetime | None = field(default=None, repr=False)
    asked_at: datetime | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        Message.Channel(self.channel)
        if not self.to.strip():
            raise ValueError("an envelope needs an address")
        if not self.body.strip():
            raise ValueError("an envelope needs words")
        if self.channel == Message.Channel.EMAIL and not self.subject.strip():
            raise ValueError("an email needs a subject")
        if "\n" in self.subject or "\r" in self.subject:
            raise ValueError("a subject is one line")


@dataclass(frozen=True)
class NoLonger:
    """The reason for the message has gone. ``because`` is kept and read by staff: a sentence that names nobody."""

    because: str
