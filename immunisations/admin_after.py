"""What came after doses, to look into: reactions, and what is still to be done."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_filters import Question, lately
from immunisations.admin_bases import OfAPerson
from immunisations.models import FollowUp, Person, Reaction


class Reported(Question):
    title = gettext_lazy("Yellow Card")
    parameter_name = "card"
    answers = [
        ("no", gettext_lazy("No reference yet"), lambda rows, at: rows.filter(yellow_card_reference="")),
        ("yes", gettext_lazy("Reported"), lambda rows, at: rows.exclude(yellow_card_reference="")),
    ]


class ReactionAdmin(OfAPerson):
    """Suspected reactions to doses, with product and batch; each row that was put right stays beside the one since."""

    team_path = "vaccination__person__team"
    list_display = ["kind", "of", "product_name", "batch_number", "began_at", "yellow_card_reference", "stands"]
    list_filter = [Reported, lately("recorded_at", gettext_lazy("recorded")), "kind"]
    list_select_related = ["vaccination__person", "replaced_by"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = (
        "of",
        "kind",
        "began_on",
        "done",
        "note",
        "product_name",
        "batch_number",
        "yellow_card_reference",
        "recorded_by_name",
        "recorded_on",
        "correction_reason",
        "stands",
    )

    def person_of(self, row: Reaction) -> Person:
        """Return the person whose reaction it was."""
        return row.vaccination.person

    @admin.display(description=gettext_lazy("what was done"))
    def done(self, row: Reaction) -> str:
        """What was done about it."""
        return ", ".join(str(Reaction.Action(code).label) for code in row.actions)

    @admin.display(description=gettext_lazy("when it began"))
    def began_on(self, row: Reaction) -> str:
        """When it began."""
        return date_format(timezone.localtime(row.began_at), "j F Y, H:i")

    @admin.display(description=gettext_lazy("recorded"))
    def recorded_on(self, row: Reaction) -> str:
        """When it was written down."""
        return date_format(timezone.localtime(row.recorded_at), "j F Y, H:i")

    @admin.display(description=gettext_lazy("stands"))
    def stands(self, row: Reaction) -> str:
        """Whether the row stands or was put right."""
        return _("Corrected later") if hasattr(row, "replaced_by") else _("Yes")


class State(Question):
    title = gettext_lazy("state")
    parameter_name = "is"
    answers = [
        ("open", gettext_lazy("Open"), lambda rows, at: rows.filter(state="open")),
        (
            "overdue",
            gettext_lazy("Overdue"),
            lambda rows, at: rows.filter(state="open", due_on__lt=timezone.localdate(at)),
        ),
        ("closed", gettext_lazy("Closed"), lambda rows, at: rows.exclude(state="open")),
    ]


class FollowUpAdmin(OfAPerson):
    """What is still to be done, and what came of what was; changed on the clinic day's pages."""

    list_display = ["step", "of", "due_on", "owner", "state", "closed_by_name"]
    list_filter = [State, lately("made_at", gettext_lazy("made")), "step"]
    list_select_related = ["person", "owner"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = (
        "of",
        "step",
        "due_on",
        "owner",
        "note",
        "state",
        "came_of_it",
        "made_by_name",
        "made_on",
        "closed_by_name",
        "closed_on",
    )

    @admin.display(description=gettext_lazy("made"))
    def made_on(self, row: FollowUp) -> Any:
        """When it was set."""
        return date_format(timezone.localtime(row.made_at), "j F Y, H:i")

    @admin.display(description=gettext_lazy("closed"), empty_value="-")
    def closed_on(self, row: FollowUp) -> Any:
        """When it was closed."""
        return date_format(timezone.localtime(row.closed_at), "j F Y, H:i") if row.closed_at else None
