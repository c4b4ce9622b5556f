"""What is still to be done after visits: the team's list, one of them, and setting one."""

from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import access
from accounts.audit import record_view, record_views
from accounts.errors import Refused
from accounts.guard import StaffRequired
from accounts.members import members
from accounts.permissions import Permission
from bookings.forms.clinic_day.follow_up import TEAM, FollowUpChangeForm, FollowUpCloseForm, FollowUpForm
from bookings.queries.following_up import follow_up_list, follow_up_rows
from bookings.queries.planned import planned
from bookings.views.clinic_day.base import PersonPageBase
from clinics.times import london_day
from immunisations import actions
from immunisations.models import FollowUp, Vaccination
from immunisations.people import root_of
from immunisations.queries import Choice


def _id(text: str) -> UUID | None:
    """Return the id of a text that is one, else None."""
    try:
        return UUID(text)
    except ValueError:
        return None


class FollowUps(StaffRequired):
    """What the team has still to do, those overdue first."""

    permission = Permission.FOLLOW_UP

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them: mine or everybody's, after one reason or any."""
        now = timezone.now()
        team = request.membership.team  # type: ignore[attr-defined]
        whose = "mine" if request.GET.get("whose") == "mine" else "everybody"
        reason = request.GET.get("reason", "")
        reason = reason if reason in Vaccination.Reason.values else ""
        choice = Choice(owner=self.user if whose == "mine" else None, reason=reason)
        found = follow_up_list(team.pk, choice, after=_id(request.GET.get("after", "")), today=london_day(now))
        people = dict.fromkeys(row.person.public_id for row in found.rows)
        record_views(user=self.user, at=now, team=team, people=people, page="follow-ups")
        context = {
            "nav": "clinic-day",
            "rows": found.rows,
            "following": found.following,
            "whose": whose,
            "reason": reason,
            "reasons": Vaccination.Reason.choices,
        }
        return TemplateResponse(request, "clinic_day/follow_ups.html", context)


class OneFollowUp(StaffRequired):
    """One of them: close it, change it, hand it over. Whoever was slower is told who did what."""

    @cached_property
    def row(self) -> FollowUp:
        """The follow-up of the address: 404 for another team's."""
        return access(
            FollowUp.objects.select_related(
                "session__team", "session__venue", "person__merged_into", "owner", "vaccination"
            ),
            user=self.user,
            permission=Permission.FOLLOW_UP,
            team_field="session__team",
            public_id=self.kwargs["follow_up"],
        )

    def _change_form(self, post: Any = None) -> FollowUpChangeForm:
        row = self.row
        return FollowUpChangeForm(
            post,
            today=london_day(timezone.now()),
            team=members(row.session.team_id, Permission.FOLLOW_UP),
            initial={
                "version": row.version,
                "step": row.step,
                "owner": row.owner.username if row.owner else TEAM,
                "due_on": row.due_on,
                "note": row.note,
            },
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self._page(self._change_form(), FollowUpCloseForm(initial={"version": self.row.version}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Close it or change it."""
        changes = request.POST.get("does") == "change"
        change = self._change_form(request.POST if changes else None)
        close = FollowUpCloseForm(None if changes else request.POST, initial={"version": self.row.version})
        form = change if changes else close
        if not form.is_valid():
            return self._page(change, close)
        version = form.cleaned_data["version"] or 0
        at = timezone.now()
        try:
            if changes:
                actions.change_follow_up(follow_up=self.row, version=version, wanted=change.wanted, by=self.user, at=at)
            else:
                actions.close_follow_up(
                    follow_up=self.row,
                    version=version,
                    state=close.cleaned_data["state"],
                    came_of_it=close.cleaned_data["came_of_it"],
                    by=self.user,
                    at=at,
                )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            del self.row
            # As it is now, so that what was typed can be sent again by somebody who knows.
            again = request.POST.copy()
            again[form.add_prefix("version")] = str(self.row.version)
            form.data = again
            return self._page(change, close, status=refusal.status)
        messages.success(request, _("Saved.") if changes else _("Closed."))
        return redirect("follow-ups")

    def _page(self, change: FollowUpChangeForm, close: FollowUpCloseForm, *, status: int = 200) -> HttpResponse:
        now = timezone.now()
        row, person = self.row, root_of(self.row.person)
        record_view(user=self.user, at=now, team=row.session.team_id, person_id=person.public_id, page="follow-up")
        [shown] = follow_up_rows([row], today=london_day(now))
        context = {
            "nav": "clinic-day",
            "shown": shown,
            "row": row,
            "person": person,
            "open": row.state == FollowUp.State.OPEN,
            "change": change,
            "close": close,
            "has_errors": bool(change.errors or close.errors),
            "back_url": reverse("follow-ups"),
        }
        return TemplateResponse(self.request, "clinic_day/follow_up.html", context, status=status)


class FollowUpAdd(PersonPageBase):
    """Setting one for a person at a clinic; the day of their next dose is filled in."""

    needs = Permission.FOLLOW_UP
    page_name = "follow-up-add"

    def _form(self, post: Any = None) -> FollowUpForm:
        plan = planned(self.data)
        following = plan.following[0][0] if plan and plan.following else None
        return FollowUpForm(
            post,
            today=self.today,
            team=members(self.clinic.team_id, Permission.FOLLOW_UP),
            initial={
                "client_uuid": uuid4(),
                "step": FollowUp.Step.INVITE_AGAIN if following else FollowUp.Step.PHONE,
                "owner": TEAM,
                "due_on": following if following and following >= self.today else None,
            },
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            actions.add_follow_up(
                person=self.person,
                session=self.clinic,
                visit=self.data.visit,
                wanted=form.wanted,
                client_uuid=form.cleaned_data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Saved: to be followed up."))
        return redirect(self.person_url())

    def _page(self, form: FollowUpForm, *, status: int = 200) -> HttpResponse:
        return self.page("follow_up_add.html", {"form": form, "back_url": self.person_url()}, status=status)
