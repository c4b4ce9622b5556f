"""The person's page: who they are, what is known, what is due and why, and what to do next."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.queries.after import after_dose
from bookings.queries.planned import planned
from bookings.queries.records import record_chains
from bookings.views.clinic_day.at_once import DoseAtOnce
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.consenting import consent_form
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.actions.visits import is_going_on
from immunisations.health_questions import yes_first
from immunisations.meanwhile import held_since, last_changes
from immunisations.models import Visit
from immunisations.outcomes import COLOURS, Outcome, leaving_words, waits
from immunisations.policies import can_correct, standing_answers


class PersonDay(PersonPageBase):
    """One person at one clinic."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show everything, with the form that comes next."""
        return self.show()

    def show(self, *, status: int = 200) -> HttpResponse:
        """Show the page; with 409 it comes again because something had changed, and a message says what."""
        data = self.data
        may_vaccinate = self.may(Permission.VACCINATE)
        held = self._held()
        # While somebody else is seeing them the questions are theirs to ask.
        visit = data.visit if may_vaccinate and data.needs_consent and held is None else None
        screening = data.record.screening if data.record else None
        plan = planned(data) if data.visit else None
        waiting = data.visit is not None and data.outcome is not None and waits(data.visit, self.now)
        context = {
            "back_url": self.day_url(),
            "plan": plan,
            "after": after_dose(data, plan),
            "waiting": waiting,
            "leaving": leaving_words(data.visit, asked=self.clinic.observation_minutes, now=self.now),
            "outcome": Outcome.WAITING if waiting else data.outcome,
            "outcome_colour": COLOURS[Outcome.WAITING] if waiting else data.outcome_colour,
            "consent_form": consent_form(data, visit, self.today) if visit else None,
            "at_once": DoseAtOnce.offered(self) if visit else None,
            "answers": yes_first(standing_answers(data.screenings)),
            "screening": screening,
            "stopped": {series_of(code) for code, _consent in data.disagreements},
            "chains": record_chains(data.history_rows),
            "held": held,
            "correctable": {row.pk for row in data.history_rows if can_correct(row, self.user, self.today)},
        }
        return self.page("person.html", context, status=status)

    def _held(self) -> dict[str, Any] | None:
        """Return who else is seeing the person now, and since when."""
        visit = self.data.visit
        if visit is None or visit.started_by is None or not is_going_on(visit) or visit.started_by == self.user:
            return None
        return {"by": visit.started_by, "since": held_since(visit)}


class VisitEnd(PersonDay):
    """Begins, ends, pauses, takes up or takes over a visit: advice only, record checked only, or simply left."""

    needs = Permission.CHECK_RECORDS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the person's page: a page that came again has this address, and may be reloaded."""
        return redirect(self.person_url())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do what the button says, unless somebody else has done something since the page was shown."""
        visit = self.data.visit
        if visit is None:
            return self._nobody_here()
        try:
            with transaction.atomic():
                self.check_unchanged()
                there, words = self._do(visit, request.POST.get("does", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            del self.data
            return self.show(status=refusal.status)
        if words:
            messages.success(request, words)
        return redirect(there)

    def _do(self, visit: Visit, does: str) -> tuple[str, str]:
        """Do it; return where to go and what to say. Raises Http404 for a button that is none of ours."""
        by, at = self.user, self.now
        if does == "pause":
            actions.pause_visit(visit=visit, by=by, at=at)
            return self.day_url(), _("Paused. Anybody can take it up again.")
        if does in ("start", "take_over"):
            actions.start_visit(visit=visit, take_over=does == "take_over", by=by, at=at)
            return self.person_url(), ""
        if does == "put_back":
            actions.put_back_visit(visit=visit, by=by, at=at)
            return self.day_url(), _("Back in the queue.")
        saved = {
            "left": _("Saved: the visit has ended."),
            "gone": _("Saved: they have left."),
            Visit.Why.ADVICE.value: _("Saved: advice only."),
            Visit.Why.CHECK.value: _("Saved: record checked only."),
        }
        if does not in saved:
            raise Http404
        why = None if does in ("left", "gone") else does
        actions.end_visit(visit=visit, why=why, gone=does == "gone", by=by, at=at)
        return self.day_url(), saved[does]

    def _nobody_here(self) -> HttpResponse:
        """Say who undid the arrival meanwhile. Raises Http404 where they have not arrived here at all."""
        undone = [change for change in last_changes(self.person) if change.action == "undo_arrival"]
        if not undone:
            raise Http404
        messages.error(self.request, str(undone[0]))
        return self.show(status=409)
