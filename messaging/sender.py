"""The worker's hand: takes one message, has it put together, hands it to the channel, writes down what came of it.

Each message is accepted at most once, however often workers are killed. A message in a lost worker's hand is looked up
at its channel before any other try. A worker that was only slow writes nothing over a later one (the claim's number),
and begins no send that could outlast its claim.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.utils import timezone, translation

from messaging import actions, policies, queries, registry
from messaging.actions import Claim
from messaging.channels import (
    Accepted,
    CannotBeSent,
    CannotTell,
    Channel,
    NeverSeen,
    OutcomeUnknown,
    TryLater,
)
from messaging.duties import Rota
from messaging.envelope import Envelope, NoLonger
from messaging.models import Message
from messaging.outcomes import Failed, LookUpLater, Outcome, PutBack, Sent, TryAgain, Unknown, WaitUntil
from messaging.recipients import recipient_hash, recipient_hashes

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=10)
# How soon a worker that waits notices that it was asked to stop.
GLANCE_SECONDS = 0.2

# What Django raises when the database went away, did not come, kept a lock for too long, or is for the moment a
# stand-by that may only be read.
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)


def where(error: BaseException) -> str:
    """Return the kind of an error and the line it came from, and none of its words, which could name a person."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    line = f" at {frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{line}"


class Sender:
    """Sends what is due through one channel, one message after the other.

    ``lease`` is how long a claim holds before another worker may look the message up; it must be longer than the
    channel's longest send. ``now`` is the clock; ``should_stop`` is asked between messages and while waiting. Raises
    ValueError for a lease that is too short.
    """

    def __init__(
        self,
        *,
        channel: Channel,
        lease: timedelta = LEASE,
        pause: timedelta = PAUSE,
        now: Callable[[], datetime] = timezone.now,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        if lease <= channel.longest_send:
            raise ValueError(f"the lease must be longer than {channel.longest_send.total_seconds():g} seconds")
        self.channel = channel
        self.lease = lease
        self.pause = pause
        self.now = now
        self.should_stop = should_stop
        self._failed_looks = 0
        self.rota = Rota()
        # Until then the channel asked to be left alone.
        self._quiet_until: datetime | None = None

    def drain(self) -> int:
        """Send everything that is due now and return how many messages were taken up.

        Raises one of DATABASE_AWAY where it is.
        """
        count = 0
        while not self.should_stop() and self.send_next():
            count += 1
        return count

    def run(self) -> None:
        """Send what comes due until asked to stop; while the database is away, wait for it."""
        while not self.should_stop():
            try:
                self.rota.do_due(self.now(), away=DATABASE_AWAY)
                worked = self.send_next()
            except DATABASE_AWAY as error:
                self._wait_for_database(error)
                continue
            self._failed_looks = 0
            if not worked:
                self._wait(self.pause)

    def send_next(self) -> bool:
        """Take up the next message; False when none is due, or the channel asked to be left alone."""
        if self._quiet_until is not None and self.now() < self._quiet_until:
            return False
        # Before the claim is written, so that the time left is never thought longer than it is.
        taken = time.monotonic()
        claim = actions.claim(at=self.now(), lease=self.lease, carried_by=self.channel.name)
        if claim is None:
            return False
        outcome = self._try(claim, taken)
        self._write(claim, outcome, taken)
        return True

    def _try(self, claim: Claim, taken: float) -> Outcome:
        message = claim.message
        if claim.left_with is not None and (known := self._look_up(message, claim.left_with)):
            return known
        envelope = self._put_together(message)
        if not isinstance(envelope, Envelope):
            return envelope
        if held := self._held_back(claim, envelope):
            return held
        return self._hand_over(message, envelope, taken)

    def _look_up(self, message: Message, left_with: str) -> Outcome | None:
        """Return what became of a message that a lost worker held; None when it was certainly never accepted."""
        if left_with != self.channel.name:
            return Unknown("It was left with a channel that is no longer in use.")
        try:
            found = self.channel.look_up(message.public_id)
        except TryLater as error:
            if message.attempts >= policies.MOST_TRIES:
                return Unknown(error.because)
            return LookUpLater(error.because)
        except Exception as error:  # a channel's fault must not stop the queue
            self._log(logging.ERROR, message, "could not be looked up", error)
            if message.attempts >= policies.MOST_TRIES:
                return Unknown("The channel could not be asked.")
            return LookUpLater("The channel could not be asked.")
        match found:
            case Accepted(receipt):
                return Sent(receipt.reference)
            case CannotTell():
                self._log(logging.WARNING, message, "may or may not have been sent")
                return Unknown("The worker was lost while sending, and the channel cannot tell.")
            case NeverSeen():
                # It came due before it was last handed over, so that it cannot have been longer ago than this.
                if self.now() - message.due_at >= self.channel.remembers_for:
                    return Unknown("It was left for longer than the channel remembers.")
                if message.attempts > policies.MOST_TRIES:
                    return Failed("Every worker that took it up was lost.")
                return None

    def _put_together(self, message: Message) -> Envelope | NoLonger | TryAgain | Failed:
        """Ask the room that knows the subject what to say and to whom, or whether there is still a reason to."""
        try:
            with translation.override(message.language):
                envelope = registry.resolver_of(message.purpose)(message, self.now())
            if not isinstance(envelope, Envelope | NoLonger):
                raise TypeError("a resolver returns an Envelope or NoLonger")
        except Exception as error:  # one room's fault must not stop the others' messages
            self._log(logging.ERROR, message, "could not be put together", error)
            return TryAgain(f"It could not be put together ({type(error).__name__}).")
        if isinstance(envelope, Envelope) and envelope.channel != message.channel:
            self._log(logging.ERROR, message, "was put together for another channel")
            return Failed("It was put together for another channel.")
        return envelope

    def _held_back(self, claim: Claim, envelope: Envelope) -> WaitUntil | NoLonger | None:
        """Return why a message is not sent now: the hour, a stop request, too many before it; None where it may go."""
        message, at = claim.message, self.now()
        manner = registry.manner_of(message.purpose)
        if manner is registry.Manner.STAFF:
            return None
        until = policies.waits_until(manner, created_at=message.created_at, needed_by=envelope.needed_by, at=at)
        if until is not None:
            return WaitUntil(until)
        hashes = recipient_hashes(message.channel, envelope.to)
        if policies.heeds_stop(manner) and queries.has_stopped(
            message.team_id, message.channel, hashes, since=envelope.asked_at
        ):
            return NoLonger("They asked for no more messages.")
        if manner is registry.Manner.REMINDER:
            in_a_day, in_a_week = queries.had_lately(hashes, at=at)
            if policies.gives_way(manner, in_a_day=in_a_day, in_a_week=in_a_week):
                return NoLonger(f"This address had {in_a_day} messages in a day and {in_a_week} in a week already.")
        actions.note_recipient(claim=claim, recipient_hash=recipient_hash(message.channel, envelope.to))
        return None

    def _hand_over(self, message: Message, envelope: Envelope, taken: float) -> Outcome:
        held_for = timedelta(seconds=time.monotonic() - taken)
        if held_for + self.channel.longest_send >= self.lease:
            # Another worker may take it up while this one is still sending.
            return PutBack()
        try:
            receipt = self.channel.send(message.public_id, envelope, message.language)
        except TryLater as error:
            self._log(logging.WARNING, message, "has to wait")
            if error.wait is not None:
                self._quiet_until = self.now() + min(error.wait, policies.LONGEST_WAIT)
            return TryAgain(error.because, error.wait)
        except CannotBeSent as error:
            self._log(logging.WARNING, message, "cannot be sent")
            return Failed(error.because)
        except OutcomeUnknown as error:
            self._log(logging.WARNING, message, "may have been sent, and will be looked up", error)
            return LookUpLater("The channel gave no clear answer.")
        except Exception as error:  # nobody knows how far the channel got
            self._log(logging.ERROR, message, "may have been sent, and will be looked up", error)
            return LookUpLater(f"The channel broke off ({type(error).__name__}).")
        return Sent(receipt.reference)

    def _write(self, claim: Claim, outcome: Outcome, taken: float) -> None:
        """Write the outcome down; while the database is away, keep trying for as long as the claim holds."""
        while True:
            try:
                if not actions.finish(claim=claim, outcome=outcome, at=self.now()):
                    self._log(logging.WARNING, claim.message, "was taken over by another worker")
                return
            except DATABASE_AWAY as error:
                if self.should_stop() or time.monotonic() - taken >= self.lease.total_seconds():
                    self._log(logging.ERROR, claim.message, "is left to be looked up")
                    raise
                self._wait_for_database(error)

    def _wait_for_database(self, error: Exception) -> None:
        """Give the broken connection back and wait, longer each time up to a limit."""
        connection.close()
        self._failed_looks += 1
        logger.warning("the database is away (%s), waiting", where(error))
        self._wait(min(self.pause * 2 ** min(self._failed_looks, 10), LONGEST_PAUSE))

    def _wait(self, pause: timedelta) -> None:
        until = time.monotonic() + pause.total_seconds()
        while not self.should_stop() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE_SECONDS))

    def _log(self, level: int, message: Message, what: str, error: Exception | None = None) -> None:
        """Say which message and for what purpose; never whose, nor an error's own words."""
        why = f" ({where(error)})" if error else ""
        logger.log(level, "message %s (%s) %s%s", message.public_id, message.purpose, what, why)
