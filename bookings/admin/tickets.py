"""Places in the queue of drop-ins, to look into: families take them, and the desk takes them in."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_filters import Question, lately
from bookings.admin.shared import AtClinicsVenue, LookedInto, clinic_link, clinic_words, moment, typed_people
from bookings.models import DropInTicket
from clinics.times import london_day
from immunisations.admin_bases import person_link


def _open(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    unused = rows.filter(used_at__isnull=True, given_back_at__isnull=True)
    return unused.filter(session__date__gte=london_day(at))


class TicketState(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        ("open", gettext_lazy("Open: on their way"), _open),
        ("used", gettext_lazy("Taken in by the desk"), lambda rows, at: rows.filter(used_at__isnull=False)),
        ("back", gettext_lazy("Given back"), lambda rows, at: rows.filter(given_back_at__isnull=False)),
        (
            "missed",
            gettext_lazy("Not used on the day"),
            lambda rows, at: rows.filter(
                used_at__isnull=True, given_back_at__isnull=True, session__date__lt=london_day(at)
            ),
        ),
    ]


@admin.register(DropInTicket)
class DropInTicketAdmin(LookedInto):
    """Each ticket with who is on it, as the family typed it. Its code is the family's alone and is not shown."""

    team_path = "session__team"
    names = ("session__public_id",)
    list_display = ["taken_at", "clinic", "number", "state", "language"]
    list_filter = [TicketState, lately("taken_at", gettext_lazy("taken")), AtClinicsVenue]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id of the ticket or of the clinic")
    fields = readonly_fields = ("clinic_page", "number", "who", "language", "taken", "state", "used", "back", "arrived")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DropInTicket]:
        """Fetch the clinic with each, for one row's page too."""
        return super().get_queryset(request).select_related("session__venue")

    def people_shown(self, row: DropInTicket) -> Iterable[tuple[int, uuid.UUID]]:
        """The records of those whom the desk took in."""
        people = row.visits.order_by("pk").values_list("person__public_id", flat=True)
        return [(row.session.team_id, person) for person in dict.fromkeys(people)]

    @admin.display(description=gettext_lazy("clinic"), ordering="session__date")
    def clinic(self, ticket: DropInTicket) -> str:
        """The drop-in's clinic."""
        return clinic_words(ticket.session)

    @admin.display(description=gettext_lazy("clinic"))
    def clinic_page(self, ticket: DropInTicket) -> str:
        """The drop-in's clinic, linked."""
        return clinic_link(ticket.session)

    @admin.display(description=gettext_lazy("people"))
    def who(self, ticket: DropInTicket) -> str | None:
        """Who is on it, as typed; forgotten once it was given back."""
        return typed_people(ticket.people) or None

    @admin.display(description=gettext_lazy("state"))
    def state(self, ticket: DropInTicket) -> str:
        """What became of it."""
        if ticket.given_back_at:
            return _("Given back")
        return _("Taken in by the desk") if ticket.used_at else _("Not used")

    @admin.display(description=gettext_lazy("taken"))
    def taken(self, ticket: DropInTicket) -> str | None:
        """When the family took it."""
        return moment(ticket.taken_at)

    @admin.display(description=gettext_lazy("taken in by the desk"), empty_value="–")
    def used(self, ticket: DropInTicket) -> str | None:
        """When everybody on it had arrived."""
        return moment(ticket.used_at)

    @admin.display(description=gettext_lazy("given back"), empty_value="–")
    def back(self, ticket: DropInTicket) -> str | None:
        """When the family gave it back."""
        return moment(ticket.given_back_at)

    @admin.display(description=gettext_lazy("arrived"), empty_value="–")
    def arrived(self, ticket: DropInTicket) -> str | None:
        """Those of it who arrived, linked to their records."""
        visits = ticket.visits.select_related("person").order_by("pk")
        return format_html_join("; ", "{}", [(person_link(visit.person),) for visit in visits]) or None
