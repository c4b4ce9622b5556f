"""Which room answers for which message.

The room that knows a purpose's subject registers it when the service starts, from its ``AppConfig.ready``; this room
never imports those to its right.
"""

import re
from collections.abc import Callable
from datetime import datetime

from messaging.envelope import Envelope, NoLonger
from messaging.models import Message

Resolve = Callable[[Message, datetime], Envelope | NoLonger]

_resolvers: dict[str, Resolve] = {}


class UnknownPurpose(LookupError):
    """No room has registered this purpose."""


def register(purpose: str, resolve: Resolve) -> None:
    """Say that ``resolve`` answers for messages of ``purpose``.

    ``resolve(message, at)`` is called when the message is about to be sent, with the message's language activated. It
    looks the recipient up as they are then, and returns an Envelope for ``message.channel`` or NoLonger. It changes
    nothing: after a crash it is called again.

    Raises ValueError for a purpose that is not a lower-case word (it names the template files), or that another
    function answers for.
    """
    if not re.fullmatch(r"[a-z][a-z_]{1,39}", purpose):
        raise ValueError(f"{purpose!r} is not a purpose: lower-case letters and underscores, at most 40")
    if _resolvers.setdefault(purpose, resolve) is not resolve:
        raise ValueError(f"{purpose} is answered for already")


def resolver_of(purpose: str) -> Resolve:
    """Return the function that answers for ``purpose``. Raises UnknownPurpose."""
    try:
        return _resolvers[purpose]
    except KeyError:
        raise UnknownPurpose(purpose) from None


def purposes() -> list[str]:
    """Return every registered purpose, in alphabetical order."""
    return sorted(_resolvers)
