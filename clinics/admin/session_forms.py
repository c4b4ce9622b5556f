"""A clinic as it is typed: its facts, and the periods of its day."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTimeWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_bases import TeamInline
from clinics import actions
from clinics.models import ClinicSession, VaccinationPeriod
from clinics.times import LONDON
from clinics.vaccines import Vaccine
from clinics.words import hours


class PeriodForm(forms.ModelForm):
    """A vaccination period as clocks in England show it on the clinic's day."""

    start = forms.TimeField(label=gettext_lazy("Start"), widget=AdminTimeWidget)
    end = forms.TimeField(label=gettext_lazy("End"), widget=AdminTimeWidget)
    vaccinators = forms.IntegerField(
        label=gettext_lazy("People vaccinated at the same time"), min_value=1, max_value=50, initial=1
    )

    class Meta:
        model = VaccinationPeriod
        fields = ["vaccinators"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["start"] = self.instance.starts_at.astimezone(LONDON).time()
            self.initial["end"] = self.instance.ends_at.astimezone(LONDON).time()


class PeriodInline(TeamInline):
    """When people can be vaccinated, and how many side by side."""

    model = VaccinationPeriod
    form = PeriodForm
    can_delete = True
    max_num = 12

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Offer a morning and an afternoon for a new clinic, one more row for another."""
        return 2 if obj is None else 1

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show the times in words where they can no longer be changed."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [("shown_hours", "vaccinators")]
        return [("start", "end", "vaccinators")]

    readonly_fields = ["shown_hours"]

    @admin.display(description=gettext_lazy("hours"))
    def shown_hours(self, period: VaccinationPeriod) -> str:
        """The period in words."""
        return hours(period.starts_at, period.ends_at)


class SessionForm(forms.ModelForm):
    """A clinic; what it offers is ticked."""

    vaccines = forms.MultipleChoiceField(
        label=gettext_lazy("Vaccines offered"),
        choices=Vaccine.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = ClinicSession
        fields = [
            "team",
            "venue",
            "date",
            "name",
            "slug",
            "who_may_book",
            "appointment_minutes",
            "drop_in_from",
            "drop_in_until",
            "for_whom",
            "languages_spoken",
            "early_doses",
            "early_doses_reason",
            "advise_18_month_dose",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["vaccines"] = self.instance.vaccine_codes()
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        """Check what belongs together: venue and team, drop-in times, early doses and their reason."""
        answers = super().clean() or {}
        team = answers.get("team") or (self.instance.team if self.instance.team_id else None)
        venue = answers.get("venue")
        if team and venue and venue.team_id != team.pk:
            self.add_error("venue", ValidationError(_("This venue belongs to another team. Choose one of the team’s.")))
        start, end = answers.get("drop_in_from"), answers.get("drop_in_until")
        if (start is None) != (end is None):
            name = "drop_in_from" if start is None else "drop_in_until"
            self.add_error(name, ValidationError(_("Enter both times of the drop-in, or neither.")))
        elif start is not None and end is not None and start >= end:
            self.add_error("drop_in_until", ValidationError(_("The drop-in must end after it starts.")))
        if answers.get("early_doses") and not answers.get("early_doses_reason"):
            self.add_error("early_doses_reason", ValidationError(_("Enter the reason for early doses.")))
        minutes = answers.get("appointment_minutes")
        if minutes is not None and not 1 <= minutes <= 120:
            self.add_error("appointment_minutes", ValidationError(_("Enter a length between 1 and 120 minutes.")))
        day = answers.get("date") or self.instance.date
        if "slug" in self.fields and not answers.get("slug") and "slug" not in self.errors and venue and day:
            answers["slug"] = actions.free_slug(town=venue.town, day=day)
        return answers
