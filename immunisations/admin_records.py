"""What became of records, to look into: which left the service, and what was decided about entries of two records."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from accounts.admin_filters import lately
from immunisations.admin_bases import OfAPerson
from immunisations.models import DoseJudgement, Person, RecordSent


class RecordSentAdmin(OfAPerson):
    """Which record was sent to a GP practice or to CHIS, by whom and when. The record itself is on its own page."""

    team_path = "vaccination__person__team"
    list_display = ["to", "of", "series", "given_on", "sent_by_name", "sent_at"]
    list_filter = [lately("sent_at", gettext_lazy("sent")), "to"]
    list_select_related = ["vaccination__person"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = ("of", "series", "given_on", "to", "how", "sent_by_name", "sent_on")

    def person_of(self, row: RecordSent) -> Person:
        """Return the person whose record was sent."""
        return row.vaccination.person

    @admin.display(description=gettext_lazy("series"))
    def series(self, row: RecordSent) -> str:
        """The course the record is of."""
        return row.vaccination.get_series_display()

    @admin.display(description=gettext_lazy("date given"))
    def given_on(self, row: RecordSent) -> Any:
        """The day of the dose; nothing where the record says that none was given."""
        return row.vaccination.given_on

    @admin.display(description=gettext_lazy("sent"))
    def sent_on(self, row: RecordSent) -> str:
        """When it was sent."""
        return date_format(timezone.localtime(row.sent_at), "j F Y, H:i")


class DoseJudgementAdmin(OfAPerson):
    """Decisions about two entries a few days apart: the latest about a pair holds, those before stay to be read."""

    list_display = ["entries", "of", "verdict", "holds_on", "decided_by_name", "decided_at"]
    list_filter = [lately("decided_at", gettext_lazy("decided")), "verdict"]
    list_select_related = ["person"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = ("of", "entries", "verdict", "holds_on", "reason", "decided_by_name", "decided_on")

    @admin.display(description=gettext_lazy("entries"))
    def entries(self, row: DoseJudgement) -> str:
        """The two entries, each a vaccine and a day."""
        pair = [(row.get_first_vaccine_display(), row.first_on), (row.get_second_vaccine_display(), row.second_on)]
        return "; ".join(f"{vaccine} {date_format(on, 'j F Y')}" for vaccine, on in pair)

    @admin.display(description=gettext_lazy("decided"))
    def decided_on(self, row: DoseJudgement) -> str:
        """When it was decided."""
        return date_format(timezone.localtime(row.decided_at), "j F Y, H:i")
