"""The person's page: who they are, what is known, what is due and why, and what to do next."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.queries.planned import planned
from bookings.queries.records import record_chains
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.consenting import consent_form
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.health_questions import yes_first
from immunisations.models import Visit
from immunisations.policies import can_correct, standing_answers


class PersonDay(PersonPageBase):
    """One person at one clinic."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show everything, with the form that comes next."""
        data = self.data
        may_vaccinate = self.may(Permission.VACCINATE)
        visit = data.visit if may_vaccinate and data.needs_consent else None
        screening = data.record.screening if data.record else None
        context = {
            "back_url": self.day_url(),
            "plan": planned(data) if data.visit else None,
            "consent_form": consent_form(data, visit, self.today) if visit else None,
            "answers": yes_first(standing_answers(data.screenings)),
            "screening": screening,
            "stopped": {series_of(code) for code, _consent in data.disagreements},
            "chains": record_chains(data.history_rows),
            "correctable": {row.pk for row in data.history_rows if can_correct(row, self.user, self.today)},
        }
        return self.page("person.html", context)


class VisitEnd(PersonPageBase):
    """Ends, pauses or takes up a visit: advice only, record checked only, or simply left."""

    needs = Permission.CHECK_RECORDS

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what the button says."""
        visit = self.data.visit
        if visit is None:
            raise Http404
        does = request.POST.get("does", "")
        by, at = self.user, self.now
        try:
            if does == "pause":
                actions.pause_visit(visit=visit, by=by, at=at)
                messages.success(request, _("Paused. Anybody can take it up again."))
            elif does == "start":
                actions.start_visit(visit=visit, by=by, at=at)
                return redirect(self.person_url())
            elif does in ("left", Visit.Why.ADVICE, Visit.Why.CHECK):
                actions.end_visit(visit=visit, why=None if does == "left" else does, by=by, at=at)
                saved = {
                    "left": _("Saved: the visit has ended."),
                    Visit.Why.ADVICE.value: _("Saved: advice only."),
                    Visit.Why.CHECK.value: _("Saved: record checked only."),
                }
                messages.success(request, saved[str(does)])
            else:
                raise Http404
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.person_url())
        return redirect(self.day_url())
