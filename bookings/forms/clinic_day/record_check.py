"""A record check: which sources were looked at, and the doses they show, a line each, in rows that need no script."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from immunisations.actions.record_checks import MOST_DOSES, FoundDose, SourceLook
from immunisations.models import RecordCheck, SeenVaccine
from immunisations.models.record_check import CheckSource
from immunisations.sources import LOOKED_AT, source_words
from immunisations.vaccine_names import UnknownVaccine, read_line, read_vaccine
from immunisations.written_dates import UnreadableDate, read_date
from nhsuk.forms import CheckboxesField, CheckboxField, NhsukForm, RadiosField, TextareaField, TextField, field_of

FIRST_LINES = 3
MORE_LINES = 4
FOUND = RecordCheck.Outcome.DOSES_FOUND.value
NOT_ASKED = "not_asked"
OUTCOMES = (
    (FOUND, gettext_lazy("Doses found")),
    (RecordCheck.Outcome.NOTHING_RECORDED.value, gettext_lazy("Nothing recorded")),
    (RecordCheck.Outcome.NOT_AVAILABLE.value, gettext_lazy("Not available")),
    (NOT_ASKED, gettext_lazy("Not asked")),
)


class QuietForm(NhsukForm):
    """A form that, while it is ``quiet``, shows what was typed and says nothing of what is wrong with it."""

    def __init__(self, *args: Any, quiet: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quiet = quiet

    def full_clean(self) -> None:
        """Check nothing while somebody only asks for more lines, or comes back to change something."""
        if self.is_bound and self.quiet:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()


class Box(NamedTuple):
    """One text box as the page shows it."""

    id: str
    name: str
    label: str
    value: str
    error: str


class Choice(NamedTuple):
    """One radio button, tick or option as the page shows it."""

    id: str
    value: str
    label: str
    chosen: bool


def box(form: BaseForm, name: str) -> Box:
    """Return a text field of a form for the page. A NUL shown back would make the page itself malformed."""
    bound = form[name]
    value = str(bound.value() or "").replace("\x00", "\ufffd")
    return Box(
        bound.auto_id, bound.html_name, str(bound.label), value, "".join([str(error) for error in bound.errors][:1])
    )


class SourceForm(QuietForm):
    """What there was to see in one source."""

    outcome = RadiosField(
        label="", subject=gettext_lazy("what it showed"), choices=OUTCOMES, required=False, initial=NOT_ASKED
    )
    source_name = TextField(
        label=gettext_lazy("Exact name (optional)"), subject=gettext_lazy("the name"), max_length=100, required=False
    )
    how_seen = TextField(
        label=gettext_lazy("How it was seen (optional)"), subject=gettext_lazy("how it was seen"), required=False
    )

    def __init__(self, source: CheckSource, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=source.value, auto_id="id_%s", **kwargs)
        self.source = source
        self.label = source_words(source)

    @property
    def chosen(self) -> str:
        """What is chosen, as it was sent; not asked unless something else was."""
        return str(self["outcome"].value() or NOT_ASKED)

    @property
    def choices(self) -> list[Choice]:
        """The four answers."""
        start = f"id_{self.source}-outcome"
        return [
            Choice(start if number == 0 else f"{start}-{number + 1}", value, str(label), value == self.chosen)
            for number, (value, label) in enumerate(OUTCOMES)
        ]

    @property
    def hint(self) -> str:
        """What is to be known of the source."""
        if self.source == RecordCheck.Source.CHIS:
            return _("Child health information service")
        if self.source == RecordCheck.Source.VERBAL:
            return _("Say in the finding who said what. “Already had it” alone completes nothing")
        return ""

    @property
    def boxes(self) -> list[Box]:
        """The two boxes."""
        return [box(self, "source_name"), box(self, "how_seen")]


class LineForm(QuietForm):
    """One dose, typed once however many records show it; a line left empty counts for nothing."""

    vaccine = TextField(
        label=gettext_lazy("Vaccine"), subject=gettext_lazy("the vaccine"), max_length=80, required=False
    )
    given_on = TextField(
        label=gettext_lazy("Date given"), subject=gettext_lazy("the date given"), max_length=60, required=False
    )
    as_written = TextField(
        label=gettext_lazy("Name as written"), subject=gettext_lazy("the name"), max_length=60, required=False
    )
    batch_number = TextField(
        label=gettext_lazy("Batch, if legible"), subject=gettext_lazy("the batch"), max_length=40, required=False
    )
    country = TextField(
        label=gettext_lazy("Country, if not the UK"),
        subject=gettext_lazy("the country"),
        max_length=60,
        required=False,
    )
    seen_in = CheckboxesField(
        label=gettext_lazy("Seen in"), subject=gettext_lazy("which records show this dose"), required=False, choices=()
    )
    TEXTS = ("vaccine", "given_on", "as_written", "batch_number", "country")

    def __init__(self, *args: Any, born: date, number: int | str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_%s", **kwargs)
        self.born, self.number = born, number
        self.new = False
        # What was typed after the vaccine in its own box: its date, or the name of one that is on no list.
        self.typed_on = self.typed_name = ""
        field_of(self, "seen_in").choices = [(source.value, source_words(source)) for source in LOOKED_AT]

    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen in the line. Ticks alone are nothing."""
        return not any((self.data.get(self.add_prefix(name)) or "").strip() for name in self.TEXTS)

    @property
    def seen_in_id(self) -> str:
        """The id of the first tick."""
        return str(self["seen_in"].auto_id)

    @property
    def boxes(self) -> dict[str, Box]:
        """The text boxes."""
        return {name: box(self, name) for name in self.TEXTS}

    @property
    def ticks(self) -> list[Choice]:
        """The sources that may show it."""
        chosen = self["seen_in"].value() or []
        start = f"id_{self.add_prefix('seen_in')}"
        choices = field_of(self, "seen_in").choices
        return [
            Choice(start if number == 0 else f"{start}-{number + 1}", value, str(label), value in chosen)
            for number, (value, label) in enumerate(choices)
        ]

    def clean_vaccine(self) -> str:
        """Read the vaccine by any of its names; "MMR 3/2/21" brings its date with it."""
        typed: str = self.cleaned_data["vaccine"]
        if not typed:
            return ""
        if not (self.data.get(self.add_prefix("given_on")) or "").strip():
            typed, self.typed_on = read_line(typed)
        try:
            code, self.typed_name = read_vaccine(typed)
        except UnknownVaccine as problem:
            raise ValidationError(str(problem)) from problem
        return code

    def clean_given_on(self) -> str:
        """Read the date as it is written."""
        typed: str = self.cleaned_data["given_on"] or self.typed_on
        if not typed:
            return ""
        if self.today is None:
            raise TypeError("a line of a record check is judged as of a day")
        try:
            return read_date(typed, born=self.born, today=self.today)
        except UnreadableDate as problem:
            raise ValidationError(str(problem)) from problem

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a line that was begun."""
        data = super().clean() or self.cleaned_data
        if not self.is_empty():
            if not data.get("vaccine") and "vaccine" not in self.errors:
                self.add_error("vaccine", _("Enter the vaccine"))
            if not data.get("given_on") and "given_on" not in self.errors:
                self.add_error("given_on", _("Enter the date, or a month and year, or a year"))
            data["as_written"] = data.get("as_written") or self.typed_name
            if data.get("vaccine") == SeenVaccine.OTHER and not data["as_written"]:
                self.add_error("vaccine", _("Add the name as the record has it, like Other BCG"))
            # Typed after "Other", it came by another box than its own.
            longest = field_of(self, "as_written").max_length
            if len(data["as_written"]) > longest:
                self.add_error("vaccine", _("The name must be %(limit)s characters or fewer") % {"limit": longest})
        return data

    def found(self) -> FoundDose:
        """Return the dose of a line that is whole."""
        data = self.cleaned_data
        return FoundDose(data["vaccine"], data["given_on"], data["country"], data["batch_number"], data["as_written"])


class RecordCheckForm(QuietForm):
    """Which sources were looked at and what they showed; the finding is asked for afterwards."""

    nowhere = CheckboxField(
        label=gettext_lazy("No record anywhere: treat as not vaccinated"),
        help_text=gettext_lazy("Only where no source shows a dose"),
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        born: date,
        today: date,
        lines: list[dict[str, str]] | None = None,
        quiet: bool = False,
        more: bool = False,
    ) -> None:
        super().__init__(data, today=today, quiet=quiet)
        count = max(FIRST_LINES, len(lines or []) + 1)
        if data is not None:
            sent = str(data.get("rows", ""))
            if sent.isascii() and sent.isdigit() and len(sent) < 4:
                count = min(int(sent), MOST_DOSES)
        self.sources = [SourceForm(source, data, quiet=quiet) for source in LOOKED_AT]
        given = [*(lines or []), *[{}] * count]
        self.lines = [
            LineForm(
                data,
                prefix=f"dose{number}",
                born=born,
                number=number + 1,
                today=today,
                initial=given[number],
                quiet=quiet,
            )
            for number in range(count)
        ]
        empty = [line for line in self.lines if data is not None and line.is_empty()]
        if more and empty:
            # Where the keyboard goes on after the button for more lines.
            empty[0].new = True
        # What the script copies where it adds a line.
        self.blank_line = LineForm(None, prefix="dose__n__", born=born, number="", today=today)

    def parts(self) -> list[NhsukForm]:
        """Return all the forms that the page consists of, in the order of the page, empty lines left out."""
        return [*self.sources, self, *self.filled()]

    @property
    def vaccines(self) -> list[str]:
        """The names that are suggested while somebody types."""
        return [str(label) for code, label in SeenVaccine.choices if code != SeenVaccine.OTHER]

    @property
    def has_errors(self) -> bool:
        """Whether anything on the page is wrong."""
        return self.is_bound and any(part.errors for part in self.parts())

    def is_valid(self) -> bool:
        """Whether every source and each line that was begun are whole, and fit together."""
        # Each is asked, so that each says what is wrong with it.
        fine = [
            part.is_valid() if part is not self else super(RecordCheckForm, self).is_valid() for part in self.parts()
        ]
        if not all(fine):
            return False
        self._fit_together()
        return not self.has_errors

    def filled(self) -> list[LineForm]:
        """Return the lines in which something was typed."""
        return [line for line in self.lines if not line.is_empty()] if self.is_bound else []

    def _fit_together(self) -> None:
        lines = self.filled()
        outcomes = {row.source.value: row.cleaned_data["outcome"] or NOT_ASKED for row in self.sources}
        found = [source for source, outcome in outcomes.items() if outcome == FOUND]
        nowhere = self.cleaned_data["nowhere"]
        if nowhere and (found or lines):
            self.add_error("nowhere", _("You entered doses: take this tick away, or the doses"))
            return
        if not nowhere and not lines and set(outcomes.values()) == {NOT_ASKED}:
            self.sources[0].add_error("outcome", _("Select what you looked at and what it showed"))
            return
        shown: set[str] = set()
        for line in lines:
            ticked = line.cleaned_data["seen_in"]
            if not ticked and len(found) == 1:
                line.cleaned_data["seen_in"] = ticked = found
            if not ticked:
                line.add_error(
                    "seen_in",
                    _("Select which records show this dose") if found else _("Select “Doses found” beside the record"),
                )
            for source in ticked:
                if outcomes[source] != FOUND:
                    words = _("You ticked %(source)s: select “Doses found” beside it, or take the tick away")
                    line.add_error("seen_in", words % {"source": source_words(source)})
                    break
            shown |= set(ticked)
        for row in self.sources:
            if row.source.value in found and row.source.value not in shown:
                row.add_error("outcome", _("Enter the doses it shows, or select another answer"))

    def looks(self) -> list[SourceLook]:
        """Return what is to be written down, where all is valid."""
        looks = []
        for row in self.sources:
            outcome = row.cleaned_data["outcome"] or NOT_ASKED
            if outcome != NOT_ASKED:
                doses = tuple(line.found() for line in self.lines_of(row.source.value)) if outcome == FOUND else ()
                looks.append(
                    SourceLook(
                        row.source.value, outcome, row.cleaned_data["source_name"], row.cleaned_data["how_seen"], doses
                    )
                )
        if self.cleaned_data["nowhere"]:
            looks.append(SourceLook(RecordCheck.Source.NONE.value, RecordCheck.Outcome.NOT_AVAILABLE.value))
        return looks

    def lines_of(self, source: str) -> list[LineForm]:
        """Return the lines that a source shows, in the order of its doses among ``looks``."""
        return [line for line in self.filled() if source in line.cleaned_data["seen_in"]]


class FindingForm(NhsukForm):
    """The finding: drafted by us, owned by whoever saves it."""

    finding = TextareaField(
        label=gettext_lazy("Finding, in one sentence"),
        subject=gettext_lazy("what you found, in one sentence"),
        help_text=gettext_lazy("Written from what you entered. Change it as you need: it is kept in your name"),
        max_length=500,
        rows=4,
    )
