"""What happened to somebody after a dose."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from bookings.forms.clinic_day.times import read_time
from clinics.times import wall_time
from immunisations.models import Reaction
from nhsuk.forms import (
    CheckboxesField,
    DateInputField,
    NhsukForm,
    RadiosField,
    TextareaField,
    TextField,
    field_of,
)


class ReactionForm(NhsukForm):
    """What happened, when it began and what was done. ``began_at`` is the moment, once the form is valid."""

    began_at: datetime

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = RadiosField(
        label=gettext_lazy("What happened?"),
        subject=gettext_lazy("what happened"),
        choices=Reaction.Kind.choices,
        choice_hints={Reaction.Kind.ANAPHYLAXIS: gettext_lazy("No further dose of this vaccine can be given")},
        size="m",
    )
    began_time = TextField(
        label=gettext_lazy("When did it begin?"),
        subject=gettext_lazy("when it began"),
        help_text=gettext_lazy("For example, 10:20am"),
        max_length=20,
        size="m",
        width=10,
    )
    began_on = DateInputField(
        label=gettext_lazy("On which day?"), subject=gettext_lazy("the day"), limit="today_or_past", size="s"
    )
    actions = CheckboxesField(
        label=gettext_lazy("What was done?"),
        subject=gettext_lazy("what was done"),
        choices=Reaction.Action.choices,
        exclusive=[Reaction.Action.NOTHING],
        choice_dividers={Reaction.Action.NOTHING: gettext_lazy("or")},
        size="m",
    )
    note = TextareaField(label=gettext_lazy("In words (optional)"), required=False, max_length=1000, rows=3, size="s")
    yellow_card_reference = TextField(
        label=gettext_lazy("Yellow Card reference (optional)"),
        help_text=gettext_lazy("It can be added later. Report at yellowcard.mhra.gov.uk"),
        required=False,
        max_length=60,
        size="s",
        width=20,
    )
    reason = TextField(
        label=gettext_lazy("Why is it corrected?"),
        subject=gettext_lazy("why it is corrected"),
        help_text=gettext_lazy("Not needed for a Yellow Card reference that is added. This is kept with the record."),
        required=False,
        max_length=300,
        size="s",
    )

    def __init__(self, *args: Any, today: date, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        if not corrects:
            del self.fields["reason"]
        field_of(self, "actions").nhsuk["small"] = True

    def clean_began_time(self) -> Any:
        """Return the time of day."""
        found = read_time(self.cleaned_data["began_time"])
        if found is None:
            raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
        return found

    def clean(self) -> dict[str, Any]:
        """Make the moment of day and time, and ask for words where nothing else says what happened."""
        super().clean()
        answers = self.cleaned_data
        if answers.get("kind") == Reaction.Kind.OTHER and not answers.get("note"):
            self.add_error("note", _("Enter in words what happened"))
        if answers.get("began_time") and answers.get("began_on"):
            try:
                self.began_at = wall_time(answers["began_on"], answers["began_time"])
            except Refused as refusal:
                self.add_error("began_time", str(refusal))
        return answers
