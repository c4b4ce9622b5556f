"""Putting a saved record right."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.models import Batch
from immunisations.models import Vaccination
from nhsuk.forms import NhsukForm, RadiosField, SelectField, TextField, field_of


def _batch_words(batch: Batch) -> str:
    words = f"{batch.product}, {batch.number}"
    return _("%(batch)s (quarantined)") % {"batch": words} if batch.quarantined_at else words


class CorrectForm(NhsukForm):
    """What is wrong, what is right, and why it is corrected."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    batch = SelectField(
        label=gettext_lazy("Right batch"), subject=gettext_lazy("the right batch"), choices=(), size="s"
    )
    body_site = RadiosField(
        label=gettext_lazy("Right site"),
        subject=gettext_lazy("the right site"),
        choices=Vaccination.BodySite,
        size="s",
        small=True,
    )
    not_done_reason = RadiosField(
        label=gettext_lazy("Right reason"),
        subject=gettext_lazy("the right reason"),
        choices=Vaccination.Reason,
        size="s",
        small=True,
    )
    move_to = RadiosField(
        label=gettext_lazy("Whose record is it?"), subject=gettext_lazy("whose record it is"), choices=(), size="s"
    )
    wrong = RadiosField(
        label=gettext_lazy("What is wrong?"), subject=gettext_lazy("what is wrong"), choices=(), size="m"
    )
    reason = TextField(
        label=gettext_lazy("Why is it corrected?"),
        subject=gettext_lazy("why it is corrected"),
        help_text=gettext_lazy("This is kept with the record"),
        max_length=300,
        size="m",
    )

    def __init__(
        self,
        *args: Any,
        vaccination: Vaccination,
        batches: Sequence[Batch],
        others: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in batches}
        choices: list[tuple[str, Any]] = []
        reveals: dict[str, list[str]] = {}

        def offer(value: str, label: str, field: str | None) -> None:
            choices.append((value, label))
            if field:
                reveals[value] = [field]

        kept = set()
        if vaccination.status == Vaccination.Status.COMPLETED:
            if batches:
                offer("batch", _("The batch"), "batch")
                kept.add("batch")
            if vaccination.body_site != Vaccination.BodySite.MOUTH:
                offer("site", _("The site"), "body_site")
                kept.add("body_site")
            offer("error", _("It never happened, or was recorded twice"), None)
            if others:
                offer("person", _("It belongs to another person"), "move_to")
                kept.add("move_to")
        else:
            offer("reason", _("The reason"), "not_done_reason")
            kept.add("not_done_reason")
            offer("error", _("It is not true: entered in error"), None)
        for name in {"batch", "body_site", "not_done_reason", "move_to"} - kept:
            del self.fields[name]
        if "body_site" in self.fields:
            field_of(self, "body_site").choices = [
                (value, label)
                for value, label in Vaccination.BodySite.choices
                if value not in (Vaccination.BodySite.MOUTH, vaccination.body_site)
            ]
        field_of(self, "wrong").choices = choices
        field_of(self, "wrong").nhsuk["reveals"] = reveals
        if "batch" in self.fields:
            field_of(self, "batch").choices = [
                ("", _("Choose a batch")),
                *((key, _batch_words(batch)) for key, batch in self.batches.items()),
            ]
        if "move_to" in self.fields:
            field_of(self, "move_to").choices = list(others)

    def correction(self) -> dict[str, Any]:
        """Return what to correct as ``correct_vaccination`` takes it; ``move_to`` is a public id."""
        data = self.cleaned_data
        if data["wrong"] == "batch":
            return {"changes": {"batch": self.batches[data["batch"]]}}
        if data["wrong"] == "site":
            return {"changes": {"body_site": data["body_site"]}}
        if data["wrong"] == "reason":
            return {"changes": {"not_done_reason": data["not_done_reason"]}}
        if data["wrong"] == "person":
            return {"move_to": uuid.UUID(data["move_to"])}
        return {"entered_in_error": True}
