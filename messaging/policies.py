"""When a message may be settled by a person, and how long a worker keeps trying."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.errors import Refused
from messaging.models import Message

# After the first try, the second, and so on. A message is given up after one try more than there are waits: about a
# day, in which a provider's worst outage passes.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=8),
)
MOST_TRIES = len(WAITS) + 1


class NotForPeople(Refused):
    """The message needs nobody's help: it waits, is being sent, or is done with."""

    code = "message_not_stuck"


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after the ``attempts``-th try has failed, or None when that was the last."""
    return WAITS[attempts - 1] if attempts < MOST_TRIES else None


def check_settled_by_a_person(message: Message) -> None:
    """Raise NotForPeople unless the message failed, or nobody knows whether it was sent."""
    if not can_be_settled_by_a_person(message):
        raise NotForPeople(_("This message does not need your help."))


def can_be_settled_by_a_person(message: Message) -> bool:
    """Whether a person may say that the message was sent, or have it sent again."""
    return message.state in {Message.State.FAILED, Message.State.UNKNOWN}
