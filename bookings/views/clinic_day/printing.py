"""The list on paper: what a clinic works from when nothing else works."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from bookings.queries import day_list
from bookings.queries.printed import printed_list
from bookings.views.clinic_day.base import ClinicDayPage


class DayPrint(ClinicDayPage):
    """Everybody on the list, in large type with boxes to tick. That it was asked for is written down, as it leaves."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it; the same page prints."""
        listing = day_list(self.clinic, today=self.today, at=self.now)
        self.note_looks((row.person for row in listing.rows if row.person is not None), "printed list")
        context = {"groups": printed_list(listing), "now": self.now, "back_url": self.day_url()}
        return self.page("day_print.html", context)
