"""When a message may go, how long a worker keeps trying, and when a person may settle it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.errors import Refused
from messaging.models import Message
from messaging.registry import Manner, not_followed_up

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
LONGEST_WAIT = timedelta(hours=12)

# Nobody is written to from 8pm to 8am, by the clocks in England.
LONDON = ZoneInfo("Europe/London")
DAY_BEGINS, DAY_ENDS = time(8), time(20)
# An answer to something that somebody did goes at night, too, this soon after they did it.
JUST_ASKED = timedelta(hours=1)
# What must be known in time goes at night where by the morning there would be less than this left.
TIME_TO_ACT = timedelta(hours=3)

# Where an address has had this many messages of any kind, what can be missed is not sent on top of them.
MOST_A_DAY = 4
MOST_A_WEEK = 10

# What somebody who said stop gets all the same: answers to what they do themselves, and what they must know before
# they set out.
_DESPITE_STOP = {Manner.STAFF, Manner.ANSWER, Manner.NOTICE}


class NotForPeople(Refused):
    """The message needs nobody's help: it waits, is being sent, or is done with."""

    code = "message_not_stuck"


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after the ``attempts``-th try has failed, or None when that was the last."""
    return WAITS[attempts - 1] if attempts < MOST_TRIES else None


def wait_as_asked(attempts: int, asked: timedelta | None) -> timedelta | None:
    """Return how long to wait after a failed try: as the channel ``asked``, at least; None when it was the last."""
    wait = wait_after(attempts)
    if wait is None or asked is None:
        return wait
    return max(wait, min(asked, LONGEST_WAIT))


def morning_after(at: datetime) -> datetime | None:
    """Return when the night ends in which ``at`` lies; None where it is day."""
    local = at.astimezone(LONDON)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return None
    day = local.date() + timedelta(days=1) if local.time() >= DAY_ENDS else local.date()
    return datetime.combine(day, DAY_BEGINS, LONDON)


def waits_until(manner: Manner, *, created_at: datetime, needed_by: datetime | None, at: datetime) -> datetime | None:
    """Return until when a message, owed at ``created_at``, has to wait for the day; None where it goes at once."""
    morning = morning_after(at)
    if morning is None or manner is Manner.STAFF:
        return None
    if manner is Manner.ANSWER and at - created_at <= JUST_ASKED:
        return None
    if manner in (Manner.ANSWER, Manner.NOTICE) and needed_by is not None and needed_by - morning < TIME_TO_ACT:
        return None
    return morning


def heeds_stop(manner: Manner) -> bool:
    """Whether whoever asked for no more messages gets none of this kind."""
    return manner not in _DESPITE_STOP


def gives_way(manner: Manner, *, in_a_day: int, in_a_week: int) -> bool:
    """Whether a message is left out because its address had so many in the last day and the last seven."""
    return manner is Manner.REMINDER and (in_a_day >= MOST_A_DAY or in_a_week >= MOST_A_WEEK)


def check_settled_by_a_person(message: Message) -> None:
    """Raise NotForPeople unless the message failed, or nobody knows whether it was sent."""
    if not can_be_settled_by_a_person(message):
        raise NotForPeople(_("This message does not need your help."))


def can_be_settled_by_a_person(message: Message) -> bool:
    """Whether a person may say that the message was sent, or have it sent again."""
    return message.state in {Message.State.FAILED, Message.State.UNKNOWN}


def needs_a_person(message: Message) -> bool:
    """Whether a message did not arrive, or nobody knows, and nobody has dealt with it."""
    if message.dealt_with_at is not None or message.purpose in not_followed_up():
        return False
    return can_be_settled_by_a_person(message) or message.receipt == Message.Receipt.BOUNCED
