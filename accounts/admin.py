"""Users, teams and tokens for administrators; who changed and who looked at what."""

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import end_sessions, reset_second_factor, revoke_token
from accounts.admin_bases import (
    FirstThousands,
    FoundByName,
    ReadOnlyAdmin,
    TeamAdmin,
    TeamInline,
    staff_of,
    teams_of,
)
from accounts.admin_filters import Question, lately
from accounts.models import ApiToken, AuditEvent, Membership, RecordView, Role, Team, User
from accounts.permissions import Permission


class OfManagedUsers(TeamAdmin):
    """Rows that belong to users: seen by the administrators of any of the user's teams.

    Changed only by somebody who administers *every* team of the user: a password set or a token ended by the
    administrator of one team must not reach into another. A superuser is changed by a superuser alone.
    """

    view_with = Permission.MANAGE_STAFF
    change_with = Permission.MANAGE_STAFF
    team_path = ""
    # The path from a row to its user, with a trailing "__", or nothing where the row is the user.
    user_path = ""

    def user_of(self, row: Any) -> User:
        """Return the user that a row belongs to."""
        return row if isinstance(row, User) else row.user

    def teams_of_row(self, row: models.Model) -> list[int]:
        """Return the teams of the row's user."""
        return [membership.team_id for membership in self.user_of(row).memberships.all()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the users who are in a team of this administrator's."""
        queryset = self.model._default_manager.order_by(*(self.get_ordering(request) or self.opts.ordering or []))
        teams = teams_of(request, self.view_with)
        queryset = queryset.prefetch_related(f"{self.user_path}memberships__team")
        if teams is None:
            return queryset
        members = Membership.objects.filter(team__in=teams).values("user")
        return queryset.filter(**{f"{self.user_path}pk__in": members})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this administrator answers for every team that the user is in."""
        teams = teams_of(request, Permission.MANAGE_STAFF)
        if teams is None:
            return True
        if obj is None:
            return bool(teams)
        user = self.user_of(obj)
        return not user.is_superuser and set(self.teams_of_row(obj)) <= set(teams)

    def may_act(self, request: HttpRequest, row: models.Model) -> bool:
        """Whoever may change the user may act on them."""
        return self.has_change_permission(request, row)


class Roles(BaseInlineFormSet):
    """A user's roles: at least one, or nobody could find the user here again."""

    def clean(self) -> None:
        """Refuse to leave a user without any team."""
        super().clean()
        kept = [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None)
            and form.cleaned_data.get("team")
            and not form.cleaned_data.get("DELETE")
        ]
        if not kept:
            raise ValidationError(
                _("Give the user a role in at least one team. To end their access, clear “active” instead.")
            )


class MembershipInline(TeamInline):
    """A user's roles, in the teams that this administrator manages."""

    model = Membership
    formset = Roles
    fields = [("team", "role")]
    can_delete = True
    verbose_name = gettext_lazy("role in a team")
    verbose_name_plural = gettext_lazy("roles in teams")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Offer one empty row for a new user."""
        return 1 if obj is None else 0

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        """Return the roles in the teams that this administrator manages."""
        queryset = super().get_queryset(request).select_related("team")
        teams = teams_of(request, Permission.MANAGE_STAFF)
        return queryset if teams is None else queryset.filter(team__in=teams)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody gives themselves a role."""
        itself = obj is not None and obj.pk == request.user.pk
        return super().has_add_permission(request, obj) and (request.user.is_superuser or not itself)


class NewUserForm(UserCreationForm):
    """A new member of staff with a first password, which they change."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "first_name", "last_name", "email")


class Access(Question):
    title = gettext_lazy("access")
    parameter_name = "access"
    answers = [
        ("active", gettext_lazy("Can sign in"), lambda rows, at: rows.filter(is_active=True)),
        ("deactivated", gettext_lazy("Deactivated"), lambda rows, at: rows.filter(is_active=False)),
        ("never", gettext_lazy("Never signed in"), lambda rows, at: rows.filter(last_login__isnull=True)),
    ]


class HasRole(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the roles."""
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Keep the users who have the role in a team that this administrator manages."""
        if self.value() not in Role.values:
            return queryset
        memberships = Membership.objects.filter(role=self.value())
        teams = teams_of(request, Permission.MANAGE_STAFF)
        if teams is not None:
            memberships = memberships.filter(team__in=teams)
        return queryset.filter(pk__in=memberships.values("user"))


@admin.register(User)
class StaffUserAdmin(OfManagedUsers, UserAdmin):
    """Users are added with a team and a role, deactivated when they leave, and never deleted."""

    add_form = NewUserForm
    inlines = [MembershipInline]
    list_display = ["person", "username", "roles", "is_active", "last_login"]
    list_filter = [Access, HasRole]
    search_fields = ["username", "first_name", "last_name"]
    search_help_text = gettext_lazy("Search by username or name of a member of staff")
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    actions = ["deactivate", "reactivate", "reset_codes"]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email", "password1", "password2"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer superuser status to superusers alone."""
        if obj is None:
            return self.add_fieldsets
        status = ["is_active", "is_superuser"] if request.user.is_superuser else ["is_active"]
        return [
            (None, {"fields": ["username", "password", "first_name", "last_name", "email"]}),
            (
                _("Access"),
                {
                    "fields": status,
                    "description": _("Clear “active” when somebody leaves: it ends their access."),
                },
            ),
            (_("Dates"), {"fields": ["last_login", "date_joined"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nobody deactivates themselves, or makes themselves a superuser."""
        itself = obj is not None and obj.pk == request.user.pk
        return [*self.readonly_fields, *(["is_active", "is_superuser"] if itself else [])]

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def person(self, user: User) -> str:
        """The user's name, or username."""
        return str(user)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        """The user's roles, each with its team."""
        return "; ".join(f"{each.get_role_display()}, {each.team.name}" for each in user.memberships.all())

    def _set_active(self, request: HttpRequest, user: User, active: bool) -> None:
        with transaction.atomic():
            row = User.objects.select_for_update().get(pk=user.pk)
            before, row.is_active = row.is_active, active
            row.save(update_fields=["is_active"])
            if not active:
                end_sessions(user=row)
            self.write_down(
                request,
                row,
                "reactivate user" if active else "deactivate user",
                {"is_active": before},
                {"is_active": active},
            )

    @admin.action(description=gettext_lazy("Deactivate"), permissions=["act"])
    def deactivate(self, request: HttpRequest, queryset: models.QuerySet[User]) -> HttpResponse | None:
        """End the users' access at their next request."""
        return self.confirmed(
            request,
            queryset.exclude(pk=staff_of(request).pk),
            action="deactivate",
            question=_("Deactivate these users?"),
            explanation=_("They are signed out at their next step, and their API tokens stop working."),
            button=_("Yes, deactivate"),
            run=lambda user, reason: self._set_active(request, user, False),
            done=_("{row} has been deactivated."),
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, and end the sessions of somebody whose access has changed here."""
        super().save_model(request, obj, form, change)
        if change and {"is_active", "is_superuser"} & set(form.changed_data):
            end_sessions(user=obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the roles, and end the sessions of somebody who has others now."""
        super().save_formset(request, form, formset, change)
        if change and formset.has_changed() and form.instance.pk != request.user.pk:
            end_sessions(user=form.instance)

    @admin.action(description=gettext_lazy("Reset sign-in code"), permissions=["act"])
    def reset_codes(self, request: HttpRequest, queryset: models.QuerySet[User]) -> HttpResponse | None:
        """Take away the second factor of somebody who lost their telephone and their recovery codes."""
        return self.confirmed(
            request,
            queryset.exclude(pk=staff_of(request).pk),
            action="reset_codes",
            question=_("Reset the sign-in codes of these users?"),
            explanation=_(
                "Do this only when you are sure who is asking: see or phone them. They are signed out. When they next "
                "sign in with their password, they set up a new sign-in code."
            ),
            button=_("Yes, reset"),
            reason_label=_("How did you make sure that it is them?"),
            run=lambda user, reason: reset_second_factor(
                user=user, by=staff_of(request), at=timezone.now(), source="admin", reason=reason
            ),
            done=_("{row} sets up a new sign-in code when they next sign in."),
        )

    @admin.action(description=gettext_lazy("Reactivate"), permissions=["act"])
    def reactivate(self, request: HttpRequest, queryset: models.QuerySet[User]) -> HttpResponse | None:
        """Give the users their access back, for example before a season."""
        return self.confirmed(
            request,
            queryset,
            action="reactivate",
            question=_("Reactivate these users?"),
            button=_("Yes, reactivate"),
            run=lambda user, reason: self._set_active(request, user, True),
            done=_("{row} can sign in again."),
        )


@admin.register(Team)
class TeamAdminPage(TeamAdmin):
    """The words by which the public reaches a team; a new team is a superuser's matter."""

    view_with = Permission.MANAGE_STAFF
    change_with = Permission.MANAGE_STAFF
    team_path = "pk"
    list_display = ["name", "organisation", "ods_code", "phone", "members"]
    search_fields = ["name", "organisation", "ods_code"]
    search_help_text = gettext_lazy("Search by name, organisation or ODS code")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Team]:
        """Count the members who can sign in."""
        active = models.Count("memberships", filter=models.Q(memberships__user__is_active=True))
        return super().get_queryset(request).annotate(active_members=active).order_by("name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only a superuser adds a team."""
        return bool(request.user.is_superuser)

    @admin.display(description=gettext_lazy("members who can sign in"), ordering="active_members")
    def members(self, team: Any) -> int:
        """How many members can sign in."""
        return team.active_members


@admin.register(ApiToken)
class ApiTokenAdmin(OfManagedUsers):
    """API tokens: seen and ended here, made by ``manage.py api_token``."""

    may_add = False
    user_path = "user__"
    list_display = ["user", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    list_filter = [lately("created_at", gettext_lazy("made"))]
    search_fields = ["user__username"]
    search_help_text = gettext_lazy("Search by username")
    fields = readonly_fields = ("user", "created_at", "expires_at", "revoked_at")
    actions = ["end"]

    @admin.action(description=gettext_lazy("End these tokens"), permissions=["act"])
    def end(self, request: HttpRequest, queryset: models.QuerySet[ApiToken]) -> HttpResponse | None:
        """Revoke the tokens; whatever uses them stops at its next request."""
        return self.confirmed(
            request,
            queryset,
            action="end",
            question=_("End these tokens?"),
            explanation=_("Whatever uses them is refused at its next request."),
            button=_("Yes, end them"),
            run=lambda token, reason: revoke_token(
                token=token, by=staff_of(request), at=timezone.now(), source="admin"
            ),
            done=_("{row}: the token has ended."),
        )


def came_through(*doors: str) -> Any:
    """Return what keeps the events of one door, under every name that it ever had."""
    return lambda rows, at: rows.filter(source__in=doors)


class Door(Question):
    title = gettext_lazy("through")
    parameter_name = "source"
    answers = [
        ("public", gettext_lazy("Public pages"), came_through("public", "website")),
        ("staff", gettext_lazy("Staff pages"), came_through("staff")),
        ("api", gettext_lazy("API"), came_through("api")),
        ("admin", gettext_lazy("Admin"), came_through("admin")),
        ("command", gettext_lazy("Command line"), came_through("command")),
        ("worker", gettext_lazy("Worker"), came_through("worker")),
    ]


@admin.register(AuditEvent)
class AuditEventAdmin(FoundByName, ReadOnlyAdmin):
    """Who changed what, newest first."""

    view_with = Permission.SEE_AUDIT
    team_path = "team_id"
    paginator = FirstThousands
    list_display = ["action", "actor_name", "at", "source", "object_type", "reason"]
    list_filter = [lately("at", gettext_lazy("when")), Door]
    search_fields = ["object_id"]
    search_help_text = gettext_lazy("Search by the public id of a person or of the thing that was changed")

    def search_by(self, term: str) -> models.Q | None:
        """Find what happened to a thing or concerned a person."""
        try:
            name = uuid.UUID(term)
        except ValueError:
            return None
        return models.Q(object_id=name) | models.Q(person_id=name)


@admin.register(RecordView)
class RecordViewAdmin(FoundByName, ReadOnlyAdmin):
    """Who looked at whose record, newest first."""

    view_with = Permission.SEE_AUDIT
    team_path = "team_id"
    paginator = FirstThousands
    list_display = ["user_name", "page", "at", "person_id", "reason"]
    list_filter = [lately("at", gettext_lazy("when"))]
    search_fields = ["person_id"]
    search_help_text = gettext_lazy("Search by a person’s public id")

    def search_by(self, term: str) -> models.Q | None:
        """Find who looked at a person."""
        try:
            return models.Q(person_id=uuid.UUID(term))
        except ValueError:
            return None
