"""Who did not come, and the clinic's report."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.actions import mark_did_not_attend
from bookings.models import Appointment
from bookings.queries import closing_rows
from bookings.queries.report import clinic_report
from bookings.views.clinic_day.arriving import ArrivingPage
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from immunisations.models import Visit


class DidNotAttend(ArrivingPage):
    """Everybody still expected, marked in one go but for those left out."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who has not come."""
        return self.page("did_not_attend.html", self._context())

    def _context(self) -> dict[str, Any]:
        return {"appointments": closing_rows(self.clinic, at=self.now), "back_url": self.day_url()}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark them."""
        # Only those who were on the page: whoever booked or was expected since then was not meant.
        meant = uuids([each for each in request.POST.getlist("shown") if each not in request.POST.getlist("except")])
        appointments = list(Appointment.objects.filter(session=self.clinic, public_id__in=meant))
        try:
            count = mark_did_not_attend(appointments=appointments, by=self.user, source="staff", at=self.now)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.day_url())
        came = Visit.objects.filter(appointment__in=appointments).select_related("person").order_by("pk")
        before = self.told_before(came)
        for words in before:
            messages.warning(request, words)
        if before and not count:
            return self.show_day(status=409)
        messages.success(
            request,
            ngettext("%(count)s person marked: did not attend.", "%(count)s people marked: did not attend.", count)
            % {"count": count},
        )
        return redirect(self.day_url())


class SessionTotals(ClinicDayPage):
    """The clinic's report, counted from its records: to read, to print. Nobody is named on it."""

    needs = Permission.SEE_TOTALS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        runs = self.may(Permission.RUN_DESK)
        report = clinic_report(self.clinic, at=self.now)
        context = {
            "report": report,
            "totals": report.totals,
            "may_close": self.may(Permission.CLOSE_CLINIC),
            "back_url": self.day_url() if runs else None,
        }
        return self.page("totals.html", context)
