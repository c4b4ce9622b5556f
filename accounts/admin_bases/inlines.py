"""Rows of another model on the page of a row."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_bases.choices import ScopedChoices
from accounts.admin_bases.pages import TeamAdmin
from accounts.permissions import Permission


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
