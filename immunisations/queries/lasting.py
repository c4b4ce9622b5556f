"""What was confirmed about a person at any clinic and holds for life, until somebody says that it does not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q
from django.utils.functional import Promise

from immunisations.health_questions import ANAPHYLAXIS_TO, FACTS, LASTING_FACTS, facts_in
from immunisations.models import FactLifted, Person, Reaction, Screening
from immunisations.people import row_ids
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


def lasting_facts(person: Person, *, but_of: Collection[int] = ()) -> list[LastingFact]:
    """Return the lasting facts that stand for a person, by code, each as it was confirmed last.

    Read over every visit of every row of the person, in two queries, four where there are any; what was answered on
    the visits ``but_of`` (keys) is left out. Within one visit, what was asked again replaces what was said before; from
    one visit to the next only ``FactLifted`` does. A severe allergic reaction to a dose here counts as confirmed when
    it was written down, also for the rest of that visit.
    """
    theirs = Q(visit__person=person.root_id) | Q(visit__person__merged_into=person.root_id)
    rows = Screening.objects.filter(theirs).exclude(visit__in=but_of).order_by("visit", "at", "pk")
    found: dict[str, LastingFact] = {}
    for visit, screenings in groupby(rows, key=lambda row: row.visit_id):
        for screening in standing_screenings(list(screenings)):
            for code in LASTING_FACTS & facts_in(screening.answers):
                before = found.get(code)
                if before is None or before.confirmed_at < screening.at:
                    found[code] = LastingFact(code, screening.recorded_by_name, screening.at, visit)
    for fact in _from_reactions(person):
        before = found.get(fact.code)
        if before is None or before.confirmed_at < fact.confirmed_at:
            found[fact.code] = fact
    if not found:
        return []
    lifted = FactLifted.objects.filter(person__in=row_ids(person), fact__in=found)
    for code, at in lifted.values_list("fact", "lifted_at"):
        if code in found and found[code].confirmed_at <= at:
            del found[code]
    return [found[code] for code in sorted(found)]


def _from_reactions(person: Person) -> list[LastingFact]:
    """Return what severe allergic reactions to doses given here say of the person."""
    theirs = Q(vaccination__person=person.root_id) | Q(vaccination__person__merged_into=person.root_id)
    rows = standing_reactions().filter(theirs, kind=Reaction.Kind.ANAPHYLAXIS).select_related("vaccination", "replaces")
    facts = []
    for row in rows:
        code = ANAPHYLAXIS_TO.get(row.vaccination.vaccine)
        if code is not None:
            first = first_said(row)
            facts.append(LastingFact(code, first.recorded_by_name, first.recorded_at, row.vaccination.visit_id, True))
    return facts
