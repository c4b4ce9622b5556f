"""The answers to the public's questions, to look into: they are written on their own screens, version by version."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from accounts.admin_bases import ReadOnlyAdmin
from accounts.permissions import Permission
from clinics.models import GuideVersion


@admin.register(GuideVersion)
class GuideVersionAdmin(ReadOnlyAdmin):
    """What each page said in each language, from when on. All teams share them."""

    view_with = Permission.INSPECT
    team_path = None
    list_display = ["title", "guide", "language", "written_by_name", "written_at", "review_by"]
    list_filter = ["language"]
    list_select_related = ["guide"]
    search_fields = ["public_id", "title", "guide__slug"]
    search_help_text = gettext_lazy("Search by title, address or public id")
    fields = readonly_fields = (
        "guide",
        "language",
        "title",
        "summary",
        "body",
        "source",
        "reviewed_on",
        "review_by",
        "translates",
        "written_by_name",
        "written_at",
    )
