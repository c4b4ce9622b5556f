"""What every page of the admin shares: rows of one's own teams only, outside names in addresses, and an audit.

A model's admin says which permission of a team opens it (``view_with``), which one allows adding and changing
(``change_with``; None: read only) and actions (``act_with``; None: the same one), and the path from a row to its team
(``team_path``; None: reference data that all share). Nothing can be deleted here.
"""

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.forms import BaseForm, ModelChoiceField, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.errors import Refused
from accounts.models import AuditEvent, Team, User
from accounts.permissions import Permission, teams_where

NOT_RECORDED = gettext_lazy("Not recorded")
# Never written to the audit, whatever form they come through.
SECRET = ("password", "password1", "password2", "usable_password", "token_hash")


def teams_of(request: HttpRequest, permission: Permission) -> list[int] | None:
    """Return the keys of the teams in which this request's user may do ``permission``; None means every team."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return []
    return None if user.is_superuser else teams_where(user, permission)


def staff_of(request: HttpRequest) -> User:
    """Return the signed-in user of a page of the admin: its door lets nobody else in."""
    return cast(User, request.user)


def as_json(value: Any) -> Any:
    """Return ``value`` as the audit can store it: rows by their outside name, moments and days in ISO form."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, models.Model):
        return str(getattr(value, "public_id", None) or value.pk)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, Iterable):
        return [as_json(each) for each in value]
    return str(value)


def initial_of(form: BaseForm, name: str) -> Any:
    """Return what a field was before, as the audit can store it."""
    value, field = form.get_initial_for_field(form.fields[name], name), form.fields[name]
    if isinstance(field, ModelChoiceField) and value is not None and not isinstance(value, models.Model):
        value = cast(Any, field.queryset).model._default_manager.filter(pk=value).first()
    return as_json(value)


def changes_of(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a form's changed fields were before and are now, secrets left out."""
    names = [name for name in form.changed_data if name not in SECRET and name in form.cleaned_data]
    before = {name: initial_of(form, name) for name in names}
    after = {name: as_json(form.cleaned_data[name]) for name in names}
    if any(name in SECRET for name in form.changed_data):
        after["credentials"] = "changed"
    return before, after


def whole_row_of(form: BaseForm) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a changed row of an inline was before and is now: only "removed" if it was."""
    # A hidden field is bound to the page that the row is on, and says nothing new.
    names = [
        name
        for name, field in form.fields.items()
        if name in form.cleaned_data and name not in ("DELETE", *SECRET) and not field.widget.is_hidden
    ]
    was = {name: initial_of(form, name) for name in names}
    removed = form.cleaned_data.get("DELETE")
    return was, {"removed": True} if removed else {name: as_json(form.cleaned_data[name]) for name in names}


class OutsideNames(ChangeList):
    """A list whose links carry the rows' outside names, never the keys inside."""

    def url_for_result(self, result: models.Model) -> str:
        """Return the address of one row's page."""
        return cast(TeamAdmin, self.model_admin).address_of(result)


class NamedAutocomplete(AutocompleteSelect):
    """A box to search for a row of another model, which says what it is even while it is empty."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the attributes with words in the empty box: its only accessible name."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs["data-placeholder"] = _("Choose %(what)s") % {"what": self.field.verbose_name}
        return attrs


class ScopedChoices(admin.options.BaseModelAdmin):
    """Offers, and accepts, only rows of the user's own teams; no links beside a choice, which would carry keys."""

    def choosing_with(self) -> Permission:
        """Return the permission whose teams' rows may be chosen."""
        raise LookupError(f"{type(self).__name__} does not say whose rows may be chosen")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer, and accept, only rows of the user's own teams."""
        if "queryset" not in kwargs:
            model = db_field.remote_field.model
            if model is Team:
                teams = teams_of(request, self.choosing_with())
                kwargs["queryset"] = Team.objects.all() if teams is None else Team.objects.filter(pk__in=teams)
            elif self.admin_site.is_registered(model):
                kwargs["queryset"] = self.admin_site.get_model_admin(model).get_queryset(request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", NamedAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the links beside a choice."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class FirstThousands(Paginator):
    """Pages through the first 5,000 rows: of a list that may hold millions nobody counts or turns them all."""

    most = 5000

    @cached_property
    def count(self) -> int:
        """Return how many rows there are to page through, counting no further than ``most``."""
        return cast(models.QuerySet[Any], self.object_list).order_by()[: self.most].count()


class TeamAdmin(ScopedChoices, admin.ModelAdmin):
    """The base of every model's admin."""

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

    # --- what is written down

    def people_shown(self, row: models.Model) -> Iterable[tuple[int, uuid.UUID]]:
        """Return the team and the outside name of every person whose record this row's page shows."""
        return []

    def people_listed(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """Return the team and the outside name of every person of whose record the row says something in the list.

        From what the list has fetched: a query here would run for each row.
        """
        return []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        """Show the list, and write down whose records it showed."""
        response = super().changelist_view(request, extra_context)
        listed = (getattr(response, "context_data", None) or {}).get("cl")
        if listed is None:
            return response
        seen: dict[int, dict[uuid.UUID, None]] = {}
        for row in listed.result_list:
            for team, person in self.people_listed(row):
                seen.setdefault(team, {})[person] = None
        page = f"admin list of {self.opts.verbose_name_plural}"[:60]
        for team, people in seen.items():
            audit.record_views(user=staff_of(request), at=timezone.now(), team=team, people=people, page=page)
        return response

    def write_down_view(self, request: HttpRequest, row: models.Model, page: str) -> None:
        """Write down whose records were looked at."""
        for team, person in self.people_shown(row):
            audit.record_view(user=staff_of(request), at=timezone.now(), team=team, person_id=person, page=page)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save a row. Where an action refuses, the form comes back as it was typed, saying why."""
        try:
            with transaction.atomic():
                response = super().changeform_view(request, object_id, form_url, extra_context)
                if object_id is not None and request.method == "GET":
                    row = self.get_object(request, object_id)
                    if row is not None:
                        self.write_down_view(request, row, f"admin {self.opts.verbose_name}"[:60])
                return response
        except Refused as refused:
            request.refused = str(refused)  # type: ignore[attr-defined]
            try:
                with transaction.atomic():
                    return super().changeform_view(request, object_id, form_url, extra_context)
            except PermissionDenied:
                # What made the action refuse also ended the changing of this row: say why on the page as it is now.
                self.message_user(request, str(refused), messages.ERROR)
                return redirect(request.path)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        """Return the form, which repeats what an action said when it refused the same answers a moment ago."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refused", None)
        if refusal is None:
            return form

        class RefusedForm(form):  # type: ignore[misc, valid-type]
            def clean(self) -> Any:
                cleaned = super().clean()
                self.add_error(None, refusal)
                return cleaned

        return RefusedForm

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Keep what changed, before and after, for the audit."""
        before, after = changes_of(form)
        for formset in formsets or []:
            for each in formset.forms:
                if each.has_changed() and hasattr(each, "cleaned_data"):
                    name = str(formset.model._meta.verbose_name)
                    was, now = whole_row_of(each)
                    if each in formset.initial_forms:
                        before.setdefault(name, []).append(was)
                    after.setdefault(name, []).append(now)
        request.changes = (before, after)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def write_down(
        self, request: HttpRequest, row: models.Model, action: str, before: Any = None, after: Any = None
    ) -> None:
        """Write one audit event for a change that this user made here."""
        people = [person for _team, person in self.people_shown(row)]
        teams = self.teams_of_row(row) if self.team_path else []
        audit.record(
            by=staff_of(request),
            at=timezone.now(),
            source="admin",
            action=action,
            thing=row,
            team=teams[0] if teams else None,
            person_id=people[0] if len(people) == 1 else None,
            before=before,
            after=after,
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write the audit event of a new row; Django's own log is not kept."""
        before, after = getattr(request, "changes", ({}, {}))
        self.write_down(request, obj, f"add {self.opts.model_name}", before, after)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write the audit event of a changed row, if anything changed."""
        before, after = getattr(request, "changes", ({}, {}))
        if after or not hasattr(request, "changes"):
            self.write_down(request, obj, f"change {self.opts.model_name}", before, after)

    # --- what is done to several rows

    def confirmed(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[Any],
        *,
        action: str,
        question: str,
        button: str,
        run: Callable[[Any, str], object],
        done: str,
        counts: Callable[[models.QuerySet[Any]], list[str]] | None = None,
        explanation: str = "",
        reason_label: str = "",
    ) -> HttpResponse | None:
        """Ask on a page of its own, then ``run(row, reason)`` for each row; say for each what came of it.

        ``counts`` returns sentences about how many families, people or doses it concerns. A reason is asked for, and
        needed, where ``reason_label`` is given. ``done`` is the sentence of success, with {row} in it.
        """
        rows = list(queryset)
        if not rows or not all(self.may_act(request, row) for row in rows):
            raise PermissionDenied
        reason = request.POST.get("reason", "").replace("\x00", "").strip()[:300]
        asked = "confirmed" in request.POST
        if not asked or (reason_label and not reason):
            context = {
                **self.admin_site.each_context(request),
                "title": question,
                "subtitle": None,
                "opts": self.opts,
                "rows": [(row, self.address_of(row)) for row in rows],
                "keys": [row.pk for row in rows],
                "counts": counts(queryset) if counts else [],
                "explanation": explanation,
                "reason_label": reason_label,
                "reason_missing": asked and reason_label and not reason,
                "action": action,
                "button": button,
                "back": reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            }
            return TemplateResponse(request, "admin/confirm_action.html", context)
        for row in rows:
            link = format_html('<a href="{}">{}</a>', self.address_of(row), row)
            try:
                run(row, reason)
            except Refused as refused:
                self.message_user(request, format_html("{}: {}", link, str(refused)), messages.ERROR)
            else:
                self.message_user(request, format_html(done, row=link), messages.SUCCESS)
        return None

    # --- what happened to a row

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every audit event of a row, whichever door the change came through."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        self.write_down_view(request, row, f"admin history of {self.opts.verbose_name}"[:60])
        events: Any = []
        if self.named_by_public_id():
            events = AuditEvent.objects.filter(object_id=row.public_id).order_by("-id")[:200]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %s") % row,
            "subtitle": None,
            "module_name": str(self.opts.verbose_name_plural),
            "object": row,
            "address": self.address_of(row),
            "opts": self.opts,
            "events": events,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(TeamAdmin):
    """A model that is only looked at here: clinical records, messages, the audit."""

    change_with = None
    may_add = False


class FoundByName(TeamAdmin):
    """Searched by what may stand in an address: outside names and references, never a name or a date of birth."""

    def search_by(self, term: str) -> models.Q | None:
        """Return the condition that finds what was typed, or None where it is not one of its kinds of name."""
        try:
            return models.Q(public_id=uuid.UUID(term))
        except ValueError:
            return None

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Return the rows found, and that none comes twice."""
        term = search_term.strip()
        if not term:
            return queryset, False
        condition = self.search_by(term)
        return (queryset.none() if condition is None else queryset.filter(condition)), False


class TeamInline(ScopedChoices, admin.StackedInline):
    """Rows of another model on a row's page, each field with its label: who may change the page may change them."""

    extra = 0
    can_delete = False
    show_change_link = False

    def choosing_with(self) -> Permission:
        """Return the permission of the page."""
        return self._page().choosing_with()

    def _page(self) -> TeamAdmin:
        return cast(TeamAdmin, self.admin_site.get_model_admin(self.parent_model))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the page sees its rows."""
        return self._page().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the page may add rows to it."""
        page = self._page()
        return page.has_add_permission(request) if obj is None else page.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the page may change its rows."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are removed only where ``can_delete`` says so."""
        return self.can_delete and self.has_change_permission(request, obj)


class ReadOnlyInline(TeamInline):
    """Rows that are only looked at, as a table."""

    template = "admin/read_only_rows.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False
