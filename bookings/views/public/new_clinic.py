"""The day and the clinic that people of a booking are moved to, or at which one more is added."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import changes
from bookings.forms.public.clinic import DayForm
from bookings.queries.changing import venues_of_team
from bookings.views.public.changing import NewTimesView
from clinics import queries
from clinics.models import Venue
from clinics.views.public import page_number
from nhsuk.forms import NhsukForm


class NewDay(NewTimesView):
    """The days at one venue: at first that of the appointments there are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the day."""
        return self.opened() or self.look() or self.show(self.form(initial=str(self.session.public_id)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the day; one on which somebody is too young is said so."""
        elsewhere = self.opened() or self.look()
        if elsewhere is not None:
            return elsewhere
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        session = next(day.session for day in self.days if str(day.session.public_id) == form.cleaned_data["day"])
        young = self.too_young(session)
        if young:
            form.add_error("day", young)
            return self.show(form)
        changes.choose_session(self.draft, self.answers, session, at=self.at)
        return redirect("booking-new-time", draft=self.draft.public_id)

    def look(self) -> HttpResponse | None:
        """Find the venue's days on which the booking's team takes bookings."""
        self.venue = self.session.venue
        if self.request.GET.get("venue"):
            key = asked_venue(self.request)
            if key is None:
                return redirect("booking-new-clinic", draft=self.draft.public_id)
            self.venue = get_object_or_404(Venue, public_id=key, team=self.booking.team_id)
        self.number = page_number(self.request)
        offset = (self.number - 1) * queries.DATES_TO_CHOOSE_FROM
        days, self.more = queries.days_at(venue=self.venue, at=self.at, offset=offset)
        self.days = [day for day in days if day.takes_bookings]
        if not self.days and not self.more:
            return redirect("booking-new-clinic", draft=self.draft.public_id)
        return None

    def form(self, data: Any = None, initial: str = "") -> DayForm:
        """Make the form."""
        left = queries.left_on(self.days, self.at)
        return DayForm(data, days=self.days, left=left, initial={"day": initial})

    def show(self, form: DayForm) -> HttpResponse:
        """Render the page."""
        venue = f"&venue={self.venue.public_id}" if "venue" in self.request.GET else ""
        back = self.url("booking-add-help") if self.adding else reverse("booking-manage")
        if self.venue != self.session.venue:
            # Another venue is found in the list of clinics.
            back = self.url("booking-new-clinic")
        return self.page(
            "bookings/new_day.html",
            form,
            title=str(form.fields["day"].label),
            back=back,
            venue=self.venue,
            later=f"?page={self.number + 1}{venue}" if self.more else "",
            earlier=f"?page={self.number - 1}{venue}" if self.number > 1 else "",
            clinic_url=f"{self.url('booking-new-clinic')}?from=day{venue}",
        )


class NewClinic(NewTimesView):
    """The team's other clinics, those nearest to the present one first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        number = page_number(request)
        shown, pages = venues_of_team(self.booking.team_id, near=self.session.venue, at=self.at, page=number)
        number = min(number, pages)
        came, back = self.came_from()
        return self.page(
            "bookings/new_clinic.html",
            NhsukForm(),
            title=_("Choose a clinic"),
            back=back,
            venues=shown,
            day_url=self.url("booking-new-day"),
            later=f"?page={number + 1}{came}" if number < pages else "",
            earlier=f"?page={number - 1}{came}" if number > 1 else "",
        )

    def came_from(self) -> tuple[str, str]:
        """Return what the address says of the page they came from, and that page: the days, the times, or the booking.

        The booking for those, too, who were led here because no day is left at a venue: the days would lead here again.
        """
        page = self.request.GET.get("from", "")
        if page == "time":
            return "&from=time", self.url("booking-new-time")
        if page != "day":
            return "", reverse("booking-manage")
        venue = asked_venue(self.request)
        if venue is None:
            return "&from=day", self.url("booking-new-day")
        return f"&from=day&venue={venue}", f"{self.url('booking-new-day')}?venue={venue}"


def asked_venue(request: HttpRequest) -> uuid.UUID | None:
    """Return the public id of the venue that the address names; None where it names none."""
    try:
        return uuid.UUID(request.GET.get("venue", ""))
    except ValueError:
        return None
