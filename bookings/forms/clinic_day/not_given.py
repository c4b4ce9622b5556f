"""Not given, why, and what happens next."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bookings.forms.clinic_day.follow_up import TEAM, due_field, note_field, owner_choices, owner_of
from clinics.vaccines import Series
from immunisations.actions import Wanted
from immunisations.models import FollowUp, Vaccination
from immunisations.next_steps import next_step, none_needs_a_note
from nhsuk.forms import CheckboxesField, NhsukForm, RadiosField, SelectField, TextField, field_of

NOTHING = "none"
AS_SHOWN = gettext_lazy("As shown with the reason")
# Where somebody adds a step to a reason that has none.
USUALLY = timedelta(days=14)


class NotGivenForm(NhsukForm):
    """What was not given, one reason, and what happens next: the usual step stands with each reason.

    ``follow_up`` is what to set once the form is valid, None where nothing is to be done.
    """

    follow_up: Wanted | None = None

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    series = CheckboxesField(
        label=gettext_lazy("What is not given?"),
        subject=gettext_lazy("what is not given"),
        choices=(),
        size="m",
        small=True,
    )
    reason = RadiosField(label=gettext_lazy("Why?"), subject=gettext_lazy("why it is not given"), choices=(), size="m")
    note = TextField(
        label=gettext_lazy("Note (optional)"),
        help_text=gettext_lazy("For example, who declined, or when to ask again"),
        required=False,
        max_length=500,
        size="s",
    )
    step = SelectField(label=gettext_lazy("What happens next"), choices=(), required=False, size="s")
    owner = SelectField(label=gettext_lazy("Who does it"), choices=(), required=False, size="s")
    due_on = due_field(required=False)
    next_note = note_field()

    def __init__(
        self,
        *args: Any,
        series: Sequence[str],
        prison: bool,
        by: User,
        team: Sequence[User],
        counts_from: Mapping[str, date | None],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.by, self.team, self.counts_from, self.on = by, team, counts_from, today
        field_of(self, "series").choices = [(code, Series(code).label) for code in series]
        reasons = [
            (value, label)
            for value, label in Vaccination.Reason.choices
            if prison or value != Vaccination.Reason.NOT_PRODUCED
        ]
        field_of(self, "reason").choices = reasons
        posted = cast(QueryDict, self.data)
        shown = posted.getlist("series") if self.is_bound else self.initial.get("series", [])
        field_of(self, "reason").nhsuk["choice_hints"] = {
            value: usual.words if (usual := self._usual(value, shown)) else _("Nothing more to do")
            for value, _label in reasons
        }
        field_of(self, "step").choices = [("", AS_SHOWN), *FollowUp.Step.choices, (NOTHING, _("Nothing more to do"))]
        field_of(self, "owner").choices = [("", AS_SHOWN), *owner_choices(team)]

    def _usual(self, reason: str, series: Sequence[str]) -> Any:
        days = [day for code in series if (day := self.counts_from.get(code)) is not None]
        return next_step(reason, today=self.on, counts_from=min(days, default=None))

    @property
    def is_changed(self) -> bool:
        """Whether another next step was chosen, or something is wrong with it: its part of the page is then open."""
        names = ("step", "owner", "due_on", "next_note")
        return self.is_bound and (
            any(name in self.errors for name in names) or any(self.cleaned_data.get(name) for name in names)
        )

    def clean(self) -> dict[str, Any]:
        """Work out what happens next: the usual, or what was chosen instead."""
        super().clean()
        answers = self.cleaned_data
        reason, step = answers.get("reason"), answers.get("step", "")
        if not reason:
            return answers
        usual = self._usual(reason, answers.get("series", []))
        if step == NOTHING:
            if none_needs_a_note(reason) and not (answers.get("note") or answers.get("next_note")):
                self.add_error("next_note", _("Enter why nothing more is to be done"))
            return answers
        code = step or (usual.step if usual else "")
        if not code:
            return answers
        if code == FollowUp.Step.OTHER and not answers.get("next_note"):
            self.add_error("next_note", _("Enter what is to be done"))
        due = answers.get("due_on") or (usual.due_on if usual else self.on + USUALLY)
        named = answers.get("owner", "")
        owner = owner_of(self.team, named) if named else self.by if usual and usual.mine else None
        self.follow_up = Wanted(code, due, owner, answers.get("next_note", ""))
        return answers


__all__ = ["AS_SHOWN", "NOTHING", "TEAM", "NotGivenForm"]
