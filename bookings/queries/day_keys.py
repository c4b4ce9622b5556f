"""Who is on a clinic's list, as keys and moments alone: enough to count everybody and to choose whom a page shows.

A clinic can have hundreds of people, and a page shows some dozens of them: only those are read as models.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField
from django.db.models.functions import Coalesce

from accounts.recurring import Recurring
from bookings.models import Appointment, ListEntry
from clinics.models import ClinicSession
from immunisations.models import Visit

# A section with more people than this is cut: nobody reads a list of hundreds on a tablet.
LONGEST = 50
# So many of it are shown then, and a family is kept whole.
SHOWN = 40
# The sections that may be cut; those who are here are always shown, every one.
EXPECTED, DONE, NOT_VACCINATED, NOT_COME = "expected", "done", "not_vaccinated", "not_come"
SECTIONS = (EXPECTED, DONE, NOT_VACCINATED, NOT_COME)


class Booked(NamedTuple):
    """An appointment."""

    pk: int
    state: str
    visit: int | None
    booking: int
    # The row that stands for the person it was matched to, if anybody was.
    root: int | None


class Came(NamedTuple):
    """A visit."""

    pk: int
    root: int
    why: str
    started_at: datetime | None
    paused_at: datetime | None
    left_at: datetime | None


class Listed(NamedTuple):
    """A place on the clinic's own list."""

    pk: int
    root: int
    group: str


_ROOT = Coalesce("person__merged_into", "person")
_BOOKED: Recurring[tuple[int, str, int | None, int, int | None]] = Recurring(
    lambda session: (
        Appointment.objects.filter(session=session)
        .order_by("starts_at", "position", "pk")
        .values_list("pk", "state", "visit", "booking", _ROOT)
    ),
    session=BigIntegerField(),
)
_CAME: "Recurring[tuple[int, int, str, datetime | None, datetime | None, datetime | None]]" = Recurring(
    lambda session: (
        Visit.objects.filter(session=session)
        .order_by("arrived_at", "pk")
        .values_list("pk", _ROOT, "why", "started_at", "paused_at", "left_at")
    ),
    session=BigIntegerField(),
)
_LISTED: Recurring[tuple[int, int, str]] = Recurring(
    lambda session: (
        ListEntry.objects.filter(session=session, taken_off_at__isnull=True)
        .order_by("group", "position", "pk")
        .values_list("pk", _ROOT, "group")
    ),
    session=BigIntegerField(),
)


@dataclass
class Keys:
    """Everybody of a clinic's list, in order: those expected by family, those on its own list, those who came."""

    families: list[list[Booked]] = field(default_factory=list)
    not_come: list[Booked] = field(default_factory=list)
    cancelled: int = 0
    # The appointment of each visit, by the key of the visit.
    booked: dict[int, Booked] = field(default_factory=dict)
    visits: list[Came] = field(default_factory=list)
    # Those on the clinic's own list whom no other section has, and the entries of everybody else on it by person.
    listed: list[Listed] = field(default_factory=list)
    entries: dict[int, int] = field(default_factory=dict)


def keys_of(session: ClinicSession) -> Keys:
    """Return everybody of a clinic's list, in three queries."""
    keys = Keys(visits=[Came(*row) for row in _CAME.all(session=session.pk)])
    here = {visit.pk for visit in keys.visits}
    there = {visit.root for visit in keys.visits}
    families: dict[int, list[Booked]] = {}
    for row in _BOOKED.all(session=session.pk):
        booked = Booked(*row)
        if booked.visit is not None:
            keys.booked[booked.visit] = booked
        if booked.visit in here:
            continue
        if booked.state == Appointment.State.CANCELLED:
            keys.cancelled += 1
            continue
        if booked.root is not None:
            there.add(booked.root)
        if booked.state == Appointment.State.DID_NOT_ATTEND:
            keys.not_come.append(booked)
        else:
            families.setdefault(booked.booking, []).append(booked)
    keys.families = list(families.values())
    for entry_row in _LISTED.all(session=session.pk):
        entry = Listed(*entry_row)
        if entry.root in there:
            keys.entries.setdefault(entry.root, entry.pk)
        else:
            keys.listed.append(entry)
    return keys


def next_families(families: list[list[Booked]], *, cut: bool) -> list[list[Booked]]:
    """Return the families that are shown: where it is cut the first, until there are SHOWN people, each whole."""
    if not cut:
        return families
    shown: list[list[Booked]] = []
    people = 0
    for family in families:
        if people >= SHOWN:
            break
        shown.append(family)
        people += len(family)
    return shown
