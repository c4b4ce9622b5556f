"""Which room answers for which message.

The room that knows a purpose's subject registers it when the service starts, from its ``AppConfig.ready``; this room
never imports those to its right.
"""

import enum
import re
from collections.abc import Callable
from datetime import datetime

from messaging.envelope import Envelope, NoLonger
from messaging.models import Message

Resolve = Callable[[Message, datetime], Envelope | NoLonger]


class Manner(enum.Enum):
    """How much a kind of message may ask of whoever gets it: at what hours, how often, and after they said stop."""

    # To the service's own staff: at once.
    STAFF = enum.auto()
    # What somebody has just asked for: at once, also at night, whatever else they had, after a stop too.
    ANSWER = enum.auto()
    # What they must know before they set out: by day unless that would be too late, after a stop too.
    NOTICE = enum.auto()
    # What they asked for earlier, or need to know after a visit: by day, and not after a stop.
    CARE = enum.auto()
    # What helps and can be missed: by day, not after a stop, and not on top of many others.
    REMINDER = enum.auto()


_resolvers: dict[str, Resolve] = {}
_manners: dict[str, Manner] = {}
_not_followed_up: set[str] = set()


class UnknownPurpose(LookupError):
    """No room has registered this purpose."""


def register(purpose: str, resolve: Resolve, manner: Manner = Manner.STAFF, *, followed_up: bool = True) -> None:
    """Say that ``resolve`` answers for messages of ``purpose``, and in what ``manner`` they may be sent.

    ``resolve(message, at)`` is called when the message is about to be sent, with the message's language activated. It
    looks the recipient up as they are then, and returns an Envelope for ``message.channel`` or NoLonger. It changes
    nothing: after a crash it is called again. Without ``followed_up`` nobody is asked to reach the contact in another
    way where such a message does not arrive.

    Raises ValueError for a purpose that is not a lower-case word (it names the template files), or that another
    function answers for.
    """
    if not re.fullmatch(r"[a-z][a-z_]{1,39}", purpose):
        raise ValueError(f"{purpose!r} is not a purpose: lower-case letters and underscores, at most 40")
    if _resolvers.setdefault(purpose, resolve) is not resolve:
        raise ValueError(f"{purpose} is answered for already")
    _manners[purpose] = manner
    if not followed_up:
        _not_followed_up.add(purpose)


def manner_of(purpose: str) -> Manner:
    """Return how much messages of ``purpose`` may ask of whoever gets them."""
    return _manners.get(purpose, Manner.STAFF)


def not_followed_up() -> list[str]:
    """Return the purposes of which nobody is asked to see to messages that did not arrive."""
    return sorted(_not_followed_up)


def resolver_of(purpose: str) -> Resolve:
    """Return the function that answers for ``purpose``. Raises UnknownPurpose."""
    try:
        return _resolvers[purpose]
    except KeyError:
        raise UnknownPurpose(purpose) from None


def purposes() -> list[str]:
    """Return every registered purpose, in alphabetical order."""
    return sorted(_resolvers)
