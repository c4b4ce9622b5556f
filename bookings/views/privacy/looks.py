"""Who looked at records, for privacy leads."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.audit import record_views
from accounts.guard import StaffRequired
from accounts.permissions import Permission, teams_where
from bookings.forms.privacy import LooksForm, OlderForm
from bookings.queries.looks import Looks, Question, looks
from clinics.times import london_day
from immunisations.queries.emergency import MOST_SHOWN, emergencies


class WhoLooked(StaffRequired):
    """The emergencies first, then every look at a record, newest first. Reading this is a look too."""

    permission = Permission.SEE_AUDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the newest."""
        return self._page(LooksForm(today=london_day(timezone.now())), Question(), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show those that were asked for: by POST, so that no address names a person."""
        form = LooksForm(request.POST, today=london_day(timezone.now()))
        older = OlderForm(request.POST)
        before = older.cleaned_data["before"] if older.is_valid() else None
        return self._page(form, form.question() if form.is_valid() else None, before)

    def _page(self, form: LooksForm, question: Question | None, before: int | None) -> HttpResponse:
        now = timezone.now()
        teams = teams_where(self.user, Permission.SEE_AUDIT)
        found = Looks([], None) if question is None else looks(question, teams=teams, before=before)
        opened = emergencies(teams=teams, at=now)
        named = found.people | {
            each.person.public_id: each.person.team_id for each in opened if each.person.team_id in teams
        }
        for team in teams:
            record_views(
                user=self.user,
                at=now,
                team=team,
                people=[person for person, kept_by in named.items() if kept_by == team],
                page="who looked",
            )
        context = {
            "form": form,
            "found": found,
            # What the button for older ones asks again.
            "asked_fields": [
                (name, value)
                for name, value in self.request.POST.items()
                if name not in ("before", "csrfmiddlewaretoken") and question is not None
            ],
            "asked": question is not None,
            "emergencies": opened,
            "most_emergencies": MOST_SHOWN if len(opened) == MOST_SHOWN else None,
            "own_teams": teams,
            "now": now,
        }
        return TemplateResponse(self.request, "privacy/who_looked.html", context)
