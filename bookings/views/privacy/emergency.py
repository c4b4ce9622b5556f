"""A record of another team in an emergency: found by exact facts, read for an hour, changed by nobody from here."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import tries
from accounts.audit import record_view
from accounts.guard import StaffRequired
from accounts.models import Membership
from accounts.permissions import Permission, teams_where
from bookings.forms.privacy import EmergencyForm
from bookings.queries.person import STATUS_WORDS
from bookings.queries.timeline import rule_source, timeline_dose
from clinics.times import london_day
from clinics.vaccines import Series
from immunisations.actions.emergency import begin_emergency_access
from immunisations.ages import age_in_words
from immunisations.models import EmergencyAccess
from immunisations.policies.emergency import Closed, check_may_read
from immunisations.queries import check_rounds, facts_for, forecast_for, history, lasting_facts, record_checks
from immunisations.queries.emergency import begun_together, people_elsewhere

TRIES = "emergency"


class EmergencyPage(StaffRequired):
    """For whoever may read other teams' records in an emergency."""

    permission = Permission.EMERGENCY_ACCESS

    @property
    def working_as(self) -> Membership:
        """The membership worked under: the door lets nobody in without one."""
        if self.membership is None:
            raise Http404
        return self.membership


class EmergencyFind(EmergencyPage):
    """Exactly who, and why."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self._page(EmergencyForm(today=london_day(timezone.now())))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the record, or say that nobody was found: the same words whatever was near."""
        now = timezone.now()
        form = EmergencyForm(request.POST, today=london_day(now))
        if not form.is_valid():
            return self._page(form)
        if not tries.count(request, TRIES, str(self.user.pk)):
            form.add_error(None, _("There were too many tries. Wait an hour, or phone the other team"))
            return self._page(form, status=429)
        people = people_elsewhere(form.asked(), own_teams=teams_where(self.user, Permission.SEE_RECORDS))
        if not people:
            form.add_error(
                None,
                _("Nobody was found in other teams with exactly these details. Check each of them and try again"),
            )
            return self._page(form)
        opened = begin_emergency_access(
            people=people, team=self.working_as.team, reason=form.cleaned_data["reason"], by=self.user, at=now
        )
        return redirect("emergency-record", opened[0].public_id)

    def _page(self, form: EmergencyForm, *, status: int = 200) -> HttpResponse:
        return TemplateResponse(
            self.request, "privacy/emergency.html", {"form": form, "nav": "clinic-day"}, status=status
        )


class EmergencyRecord(EmergencyPage):
    """What is on record, to read. Every look is written down with the reason."""

    def get(self, request: HttpRequest, access: UUID) -> HttpResponse:
        """Show it, until the hour is over."""
        now = timezone.now()
        row = (
            EmergencyAccess.objects.select_related("person__team", "person__merged_into", "user_team")
            .filter(public_id=access, user=self.user)
            .first()
        )
        if row is None:
            raise Http404
        try:
            check_may_read(row, user=self.user, at=now)
        except Closed as closed:
            context: dict[str, Any] = {"words": str(closed), "nav": "clinic-day"}
            return TemplateResponse(request, "privacy/emergency_closed.html", context, status=closed.status)
        person = row.person.merged_into or row.person
        record_view(
            user=self.user,
            at=now,
            team=person.team_id,
            person_id=person.public_id,
            page="emergency record",
            reason=row.reason,
        )
        today = london_day(now)
        doses = history(person)
        outlook = forecast_for(person, today, facts_for(person, None, None), doses=doses)
        context = {
            "nav": "clinic-day",
            "access": row,
            "person": person,
            "age": age_in_words(person.date_of_birth, today),
            "lasting": lasting_facts(person),
            "timeline": [timeline_dose(dose, outlook, person.date_of_birth) for dose in doses],
            "outlook": outlook,
            "due": [
                {
                    "name": Series(result.series).label,
                    "status": STATUS_WORDS[result.status][0],
                    "colour": STATUS_WORDS[result.status][1],
                    "reason": result.reason,
                    "source": rule_source(result),
                }
                for result in outlook.series
            ],
            "rounds": check_rounds(record_checks(person)),
            "others": [each for each in begun_together(row) if each.pk != row.pk],
        }
        return TemplateResponse(request, "privacy/emergency_record.html", context)
