"""Whose rows a page of the admin is about: those of the user's own teams, under their outside names."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.admin_bases.choices import ScopedChoices, teams_of
from accounts.permissions import Permission

NOT_RECORDED = gettext_lazy("Not recorded")


class OutsideNames(ChangeList):
    """A list whose links carry the rows' outside names, never the keys inside."""

    def url_for_result(self, result: models.Model) -> str:
        """Return the address of one row's page."""
        return cast(OfTeams, self.model_admin).address_of(result)


class OfTeams(ScopedChoices, admin.ModelAdmin):
    """Who may look and change, and which rows: the first half of every model's admin."""

    view_with: ClassVar[Permission]
    change_with: ClassVar[Permission | None] = None
    act_with: ClassVar[Permission | None] = None
    team_path: ClassVar[str | None] = "team"
    may_add: ClassVar[bool] = True

    list_per_page = 50
    empty_value_display = NOT_RECORDED
    show_full_result_count = False
    view_on_site = False
    save_on_top = False
    object_history_template = "admin/audit_history.html"

    # --- who may

    def _allows(self, request: HttpRequest, permission: Permission | None, row: models.Model | None) -> bool:
        if permission is None:
            return False
        teams = teams_of(request, permission)
        if teams is None:
            return True
        if row is None or row.pk is None or self.team_path is None:
            return bool(teams)
        return any(team in teams for team in self.teams_of_row(row))

    def teams_of_row(self, row: models.Model) -> list[int]:
        """Return the keys of the teams a row belongs to: nearly always one."""
        *path, last = (self.team_path or "").split("__")
        owner: Any = row
        for part in path:
            owner = getattr(owner, part)
        if last == "pk":
            return [owner.pk]
        return [getattr(owner, last if last.endswith("_id") else f"{last}_id")]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the model is on the index at all."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the user may look, at this row if one is given."""
        return self._allows(request, self.view_with, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the user may change, this row if one is given."""
        return self._allows(request, self.change_with, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the user may add."""
        return self.may_add and self._allows(request, self.change_with, None)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing is deleted."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the user's role allows actions on some row: what ``permissions=["act"]`` of an action asks."""
        return self._allows(request, self.act_with or self.change_with, None)

    def may_act(self, request: HttpRequest, row: models.Model) -> bool:
        """Whether the user's role allows actions on this row; whether its state does is the action's matter."""
        return self._allows(request, self.act_with or self.change_with, row)

    def choosing_with(self) -> Permission:
        """Return the permission to change, or to look where nothing is changed here."""
        return self.change_with or self.view_with

    # --- which rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows of the user's own teams, where their role there opens this model."""
        queryset = super().get_queryset(request)
        teams = teams_of(request, self.view_with)
        if teams is None or self.team_path is None:
            return queryset
        return queryset.filter(**{f"{self.team_path}__in": teams})

    def named_by_public_id(self) -> bool:
        """Whether rows of this model have a name for the outside."""
        return any(field.name == "public_id" for field in self.opts.fields)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row of that outside name, if it is one of the user's."""
        field = "public_id" if self.named_by_public_id() else "pk"
        queryset = self.get_queryset(request)
        try:
            return queryset.get(**{field: object_id})
        except (queryset.model.DoesNotExist, ValidationError, ValueError, OverflowError):
            return None

    def address_of(self, row: models.Model) -> str:
        """Return the address of a row's page."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[getattr(row, "public_id", row.pk)])

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the kind of list whose links carry outside names."""
        return OutsideNames

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a row; an address with its key, which Django makes in places, leads on to its outside name."""
        if self.named_by_public_id() and object_id.isdecimal() and len(object_id) < 19:
            row = self.get_queryset(request).filter(pk=object_id).first()
            if row is None:
                raise Http404
            return redirect(self.address_of(row))
        return super().change_view(request, object_id, form_url, extra_context)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether an address may filter the list by ``lookup``: by the list's own filters and days, nothing else.

        Django lets any column be filtered by; then names and dates of birth could stand in addresses.
        """
        allowed = {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day") if self.date_hierarchy}
        for declared in self.get_list_filter(request):
            if isinstance(declared, type) and issubclass(declared, admin.SimpleListFilter):
                allowed.add(str(declared.parameter_name))
            else:
                path = str(declared[0] if isinstance(declared, list | tuple) else declared)
                allowed |= {path, f"{path}__exact", f"{path}__isnull"}
        return lookup in allowed

    # --- what a new row begins with

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the team that the user works for now."""
        initial = super().get_changeform_initial_data(request)
        membership = request.membership  # type: ignore[attr-defined]
        if membership and any(field.name == "team" for field in self.opts.fields):
            initial.setdefault("team", membership.team_id)
        return initial
