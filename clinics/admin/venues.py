"""Where clinics are held."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.admin_bases import TeamAdmin
from accounts.permissions import Permission
from clinics.models import Venue
from clinics.times import london_day
from nhsuk.forms import PostcodeField


class VenueForm(forms.ModelForm):
    """A venue, its postcode in any case or spacing."""

    postcode = PostcodeField(label=gettext_lazy("Postcode"), subject=gettext_lazy("the postcode"))

    class Meta:
        model = Venue
        fields = [
            "team",
            "name",
            "kind",
            "address",
            "town",
            "postcode",
            "room",
            "step_free",
            "quiet_space",
            "access",
            "travel",
            "ods_code",
            "latitude",
            "longitude",
        ]


@admin.register(Venue)
class VenueAdmin(TeamAdmin):
    """Where clinics are held."""

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = VenueForm
    save_as = True
    list_display = ["name", "town", "postcode", "kind", "coming_clinics", "says_access"]
    list_filter = ["kind"]
    search_fields = ["name", "town", "postcode"]
    search_help_text = gettext_lazy("Search by name, town or postcode")
    fieldsets = [
        (None, {"fields": ["team", "name", "kind", "address", "town", "postcode"]}),
        (
            gettext_lazy("For those who come"),
            {
                "fields": ["room", "step_free", "quiet_space", "access", "travel"],
                "description": gettext_lazy("Shown on the clinic’s public page. Write what somebody needs to find it."),
            },
        ),
        (
            gettext_lazy("Codes and position"),
            {"fields": ["ods_code", "latitude", "longitude"], "classes": ["collapse"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        """Count the clinics to come."""
        today = london_day(timezone.now())
        coming = Count("sessions", filter=Q(sessions__date__gte=today) & ~Q(sessions__state="cancelled"))
        return super().get_queryset(request).annotate(coming=coming).order_by("town", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A venue stays with its team."""
        return ["team"] if obj else []

    @admin.display(description=gettext_lazy("clinics to come"), ordering="coming")
    def coming_clinics(self, venue: Any) -> int:
        """How many clinics are still to be held here."""
        return venue.coming

    @admin.display(description=gettext_lazy("access described"), boolean=True)
    def says_access(self, venue: Venue) -> bool:
        """Whether the public is told how to get in."""
        return bool(venue.access)
