"""GOV.UK Notify as the drill of the outbox meets it: the service's own channel, hurried, and an unlucky stand-in."""

import os
import random
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from messaging.channels import Found, NeverSeen, NotifyChannel
from tests.support import notify_stand_in as stand_in
from tests.support.notify_stand_in import NotifyStandIn

URL = "DRILL_NOTIFY"
# Far beyond what the stand-in takes to answer; what it never answers is given up after it.
PATIENCE_SECONDS = 0.7


class Hurried(NotifyChannel):
    """Notify's channel with little patience, so that a drill need not wait for a lease of minutes."""

    longest_send = timedelta(seconds=2)

    def __init__(self) -> None:
        super().__init__(
            api_key=stand_in.API_KEY,
            email_template=stand_in.EMAIL_TEMPLATE,
            text_template=stand_in.TEXT_TEMPLATE,
            base_url=os.environ[URL],
            patience=(PATIENCE_SECONDS, PATIENCE_SECONDS),
        )


class Forgetful(Hurried):
    """The planted fault: nothing that a lost worker left is looked up."""

    def look_up(self, reference: UUID) -> Found:
        """Believe that it was never accepted."""
        return NeverSeen()


def never_told(reference: str, part: float) -> bool:
    """Whether this reference is one of that ``part`` whose look-up is never answered."""
    return zlib.crc32(reference.encode()) % 10_000 < part * 10_000


@contextmanager
def unlucky_notify(*, trouble: float, silent: float, seed: int) -> Iterator[NotifyStandIn]:
    """Run a stand-in.

    ``trouble`` is the part of the sends that is busy, at fault, or loses its reply before or after it accepted;
    ``silent`` the part of the messages whose reply is lost and whose look-up is never answered.
    """
    luck = random.Random(seed)
    troubles: list[str | int] = [429, 500, 503, stand_in.LOSE, stand_in.ACCEPT_AND_LOSE, stand_in.GIBBERISH]

    def fate(method: str, reference: str) -> str | int:
        if never_told(reference, silent):
            return stand_in.ACCEPT_AND_LOSE if method == "POST" else stand_in.LOSE
        if luck.random() < trouble:
            return luck.choice(troubles if method == "POST" else [500, stand_in.LOSE])
        return stand_in.ACCEPT

    with stand_in.notify_stand_in() as server:
        server.fate = fate
        yield server
