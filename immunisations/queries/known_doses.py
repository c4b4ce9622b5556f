"""The doses of many people at once, as each one's history has them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet

from immunisations.models import DoseJudgement, DoseSeen, RecordCheck, Vaccination
from immunisations.queries.history import Mention, fold, mentions_of
from immunisations.schedule.standing import Given

WHOLE_DATE = len("2019-06-01")
# Of one day they are one dose, under the name by which it stands first.
SAME_DOSE = {"MMRV": "MMR", "5IN1": "6IN1"}


class Stretch(NamedTuple):
    """The keys of people after one and up to another."""

    after: int
    until: int


def known_doses(rows: Mapping[int, int], *, within: Stretch | None = None) -> dict[int, list[Given]]:
    """Return the doses of people, by the key of the row that stands for each; who has none is left out.

    ``rows`` maps the key of every row of theirs to it. Keys that lie ``within`` a stretch are read as one. The doses
    are those that ``history`` gives, read in three queries, and four more where dates are half known or somebody has
    decided which entries are one dose.
    """
    judged = DoseJudgement.objects.order_by().values_list("person_id", flat=True)
    vague = {rows[key] for key in _about(judged, "person", rows, within) if key in rows}
    by_day: dict[int, dict[tuple[str, str], Given]] = defaultdict(dict)
    # What was given here comes first: it is the surest name of a dose.
    here = Vaccination.objects.given().order_by("recorded_at", "pk").values_list("person_id", "vaccine", "given_on")
    for key, vaccine, day in _about(here, "person", rows, within):
        if key in rows:
            given_on = day.isoformat()
            by_day[rows[key]].setdefault((SAME_DOSE.get(vaccine, vaccine), given_on), Given(vaccine, given_on))
    seen = DoseSeen.objects.order_by("record_check__checked_at", "record_check", "pk").values_list(
        "record_check__person_id", "vaccine", "given_on"
    )
    for key, vaccine, given_on in _about(seen, "record_check__person", rows, within):
        if key in rows:
            by_day[rows[key]].setdefault((SAME_DOSE.get(vaccine, vaccine), given_on), Given(vaccine, given_on))
            if len(given_on) < WHOLE_DATE:
                vague.add(rows[key])
    doses = {root: list(given.values()) for root, given in by_day.items() if root not in vague}
    if vague:
        doses.update(_folded({key: root for key, root in rows.items() if root in vague}))
    return doses


def _about(found: QuerySet[Any, Any], person: str, rows: Mapping[int, int], within: Stretch | None) -> Iterator[Any]:
    """Return what is found about the rows; where they lie within a stretch, about everybody in it."""
    if within is None:
        return iter(found.filter(**{f"{person}__in": list(rows)}))
    condition = Q(**{f"{person}__gt": within.after, f"{person}__lte": within.until})
    elsewhere = [key for key in rows if not within.after < key <= within.until]
    if elsewhere:
        condition |= Q(**{f"{person}__in": elsewhere})
    return iter(found.filter(condition))


def _folded(rows: Mapping[int, int]) -> dict[int, list[Given]]:
    """Return the doses of people for whom it takes more than the day to say which entries are one dose."""
    mentions: dict[int, list[Mention]] = defaultdict(list)
    for row in Vaccination.objects.given().filter(person__in=list(rows)):
        given_on = row.given_on.isoformat() if row.given_on else ""
        mentions[rows[row.person_id]].append(Mention("", row.vaccine, given_on, row.recorded_at, vaccination=row))
    checks = RecordCheck.objects.filter(person__in=list(rows)).order_by("checked_at", "pk")
    for check in checks.prefetch_related(Prefetch("doses", DoseSeen.objects.order_by("pk"))):
        mentions[rows[check.person_id]] += mentions_of(check)
    judgements: dict[int, list[DoseJudgement]] = defaultdict(list)
    for judgement in DoseJudgement.objects.filter(person__in=list(rows)).order_by("decided_at", "pk"):
        judgements[rows[judgement.person_id]].append(judgement)
    return {
        root: [Given(dose.vaccine, dose.given_on) for dose in fold(known, judgements[root])]
        for root, known in mentions.items()
    }
