"""One page for somebody who is known: what the record showed, consent and health, and where the dose is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.forms.clinic_day.consent import ConsentHealthForm
from bookings.forms.clinic_day.dose import DoseForm
from nhsuk.forms import NhsukForm, RadiosField, field_of


@dataclass(frozen=True)
class Look:
    """One answer to what was looked at: the sources as ``record_round`` takes them, in words, and the finding."""

    code: str
    words: str
    sources: tuple[Any, ...]
    finding: str


class LookForm(NhsukForm):
    """What was looked at and found, in one answer: only where the record says what is known already, or nothing."""

    looked = RadiosField(
        label=_("What did you look at, and what did it show?"),
        subject=_("what you looked at"),
        choices=(),
        size="s",
    )

    def __init__(self, *args: Any, looks: Sequence[Look], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.looks = {look.code: look for look in looks}
        field = field_of(self, "looked")
        field.choices = [(look.code, look.words) for look in looks]
        # The finding is kept in the checker's name: it is read before it is chosen.
        field.nhsuk["choice_hints"] = {look.code: look.finding for look in looks}

    def chosen(self) -> Look:
        """Return the answer, of a form that is valid."""
        return self.looks[self.cleaned_data["looked"]]


@dataclass
class AtOnce:
    """The three parts of the page; ``look`` is None where a record was checked on this visit already."""

    series: str
    vaccine_name: Any
    look: LookForm | None
    questions: ConsentHealthForm
    dose: DoseForm

    @property
    def forms(self) -> list[NhsukForm]:
        """Its forms, in the order of the page."""
        return [*([self.look] if self.look else []), self.questions, self.dose]
