"""Who wants to hear when a clinic near a place takes bookings, to look into."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import teams_of
from accounts.admin_filters import Question, lately
from bookings.admin.shared import (
    LookedInto,
    clinic_link,
    moment,
)
from bookings.models import OpeningAlert


class AlertState(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        (
            "open",
            gettext_lazy("Wants to hear, and has not"),
            lambda rows, at: rows.filter(told_at__isnull=True, stopped_at__isnull=True, ends_at__gt=at),
        ),
        ("told", gettext_lazy("Told of a clinic"), lambda rows, at: rows.filter(told_at__isnull=False)),
        (
            "over",
            gettext_lazy("Stopped, or its time is over"),
            lambda rows, at: rows.filter(Q(stopped_at__isnull=False) | Q(told_at__isnull=True, ends_at__lte=at)),
        ),
    ]


@admin.register(OpeningAlert)
class OpeningAlertAdmin(LookedInto):
    """Who wants to hear of a clinic, by the place they named.

    Until they are told of a clinic they belong to no team: every team sees that somebody near a place waits, which
    tells where a clinic is wanted, and nobody who. From then on they are the team's whose clinic it was.
    """

    team_path = "session__team"
    names = ("session__public_id",)
    list_display = ["place", "state", "ways", "language", "created_at", "clinic"]
    list_filter = [AlertState, lately("created_at", gettext_lazy("asked"))]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id, or by that of the clinic they were told of")
    fields = readonly_fields = (
        "place",
        "state",
        "ways",
        "language",
        "asked",
        "wanted_until",
        "told",
        "stopped",
        "clinic",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OpeningAlert]:
        """Return those told of a clinic of the user's teams, and those told of none yet."""
        rows = self.model._default_manager.select_related("session__venue").order_by("-id")
        teams = teams_of(request, self.view_with)
        if teams is None:
            return rows
        return rows.filter(Q(session__team__in=teams) | Q(session__isnull=True)) if teams else rows.none()

    def teams_of_row(self, row: Any) -> list[int]:
        """Return the team whose clinic they were told of."""
        return [row.session.team_id] if row.session else []

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may look at any sees those that are nobody's yet."""
        return super().has_view_permission(request, obj if obj is not None and obj.session_id else None)

    @admin.display(description=gettext_lazy("state"))
    def state(self, alert: OpeningAlert) -> str:
        """Whether they still want to hear."""
        if alert.told_at:
            return _("Told of a clinic")
        if alert.stopped_at:
            return _("Stopped")
        return _("Its time is over") if alert.ends_at <= timezone.now() else _("Wants to hear")

    @admin.display(description=gettext_lazy("told by"))
    def ways(self, alert: OpeningAlert) -> str:
        """By which ways; the addresses themselves are for the worker alone."""
        return ", ".join(str(words) for given, words in ((alert.email, _("email")), (alert.phone, _("text"))) if given)

    @admin.display(description=gettext_lazy("clinic"), empty_value="–")
    def clinic(self, alert: OpeningAlert) -> str | None:
        """The clinic they were told of."""
        return clinic_link(alert.session) if alert.session else None

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, alert: OpeningAlert) -> str | None:
        """When they asked."""
        return moment(alert.created_at)

    @admin.display(description=gettext_lazy("until"))
    def wanted_until(self, alert: OpeningAlert) -> str | None:
        """How long they want to hear."""
        return moment(alert.ends_at)

    @admin.display(description=gettext_lazy("told"), empty_value="–")
    def told(self, alert: OpeningAlert) -> str | None:
        """When they were told."""
        return moment(alert.told_at)

    @admin.display(description=gettext_lazy("stopped"), empty_value="–")
    def stopped(self, alert: OpeningAlert) -> str | None:
        """When they wanted to hear no more."""
        return moment(alert.stopped_at)
