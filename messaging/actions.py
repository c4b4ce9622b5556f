"""Every change to the outbox: owing a message, a worker's taking and finishing of it, and a person's settling of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.audit import Actor
from accounts.models import Team
from messaging import policies, registry
from messaging.envelope import NoLonger
from messaging.models import Message
from messaging.outcomes import Failed, LookUpLater, Outcome, PutBack, Sent, TryAgain, Unknown, WaitUntil

LONGEST_OUTCOME = 300
LONGEST_REFERENCE = 100


@transaction.atomic
def enqueue(
    *,
    team: Team,
    purpose: str,
    channel: str,
    subject_id: UUID,
    subject_version: int,
    due_at: datetime,
    at: datetime,
    language: str = "en-gb",
) -> Message:
    """Owe somebody a message, in the caller's transaction: it is sent if and only if that commits.

    The same purpose, channel, subject and version is the same message: a repeat returns the row that exists, whatever
    has become of it, and leaves the caller's transaction whole. Raises UnknownPurpose for a purpose that no room has
    registered, and ValueError for a channel other than ``Message.Channel``'s.
    """
    enqueue_each(
        team=team,
        purpose=purpose,
        channels=[channel],
        subject_id=subject_id,
        subject_version=subject_version,
        due_at=due_at,
        at=at,
        language=language,
    )
    return Message.objects.get(purpose=purpose, channel=channel, subject_id=subject_id, subject_version=subject_version)


def enqueue_each(
    *,
    team: Team,
    purpose: str,
    channels: Sequence[str],
    subject_id: UUID,
    subject_version: int,
    due_at: datetime,
    at: datetime,
    language: str = "en-gb",
) -> None:
    """Owe somebody the same message by each of ``channels``, as ``enqueue`` does: one statement, however many."""
    owed = [Owed(purpose, channel, subject_id, subject_version, due_at) for channel in channels]
    enqueue_all(team=team, owed=owed, at=at, language=language)


@dataclass(frozen=True)
class Owed:
    """One message to be owed."""

    purpose: str
    channel: str
    subject_id: UUID
    subject_version: int
    due_at: datetime


def enqueue_all(*, team: Team, owed: Sequence[Owed], at: datetime, language: str = "en-gb") -> None:
    """Owe somebody several messages, as ``enqueue`` does: one statement, however many, and none for none."""
    for purpose in {each.purpose for each in owed}:
        registry.resolver_of(purpose)
    Message.objects.bulk_create(
        [
            Message(
                team=team,
                purpose=each.purpose,
                channel=Message.Channel(each.channel),
                subject_id=each.subject_id,
                subject_version=each.subject_version,
                language=language,
                due_at=each.due_at,
                created_at=at,
            )
            for each in owed
        ],
        ignore_conflicts=True,
    )


@dataclass(frozen=True)
class Claim:
    """A message in a worker's hand until its lease runs out.

    ``message.attempts`` is the claim's number: a later claim of the same message has a higher one, and from then on
    nothing that this one brings is written. ``left_with`` names the channel that an earlier worker may have handed it
    to before it was lost; None when the message comes fresh from the queue.
    """

    message: Message
    left_with: str | None


def claim(*, at: datetime, lease: timedelta, carried_by: str) -> Claim | None:
    """Take the next message that is due, to hand it to the channel ``carried_by``; None when there is none.

    Also takes a message which another worker has held for longer than ``lease``. Two workers never take the same one,
    and neither waits for the other. Letters are not taken: people print and post them.
    """
    left_behind = Message.objects.filter(state=Message.State.SENDING, claimed_at__lte=at - lease)
    waiting = Message.objects.filter(state=Message.State.WAITING, due_at__lte=at).exclude(
        channel=Message.Channel.LETTER
    )
    for queue in (left_behind.order_by("claimed_at", "id"), waiting.order_by("due_at", "id")):
        # Asked first without a transaction: on SQLite one would keep every other writer waiting at each idle look.
        if queue.exists() and (taken := _take_first(queue, at=at, carried_by=carried_by)):
            return taken
    return None


@transaction.atomic
def _take_first(queue: QuerySet[Message], *, at: datetime, carried_by: str) -> Claim | None:
    # SQLite knows no row locks; there the transaction itself, which begins IMMEDIATE, keeps other workers out.
    message: Message | None = queue.select_for_update(skip_locked=True).first()
    if message is None:
        return None
    left_with = message.carried_by if message.state == Message.State.SENDING else None
    message.state = Message.State.SENDING
    message.claimed_at = at
    message.attempts += 1
    message.carried_by = carried_by
    message.save(update_fields=["state", "claimed_at", "attempts", "carried_by"])
    return Claim(message, left_with)


def note_recipient(*, claim: Claim, recipient_hash: str) -> None:
    """Write down, before a message is handed over, to which address it goes: as a hash that says nothing by itself."""
    if claim.message.recipient_hash != recipient_hash:
        Message.objects.filter(pk=claim.message.pk).update(recipient_hash=recipient_hash)


def finish(*, claim: Claim, outcome: Outcome, at: datetime) -> bool:
    """Write down what came of a claim; False where it was written already or a later claim has taken the message."""
    fields = _fields_after(outcome, attempts=claim.message.attempts, at=at)
    held = Message.objects.filter(pk=claim.message.pk, state=Message.State.SENDING, attempts=claim.message.attempts)
    return held.update(**fields) == 1


def _fields_after(outcome: Outcome, *, attempts: int, at: datetime) -> Mapping[str, Any]:
    """Return what changes on a message whose ``attempts``-th try came to ``outcome``."""
    match outcome:
        case Sent(provider_reference):
            return {
                "state": Message.State.SENT,
                "finished_at": at,
                "provider_reference": _kept(provider_reference, LONGEST_REFERENCE),
                "outcome": "",
            }
        case NoLonger(because):
            return _over(Message.State.NO_LONGER_NEEDED, because, at)
        case Failed(because):
            return _over(Message.State.FAILED, because, at)
        case Unknown(because):
            return _over(Message.State.UNKNOWN, because, at)
        case LookUpLater(because):
            return {"outcome": _kept(because, LONGEST_OUTCOME)}
        case PutBack():
            return {"state": Message.State.WAITING, "claimed_at": None}
        case WaitUntil(moment):
            return {"state": Message.State.WAITING, "claimed_at": None, "due_at": moment}
        case TryAgain(because, asked):
            wait = policies.wait_as_asked(attempts, asked)
            if wait is None:
                return _over(Message.State.FAILED, because, at)
            return {
                "state": Message.State.WAITING,
                "claimed_at": None,
                "due_at": at + wait,
                "outcome": _kept(because, LONGEST_OUTCOME),
            }


def _kept(words: str, longest: int) -> str:
    """Return what other code gave us so that any database stores it: one bad answer must not stop the worker."""
    return str(words).replace("\0", "")[:longest]


def _over(state: Message.State, because: str, at: datetime) -> Mapping[str, Any]:
    return {"state": state, "finished_at": at, "outcome": _kept(because, LONGEST_OUTCOME)}


@transaction.atomic
def confirm_sent(*, message: Message, by: Actor, at: datetime, source: str, reason: str) -> Message:
    """Settle a stuck message: a person has found out that it did reach the channel.

    Raises NotForPeople where the message is not stuck.
    """
    return _settle(
        message,
        by=by,
        at=at,
        source=source,
        reason=reason,
        action="message_confirmed_sent",
        state=Message.State.SENT,
        finished_at=at,
    )


@transaction.atomic
def send_again(*, message: Message, by: Actor, at: datetime, source: str, reason: str) -> Message:
    """Settle a stuck message: a person has found out that it did not arrive, and it goes back into the queue.

    Its tries are counted on from where they stood, so that a lost worker's late answer is still told apart; it gets one
    more. Raises NotForPeople where the message is not stuck.
    """
    return _settle(
        message,
        by=by,
        at=at,
        source=source,
        reason=reason,
        action="message_sent_again",
        state=Message.State.WAITING,
        due_at=at,
        finished_at=None,
        claimed_at=None,
        dealt_with_at=None,
        dealt_with_by_name="",
        dealt_with_note="",
    )


def _settle(
    message: Message, *, by: Actor, at: datetime, source: str, reason: str, action: str, **fields: Any
) -> Message:
    locked = Message.objects.select_for_update().get(pk=message.pk)
    policies.check_settled_by_a_person(locked)
    before = {"state": str(locked.state), "outcome": locked.outcome}
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(fields))
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=locked,
        team=locked.team_id,
        before=before,
        after={"state": str(locked.state)},
        reason=reason,
    )
    return locked
