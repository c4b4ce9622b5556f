"""The admin site: its door is a role in a team, not Django's own rows of permissions."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import TeamAdmin
from accounts.models import User
from accounts.permissions import Permission, teams_where

# Any one of these opens the admin; each page then asks for its own.
OPENS_ADMIN = (Permission.PLAN_CLINICS, Permission.INSPECT, Permission.MANAGE_STAFF, Permission.SEE_AUDIT)


def may_use_admin(user: Any) -> bool:
    """Whether the user may enter the admin at all: a superuser, or somebody whose role in a team needs it."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or any(teams_where(user, permission) for permission in OPENS_ADMIN)


class StaffAdminSite(AdminSite):
    """Signing in, signing out and passwords are those of the rest of the service; nothing can be deleted."""

    site_title = gettext_lazy("Clinic administration")
    index_title = gettext_lazy("Clinics, stock and people")
    index_template = "admin/index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only pages that know of teams: what packages bring along would show everybody's rows to anybody."""
        if admin_class is not None and issubclass(admin_class, TeamAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this request may enter."""
        return may_use_admin(request.user)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Say on every page which installation this is."""
        demonstration = settings.DEMONSTRATION
        name = _("Clinic administration, demonstration") if demonstration else _("Clinic administration")
        return {**super().each_context(request), "site_header": name, "demonstration": demonstration}

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Send whoever is not signed in to sign in, and refuse the wrong role, before the page is asked."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out the address that leads to any object of any kind by its key."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in where everybody does, so that the limits on tries and second factors hold here too."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out where everybody does; the button posts there, this address only leads to it."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Change the password where everybody does."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the user's own page."""
        return redirect("account-home")
