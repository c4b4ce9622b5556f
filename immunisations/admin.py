"""People and their records, to look into: clinical rows are never added, changed or removed here."""

import uuid
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import FirstThousands, FoundByName, ReadOnlyAdmin, ReadOnlyInline, staff_of
from accounts.admin_filters import Question, lately
from immunisations.actions import change_person
from immunisations.admin_after import FollowUpAdmin, ReactionAdmin
from immunisations.admin_bases import CO_ORDINATORS, OfAPerson, person_link
from immunisations.admin_records import DoseJudgementAdmin, RecordSentAdmin
from immunisations.models import (
    DoseJudgement,
    DoseSeen,
    FollowUp,
    Person,
    PersonIdentifier,
    Practice,
    Reaction,
    RecordCheck,
    RecordSent,
    Vaccination,
    Visit,
)
from immunisations.models.vaccination import VaccinationQuerySet
from nhsuk.forms import PhoneField, PostcodeField

admin.site.register(RecordSent, RecordSentAdmin)
admin.site.register(DoseJudgement, DoseJudgementAdmin)
admin.site.register(Reaction, ReactionAdmin)
admin.site.register(FollowUp, FollowUpAdmin)


@admin.register(Practice)
class PracticeAdmin(ReadOnlyAdmin):
    """GP practices: shared reference data."""

    view_with = CO_ORDINATORS
    team_path = None
    list_display = ["name", "ods_code", "postcode"]
    search_fields = ["name", "ods_code", "postcode"]
    search_help_text = gettext_lazy("Search by name, ODS code or postcode")


class PersonForm(forms.ModelForm):
    """How to reach somebody and speak with them; who they are is corrected on the clinic pages, where matches show."""

    postcode = PostcodeField(label=gettext_lazy("Postcode"), required=False)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False)

    class Meta:
        model = Person
        fields = [
            "address",
            "postcode",
            "no_fixed_abode",
            "gp_registration",
            "practice",
            "phone",
            "language",
            "interpreter_needed",
            "note",
        ]


class IdentifierInline(ReadOnlyInline):
    model = PersonIdentifier
    fields = readonly_fields = ("kind", "value")


class VisitInline(ReadOnlyInline):
    model = Visit
    fields = readonly_fields = ("session", "how", "why", "arrived_at", "left_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Visit]:
        """Fetch the clinic with each."""
        return super().get_queryset(request).select_related("session")


class RecordCheckInline(ReadOnlyInline):
    model = RecordCheck
    fields = readonly_fields = ("source", "outcome", "finding", "doses_found", "checked_by_name", "checked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordCheck]:
        """Fetch the doses found with each."""
        return super().get_queryset(request).prefetch_related("doses")

    @admin.display(description=gettext_lazy("doses found"))
    def doses_found(self, check: RecordCheck) -> str:
        """The doses that the source showed."""
        return doses_in_words(check.doses.all())


class VaccinationInline(ReadOnlyInline):
    model = Vaccination
    fk_name = "person"
    fields = readonly_fields = (
        "series",
        "status",
        "vaccine",
        "not_done_reason",
        "given_on",
        "batch_number",
        "given_by_name",
        "recorded_at",
        "stands",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vaccination]:
        """Fetch with each row the one that replaced it."""
        return super().get_queryset(request).select_related("replaced_by")

    @admin.display(description=gettext_lazy("stands"))
    def stands(self, row: Vaccination) -> str:
        """Whether the row stands or was corrected."""
        return stands_in_words(row)


def doses_in_words(doses: Iterable[DoseSeen]) -> str:
    """Return doses seen as a list in words."""
    return "; ".join(str(dose) for dose in doses) or _("None")


def stands_in_words(row: Vaccination) -> str:
    """Return whether a row of the record stands, was corrected, or says that another was an error."""
    if row.status == Vaccination.Status.ENTERED_IN_ERROR:
        return _("Entered in error")
    return _("Corrected later") if hasattr(row, "replaced_by") else _("Yes")


class PersonFacts(Question):
    title = gettext_lazy("needs attention")
    parameter_name = "needs"
    answers = [
        ("number", gettext_lazy("No NHS number"), lambda rows, at: rows.filter(nhs_number="", merged_into=None)),
        ("surgery", gettext_lazy("No GP surgery"), lambda rows, at: rows.filter(gp_registration="none")),
        ("interpreter", gettext_lazy("Interpreter needed"), lambda rows, at: rows.filter(interpreter_needed=True)),
        ("joined", gettext_lazy("Joined into another record"), lambda rows, at: rows.filter(merged_into__isnull=False)),
    ]


@admin.register(Person)
class PersonAdmin(FoundByName):
    """People: found by their public id, so that no name stands in an address. Every look is written down."""

    view_with = CO_ORDINATORS
    change_with = CO_ORDINATORS
    may_add = False
    paginator = FirstThousands
    form = PersonForm
    inlines = [VaccinationInline, RecordCheckInline, VisitInline, IdentifierInline]
    list_display = ["named", "date_of_birth", "nhs_number", "postcode", "practice", "created_at"]
    list_filter = [PersonFacts, lately("created_at", gettext_lazy("added"))]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id. To find somebody by name, use the clinic day’s search.")
    ordering = ["-id"]
    autocomplete_fields = ["practice"]
    readonly_fields = [
        "team",
        "first_name",
        "last_name",
        "date_of_birth",
        "date_of_birth_is_approximate",
        "sex",
        "nhs_number",
        "created_at",
        "public_id",
        "joined_into",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "first_name",
                    "last_name",
                    "date_of_birth",
                    "date_of_birth_is_approximate",
                    "sex",
                    "nhs_number",
                    "joined_into",
                ]
            },
        ),
        (
            gettext_lazy("Address and GP"),
            {"fields": ["address", "postcode", "no_fixed_abode", "gp_registration", "practice"]},
        ),
        (gettext_lazy("How to speak with them"), {"fields": ["phone", "language", "interpreter_needed", "note"]}),
        (gettext_lazy("Technical"), {"fields": ["team", "public_id", "created_at"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Fetch with each their practice and the record it was joined into."""
        return super().get_queryset(request).select_related("merged_into", "team", "practice")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is known of somebody is changed on the row that stands for them."""
        return (obj is None or obj.merged_into_id is None) and super().has_change_permission(request, obj)

    def people_shown(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """The person."""
        return [(row.team_id, row.public_id)]

    def people_listed(self, row: Any) -> Iterable[tuple[int, uuid.UUID]]:
        """The person, whose name and date of birth the list shows."""
        return self.people_shown(row)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Change the person by the action, which also writes the audit."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        change_person(person=obj, by=staff_of(request), at=timezone.now(), source="admin", **changes)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The action wrote it down already."""

    @admin.display(description=gettext_lazy("person"), ordering="last_name")
    def named(self, person: Person) -> str:
        """The name as lists show it."""
        return person.list_name

    @admin.display(description=gettext_lazy("joined into"))
    def joined_into(self, person: Person) -> str:
        """The row that stands for this person, where it is another."""
        return person_link(person.merged_into) if person.merged_into else _("Not joined into another record")


def records(rows: QuerySet[Any]) -> VaccinationQuerySet:
    """Return the rows as what they are: they know which of them stand."""
    return cast(VaccinationQuerySet, rows)


class Outcome(Question):
    title = gettext_lazy("what came of it")
    parameter_name = "is"
    answers = [
        ("given", gettext_lazy("Given"), lambda rows, at: records(rows).given()),
        ("not_given", gettext_lazy("Not given"), lambda rows, at: records(rows).current().filter(status="not-done")),
        (
            "declined",
            gettext_lazy("Declined"),
            lambda rows, at: records(rows).current().filter(not_done_reason="declined"),
        ),
        (
            "corrected",
            gettext_lazy("Corrected or entered in error"),
            lambda rows, at: rows.filter(Q(replaced_by__isnull=False) | Q(status="entered-in-error")),
        ),
    ]


@admin.register(Vaccination)
class VaccinationAdmin(OfAPerson):
    """Doses given and not given, as they were recorded, corrections beside what they correct."""

    list_display = ["series", "of", "status", "given_on", "batch_number", "given_by_name", "stands"]
    list_filter = [Outcome, lately("recorded_at", gettext_lazy("recorded")), "series"]
    list_select_related = ["person", "replaced_by"]
    search_fields = ["batch_number"]
    search_help_text = gettext_lazy("Search by batch number, whole, or by public id")
    exclude = [
        "person",
        "session",
        "visit",
        "product",
        "batch",
        "consent",
        "screening",
        "given_by",
        "recorded_by",
        "replaces",
        "moved_from",
        "client_uuid",
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the copied facts, which are the record, with the person linked; keys stay inside."""
        hidden = {"id", "public_id", *self.exclude}
        return ["of", "stands", "missing", *(field.name for field in self.opts.fields if field.name not in hidden)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything."""
        return self.get_fields(request, obj)

    def search_by(self, term: str) -> Q | None:
        """Find everybody who had a batch, or one row."""
        try:
            return Q(public_id=uuid.UUID(term))
        except ValueError:
            return Q(batch_number=" ".join(term.split()).upper())

    @admin.display(description=gettext_lazy("stands"))
    def stands(self, row: Vaccination) -> str:
        """Whether the row stands or was corrected."""
        return stands_in_words(row)

    @admin.display(description=gettext_lazy("not on record"), empty_value="-")
    def missing(self, row: Vaccination) -> str:
        """What a dose lacks that was moved from another person's record."""
        return ". ".join(row.not_on_record)


@admin.register(RecordCheck)
class RecordCheckAdmin(OfAPerson):
    """What was looked at to learn somebody's history, and what it showed."""

    list_display = ["source", "of", "outcome", "finding", "checked_by_name", "checked_at"]
    list_filter = [lately("checked_at", gettext_lazy("checked")), "source", "outcome"]
    list_select_related = ["person"]
    search_fields = ["public_id"]
    search_help_text = gettext_lazy("Search by public id")
    fields = readonly_fields = (
        "of",
        "source",
        "source_name",
        "outcome",
        "how_seen",
        "finding",
        "doses_found",
        "checked_by_name",
        "checked_on",
    )

    @admin.display(description=gettext_lazy("doses found"))
    def doses_found(self, check: RecordCheck) -> str:
        """The doses that the source showed."""
        return doses_in_words(check.doses.all())

    @admin.display(description=gettext_lazy("checked"))
    def checked_on(self, check: RecordCheck) -> str:
        """When it was looked at."""
        return date_format(timezone.localtime(check.checked_at), "j F Y, H:i")
