"""What is asked of the outbox: before a message goes, and by whoever looks after those that did not arrive."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from messaging import registry
from messaging.models import Message, StopRequest


def has_stopped(team_id: int, channel: str, hashes: Sequence[str], *, since: datetime | None = None) -> bool:
    """Whether an address, known by these hashes, asked a team for no more messages and did not take that back.

    With ``since``, only what they asked from that moment on counts.
    """
    standing = StopRequest.objects.filter(
        team=team_id, channel=channel, recipient_hash__in=hashes, withdrawn_at__isnull=True
    )
    return (standing if since is None else standing.filter(asked_at__gte=since)).exists()


def stopped_among(team_id: int, channel: str, hashes: Sequence[str]) -> set[str]:
    """Return those of these hashes whose address asked a team for no more messages. One query."""
    standing = StopRequest.objects.filter(
        team=team_id, channel=channel, recipient_hash__in=hashes, withdrawn_at__isnull=True
    )
    return set(standing.values_list("recipient_hash", flat=True))


def had_lately(hashes: Sequence[str], *, at: datetime) -> tuple[int, int]:
    """Return how many messages an address, known by these hashes, was sent in the last day and in the last 7 days."""
    sent = Message.objects.filter(
        recipient_hash__in=hashes, state=Message.State.SENT, finished_at__gt=at - timedelta(days=7)
    )
    found = sent.aggregate(day=Count("pk", filter=Q(finished_at__gt=at - timedelta(days=1))), week=Count("pk"))
    return found["day"], found["week"]


def letters_to_post(team_id: int, *, at: datetime) -> QuerySet[Message]:
    """The letters of a team that are due and were not posted yet, oldest first."""
    return Message.objects.filter(
        team=team_id, channel=Message.Channel.LETTER, state=Message.State.WAITING, due_at__lte=at
    ).order_by("due_at", "pk")


def for_a_person(team_id: int) -> QuerySet[Message]:
    """The messages of a team that did not arrive, or of which nobody knows, and that nobody has dealt with."""
    troubles = Message.objects.filter(
        Q(state__in=[Message.State.FAILED, Message.State.UNKNOWN]) | Q(receipt=Message.Receipt.BOUNCED),
        team=team_id,
        dealt_with_at__isnull=True,
    )
    return troubles.exclude(purpose__in=registry.not_followed_up()).order_by("-pk")
