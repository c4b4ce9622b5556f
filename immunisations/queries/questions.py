"""Entries of different records a few days apart: asked about, never decided by the software."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from immunisations.models import SeenVaccine
from immunisations.queries.history import Entry, HistoryDose, dose_kind, pair_of
from immunisations.schedule import VACCINES, Dose, near_duplicates


@dataclass(frozen=True)
class DoseQuestion:
    """Two entries of different records, a few days apart: one dose written twice?"""

    first: HistoryDose
    second: HistoryDose

    @property
    def entries(self) -> tuple[tuple[str, date], tuple[str, date]]:
        """The two entries, each a vaccine and a day."""
        return (
            (self.first.vaccine, date.fromisoformat(self.first.given_on)),
            (self.second.vaccine, date.fromisoformat(self.second.given_on)),
        )

    @property
    def words(self) -> str:
        """The question in words."""
        return question_words(*self.entries)


def dose_questions(doses: Sequence[HistoryDose]) -> list[DoseQuestion]:
    """Return the pairs of doses that may be one dose written twice and about which nobody has decided.

    They are of one course, a few days apart, known to the day, and no record shows both of them.
    """
    exact = {
        (dose.vaccine, dose.given_on): dose
        for dose in doses
        if dose.vaccine in VACCINES and len(dose.given_on) == len("2019-03-03")
    }
    decided = _decided(doses)
    questions = []
    for pair in near_duplicates(
        # A record is told from another by the look at it: two looks at one source may differ, too.
        Dose(dose.vaccine, dose.given_on, tuple(str(mention.key) for mention in dose.mentions))
        for dose in exact.values()
    ):
        first, second = (exact[each.vaccine, each.given_on] for each in (pair.first, pair.second))
        both_here = first.given_here and second.given_here
        if not both_here and frozenset((_entry(first), _entry(second))) not in decided:
            questions.append(DoseQuestion(first, second))
    return questions


def _entry(dose: HistoryDose) -> Entry:
    return dose_kind(dose.vaccine), dose.given_on


def _decided(doses: Iterable[HistoryDose]) -> Collection[frozenset[Entry]]:
    return {frozenset(pair_of(judgement)) for dose in doses for judgement in dose.judgements}


def question_words(first: tuple[str, date], second: tuple[str, date]) -> str:
    """Return the question in words: "MMR on 3 and 5 March 2021 from two records: one dose written twice?"."""
    names = [
        str(SeenVaccine(vaccine).label) if vaccine in SeenVaccine.values else vaccine
        for vaccine, _on in (first, second)
    ]
    same_month = (first[1].year, first[1].month) == (second[1].year, second[1].month)
    start = date_format(first[1], "j" if same_month else "j F Y")
    end = date_format(second[1], "j F Y")
    if names[0] != names[1]:
        words = _("%(first)s on %(start)s and %(second)s on %(end)s from two records: one dose written twice?")
        return words % {"first": names[0], "start": date_format(first[1], "j F Y"), "second": names[1], "end": end}
    words = _("%(vaccine)s on %(start)s and %(end)s from two records: one dose written twice?")
    return words % {"vaccine": names[0], "start": start, "end": end}
