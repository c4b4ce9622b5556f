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
    on_the_list = [row for row in listing.rows if row.entry is not None]
    for row in sorted(on_the_list, key=lambda row: (row.entry.group, row.entry.position, row.entry.pk)):  # type: ignore[union-attr]
        groups.setdefault(row.entry.group, PrintedGroup(row.entry.group or _("On the list"))).rows.append(row)  # type: ignore[union-attr]
    booked = [row for row in listing.rows if row.entry is None and row.appointment is not None]
    booked.sort(key=lambda row: (row.starts_at, row.appointment.position, row.appointment.pk))  # type: ignore[union-attr]
    walked = {row.visit.pk: row for row in listing.rows if row.entry is None and not row.appointment and row.visit}
    order = in_order(Waiting(pk, row.visit.arrived_at, None) for pk, row in walked.items())  # type: ignore[union-attr]
    rest = (
        PrintedGroup(_("Booked"), booked),
        PrintedGroup(_("Walk-ins"), [walked[one.visit] for one in order]),
    )
    return [group for group in chain(groups.values(), rest) if group.rows]
