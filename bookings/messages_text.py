"""Text messages short enough to be one: names, place and times are said more shortly until they fit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import ngettext

from bookings.models import Appointment
from clinics.models import Venue
from clinics.words import clock
from messaging.envelope import Envelope
from messaging.models import Message
from messaging.rendering import write
from messaging.texts import parts

# The more, the shorter.
LEVELS = range(4)
_LONGEST_NAME = (30, 30, 20, 12)
_LONGEST_PLACE = (60, 24, 24, 0)


def fitted(message: Message, *, to: str, context: Mapping[str, Any], needed_by: datetime | None = None) -> Envelope:
    """Return the envelope; of a text message, the fullest wording that is one part, or else the one of fewest parts."""
    if message.channel != Message.Channel.TEXT:
        return write(message, to=to, context=context, needed_by=needed_by)
    found = []
    for level in LEVELS:
        words = {**context, **short_words(context, level)}
        found.append(write(message, to=to, context=words, needed_by=needed_by))
        if parts(found[-1].body) == 1:
            break
    return min(found, key=lambda envelope: parts(envelope.body))


def short_words(context: Mapping[str, Any], level: int) -> dict[str, Any]:
    """Return what texts say of people, place and doses at one of LEVELS."""
    words: dict[str, Any] = {"level": level}
    if "venue" in context:
        words["place"] = place(context["venue"], level)
    if "appointments" in context:
        words["who"] = who(context["appointments"], level)
    if "given" in context:
        words["doses"] = ", ".join(
            " ".join(
                part for part in (str(row.get_vaccine_display()), row.product_name, row.batch_number)[: 3 - level % 3]
            )
            for row in context["given"]
        )
    return words


def who(appointments: Sequence[Appointment], level: int) -> str:
    """Return “Amina 10:20am, Bilal 10:30am”, or more shortly “Amina and 2 more from 10:20am”."""
    longest = _LONGEST_NAME[level]
    if level < 2 or len(appointments) == 1:
        return ", ".join(f"{cut(each.first_name, longest)} {clock(each.starts_at)}" for each in appointments)
    more = len(appointments) - 1
    return ngettext("%(name)s and %(more)d more from %(time)s", "%(name)s and %(more)d more from %(time)s", more) % {
        "name": cut(appointments[0].first_name, longest),
        "more": more,
        "time": clock(appointments[0].starts_at),
    }


def place(venue: Venue, level: int) -> str:
    """Return the venue's name and postcode, its name alone, or its postcode alone."""
    longest = _LONGEST_PLACE[level]
    name = cut(venue.name, longest) if longest else ""
    return " ".join(part for part in (name, venue.postcode if level in (0, 3) else "") if part)


def cut(words: str, longest: int) -> str:
    """Return ``words``, ending in a full stop where they were cut."""
    words = " ".join(words.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "."
