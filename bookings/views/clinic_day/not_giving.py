"""Not given: a reason, what is said about it, and what happens next."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.members import members
from accounts.permissions import Permission
from bookings.forms.clinic_day import NotGivenForm
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.checking import uuid_or_new
from bookings.views.clinic_day.gone import arrival_undone
from clinics.models import Venue
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.models import Vaccination


class NotGiven(PersonPageBase):
    """A reason, which brings its next step along, and a note if there is more to say."""

    needs = Permission.VACCINATE
    page_name = "not-given"

    def _offered(self) -> list[str]:
        """The series the clinic offers of which no dose stands, those due first."""
        due = [result.series for result in self.data.due]
        offered = list(dict.fromkeys(series_of(code).value for code in self.clinic.vaccine_codes()))
        recorded = self.data.record.recorded if self.data.record else {}
        open_ones = [
            series
            for series in offered
            if series not in recorded or recorded[series].status != Vaccination.Status.COMPLETED
        ]
        return sorted(open_ones, key=lambda series: series not in due)

    def _form(self, post: Any = None) -> NotGivenForm:
        series = self._offered()
        asked = self.request.GET.get("series")
        due = [result.series for result in self.data.due if result.series in series]
        chosen = [asked] if asked in series else due or series[:1]
        return NotGivenForm(
            post,
            today=self.today,
            series=series,
            prison=self.clinic.venue.kind == Venue.Kind.PRISON,
            by=self.user,
            team=members(self.clinic.team_id, Permission.FOLLOW_UP),
            counts_from={result.series: result.earliest_on for result in self.data.outlook.series},
            initial={"series": chosen, "client_uuid": uuid4()},
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        if self.data.visit is None or not self._offered():
            return redirect(self.person_url())
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        visit = self.data.visit
        if visit is None:
            return arrival_undone(self)
        if not self._offered():
            return redirect(self.person_url())
        form = self._form(request.POST)
        is_valid = form.is_valid()
        try:
            with transaction.atomic():
                # Said first: what was offered may be wrong only because of what another tablet did meanwhile.
                self.check_unchanged()
                if not is_valid:
                    return self._page(form)
                actions.record_not_given(
                    visit=visit,
                    series=form.cleaned_data["series"],
                    reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"],
                    follow_up=form.follow_up,
                    client_uuid=form.cleaned_data["client_uuid"] or uuid_or_new(""),
                    by=self.user,
                    at=self.now,
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        del self.data
        if self.data.due:
            messages.success(request, _("Saved: not given. Something else is still due."))
            return redirect(self.person_url())
        messages.success(request, _("Saved: not given."))
        return redirect(self.day_url())

    def _page(self, form: NotGivenForm, *, status: int = 200) -> HttpResponse:
        return self.page("not_given.html", {"form": form, "back_url": self.person_url()}, status=status)
