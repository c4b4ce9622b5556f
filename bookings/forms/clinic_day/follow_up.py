"""What is to be done next for somebody: set, changed, handed over, closed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from immunisations.actions import Wanted
from immunisations.models import FollowUp
from nhsuk.forms import DateInputField, NhsukForm, RadiosField, SelectField, TextField, field_of

# Nobody in particular.
TEAM = "team"


def owner_choices(team: Sequence[User]) -> list[tuple[str, str | Promise]]:
    """Return who may take a follow-up: nobody in particular, or a member of the team."""
    return [(TEAM, _("The team")), *((user.username, str(user)) for user in team)]


def owner_of(team: Sequence[User], chosen: str) -> User | None:
    """Return the member that was chosen, None for the team."""
    return next((user for user in team if user.username == chosen), None)


def due_field(*, required: bool = True) -> DateInputField:
    """Return the question for the day."""
    return DateInputField(
        label=gettext_lazy("On which day?") if required else gettext_lazy("On which day? (empty: the day shown)"),
        subject=gettext_lazy("the day"),
        limit="today_or_future",
        required=required,
        size="s",
    )


def note_field() -> TextField:
    """Return the question for a note."""
    return TextField(
        label=gettext_lazy("Note for whoever does it (optional)"),
        subject=gettext_lazy("the note"),
        required=False,
        max_length=300,
        size="s",
    )


class FollowUpForm(NhsukForm):
    """A step, who does it, on which day."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    step = SelectField(
        label=gettext_lazy("What is to be done?"),
        subject=gettext_lazy("what is to be done"),
        choices=FollowUp.Step.choices,
        size="s",
    )
    owner = SelectField(label=gettext_lazy("Who does it?"), subject=gettext_lazy("who does it"), choices=(), size="s")
    due_on = due_field()
    note = note_field()

    def __init__(self, *args: Any, team: Sequence[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.team = team
        field_of(self, "owner").choices = owner_choices(team)

    def clean(self) -> dict[str, Any]:
        """Ask what "something else" is."""
        super().clean()
        if self.cleaned_data.get("step") == FollowUp.Step.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", _("Enter what is to be done"))
        return self.cleaned_data

    @property
    def wanted(self) -> Wanted:
        """The follow-up of a valid form."""
        answers = self.cleaned_data
        return Wanted(answers["step"], answers["due_on"], owner_of(self.team, answers["owner"]), answers["note"])


class FollowUpChangeForm(FollowUpForm):
    """An open one changed: its day may have passed, and stays where nobody changes it."""

    due_on = DateInputField(label=gettext_lazy("On which day?"), subject=gettext_lazy("the day"), limit=None, size="s")


class FollowUpCloseForm(NhsukForm):
    """Done and what came of it, or not needed any more and why."""

    prefix = "close"

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    state = RadiosField(
        label=gettext_lazy("Close it"),
        subject=gettext_lazy("how it is closed"),
        choices=((FollowUp.State.DONE, gettext_lazy("Done")), (FollowUp.State.DROPPED, FollowUp.State.DROPPED.label)),
        size="m",
    )
    came_of_it = TextField(
        label=gettext_lazy("What came of it, or why it is not needed"),
        subject=gettext_lazy("what came of it, or why it is not needed"),
        max_length=300,
        size="s",
    )
