"""A clinic's list of people: pasted or uploaded, its columns, one person added, one taken off."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.person import PersonForm
from bookings.lists.columns import Columns, Fact
from bookings.lists.problems import FORMULA, MOST_BYTES, MOST_ROWS
from immunisations.actions.people import PRISON_NUMBER
from nhsuk.forms import (
    CheckboxField,
    DateInputField,
    FileUploadField,
    NhsNumberField,
    NhsukForm,
    SelectField,
    TextareaField,
    TextField,
)
from nhsuk.forms.identifiers import compact

# Of what is pasted: a request takes a megabyte in all.
MOST_PASTED = 700_000
SHOWN = 3


class PrisonNumberField(TextField):
    """A prison number: a letter, 4 digits and 2 letters, in any case and spacing; cleaned to capitals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name, value in (("spellcheck", False), ("width", 10)):
            kwargs.setdefault(name, value)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the number in capitals; say what one looks like where this is none."""
        text: str = super().to_python(value)
        if not text or "\x00" in text:
            return text
        number = compact(text)
        if not PRISON_NUMBER.fullmatch(number):
            raise self.error("invalid", _("Enter a prison number, like A1234BC"))
        return number


class ListForm(NhsukForm):
    """The list itself: pasted, or a file."""

    pasted = TextareaField(
        label=gettext_lazy("Paste the list"),
        subject=gettext_lazy("the list"),
        help_text=gettext_lazy(
            "With its header row. Columns may be divided by tabs, as copied from a spreadsheet, or commas"
        ),
        required=False,
        max_length=MOST_PASTED,
        rows=8,
        size="m",
        spellcheck=False,
    )
    file = FileUploadField(
        label=gettext_lazy("Or choose a file"),
        subject=gettext_lazy("a file"),
        help_text=gettext_lazy("A spreadsheet (.xlsx) or a CSV file, with at most %(most)s people")
        % {"most": f"{MOST_ROWS:,}"},
        required=False,
        max_bytes=MOST_BYTES,
        size="m",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if not data.get("pasted") and not data.get("file"):
            self.add_error("pasted", _("Paste the list, or choose a file"))
        elif data.get("pasted") and data.get("file"):
            self.add_error("file", _("Paste the list or choose a file, not both"))
        return data


class ColumnsForm(NhsukForm):
    """What each column is, and what holds for all rows."""

    group = TextField(
        label=gettext_lazy("Wing or site of everybody whose row names none (optional)"),
        subject=gettext_lazy("the wing or site"),
        required=False,
        max_length=60,
        size="s",
        width=20,
    )
    all_staff = CheckboxField(label=gettext_lazy("Everybody on this list works there"), required=False, small=True)

    def __init__(self, *args: Any, columns: Columns, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices: list[tuple[str, Any]] = [("", _("Do not use"))]
        choices += [(fact.value, fact.label) for fact in Fact]
        own: dict[str, forms.Field] = {}
        for number, header in enumerate(columns.headers):
            shown = [cell for row in columns.rows[:40] if (cell := row[number]) and cell != FORMULA][:SHOWN]
            own[f"column{number}"] = SelectField(
                label=header or _("Column %(number)s") % {"number": number + 1},
                subject=_("what this column is"),
                help_text=_("For example: %(cells)s") % {"cells": "; ".join(cell[:40] for cell in shown)}
                if shown
                else "",
                choices=choices,
                required=False,
                initial=columns.facts[number],
                size="s",
            )
        self.fields = {**own, **self.fields}

    @property
    def facts(self) -> list[str]:
        """What was chosen for each column."""
        return [self.cleaned_data[f"column{number}"] for number in range(len(self.columns.headers))]

    def clean(self) -> dict[str, Any]:
        """Ask for a name and a date of birth, and for each fact once."""
        data = super().clean() or self.cleaned_data
        chosen = [data.get(f"column{number}", "") for number in range(len(self.columns.headers))]
        for number, fact in enumerate(chosen):
            if fact and fact in chosen[:number]:
                self.add_error(
                    f"column{number}",
                    _("Two columns cannot both be “%(fact)s”") % {"fact": Fact(fact).label},
                )
        names = {Fact.FIRST_NAME.value, Fact.FULL_NAME.value, Fact.LAST_NAME.value}
        if not names & set(chosen):
            self.add_error(None, _("Select which column is the name"))
        if Fact.DATE_OF_BIRTH.value not in chosen:
            self.add_error(None, _("Select which column is the date of birth"))
        return data


class OnePersonForm(PersonForm):
    """One person for the list."""

    date_of_birth = DateInputField(
        label=gettext_lazy("Date of birth"),
        subject=gettext_lazy("a date of birth"),
        help_text=gettext_lazy("For example, 27 3 1985"),
        size="s",
    )
    group = TextField(
        label=gettext_lazy("Wing or site (optional)"),
        subject=gettext_lazy("the wing or site"),
        required=False,
        max_length=60,
        size="s",
        width=20,
    )
    location = TextField(
        label=gettext_lazy("Cell or pitch (optional)"),
        subject=gettext_lazy("the cell or pitch"),
        required=False,
        max_length=30,
        size="s",
        width=10,
    )
    is_staff = CheckboxField(label=gettext_lazy("They work there"), required=False, small=True)
    prison_number = PrisonNumberField(
        label=gettext_lazy("Prison number (optional)"),
        subject=gettext_lazy("the prison number"),
        required=False,
        size="s",
    )
    nhs_number = NhsNumberField(
        label=gettext_lazy("NHS number (optional)"),
        subject=gettext_lazy("an NHS number"),
        required=False,
        size="s",
    )


class TakeOffForm(NhsukForm):
    """Why somebody is taken off the list."""

    reason = TextField(
        label=gettext_lazy("Why are they taken off the list?"),
        subject=gettext_lazy("why they are taken off the list"),
        help_text=gettext_lazy("For example, moved to another prison"),
        max_length=200,
        size="m",
    )
