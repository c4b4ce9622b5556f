"""A record check: one source, what it showed, and the doses on it in rows that need no script."""

from collections.abc import Mapping
from typing import Any

from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from immunisations.actions.record_checks import MOST_DOSES, FoundDose
from immunisations.models import RecordCheck, SeenVaccine
from immunisations.written_dates import date_in_words
from nhsuk.forms import (
    DateInputField,
    NhsukForm,
    PartialDate,
    RadiosField,
    SelectField,
    TextareaField,
    TextField,
    field_of,
)

FIRST_ROWS = 3
MORE_ROWS = 4
# "Looked at" is what one says of a source; of somebody's word, or of no record at all, there is less to choose.
SHOWN_DOSES = RecordCheck.Outcome.DOSES_FOUND


class QuietWhenGrowing(NhsukForm):
    """A form that says nothing is wrong while somebody only asks for more rows."""

    def full_clean(self) -> None:
        """Check nothing when the button for more rows was pressed."""
        if self.is_bound and "more_rows" in self.data:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()


class DoseRowForm(QuietWhenGrowing):
    """One dose as the record shows it; a row left empty counts for nothing."""

    vaccine = SelectField(
        label=gettext_lazy("Vaccine"), subject=gettext_lazy("a vaccine"), required=False, size="s", choices=()
    )
    given_on = DateInputField(
        label=gettext_lazy("Date given"),
        subject=gettext_lazy("the date given"),
        partial=True,
        required=False,
        size="s",
    )
    country = TextField(label=gettext_lazy("Country, if not the UK"), required=False, max_length=60, size="s", width=20)
    batch_number = TextField(label=gettext_lazy("Batch, if shown"), required=False, max_length=40, size="s", width=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "vaccine").choices = [
            ("", _("Choose a vaccine")),
            *SeenVaccine.choices,
        ]

    def is_empty(self) -> bool:
        """Whether nothing was typed in the row."""
        names = ("vaccine", "given_on_day", "given_on_month", "given_on_year", "country", "batch_number")
        return not any((self.data.get(self.add_prefix(name)) or "").strip() for name in names)

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a row that was begun."""
        data = super().clean() or self.cleaned_data
        if not self.is_empty():
            if not data.get("vaccine") and "vaccine" not in self.errors:
                self.add_error("vaccine", _("Select a vaccine"))
            if data.get("given_on") is None and "given_on" not in self.errors:
                self.add_error("given_on", _("Enter the date given, or a month and year, or a year"))
        return data

    def found(self) -> FoundDose:
        """Return the dose of a row that is whole."""
        data = self.cleaned_data
        date: PartialDate = data["given_on"]
        return FoundDose(data["vaccine"], str(date), data["country"], data["batch_number"])


class RecordCheckForm(QuietWhenGrowing):
    """Which record, what it showed, how it was seen, and the finding in one sentence."""

    source = RadiosField(
        label=gettext_lazy("What did you check?"),
        subject=gettext_lazy("what you checked"),
        choices=RecordCheck.Source,
        size="m",
        choice_hints={
            RecordCheck.Source.CHIS: gettext_lazy("Child health information service"),
            RecordCheck.Source.VERBAL: gettext_lazy(
                "Say in the finding who said what. “Already had it” alone completes nothing"
            ),
            RecordCheck.Source.NONE: gettext_lazy("Treat as not vaccinated"),
        },
        choice_dividers={RecordCheck.Source.NONE: gettext_lazy("or")},
    )
    outcome = RadiosField(
        label=gettext_lazy("What did it show?"),
        subject=gettext_lazy("what it showed"),
        choices=RecordCheck.Outcome,
        size="m",
        required=False,
    )
    how_seen = TextField(
        label=gettext_lazy("How was it seen? (optional)"),
        help_text=gettext_lazy("For example, the book itself, a photo, read out on the phone"),
        required=False,
        size="s",
    )
    finding = TextareaField(
        label=gettext_lazy("Finding, in one sentence"),
        help_text=gettext_lazy("Leave empty and we write it from what you entered"),
        subject=gettext_lazy("the finding"),
        max_length=500,
        rows=2,
        required=False,
        size="s",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        count = FIRST_ROWS
        if data is not None:
            sent = str(data.get("rows", ""))
            count = min(int(sent), MOST_DOSES) if sent.isascii() and sent.isdigit() and len(sent) < 4 else FIRST_ROWS
            if "more_rows" in data:
                count = min(count + MORE_ROWS, MOST_DOSES)
        self.rows = [
            DoseRowForm(data, prefix=f"dose{number}", today=self.today, auto_id="id_%s") for number in range(count)
        ]

    @property
    def wants_more_rows(self) -> bool:
        """Whether the button for more rows was pressed instead of the one that saves."""
        return "more_rows" in self.data

    def is_valid(self) -> bool:
        """Whether the form and each row that was begun are whole."""
        # Every row is asked, so that each says what is wrong with it.
        rows_fine = not [row for row in self.filled() if not row.is_valid()]
        return super().is_valid() and rows_fine

    def filled(self) -> list[DoseRowForm]:
        """Return the rows in which something was typed."""
        return [row for row in self.rows if not row.is_empty()] if self.is_bound else []

    def clean(self) -> dict[str, Any]:
        """Take what can only be meant: doses entered were found; no record anywhere shows nothing."""
        data = super().clean() or self.cleaned_data
        source, filled = data.get("source"), self.filled()
        if source == RecordCheck.Source.NONE and filled:
            self.add_error("source", _("You entered doses: select the record that shows them"))
        if not data.get("outcome") and source:
            if filled:
                data["outcome"] = RecordCheck.Outcome.DOSES_FOUND.value
            elif source == RecordCheck.Source.NONE:
                data["outcome"] = RecordCheck.Outcome.NOT_AVAILABLE.value
            else:
                self.add_error("outcome", _("Select what it showed"))
        elif data.get("outcome") == SHOWN_DOSES and not filled and source:
            self.add_error("outcome", _("Enter the doses it showed, or select another answer"))
        elif data.get("outcome") and data["outcome"] != SHOWN_DOSES and filled:
            self.add_error("outcome", _("You entered doses: select “Looked at, doses found”"))
        return data

    def doses(self) -> list[FoundDose]:
        """Return the doses that were entered."""
        return [row.found() for row in self.filled()]

    def finding_words(self) -> str:
        """Return the finding as it was written, or one made of what was entered."""
        written: str = self.cleaned_data["finding"]
        return written or drafted(self.cleaned_data["source"], self.cleaned_data["outcome"], self.doses())


def drafted(source: str, outcome: str, doses: list[FoundDose]) -> str:
    """Return the finding of a check in one sentence."""
    if source == RecordCheck.Source.NONE:
        return _("No record anywhere: treat as not vaccinated.")
    name = RecordCheck.Source(source).label
    if outcome == RecordCheck.Outcome.NOTHING_RECORDED:
        return _("%(source)s: no vaccinations recorded.") % {"source": name}
    if outcome == RecordCheck.Outcome.NOT_AVAILABLE:
        return _("%(source)s: not available today.") % {"source": name}
    listed = ", ".join(
        _("%(vaccine)s %(date)s") % {"vaccine": SeenVaccine(dose.vaccine).label, "date": date_in_words(dose.given_on)}
        for dose in doses
    )
    sentence = _("%(source)s: %(doses)s.") % {"source": name, "doses": listed}
    if len(sentence) > 500:
        sentence = _("%(source)s: %(count)s doses.") % {"source": name, "count": len(doses)}
    return sentence
