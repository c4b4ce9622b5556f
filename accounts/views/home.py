"""The pages of somebody's own account: where they land, which team they work for, who can do what."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.admin_site import may_use_admin
from accounts.forms import TeamForm
from accounts.guard import StaffRequired
from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Role, User
from accounts.permissions import ROLES, Permission, may, teams_where
from accounts.second_factor import codes_left


def memberships_of(user: User) -> list[Membership]:
    """Return the user's memberships with their teams, by the team's name."""
    return list(user.memberships.select_related("team").order_by("team__name"))


def landing_page(user: User, membership: Membership | None) -> str | None:
    """Return the url name of the page that this user works on, or None where there is no page beyond their own."""
    # Who sees no more than totals finds them on the same page.
    seen = (Permission.RUN_DESK, Permission.SEE_TOTALS)
    if membership and any(may(user, permission, membership.team_id) for permission in seen):
        return "clinic-day"
    if membership and membership.role == Role.PRIVACY_LEAD:
        return "account-looks"
    return "admin:index" if may_use_admin(user) else None


class Start(StaffRequired):
    """Where signing in leads: to choose a team where there are several, else to the user's own work."""

    team_needed = False

    def get(self, request: Any) -> HttpResponse:
        """Redirect to the page that this user may work on."""
        memberships = memberships_of(self.user)
        if len(memberships) > 1 and SESSION_KEY not in request.session:
            return redirect("account-team")
        return redirect(landing_page(self.user, self.membership) or "account-home")


class Home(StaffRequired, TemplateView):
    """The user's own page: who they are here, what they may do, their password."""

    team_needed = False
    template_name = "accounts/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the page the membership worked under, what it allows, and the pages it opens."""
        user, membership = self.user, self.membership
        page = landing_page(user, membership)
        return super().get_context_data(
            membership=membership,
            several=len(memberships_of(user)) > 1,
            allowed=[each.label for each in Permission if membership and may(user, each, membership.team_id)],
            work_url=reverse(page) if page else None,
            administers=may_use_admin(user),
            sees_looks=bool(teams_where(user, Permission.SEE_AUDIT)),
            codes_left=codes_left(user),
            pin_set=bool(user.pin_hash),
            **kwargs,
        )


class ChooseTeam(StaffRequired, FormView):
    """Which of several teams the user works for now."""

    template_name = "accounts/team.html"
    form_class = TeamForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the user's own teams."""
        return {**super().get_form_kwargs(), "memberships": memberships_of(self.user)}

    def get_initial(self) -> dict[str, Any]:
        """Begin with the team worked for so far."""
        return {"team": str(self.membership.team.public_id)} if self.membership else {}

    def form_valid(self, form: TeamForm) -> HttpResponse:
        """Keep the answer in the session and go on to work."""
        chosen = form.chosen()
        self.request.session[SESSION_KEY] = chosen.team_id
        return redirect(landing_page(self.user, chosen) or "account-home")


class WhoCanDoWhat(StaffRequired, TemplateView):
    """The table of roles and what each may do, as the code itself reads it."""

    template_name = "accounts/roles.html"
    team_needed = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the page one row a permission, with a yes or no for each role in order."""
        rows = [
            {
                "permission": permission.label,
                "roles": [{"name": role.label, "may": role in ROLES[permission]} for role in Role],
            }
            for permission in Permission
        ]
        return super().get_context_data(
            roles=[role.label for role in Role],
            rows=rows,
            own_role=self.membership.get_role_display() if self.membership else _("none"),
            **kwargs,
        )
