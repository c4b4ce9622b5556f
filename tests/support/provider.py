"""A messages provider for tests: it lives in memory, answers as it is told, and counts what it accepted."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from messaging.channels import Accepted, CannotTell, Found, NeverSeen, Receipt
from messaging.envelope import Envelope


class Killed(BaseException):
    """What a test raises where a worker's process would be killed: nothing after it runs."""


class Provider:
    """Accepts every message it is given, however often: like a real one, it does not mind the same reference twice.

    ``before`` and ``after`` run on each send, before and after the message is accepted, and may raise. With
    ``remembers`` off it cannot tell what it accepted.
    """

    name = "provider"
    longest_send = timedelta(0)
    remembers_for = timedelta.max

    def __init__(
        self,
        *,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
        remembers: bool = True,
    ) -> None:
        self.before = before
        self.after = after
        self.remembers = remembers
        self.accepted: list[tuple[UUID, Envelope, str]] = []
        self.looked_up: list[UUID] = []

    @property
    def references(self) -> list[UUID]:
        """The references of the messages accepted, in order, as often as each was."""
        return [reference for reference, _envelope, _language in self.accepted]

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        self.before()
        self.accepted.append((reference, envelope, language))
        self.after()
        return Receipt(f"provider-{len(self.accepted)}")

    def look_up(self, reference: UUID) -> Found:
        self.looked_up.append(reference)
        if not self.remembers:
            return CannotTell()
        return Accepted(Receipt("found")) if reference in self.references else NeverSeen()
