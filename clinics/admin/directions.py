"""The directions a team works under, kept by its co-ordinators."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import TeamAdmin
from accounts.admin_filters import Question
from accounts.permissions import Permission
from clinics.models import Direction
from clinics.times import london_day
from clinics.vaccines import Vaccine

# How long before a direction ends somebody should be at work on the next: review and signing take weeks.
ENDS_SOON = timedelta(days=60)


class DirectionForm(forms.ModelForm):
    """A direction as it was signed; its vaccines are ticked."""

    vaccines = forms.MultipleChoiceField(
        label=gettext_lazy("For the vaccines"), choices=Vaccine.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Direction
        fields = ["team", "kind", "name", "version", "vaccines", "valid_from", "valid_until"]
        error_messages = {
            "__all__": {
                "unique_together": gettext_lazy(
                    "Your team has this version already. Enter the number of the new version."
                )
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "vaccines" not in (self._meta.fields or ()):
            # Fixed by now, and shown in words: what a browser sends all the same is no answer.
            del self.fields["vaccines"]

    def clean_name(self) -> str:
        """Return the name with single spaces, so that one direction is not kept twice."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_version(self) -> str:
        """Return the version with single spaces and without the word “version”, which every page puts before it."""
        words = self.cleaned_data["version"].split()
        if len(words) > 1 and words[0].casefold() in ("version", "v"):
            words = words[1:]
        return " ".join(words)

    def clean(self) -> dict[str, Any]:
        """Check that it ends after it begins."""
        answers = super().clean() or {}
        begins = answers.get("valid_from") or self.instance.valid_from
        ends = answers.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", ValidationError(_("Enter a last day that is not before the first.")))
        return answers


class InForce(Question):
    title = gettext_lazy("in force")
    parameter_name = "is"
    answers = [
        (
            "now",
            gettext_lazy("Today"),
            lambda rows, at: rows.filter(valid_from__lte=london_day(at), valid_until__gte=london_day(at)),
        ),
        (
            "soon",
            gettext_lazy("Today, ends within 60 days"),
            lambda rows, at: rows.filter(
                valid_from__lte=london_day(at),
                valid_until__gte=london_day(at),
                valid_until__lte=london_day(at) + ENDS_SOON,
            ),
        ),
        ("later", gettext_lazy("Not yet"), lambda rows, at: rows.filter(valid_from__gt=london_day(at))),
        ("ended", gettext_lazy("Ended"), lambda rows, at: rows.filter(valid_until__lt=london_day(at))),
    ]


@admin.register(Direction)
class DirectionAdmin(TeamAdmin):
    """What the team's vaccinators work under: a dose is refused where none is in force for its vaccine on its day."""

    view_with = Permission.PLAN_CLINICS
    change_with = Permission.PLAN_CLINICS
    form = DirectionForm
    list_display = ["name", "version", "kind", "for_vaccines", "valid_from", "valid_until", "in_force_today"]
    list_filter = [InForce, "kind"]
    search_fields = ["name", "version"]
    search_help_text = gettext_lazy("Search by name or version")
    date_hierarchy = "valid_until"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A direction stays with its team. Once a dose was recorded under it, only its last day can change: anything
        else is another version.
        """
        if obj is None:
            return []
        return ["team", "kind", "name", "version", "for_vaccines", "valid_from"] if obj.is_used else ["team"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Say which facts are fixed, and why; show the vaccines in words where they are."""
        used = obj is not None and obj.is_used
        fixed = not self.has_change_permission(request, obj) if obj else False
        vaccines = "for_vaccines" if used or fixed else "vaccines"
        words = _(
            "Doses were recorded under this direction. Only its last day can change; for anything else, add the next "
            "version."
        )
        return [
            (
                None,
                {
                    "fields": ["team", "kind", "name", "version", vaccines, "valid_from", "valid_until"],
                    "description": words if used else "",
                },
            )
        ]

    @admin.display(description=gettext_lazy("for the vaccines"))
    def for_vaccines(self, direction: Direction) -> str:
        """The vaccines in words."""
        return ", ".join(direction.vaccine_names)

    @admin.display(description=gettext_lazy("in force today"), boolean=True)
    def in_force_today(self, direction: Direction) -> bool:
        """Whether it may be worked under today."""
        return direction.is_in_force(london_day(timezone.now()))
