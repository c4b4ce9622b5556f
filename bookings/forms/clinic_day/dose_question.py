"""Two entries a few days apart: one dose written twice, or two doses."""

from datetime import date
from typing import Any, Self

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from immunisations.models import DoseJudgement
from immunisations.queries import question_words
from nhsuk.forms import NhsukForm, RadiosField, TextField, field_of

Entry = tuple[str, date]


class DoseQuestionForm(NhsukForm):
    """The answer about one pair of entries, which ``pair`` names."""

    answer = RadiosField(
        label="",
        subject=gettext_lazy("what the two entries are"),
        size="m",
        choices=(("first", ""), ("second", ""), ("two", "")),
    )
    reason = TextField(
        label=gettext_lazy("What do you base this on?"),
        help_text=gettext_lazy("For example, the stamp in the red book is legible; the surgery entered it later"),
        subject=gettext_lazy("what you base this on"),
        max_length=500,
        size="s",
    )

    @classmethod
    def about(cls, first: Entry, second: Entry) -> Self:
        """Return an empty form about a pair."""
        return cls(initial={"pair": cls.name_of(first, second)})

    @staticmethod
    def name_of(first: Entry, second: Entry) -> str:
        """Return what the page names a pair by."""
        return "~".join([first[0], first[1].isoformat(), second[0], second[1].isoformat()])

    @property
    def pair(self) -> str:
        """The name of the pair that the form is about."""
        return str(self.data.get("pair", "") if self.is_bound else self.initial["pair"])

    @property
    def entries(self) -> tuple[Entry, Entry]:
        """The two entries that the form names. Raises ValueError where it names none."""
        return entries_of(self.pair)

    @property
    def decision(self) -> tuple[str, date | None]:
        """The verdict and the date that holds."""
        answer = self.cleaned_data["answer"]
        if answer == "two":
            return DoseJudgement.Verdict.TWO_DOSES.value, None
        return DoseJudgement.Verdict.ONE_DOSE.value, self.entries[answer == "second"][1]

    def ask(self, first: Entry, second: Entry) -> Self:
        """Word the question and its answers for a pair, and return the form."""
        days = [date_format(each[1], "j F Y") for each in (first, second)]
        field_of(self, "answer").label = question_words(first, second)
        field_of(self, "answer").choices = [
            ("first", _("They are one dose, on %(date)s") % {"date": days[0]}),
            ("second", _("They are one dose, on %(date)s") % {"date": days[1]}),
            ("two", _("They are two doses")),
        ]
        return self

    def clean(self) -> dict[str, Any]:
        """Refuse a pair that is none."""
        data = super().clean() or self.cleaned_data
        try:
            entries_of(self.pair)
        except ValueError:
            self.add_error(None, _("Open this page again: the entries have changed."))
        return data


def entries_of(name: str) -> tuple[Entry, Entry]:
    """Return the two entries that a page named. Raises ValueError for anything else."""
    first, first_on, second, second_on = name.split("~")
    return (first, date.fromisoformat(first_on)), (second, date.fromisoformat(second_on))
