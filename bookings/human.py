"""Telling programs from people without asking people to prove anything.

Two signs: an answer in a box that people do not see, and a form that is back sooner than anybody could have read it.
Neither refuses: the page comes again with everything that was typed and a sentence, and the box is in sight then, so
that a person whose browser filled it in can empty it. Pressed once more, however soon, the form goes through: whoever
reads what comes back is no program of the kind that this is about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

# What the box is called in the form: a name that programs like to fill in and browsers know nothing of.
BOX = "website_2"
BEGAN = "began"
SALT = "bookings.human"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page carries for telling: when it was first shown, signed, and whether its box is in sight."""

    began: str
    visible: bool = False


def first_shown(at: datetime) -> Signs:
    """Return what a page carries that is shown for the first time."""
    return Signs(signing.dumps(at.timestamp(), salt=SALT))


def shown_again(request: HttpRequest, *, at: datetime) -> Signs:
    """Return what the page carries when it comes again: a moment long enough ago, and the box if it was filled."""
    long_enough = at - timedelta(seconds=settings.HUMAN_SECONDS)
    return Signs(first_shown(long_enough).began, visible=bool(request.POST.get(BOX)))


def doubt(request: HttpRequest, *, at: datetime) -> str:
    """Return what to say to somebody who may be a program, or "" where nothing speaks for it."""
    if request.POST.get(BOX):
        return _("Leave the last box on this page empty. Then press the button again. Your answers are still here.")
    if settings.HUMAN_SECONDS:
        began = _seconds(request.POST.get(BEGAN, ""))
        if began is None or at.timestamp() - began < settings.HUMAN_SECONDS:
            return press_again()
    return ""


def press_again() -> str:
    """Return what to say to somebody who was quicker than people are."""
    return _("That was very quick. Check your answers and press the button again. They are still here.")


def too_quick(since: datetime, *, at: datetime) -> bool:
    """Whether nobody could have answered the journey's pages in the time since it was begun."""
    return (at - since).total_seconds() < 5 * settings.HUMAN_SECONDS


def _seconds(typed: str) -> float | None:
    try:
        value = signing.loads(typed, salt=SALT)
    except signing.BadSignature:
        return None
    return value if isinstance(value, float) else None
