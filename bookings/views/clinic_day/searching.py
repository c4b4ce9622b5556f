"""Finding somebody from the one box, by what is typed or scanned into it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bookings.drop_ins.desk import ticket_of_scan
from bookings.forms.clinic_day import SearchForm
from bookings.queries import search
from bookings.views.clinic_day.base import ClinicDayPage
from bookings.views.clinic_day.tickets import ticket_page


class SessionSearch(ClinicDayPage):
    """The search: posted, so that nobody's name stands in an address."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty box, for whoever comes back or reloads."""
        return self.page("search.html", {"form": SearchForm(), "back_url": self.day_url()})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who was found and why; of a QR code, the family with the button that marks them as arrived."""
        form = SearchForm(request.POST)
        context: dict[str, Any] = {
            "form": form,
            "back_url": self.day_url(),
            "walk_in_url": reverse("walk-in", args=[self.clinic.public_id]),
        }
        if form.is_valid():
            ticket = ticket_of_scan(form.cleaned_data["q"], self.clinic.team)
            if ticket is not None and ticket.session_id == self.clinic.pk and ticket.people:
                return ticket_page(ticket)
            answer = search(self.clinic, form.cleaned_data["q"], today=self.today, at=self.now, hidden=self.hidden)
            context["answer"] = answer
            if answer.scan:
                # A secret of theirs: not shown again, and the next scan finds the box empty.
                context["form"] = SearchForm()
            self.note_looks(answer.found_people, "search")
        return self.page("search.html", context)
