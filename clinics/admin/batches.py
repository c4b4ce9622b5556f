"""Products and batches. What became of doses is in ``clinics.admin.stock``."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import ReadOnlyAdmin, TeamAdmin, staff_of
from accounts.admin_filters import Question
from accounts.permissions import Permission
from clinics import actions
from clinics.models import Batch, Product
from clinics.times import london_day


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    """Reviewed reference data, loaded with the service itself."""

    view_with = Permission.PLAN_CLINICS
    team_path = None
    list_display = ["name", "vaccine", "maker", "contains_gelatine", "volume_ml", "route", "in_use"]
    list_filter = ["in_use", "vaccine"]
    search_fields = ["name", "maker", "code", "dmd_code"]
    search_help_text = gettext_lazy("Search by brand, maker or code")


class BatchState(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        (
            "usable",
            gettext_lazy("May be given today"),
            lambda rows, at: rows.filter(quarantined_at__isnull=True, expires_on__gte=london_day(at)),
        ),
        (
            "soon",
            gettext_lazy("Expires within 30 days"),
            lambda rows, at: rows.filter(
                expires_on__gte=london_day(at), expires_on__lte=london_day(at) + timedelta(days=30)
            ),
        ),
        ("expired", gettext_lazy("Expired"), lambda rows, at: rows.filter(expires_on__lt=london_day(at))),
        ("quarantined", gettext_lazy("Quarantined"), lambda rows, at: rows.filter(quarantined_at__isnull=False)),
    ]


class BatchForm(forms.ModelForm):
    """A batch as its box shows it."""

    class Meta:
        model = Batch
        fields = ["team", "product", "number", "expires_on"]

    def clean_number(self) -> str:
        """Return the number in capitals with single spaces, as it is stored."""
        return " ".join(self.cleaned_data["number"].split()).upper()


@admin.register(Batch)
class BatchAdmin(TeamAdmin):
    """The batches a team holds."""

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = BatchForm
    list_display = ["number", "product", "expires_on", "quarantined_at", "quarantine_reason"]
    list_filter = [BatchState, "product__vaccine"]
    list_select_related = ["product"]
    search_fields = ["number", "product__name"]
    search_help_text = gettext_lazy("Search by batch number or brand")
    date_hierarchy = "expires_on"
    autocomplete_fields = ["product"]
    actions = ["quarantine"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What a batch is cannot change; an expiry date that was misread can."""
        return ["team", "product", "number", "quarantined_at", "quarantine_reason"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the quarantine of a batch that exists."""
        return ["team", "product", "number", "expires_on", *(["quarantined_at", "quarantine_reason"] if obj else [])]

    @admin.action(description=gettext_lazy("Quarantine"), permissions=["act"])
    def quarantine(self, request: HttpRequest, queryset: QuerySet[Batch]) -> HttpResponse | None:
        """Take batches out of use, with a reason."""
        return self.confirmed(
            request,
            queryset,
            action="quarantine",
            question=_("Quarantine these batches?"),
            explanation=_("No dose of them can be recorded as given from then on."),
            reason_label=_("Reason"),
            button=_("Yes, quarantine"),
            run=lambda batch, reason: actions.quarantine_batch(
                batch=batch, reason=reason, by=staff_of(request), at=timezone.now(), source="admin"
            ),
            done=_("{row} is in quarantine."),
        )
