"""The ledger of stock and the cool boxes, to look into: rows are written on the clinic pages and never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_bases import FoundByName, ReadOnlyAdmin
from accounts.admin_filters import lately
from accounts.permissions import Permission
from clinics.models import CoolBoxReading, StockMovement


@admin.register(StockMovement)
class StockMovementAdmin(FoundByName, ReadOnlyAdmin):
    """What came of the doses of a batch, row by row."""

    view_with = Permission.INSPECT
    team_path = "batch__team"
    list_display = ["batch", "kind", "doses", "reason", "session", "by_name", "at"]
    list_filter = [lately("at", gettext_lazy("at")), "kind", "reason"]
    list_select_related = ["batch__product", "session"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = (
        "batch",
        "session",
        "kind",
        "doses",
        "reason",
        "note",
        "by_name",
        "at",
        "replaces",
        "client_uuid",
    )


@admin.register(CoolBoxReading)
class CoolBoxReadingAdmin(FoundByName, ReadOnlyAdmin):
    """How cold the cool boxes of clinics were."""

    view_with = Permission.INSPECT
    team_path = "session__team"
    list_display = ["session", "box", "moment", "celsius", "by_name", "at"]
    list_filter = [lately("at", gettext_lazy("at")), "moment"]
    list_select_related = ["session"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = (
        "session",
        "box",
        "moment",
        "celsius",
        "note",
        "by_name",
        "at",
        "replaces",
        "client_uuid",
    )
