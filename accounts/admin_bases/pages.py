"""The bases of every page of the admin."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin_bases.written import WrittenDown
from accounts.errors import Refused


class TeamAdmin(WrittenDown):
    """The base of every model's admin."""

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
