"""Health answers from home: that they are there, to co-ordinators; what they say, to those who may read them alone."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import teams_of
from accounts.admin_filters import Question, lately
from accounts.permissions import Permission
from bookings.admin.shared import AtClinicsVenue, LookedInto, booking_link, clinic_words, moment
from bookings.models import HealthAnswers
from bookings.queries.home_answers import HomeAnswers
from clinics.times import london_day


class WhenTheyCome(Question):
    title = gettext_lazy("their clinic")
    parameter_name = "clinic"
    answers = [
        ("today", gettext_lazy("Today"), lambda rows, at: rows.filter(appointment__session__date=london_day(at))),
        (
            "coming",
            gettext_lazy("From today on"),
            lambda rows, at: rows.filter(appointment__session__date__gte=london_day(at)),
        ),
        ("past", gettext_lazy("Past"), lambda rows, at: rows.filter(appointment__session__date__lt=london_day(at))),
    ]


class AtTheirClinicsVenue(AtClinicsVenue):
    path = "appointment__session__venue"


@admin.register(HealthAnswers)
class HealthAnswersAdmin(LookedInto):
    """Who answered the health questions at home, and when. The list says nothing of what they answered."""

    team_path = "appointment__booking__team"
    names = ("appointment__public_id",)
    reference = "appointment__booking__reference"
    # Those who ask the questions on the day.
    read_with = Permission.CHECK_RECORDS
    list_display = ["person", "clinic", "answered_at"]
    list_filter = [WhenTheyCome, lately("answered_at", gettext_lazy("answered")), AtTheirClinicsVenue]
    list_select_related = ["appointment__booking", "appointment__session__venue", "appointment__person"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by reference of the booking, or by public id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HealthAnswers]:
        """Fetch with each whose they are, for one row's page too."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def may_read(self, request: HttpRequest, row: HealthAnswers) -> bool:
        """Whether the user may read what was answered: as on the person's page of the clinic day."""
        teams = teams_of(request, self.read_with)
        return teams is None or row.appointment.booking.team_id in teams

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show what was answered to those who may read it; tell the others where it is read."""
        reads = obj is not None and self.may_read(request, obj)
        return ["person", "booking", "clinic", "answered", *(["agreement", "said"] if reads else ["for_nurses"])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything."""
        return self.get_fields(request, obj)

    def people_shown(self, row: HealthAnswers) -> Iterable[tuple[int, uuid.UUID]]:
        """The record that the person was matched to; before that, their appointment stands for them."""
        appointment = row.appointment
        known = appointment.person.public_id if appointment.person else appointment.public_id
        return [(appointment.booking.team_id, known)]

    def people_listed(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """Whoever the list names."""
        return self.people_shown(row)

    @admin.display(description=gettext_lazy("person"))
    def person(self, row: HealthAnswers) -> str:
        """The name as typed."""
        return row.appointment.list_name

    @admin.display(description=gettext_lazy("booking"))
    def booking(self, row: HealthAnswers) -> str:
        """The booking, linked."""
        return booking_link(row.appointment.booking)

    @admin.display(description=gettext_lazy("clinic"), ordering="appointment__session__date")
    def clinic(self, row: HealthAnswers) -> str:
        """Where they come."""
        return clinic_words(row.appointment.session)

    @admin.display(description=gettext_lazy("answered"))
    def answered(self, row: HealthAnswers) -> str | None:
        """When they answered."""
        return moment(row.answered_at)

    @admin.display(description=gettext_lazy("agrees"))
    def agreement(self, row: HealthAnswers) -> str:
        """Whether they agreed as they answered."""
        return self._home(row).agrees_words

    @admin.display(description=gettext_lazy("answers"))
    def said(self, row: HealthAnswers) -> str:
        """Each question with its answer, those with yes first."""
        home = self._home(row)
        lines = [(_("Yes"), str(question.text), answer.get("details", "")) for question, answer in home.yes]
        lines += [(_("No"), str(question.text), "") for question in home.no]
        return format_html_join(mark_safe("<br>"), "{}: {} {}", lines)

    @admin.display(description=gettext_lazy("answers"))
    def for_nurses(self, row: HealthAnswers) -> str:
        """Where the answers are read."""
        return _("Vaccinators and senior nurses read them on the person’s page of the clinic day.")

    def _home(self, row: HealthAnswers) -> HomeAnswers:
        return HomeAnswers(row.answered_at, row.agrees, row.answers)
