"""What happened to somebody since a page about them was shown, so that two tablets never undo each other's work.

A form about a person carries ``seen_now`` of the moment it was shown. Every change to a person leaves an audit event
while the person is locked, so their events stand in the order in which they were made: whatever has a later id than
the one seen, the page did not show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import AuditEvent, User
from clinics.words import clock
from immunisations.models import Person, Visit
from immunisations.people import lock_root

# What others do to somebody's visit that matters to whoever has an older page open, each with its words.
WORDS: dict[str, str | Promise] = {
    "arrive": gettext_lazy("%(who)s marked them as arrived at %(at)s."),
    "undo_arrival": gettext_lazy("%(who)s undid the arrival at %(at)s."),
    "start_visit": gettext_lazy("%(who)s started seeing them at %(at)s."),
    "take_over_visit": gettext_lazy("%(who)s took over at %(at)s."),
    "pause_visit": gettext_lazy("%(who)s paused the visit at %(at)s."),
    "put_back_visit": gettext_lazy("%(who)s put them back into the queue at %(at)s."),
    "end_visit": gettext_lazy("%(who)s ended the visit at %(at)s."),
    "record_check": gettext_lazy("%(who)s saved a record check at %(at)s."),
    "record_consent": gettext_lazy("%(who)s saved what was said about consent at %(at)s."),
    "record_screening": gettext_lazy("%(who)s saved the answers to the health questions at %(at)s."),
    "record_vaccination": gettext_lazy("%(who)s saved a dose at %(at)s."),
    "record_not_given": gettext_lazy("%(who)s saved that a vaccine was not given at %(at)s."),
    "mark_did_not_attend": gettext_lazy("%(who)s marked them as did not attend at %(at)s."),
}
HELD = ("start_visit", "take_over_visit")


class ChangedMeanwhile(Refused):
    """Somebody else changed it since the page was shown: nothing was saved."""

    code = "changed_meanwhile"


@dataclass(frozen=True)
class Change:
    """One thing that was done: what, by whom and when."""

    action: str
    who: str
    at: datetime
    by_id: int | None

    def __str__(self) -> str:
        return str(WORDS[self.action]) % {"who": self.who, "at": clock(self.at)}


def seen_now(person: Person) -> str:
    """Return what a form about the person carries: the last thing that was done to them when it was shown."""
    last = AuditEvent.objects.filter(person_id=person.public_id).order_by("-id").values_list("id", flat=True).first()
    return str(last or 0)


def changes_since(person: Person, seen: str, *, by: User) -> list[Change]:
    """Return what others than ``by`` did to the person since ``seen``, oldest first; nothing where that is no mark."""
    if not seen.isascii() or not seen.isdigit() or len(seen) > 18:
        return []
    events = AuditEvent.objects.filter(person_id=person.public_id, id__gt=int(seen), action__in=WORDS)
    rows = events.exclude(actor_id=by.pk).order_by("id").values_list("action", "actor_name", "at", "actor_id")
    return [Change(*row) for row in rows]


def check_unchanged(person: Person, seen: str, *, by: User) -> None:
    """Lock the person, and raise ChangedMeanwhile where others changed what a page of theirs showed."""
    found = changes_since(lock_root(person), seen, by=by)
    if found:
        raise changed_meanwhile(found)


def changed_meanwhile(found: Sequence[Change]) -> ChangedMeanwhile:
    """Return the refusal that says what others did."""
    # One sentence for each kind of thing, its last: a record check of ten doses is one.
    said = " ".join(str(change) for change in {change.action: change for change in found}.values())
    return ChangedMeanwhile(
        _("Nothing was saved, because this page was out of date. %(said)s Check it and try again.") % {"said": said}
    )


def last_change(public_id: UUID, *actions: str, team: int) -> Change | None:
    """Return the last of these things that was done to a row of a team's, such as who undid an arrival."""
    events = AuditEvent.objects.filter(object_id=public_id, team_id=team, action__in=actions or tuple(WORDS))
    row = events.order_by("-id").values_list("action", "actor_name", "at", "actor_id").first()
    return Change(*row) if row else None


def last_changes(person: Person, *, but: tuple[str, ...] = ()) -> list[Change]:
    """Return the last thing that was done to a person, but for some kinds, as a list of one or none."""
    events = AuditEvent.objects.filter(person_id=person.public_id, action__in=set(WORDS) - set(but)).order_by("-id")
    return [Change(*row) for row in events.values_list("action", "actor_name", "at", "actor_id")[:1]]


def arrivals_by_others(visits: Iterable[Visit], *, by: User) -> dict[UUID, Change]:
    """Return who else marked these visits' people as arrived, by the visits' public ids."""
    wanted = [visit.public_id for visit in visits]
    events = AuditEvent.objects.filter(object_id__in=wanted, action="arrive").exclude(actor_id=by.pk)
    rows = events.order_by("id").values_list("object_id", "action", "actor_name", "at", "actor_id")
    return {row[0]: Change(*row[1:]) for row in rows if row[0]}


def held_since(visit: Visit) -> datetime | None:
    """Return since when whoever works on a visit does so."""
    change = last_change(visit.public_id, *HELD, team=visit.session.team_id)
    return change.at if change else visit.started_at
