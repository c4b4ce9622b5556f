"""Somebody on the phone: what a member of staff typed for them so far, and the times that are kept meanwhile.

A call is a draft of the team's. Every step of it stores what was typed, right or wrong, so that a reload, another tab
or coming back later finds it again; it is forgotten a day after its last step, like the drafts of the public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from bookings.drafts import KEPT_FOR
from bookings.models import Draft
from clinics.places import Need, Taken

# How long times are kept for a caller after each step: a call with an interpreter on the line takes that long.
HOLD = timedelta(minutes=60)
# Of one answer, stored as it was typed: longer than any field of the page takes.
LONGEST = 2500
# The name under which a draft's answers hold a call.
KEY = "call"


@dataclass
class Call:
    """What is known of a call."""

    # How many people are booked.
    people: int = 1
    # What was typed, by the name of the field: lists, because a checkbox can be ticked more than once.
    typed: dict[str, list[str]] = field(default_factory=dict)
    # Everybody's times, as ISO 8601 in UTC, in the order of the people, and for which needs they are kept.
    times: list[str] = field(default_factory=list)
    held_for: list[bool] = field(default_factory=list)
    split: bool = False
    # Somebody else has the times meanwhile, or they do not fit any more.
    gone: bool = False

    def needs(self) -> list[Need]:
        """Return what the people need in places, as the page was last sent."""
        return [Need(extra_time=extra) for extra in self.extra_times()]

    def extra_times(self) -> list[bool]:
        """Return, for each person, whether a longer appointment was ticked."""
        return [bool(self.typed.get(f"{number}-extra_time")) for number in range(1, self.people + 1)]

    def starts(self) -> list[datetime]:
        """Return the times that are kept."""
        return [datetime.fromisoformat(each) for each in self.times]

    def remember(self, posted: Mapping[str, Any], names: Iterable[str]) -> None:
        """Keep what was typed in the fields of these names, as it stands."""
        getlist = getattr(posted, "getlist", lambda name: [posted[name]] if name in posted else [])
        self.typed = {name: [storable(each) for each in getlist(name)] for name in names if name in posted}

    def forget_person(self, number: int) -> None:
        """Leave somebody out; whoever stands after them moves up."""
        moved: dict[str, list[str]] = {}
        for name, values in self.typed.items():
            head, dash, rest = name.partition("-")
            if not (dash and head.isdigit()):
                moved[name] = values
            elif int(head) != number:
                moved[f"{int(head) - (int(head) > number)}-{rest}"] = values
        self.typed, self.people = moved, self.people - 1

    def keep(self, taken: Sequence[Taken], *, split: bool) -> None:
        """Note the times that are kept now."""
        self.times = [each.starts_at.isoformat() for each in taken]
        self.held_for = self.extra_times()
        self.split, self.gone = split, False


def storable(text: str) -> str:
    """Return what was typed without what no database takes, and not more of it than any field takes."""
    plain = text[:LONGEST].replace("\x00", "")
    return plain.encode("utf-8", "ignore").decode("utf-8")


def read(draft: Draft) -> Call:
    """Return the call that a draft holds."""
    known = {each.name for each in fields(Call)}
    return Call(**{name: value for name, value in draft.answers.get(KEY, {}).items() if name in known})


def write(draft: Draft, call: Call, *, at: datetime) -> None:
    """Store the call, and keep it for another day."""
    draft.answers = {KEY: asdict(call)}
    draft.updated_at, draft.expires_at = at, at + KEPT_FOR
    draft.save(update_fields=["answers", "updated_at", "expires_at"])
