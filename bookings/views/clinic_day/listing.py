"""The day's list, and finding somebody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.guard import StaffRequired
from accounts.permissions import Permission, may
from bookings.forms.clinic_day import SearchForm
from bookings.queries import clinics_around, day_list, search
from bookings.views.clinic_day.base import ClinicDayPage
from bookings.views.clinic_day.batches import chosen_batches
from clinics.times import london_day


class ClinicDay(StaffRequired):
    """Today's clinic of the team one works for: straight there if there is one, else a choice."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Go to the clinic of today, or show which clinics there are."""
        team = request.membership.team  # type: ignore[attr-defined]
        today = london_day(timezone.now())
        clinics = clinics_around(team, today=today)
        runs = may(request.user, Permission.RUN_DESK, team)  # type: ignore[arg-type]
        if runs and len(clinics.today) == 1:
            return redirect("clinic-day-session", clinics.today[0].public_id)
        context = {
            "nav": "clinic-day",
            "clinics": clinics,
            "team": team,
            "today": today,
            "runs": runs,
            "sees_totals": may(request.user, Permission.SEE_TOTALS, team),  # type: ignore[arg-type]
        }
        return render(request, "clinic_day/choose.html", context)


class SessionDay(ClinicDayPage):
    """The list of one clinic."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show everybody in their section."""
        context = {
            "list": day_list(self.clinic, today=self.today),
            "search_form": SearchForm(),
            "in_use": chosen_batches(request, self.clinic),
        }
        return self.page("day.html", context)


class SessionSearch(ClinicDayPage):
    """The search: posted, so that nobody's name stands in an address."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty box, for whoever comes back or reloads."""
        return self.page("search.html", {"form": SearchForm(), "back_url": self.day_url()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who was found and why."""
        form = SearchForm(request.POST)
        context: dict[str, Any] = {
            "form": form,
            "back_url": self.day_url(),
            "walk_in_url": reverse("walk-in", args=[self.clinic.public_id]),
        }
        if form.is_valid():
            answer = context["answer"] = search(self.clinic, form.cleaned_data["q"], today=self.today)
            here = (row.person for row in answer.here if row.person is not None)
            self.note_looks([*here, *(found.person for found in answer.people)], "search")
        return self.page("search.html", context)
