"""The day's list as it is printed."""

from dataclasses import dataclass, field
from itertools import chain

from django.utils.translation import gettext as _

from bookings.queries.day import DayList
from bookings.queries.rows import DayRow
from bookings.queue import Waiting, in_order


@dataclass
class PrintedGroup:
    """One table of the printed list: everybody of a wing or site, or everybody with or without an appointment."""

    name: str
    rows: list[DayRow] = field(default_factory=list)


def printed_list(listing: DayList) -> list[PrintedGroup]:
    """Return the list as it is printed: a closed clinic's by wing or site, any other in the order of times.

    Whoever is marked as not attending is printed too: they may still come.
    """
    groups: dict[str, PrintedGroup] = {}
    listed = [(row.entry, row) for row in listing.rows if row.entry is not None]
    for entry, row in sorted(listed, key=lambda pair: (pair[0].group, pair[0].position, pair[0].pk)):
        groups.setdefault(entry.group, PrintedGroup(entry.group or _("On the list"))).rows.append(row)
    others = [row for row in listing.rows if row.entry is None]
    timed = [(row.appointment, row) for row in others if row.appointment is not None]
    timed.sort(key=lambda pair: (pair[0].starts_at, pair[0].position, pair[0].pk))
    booked = [row for _appointment, row in timed]
    came = [(row.visit, row) for row in others if row.appointment is None and row.visit is not None]
    walked = {visit.pk: row for visit, row in came}
    order = in_order(Waiting(visit.pk, visit.arrived_at, None) for visit, _row in came)
    rest = (
        PrintedGroup(_("Booked"), booked),
        PrintedGroup(_("Walk-ins"), [walked[one.visit] for one in order]),
    )
    return [group for group in chain(groups.values(), rest) if group.rows]
