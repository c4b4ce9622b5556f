"""Whose rows may be chosen on a page of the admin, and who asks."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import Permission, teams_where


def teams_of(request: HttpRequest, permission: Permission) -> list[int] | None:
    """Return the keys of the teams in which this request's user may do ``permission``; None means every team."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return []
    return None if user.is_superuser else teams_where(user, permission)


def staff_of(request: HttpRequest) -> User:
    """Return the signed-in user of a page of the admin: its door lets nobody else in."""
    return cast(User, request.user)


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
