"""Stock: counts by batch, a reason, a temperature. One page, few taps, nothing typed twice."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.batches import expiry_field, number_field, product_choices, product_field
from clinics.actions.stock import MOST_DOSES
from clinics.models import Batch, Product, ReadingMoment, WasteReason
from nhsuk.forms import (
    CheckboxField,
    NhsukForm,
    NumberField,
    RadiosField,
    TextField,
    field_of,
)

COLDEST_SHOWN, WARMEST_SHOWN = -40, 60


def _note(label: Any, **more: Any) -> TextField:
    return TextField(**{"label": label, "required": False, "max_length": 300, "size": "s", **more})


class TemperatureField(TextField):
    """A temperature in °C as people write it: 5.4, 5,4, +8 °C. Returns a Decimal with one place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=12, inputmode="decimal", **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the temperature; refuse what is no number or what no thermometer shows."""
        text = unicodedata.normalize("NFKC", str(super().clean(value)))
        for sign, plain in (("\u2212", "-"), ("\u2013", "-"), (",", "."), ("°", ""), ("C", ""), ("c", ""), (" ", "")):
            text = text.replace(sign, plain)
        try:
            celsius = Decimal(text)
        except InvalidOperation as problem:
            raise self.error("invalid", gettext_lazy("%(Subject)s must be a number, like 5.4")) from problem
        if not celsius.is_finite() or not COLDEST_SHOWN <= celsius <= WARMEST_SHOWN:
            raise self.error("range", gettext_lazy("%(Subject)s must be between -40 and 60 °C"))
        return celsius.quantize(Decimal("0.1"))


class ReadingForm(NhsukForm):
    """The temperature of a cool box."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    celsius = TemperatureField(
        label=gettext_lazy("Temperature in °C"),
        subject=gettext_lazy("the temperature"),
        help_text=gettext_lazy("For example, 5.4"),
        size="m",
        width=5,
    )
    moment = RadiosField(
        label=gettext_lazy("When was it read?"),
        subject=gettext_lazy("when it was read"),
        choices=ReadingMoment,
        size="m",
        inline=True,
    )
    box = TextField(
        label=gettext_lazy("Cool box"), subject=gettext_lazy("which cool box it is"), max_length=40, size="s", width=20
    )
    note = _note(gettext_lazy("Note (optional)"), help_text=gettext_lazy("For example, how long the lid was open"))


class WasteForm(NhsukForm):
    """Which batch, how many doses; the button pressed says why."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    batch = RadiosField(
        label=gettext_lazy("Which batch?"), subject=gettext_lazy("the batch"), choices=(), size="m", small=True
    )
    doses = NumberField(
        label=gettext_lazy("How many doses?"),
        subject=gettext_lazy("the number of doses"),
        min_value=1,
        max_value=MOST_DOSES,
        size="s",
        width=4,
    )
    note = _note(gettext_lazy("Note (optional)"))
    confirmed = CheckboxField(
        label=gettext_lazy("I counted: write them down all the same"), required=False, size="s", small=True
    )
    reason = forms.ChoiceField(choices=WasteReason, error_messages={"required": gettext_lazy("Select why")})

    def __init__(self, *args: Any, batches: Sequence[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in batches}
        field = field_of(self, "batch")
        field.choices = [(key, f"{batch.product}, {batch.number}") for key, batch in self.batches.items()]

    def clean(self) -> dict[str, Any]:
        """Ask what it was where the reason is none of the list."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("reason") == WasteReason.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say in the note why the doses were wasted"))
        return data

    @property
    def chosen(self) -> Batch:
        """The batch of a valid form."""
        return self.batches[self.cleaned_data["batch"]]


@dataclass(frozen=True)
class Row:
    """A batch with its box to type a count in, and one for a note where there is one."""

    thing: Any
    count: forms.BoundField
    note: forms.BoundField | None


class CountsForm(NhsukForm):
    """A count for each of several batches; with ``notes``, a note for each too.

    ``things`` are what the page shows of each batch, by the batch; what was counted comes back in ``counts``.
    """

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        things: Mapping[Batch, Any],
        at_least: int,
        label: Any,
        notes: bool = False,
        before: Mapping[Batch, tuple[int, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._things, self._notes = things, notes
        for batch in things:
            words = {"product": batch.product.name, "number": batch.number}
            count = NumberField(
                label=str(label) % words,
                subject=_("the doses of %(product)s %(number)s") % words,
                required=False,
                min_value=at_least,
                max_value=MOST_DOSES,
                width=4,
                size="s",
                hide_label=True,
            )
            self.fields[self._count_of(batch)] = count
            if notes:
                note = _note(_("Why %(product)s, %(number)s, differs") % words, hide_label=True)
                self.fields[self._note_of(batch)] = note
            if before and batch in before:
                self.initial[self._count_of(batch)], self.initial[self._note_of(batch)] = before[batch]

    @staticmethod
    def _count_of(batch: Batch) -> str:
        return f"doses-{batch.public_id}"

    @staticmethod
    def _note_of(batch: Batch) -> str:
        return f"note-{batch.public_id}"

    @property
    def rows(self) -> list[Row]:
        """Each batch with its boxes."""
        return [
            Row(thing, self[self._count_of(batch)], self[self._note_of(batch)] if self._notes else None)
            for batch, thing in self._things.items()
        ]

    @property
    def counts(self) -> dict[Batch, int]:
        """What was counted, of a valid form; batches without a count are left out."""
        answers = ((batch, self.cleaned_data.get(self._count_of(batch))) for batch in self._things)
        return {batch: count for batch, count in answers if count is not None}

    @property
    def notes(self) -> dict[Batch, str]:
        """The notes of a valid form."""
        return {batch: self.cleaned_data.get(self._note_of(batch), "") for batch in self._things}

    def refuse_note(self, public_id: str, words: str) -> None:
        """Say beside the note of one batch that it is needed."""
        for batch in self._things:
            if str(batch.public_id) == public_id:
                self.add_error(self._note_of(batch), words)


class TakeForm(CountsForm):
    """How many doses of each batch are taken to a clinic; and that more are taken than the list knows of."""

    confirmed = CheckboxField(
        label=gettext_lazy("I counted: take them all the same"), required=False, size="s", small=True
    )


class ReceiveForm(NhsukForm):
    """A delivery: the box tells everything but how many."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    product = product_field()
    number = number_field()
    expires_on = expiry_field()
    doses = NumberField(
        label=gettext_lazy("How many doses?"),
        subject=gettext_lazy("the number of doses"),
        min_value=1,
        max_value=MOST_DOSES,
        size="s",
        width=5,
    )
    note = _note(gettext_lazy("Note (optional)"), help_text=gettext_lazy("For example, the delivery note’s number"))

    def __init__(self, *args: Any, products: Sequence[Product], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {product.code: product for product in products}
        self.on = on
        field_of(self, "product").choices = product_choices(self.products)

    def clean_expires_on(self) -> date:
        """Refuse a box that is past its date already."""
        expires_on: date = self.cleaned_data["expires_on"]
        if expires_on < self.on:
            raise forms.ValidationError(
                _("It expired on %(date)s. Do not put it in the store.")
                % {"date": formats.date_format(expires_on, "j F Y")}
            )
        return expires_on


class PutRightForm(NhsukForm):
    """The right count in place of a wrong one, and why."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    doses = NumberField(
        label=gettext_lazy("How many doses were they?"),
        subject=gettext_lazy("the number of doses"),
        help_text=gettext_lazy("0 if it did not happen"),
        min_value=0,
        max_value=MOST_DOSES,
        size="m",
        width=5,
    )
    note = TextField(
        label=gettext_lazy("What was wrong?"),
        subject=gettext_lazy("what was wrong"),
        help_text=gettext_lazy("This is kept beside both counts"),
        max_length=300,
        size="m",
    )


class QuarantineForm(NhsukForm):
    """Why a whole batch must not be given."""

    note = TextField(
        label=gettext_lazy("Why must it not be given?"),
        subject=gettext_lazy("why it must not be given"),
        help_text=gettext_lazy("For example, the number of the recall notice"),
        max_length=300,
        size="m",
    )


class ReleaseForm(NhsukForm):
    """Whose advice lets a batch be given again."""

    note = TextField(
        label=gettext_lazy("Whose advice did you take, and what was it?"),
        subject=gettext_lazy("whose advice you took, and what it was"),
        help_text=gettext_lazy("For example, the maker’s medical information line, with the time of the call"),
        max_length=300,
        size="m",
    )


class SettleForm(ReleaseForm):
    """What becomes of doses that are held since a clinic."""

    RELEASE, DESTROY = "release", "destroy"
    becomes = RadiosField(
        label=gettext_lazy("What becomes of them?"),
        subject=gettext_lazy("what becomes of them"),
        choices=[
            (RELEASE, gettext_lazy("Release them: they may be given")),
            (DESTROY, gettext_lazy("They are destroyed: wasted, too warm or too cold")),
        ],
        size="m",
    )
    others = CheckboxField(label=gettext_lazy("The same for the others"), required=False, size="s", small=True)
    field_order = ["becomes", "note", "others"]

    def __init__(self, *args: Any, others: Sequence[Batch], **kwargs: Any) -> None:
        """``others`` are the batches that the same reading holds here."""
        super().__init__(*args, **kwargs)
        if not others:
            del self.fields["others"]
            return
        self.fields["others"].label = _("The same for all that this reading holds: also %(numbers)s") % {
            "numbers": ", ".join(batch.number for batch in others)
        }
