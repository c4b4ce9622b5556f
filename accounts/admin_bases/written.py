"""What a page of the admin writes down: who looked at whom, and who changed what."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.admin_bases.choices import staff_of
from accounts.admin_bases.forms import changes_of, whole_row_of
from accounts.admin_bases.teams import OfTeams
from accounts.errors import Refused
from accounts.models import AuditEvent


class WrittenDown(OfTeams):
    """Every look at a person and every change is in the audit."""

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
