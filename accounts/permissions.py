"""Who may do what: one table, read by every door.

A permission is asked of a user in a team, never of a user alone. Whether the thing itself allows it at this moment is
another question; each room's ``policies.py`` answers that.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Team, User


class Permission(models.TextChoices):
    """Something a member of a team may do there, in the words of the table that staff read."""

    RUN_DESK = "run_desk", _("See today’s list, find people, mark arrivals, add walk-ins")
    BOOK = "book", _("Book, change and cancel for the public")
    SEE_RECORDS = "see_records", _("See a person’s record")
    CHECK_RECORDS = "check_records", _("Record what a red book, CHIS or GP record shows")
    VACCINATE = "vaccinate", _("Record consent, health checks and doses")
    CORRECT_RECORDS = "correct_records", _("Correct another person’s records, merge people")
    SEND_RECORDS = "send_records", _("See what was corrected, and note what was sent to GP practices and CHIS")
    FOLLOW_UP = "follow_up", _("See and close follow-ups")
    EMERGENCY_ACCESS = (
        "emergency_access",
        _("Read another team’s record for an hour in an emergency"),
    )
    KEEP_STOCK = "keep_stock", _("Record stock taken, wasted and counted back, and cool box temperatures")
    RELEASE_STOCK = "release_stock", _("Quarantine a batch or release it, list who had it")
    ADD_LISTS = "add_lists", _("Add a list of people to a clinic")
    CLOSE_CLINIC = "close_clinic", _("Close a clinic at the end of its day")
    HANDLE_MESSAGES = "handle_messages", _("See messages that did not arrive, print letters")
    WRITE_GUIDES = "write_guides", _("Write the pages that answer the public’s questions")
    PLAN_CLINICS = "plan_clinics", _("Plan, publish and cancel clinics, keep venues and batches")
    INSPECT = "inspect", _("Look up bookings, people, records and messages in the admin")
    SEE_TOTALS = "see_totals", _("See a clinic’s totals")
    MANAGE_STAFF = "manage_staff", _("Add and deactivate users, give roles, end API tokens")
    SEE_AUDIT = "see_audit", _("See who changed and who looked at what")


_EVERYBODY_CLINICAL = {Role.VACCINATOR, Role.SENIOR_NURSE}

ROLES: dict[Permission, set[Role]] = {
    Permission.RUN_DESK: {Role.DESK, Role.COORDINATOR} | _EVERYBODY_CLINICAL,
    Permission.BOOK: {Role.DESK, Role.COORDINATOR} | _EVERYBODY_CLINICAL,
    Permission.SEE_RECORDS: {Role.DESK, Role.COORDINATOR} | _EVERYBODY_CLINICAL,
    Permission.CHECK_RECORDS: _EVERYBODY_CLINICAL,
    Permission.VACCINATE: _EVERYBODY_CLINICAL,
    Permission.CORRECT_RECORDS: {Role.SENIOR_NURSE},
    Permission.SEND_RECORDS: {Role.SENIOR_NURSE, Role.COORDINATOR},
    Permission.FOLLOW_UP: {Role.DESK, Role.COORDINATOR} | _EVERYBODY_CLINICAL,
    Permission.EMERGENCY_ACCESS: _EVERYBODY_CLINICAL,
    Permission.KEEP_STOCK: {Role.COORDINATOR} | _EVERYBODY_CLINICAL,
    Permission.RELEASE_STOCK: {Role.SENIOR_NURSE, Role.COORDINATOR},
    Permission.ADD_LISTS: {Role.SENIOR_NURSE, Role.COORDINATOR},
    Permission.CLOSE_CLINIC: {Role.SENIOR_NURSE, Role.COORDINATOR},
    Permission.HANDLE_MESSAGES: {Role.DESK, Role.SENIOR_NURSE, Role.COORDINATOR},
    Permission.WRITE_GUIDES: {Role.COORDINATOR},
    Permission.PLAN_CLINICS: {Role.COORDINATOR},
    Permission.INSPECT: {Role.COORDINATOR},
    Permission.SEE_TOTALS: {Role.COORDINATOR, Role.ANALYST} | _EVERYBODY_CLINICAL,
    Permission.MANAGE_STAFF: {Role.ADMINISTRATOR},
    Permission.SEE_AUDIT: {Role.ADMINISTRATOR, Role.PRIVACY_LEAD},
}


def roles_in(user: User) -> dict[int, Role]:
    """Return the user's role in each of their teams, by team key; asked of the database once a request."""
    if not user.is_authenticated or not user.is_active:
        return {}
    if not hasattr(user, "_roles_by_team"):
        user._roles_by_team = {team: Role(role) for team, role in user.memberships.values_list("team_id", "role")}
    return user._roles_by_team


def teams_where(user: User, permission: Permission) -> list[int]:
    """Return the keys of the teams in which the user may do ``permission``."""
    return [team for team, role in roles_in(user).items() if role in ROLES[permission]]


def may(user: User, permission: Permission, team: Team | int) -> bool:
    """Whether the user may do ``permission`` in ``team``."""
    team_id = team.pk if isinstance(team, Team) else team
    role = roles_in(user).get(team_id)
    return role is not None and role in ROLES[permission]
