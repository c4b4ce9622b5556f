"""The day's list: the whole page, the part of it that is asked for again and again, and whether it shows names."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.audit import record_list_view
from accounts.guard import StaffRequired
from accounts.middleware import is_background
from accounts.permissions import Permission, may, roles_in
from bookings.forms.clinic_day import SearchForm
from bookings.queries import clinics_around, day_list
from bookings.queries.day_keys import LONGEST, NOT_COME
from bookings.queries.freshness import list_state
from bookings.views.clinic_day.base import HIDE_NAMES, ClinicDayPage
from clinics.times import london_day
from clinics.words import clock
from immunisations.policies import can_record


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


def anchor(section: str) -> str:
    """The id of a section's heading on the page."""
    return "did-not-attend" if section == NOT_COME else section.replace("_", "-")


class DayListPage(ClinicDayPage):
    """A page that can show the day's list, or show it again with what went wrong."""

    def state(self) -> str:
        """Return the mark of the list as this user sees it now. Asked before the list is read, never after."""
        seen_by = (self.user.pk, roles_in(self.user).get(self.clinic.team_id), self.hidden, self.today, self.whole)
        return list_state(self.clinic, at=self.now, seen_by=repr(seen_by))

    def sections(self) -> dict[str, Any]:
        """Read the list; return it with its sections as they are shown, and the second half of their mark."""
        listing = day_list(self.clinic, today=self.today, at=self.now, hidden=self.hidden, whole=self.whole)
        context = {
            "list": listing,
            "clinic": self.clinic,
            "open": can_record(self.clinic),
            "arrives": self.arrives,
            "hidden": self.hidden,
            "all": {section: self.all_url(section) for section, cut in listing.is_cut.items() if cut},
            "fewer": {section: self.fewer_url(section) for section in self.whole if listing.counts[section] > LONGEST},
        }
        html = render_to_string("clinic_day/day_list.html", context)
        return {"list": listing, "sections": html, "mark": hashlib.sha256(html.encode()).hexdigest()[:16]}

    def all_url(self, section: str) -> str:
        """The address of the list with this section whole, too."""
        query = urlencode([("all", each) for each in (*self.whole, section)])
        return f"{reverse('clinic-day-session', args=[self.clinic.public_id])}?{query}#{anchor(section)}"

    def fewer_url(self, section: str) -> str:
        """The address of the list with this section cut again."""
        query = urlencode([("all", each) for each in self.whole if each != section])
        address = reverse("clinic-day-session", args=[self.clinic.public_id])
        return f"{address}{'?' if query else ''}{query}#{anchor(section)}"

    def show_day(self, *, status: int = 200) -> HttpResponse:
        """Show the list; with 409 it comes again because something had changed, and a message says what."""
        if not is_background(self.request):
            record_list_view(user=self.user, at=self.now, team=self.clinic.team_id, clinic_id=self.clinic.public_id)
        state = self.state()
        context = self.sections()
        context["sections"] = SafeString(context["sections"])
        return self.page(
            "day.html",
            {
                **context,
                "tag": f"{state}.{context['mark']}",
                "updated": clock(self.now),
                "search_form": SearchForm(),
                "whole_query": self.whole_query,
                "refreshes": self.request.GET.get("refresh") != "off",
            },
            status=status,
        )


class SessionDay(DayListPage):
    """The list of one clinic."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show everybody in their section."""
        return self.show_day()


class SessionList(DayListPage):
    """The sections of the list alone, where they are not what the asker has.

    The mark has two halves: the state of the data and what is shown of it. Where the first is the same nothing is
    read; where only the second is, nothing is sent.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the sections, or 304 and nothing."""
        known = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"')
        known_state, _dot, known_mark = known.partition(".")
        state = self.state()
        if state == known_state:
            return self._unchanged(known)
        found = self.sections()
        tag = f"{state}.{found['mark']}"
        if found["mark"] == known_mark:
            return self._unchanged(tag)
        response = HttpResponse(found["sections"])
        response["ETag"] = f'"{tag}"'
        return response

    def _unchanged(self, tag: str) -> HttpResponse:
        response = HttpResponse(status=304)
        response["ETag"] = f'"{tag}"'
        return response


class HideNames(ClinicDayPage):
    """The switch for screens that a queue can read. It holds for the user's session, at every clinic."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Turn it to what was asked for, so that pressing twice changes nothing."""
        address = self.day_url()
        request.session[HIDE_NAMES] = request.POST.get("hide") == "yes"
        return redirect(address)
