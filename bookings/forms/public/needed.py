"""What a parent types to learn what a child may need: a date of birth, and the doses that the red book shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from clinics.forms.public import SearchForm, near_field
from immunisations.models import SeenVaccine
from immunisations.schedule import MOST_DOSES, NEVER_COUNTED, VACCINES, Dose
from immunisations.vaccine_names import UnknownVaccine, read_line, read_vaccine
from immunisations.written_dates import UnreadableDate, read_date
from nhsuk.forms import DateInputField, NhsukForm, TextField

FIRST_LINES, MORE_LINES = 4, 4
# Vaccines that many red books show and that change nothing here.
ELSEWHERE = frozenset({"bcg", "flu", "influenza", "covid", "covid-19", "hepatitis b", "hep b", "rsv", "typhoid"})


class ChildForm(SearchForm):
    """When the child was born, and where the family wants to go."""

    date_of_birth = DateInputField(
        label=_("What is the child’s date of birth?"),
        help_text=_("For example, 27 3 2020"),
        subject=_("the child’s date of birth"),
        size="m",
    )
    near = near_field(label=_("Where do you want to go? (optional)"), required=False)
    field_order = ["date_of_birth", "near"]

    def several(self, towns: str) -> None:
        """Say which places may be meant."""
        self.add_error(
            "near", _t("There is more than one place with this name. Type one of: %(towns)s") % {"towns": towns}
        )


class DoseForm(NhsukForm):
    """One dose as the red book shows it; a line left empty counts for nothing."""

    vaccine = TextField(label=_("Vaccine"), subject=_("the vaccine"), max_length=80, required=False)
    given_on = TextField(
        label=_("Date, or month and year, or year"), subject=_("the date"), max_length=60, required=False
    )

    def __init__(self, *args: Any, number: int, born: date | None, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"dose{number}", auto_id="id_%s", **kwargs)
        self.number, self.born = number, born
        self.typed_on = ""
        # It is a vaccine that changes nothing in the answer.
        self.left_out = False

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any((self.data.get(self.add_prefix(name)) or "").strip() for name in self.fields)

    def clean_vaccine(self) -> str:
        """Read the vaccine by any of its names; "MMR 3/2/21" brings its date with it."""
        typed: str = self.cleaned_data["vaccine"]
        if not typed:
            return ""
        if not (self.data.get(self.add_prefix("given_on")) or "").strip():
            typed, self.typed_on = read_line(typed)
        if " ".join(typed.casefold().split()) in ELSEWHERE:
            self.left_out = True
            return typed
        try:
            code, _name = read_vaccine(typed)
        except UnknownVaccine as problem:
            if problem.could_be:
                names = ", ".join(problem.could_be)
                raise ValidationError(
                    _t("Type more of the name. It could be %(names)s") % {"names": names}
                ) from problem
            words = _t("Check the name of the vaccine. If it is not in the list above, leave it out")
            raise ValidationError(words) from problem
        self.left_out = code not in VACCINES and code not in NEVER_COUNTED
        return code

    def clean_given_on(self) -> str:
        """Read the date as it is written, where the date of birth is known."""
        typed: str = self.cleaned_data["given_on"] or self.typed_on
        if not typed or self.born is None or self.today is None:
            return ""
        try:
            return read_date(typed, born=self.born, today=self.today)
        except UnreadableDate as problem:
            raise ValidationError(str(problem)) from problem

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a line that was begun."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_empty() or self.left_out:
            return data
        if not data.get("vaccine") and "vaccine" not in self.errors:
            self.add_error("vaccine", _t("Enter the vaccine of dose %(number)s") % {"number": self.number})
        nothing = not (data.get("given_on") or self.typed_on or self.typed("given_on"))
        if nothing and "given_on" not in self.errors:
            self.add_error("given_on", _t("Enter when dose %(number)s was given") % {"number": self.number})
        return data

    def dose(self) -> Dose | None:
        """Return the dose of a line that is whole; None of one that is empty or changes nothing."""
        data = self.cleaned_data
        return None if self.is_empty() or self.left_out else Dose(data["vaccine"], data["given_on"])


def lines_typed(data: Mapping[str, Any]) -> int:
    """Return how many lines the page had, from 1 to as many doses as are judged together."""
    typed = str(data.get("lines", ""))
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else FIRST_LINES
    return min(max(number, 1), MOST_DOSES)


def vaccine_names() -> list[str]:
    """Return the names of the vaccines that a line may have, for the page to list."""
    return [str(label) for code, label in SeenVaccine.choices if code in VACCINES]
