"""The lock of a signed-in session: when it closes, and what opens it again.

A session locks itself ``IDLE_LOCK_MINUTES`` after its last deliberate request, or when its user presses "Lock now". It
stays signed in: a PIN or the password opens it, and what was open is as it was. Five wrong tries end it.
"""

import enum
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts import tries
from accounts.models import User

LOCKED = "locked"
ACTIVE_AT = "active_at"
# A session is a row: it is not written again for requests this close together, so it locks at most so much early.
SECONDS_BETWEEN_NOTES = 15
ACTION = "unlock"


class Answer(enum.Enum):
    """What came of a try to unlock."""

    OPEN = "open"
    WRONG = "wrong"
    ENDED = "ended"


def seconds_left(session: SessionBase, at: datetime) -> float | None:
    """Return the seconds until the session locks, 0 where it is locked; None where it never locks by itself."""
    if session.get(LOCKED):
        return 0
    limit = settings.IDLE_LOCK_MINUTES * 60
    if not limit:
        return None
    return max(0.0, session.get(ACTIVE_AT, at.timestamp()) + limit - at.timestamp())


def is_locked(session: SessionBase, at: datetime) -> bool:
    """Whether the session is locked at this moment."""
    return seconds_left(session, at) == 0


def note_activity(session: SessionBase, at: datetime) -> None:
    """Remember that the user did something just now."""
    if not settings.IDLE_LOCK_MINUTES:
        return
    if abs(at.timestamp() - session.get(ACTIVE_AT, 0)) >= SECONDS_BETWEEN_NOTES:
        session[ACTIVE_AT] = at.timestamp()


def lock(session: SessionBase) -> None:
    """Lock the session now."""
    session[LOCKED] = True


def try_to_unlock(request: HttpRequest, user: User, *, pin: str, password: str, at: datetime) -> Answer:
    """Open the session where the PIN or the password is right; end it with the fifth wrong try.

    Tries are counted for the session in the shared cache, whichever tab they come from. Nothing typed is no try.
    """
    if not pin and not password:
        return Answer.WRONG
    key = request.session.session_key or ""
    if tries.count(request, ACTION, key):
        if _is_right(user, pin, password):
            tries.forget(request, ACTION, key)
            request.session.pop(LOCKED, None)
            request.session[ACTIVE_AT] = at.timestamp()
            return Answer.OPEN
        if tries.left(request, ACTION, key):
            return Answer.WRONG
    logout(request)
    return Answer.ENDED


def _is_right(user: User, pin: str, password: str) -> bool:
    if pin:
        return bool(user.pin_hash) and check_password(pin, user.pin_hash)
    return user.check_password(password)
