"""What we hear back of messages: what became of them, that somebody wants no more, and that a person saw to one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.audit import Actor
from accounts.errors import Refused
from accounts.models import Team
from messaging import policies
from messaging.models import Message, StopRequest
from messaging.recipients import recipient_hash, recipient_hashes

LONGEST_NOTE = 300


class NothingToDealWith(Refused):
    """The message arrived, or somebody has dealt with it already."""

    code = "message_not_for_you"


class NoteMissing(Refused):
    """Whoever deals with a message says what they did."""

    code = "note_missing"
    status = 422


@transaction.atomic
def note_receipt(*, reference: UUID, receipt: str, at: datetime) -> bool:
    """Keep what the provider says became of a message; False where no message has that reference.

    ``receipt`` is one of Message.Receipt. Heard twice, it changes nothing; “delivered” stands, whatever comes after.
    A message of which nobody knew whether it was sent is known to have been, from then on.
    """
    message = Message.objects.select_for_update().filter(public_id=reference).first()
    if message is None:
        return False
    receipt = Message.Receipt(receipt)
    if message.receipt in (receipt, Message.Receipt.DELIVERED):
        return True
    message.receipt = receipt
    message.receipt_at = at
    changed = ["receipt", "receipt_at"]
    if message.state == Message.State.UNKNOWN:
        message.state = Message.State.SENT
        message.finished_at = at
        changed += ["state", "finished_at"]
    message.save(update_fields=changed)
    return True


@transaction.atomic
def deal_with(*, message: Message, note: str, by: Actor, at: datetime, source: str) -> Message:
    """Note that a person has seen to a message that did not arrive, and what they did.

    Raises NoteMissing, and NothingToDealWith where it needs nobody, or somebody else was first.
    """
    note = " ".join(note.split())[:LONGEST_NOTE]
    if not note:
        raise NoteMissing(_("Enter what you did"))
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.dealt_with_at is not None:
        raise NothingToDealWith(
            _("%(who)s has dealt with this message: %(note)s")
            % {"who": locked.dealt_with_by_name, "note": locked.dealt_with_note}
        )
    if not policies.needs_a_person(locked):
        raise NothingToDealWith(_("This message does not need your help."))
    locked.dealt_with_at = at
    locked.dealt_with_by_name = str(by) if by else source
    locked.dealt_with_note = note
    locked.save(update_fields=["dealt_with_at", "dealt_with_by_name", "dealt_with_note"])
    audit.record(
        by=by, at=at, source=source, action="message_dealt_with", thing=locked, team=locked.team_id, reason=note
    )
    return locked


@transaction.atomic
def stop(*, team: Team, channel: str, address: str, how: str, by: Actor, at: datetime, source: str) -> bool:
    """Write to an address no more, for a team; False where it had stopped already: the later word counts then.

    ``how`` is one of StopRequest.Source. Answers to what they do themselves, and that a clinic is cancelled, they get
    all the same.
    """
    known = StopRequest.objects.filter(
        team=team,
        channel=channel,
        recipient_hash__in=recipient_hashes(channel, address),
        withdrawn_at__isnull=True,
    )
    if known.update(asked_at=at):
        return False
    made = StopRequest.objects.bulk_create(
        [
            StopRequest(
                team=team, channel=channel, recipient_hash=recipient_hash(channel, address), source=how, asked_at=at
            )
        ],
        ignore_conflicts=True,
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action="messages_stopped",
        thing=made[0],
        team=team,
        after={"channel": str(channel), "how": str(how)},
    )
    return True


@transaction.atomic
def start_again(*, team: Team, channel: str, address: str, by: Actor, at: datetime, source: str) -> bool:
    """Take a stop request back; False where none stood."""
    standing = StopRequest.objects.filter(
        team=team,
        channel=channel,
        recipient_hash__in=recipient_hashes(channel, address),
        withdrawn_at__isnull=True,
    ).select_for_update()
    rows = list(standing)
    for row in rows:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        audit.record(
            by=by,
            at=at,
            source=source,
            action="messages_started_again",
            thing=row,
            team=team,
            after={"channel": str(channel)},
        )
    return bool(rows)


@transaction.atomic
def hear_reply(*, number: str, stops: bool, at: datetime) -> int:
    """Stop or start the texts to a number that answered one of ours, for every team that texted it; return how many."""
    hashes = recipient_hashes(Message.Channel.TEXT, number)
    teams = Team.objects.filter(pk__in=Message.objects.filter(recipient_hash__in=hashes).values("team")).order_by("pk")
    changed = 0
    for team in teams:
        if stops:
            changed += stop(
                team=team,
                channel=Message.Channel.TEXT,
                address=number,
                how=StopRequest.Source.REPLY,
                by=None,
                at=at,
                source="public",
            )
        else:
            changed += start_again(
                team=team, channel=Message.Channel.TEXT, address=number, by=None, at=at, source="public"
            )
    return changed


@transaction.atomic
def post_letters(*, messages: Sequence[Message], gone: dict[int, str], by: Actor, at: datetime, source: str) -> int:
    """Mark letters as posted; those whose reason has ``gone``, by key, are marked so instead. Returns how many posted.

    Letters that somebody else posted meanwhile are left as they are.
    """
    keys = [message.pk for message in messages] + list(gone)
    locked = list(
        Message.objects.filter(pk__in=keys, channel=Message.Channel.LETTER, state=Message.State.WAITING)
        .select_for_update()
        .order_by("pk")
    )
    for message in locked:
        message.finished_at = at
        if message.pk in gone:
            message.state, message.outcome = Message.State.NO_LONGER_NEEDED, gone[message.pk][:300]
        else:
            message.state, message.carried_by = Message.State.SENT, "post"
    Message.objects.bulk_update(locked, ["state", "outcome", "carried_by", "finished_at"])
    posted = [message for message in locked if message.pk not in gone]
    if posted:
        audit.record(
            by=by,
            at=at,
            source=source,
            action="letters_posted",
            thing=posted[0],
            team=posted[0].team_id,
            after={"letters": [str(each.public_id) for each in posted]},
        )
    return len(posted)
