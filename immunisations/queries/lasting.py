"""What was confirmed about a person at any clinic and holds for life, until somebody says that it does not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.functional import Promise

from immunisations.health_questions import ANAPHYLAXIS_TO, FACTS, LASTING_FACTS, facts_in
from immunisations.models import FactLifted, Person, Reaction, Screening
from immunisations.people import OfPerson, row_ids
from immunisations.policies import standing_screenings
from immunisations.queries.reactions import first_said, standing_reactions


@dataclass(frozen=True)
class LastingFact:
    """A fact that holds for life, and who wrote it down when: behind a health question, or as a reaction to a dose."""

    code: str
    confirmed_by_name: str
    confirmed_at: datetime
    visit_id: int
    from_reaction: bool = False

    @property
    def words(self) -> str | Promise:
        return FACTS[self.code]


_SCREENINGS: OfPerson[Screening] = OfPerson(
    lambda theirs: Screening.objects.filter(theirs).order_by("visit", "at", "pk"), path="visit__person"
)
_ANAPHYLAXIS: OfPerson[Reaction] = OfPerson(
    lambda theirs: (
        standing_reactions().filter(theirs, kind=Reaction.Kind.ANAPHYLAXIS).select_related("vaccination", "replaces")
    ),
    path="vaccination__person",
)


def lasting_facts(person: Person, *, but_of: Collection[int] = ()) -> list[LastingFact]:
    """Return the lasting facts that stand for a person, by code, each as it was confirmed last.

    Read over every visit of every row of the person, in three queries, four where there are any; what was answered on
    the visits ``but_of`` (keys) is left out. Within one visit, what was asked again replaces what was said before; from
    one visit to the next only ``FactLifted`` does, which holds on the visit itself too. A severe allergic reaction to a
    dose here counts as confirmed when it was written down, also for the rest of that visit.
    """
    return Lasting(person).facts(but_of=but_of)


class Lasting:
    """What was said of a person that may hold for life, read once and asked several times: see ``lasting_facts``."""

    def __init__(self, person: Person) -> None:
        ids = row_ids(person)
        self._said: list[LastingFact] = []
        for visit, screenings in groupby(_SCREENINGS.all(ids), key=lambda row: row.visit_id):
            for screening in standing_screenings(list(screenings)):
                self._said += [
                    LastingFact(code, screening.recorded_by_name, screening.at, visit)
                    for code in LASTING_FACTS & facts_in(screening.answers)
                ]
        self._said += _from_reactions(ids)
        self._lifted: list[tuple[str, datetime]] = []
        if self._said:
            rows = FactLifted.objects.filter(person__in=ids, fact__in={fact.code for fact in self._said})
            self._lifted = list(rows.values_list("fact", "lifted_at"))

    def facts(self, *, but_of: Collection[int] = ()) -> list[LastingFact]:
        """Return those that stand, but for what was answered on the visits ``but_of`` (keys). No query."""
        found: dict[str, LastingFact] = {}
        for fact in self._said:
            if fact.visit_id in but_of and not fact.from_reaction:
                continue
            before = found.get(fact.code)
            if before is None or before.confirmed_at < fact.confirmed_at:
                found[fact.code] = fact
        return [found[code] for code in sorted(found) if not self.lifted_since(code, found[code].confirmed_at)]

    def lifted_since(self, code: str, confirmed_at: datetime) -> bool:
        """Whether somebody said of a fact confirmed at a moment that it does not hold. No query."""
        return any(lifted == code and confirmed_at <= at for lifted, at in self._lifted)


def _from_reactions(ids: Sequence[int]) -> list[LastingFact]:
    """Return what severe allergic reactions to doses given here say of the person whose rows are ``ids``."""
    facts = []
    for row in _ANAPHYLAXIS.all(ids):
        code = ANAPHYLAXIS_TO.get(row.vaccination.vaccine)
        if code is not None:
            first = first_said(row)
            facts.append(LastingFact(code, first.recorded_by_name, first.recorded_at, row.vaccination.visit_id, True))
    return facts
