"""Pages to print and to hand over: the working behind a forecast, the record of today, and the rules themselves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.guard import StaffRequired
from bookings.queries import every_rule, today_record, working
from bookings.queries.planned import planned
from bookings.views.clinic_day.base import PersonPageBase
from immunisations.queries import reactions_of


class ShowWorking(PersonPageBase):
    """Each dose, each rule that decided, its source and days in force, and the outcome."""

    page_name = "working"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it; the same page prints."""
        context = {
            "working": working(self.data),
            "plan": planned(self.data),
            "back_url": self.person_url(),
            "now": self.now,
        }
        return self.page("working.html", context)


class RecordOfToday(PersonPageBase):
    """What the person takes home."""

    page_name = "record-of-today"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it, once there is a visit; the same page prints."""
        visit_record = self.data.record
        if visit_record is None:
            return redirect(self.person_url())
        record = today_record(self.data)
        # Also where nothing was given in the end: that they came and why not is theirs to tell.
        rows = (*record.given, *record.not_given)
        private = visit_record.parents_not_told() or any(row.parents_not_told for row in rows)
        reactions = [row for row in reactions_of(self.person) if row.vaccination.session_id == self.clinic.pk]
        context = {"record": record, "private": private, "reactions": reactions, "back_url": self.person_url()}
        return self.page("record_of_today.html", context)


class Rules(StaffRequired):
    """Every rule of the schedule, for reading, signing and teaching."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them all."""
        return TemplateResponse(request, "clinic_day/rules.html", {"nav": "clinic-day", "subjects": every_rule()})
