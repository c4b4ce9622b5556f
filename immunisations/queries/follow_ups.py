"""Reading what is still to be done after visits."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from immunisations.models import FollowUp, Person, Vaccination
from immunisations.people import OfPerson, root_of, row_ids

# As many as one page shows.
PAGE = 50


def _loaded(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("session__venue", "person__merged_into", "owner", "vaccination")


_OF_PERSON: OfPerson[FollowUp] = OfPerson(lambda theirs: _loaded(FollowUp.objects.filter(theirs)))


def follow_ups_of(person: Person) -> list[FollowUp]:
    """Return what was and is to be done for a person, over every row of theirs: open ones first, by day."""
    rows = _OF_PERSON.all(row_ids(person))
    return sorted(rows, key=lambda row: (row.state != FollowUp.State.OPEN, row.due_on, row.pk))


@dataclass(frozen=True)
class Choice:
    """Which follow-ups are asked for: those of ``owner`` alone, after one ``reason``, in one
    ``state``, of one ``person``; everything None or "" asks nothing.
    """

    owner: User | None = None
    reason: str = ""
    state: str = FollowUp.State.OPEN
    person: Person | None = None


def _chosen(team_id: int, choice: Choice) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(session__team=team_id)
    if choice.state:
        rows = rows.filter(state=choice.state)
    if choice.owner is not None:
        rows = rows.filter(owner=choice.owner)
    if choice.reason:
        rows = rows.filter(vaccination__not_done_reason=choice.reason)
    if choice.person is not None:
        rows = rows.filter(person__in=row_ids(choice.person))
    return rows


@dataclass(frozen=True)
class FollowUpPage:
    """One page of follow-ups, by day, those overdue first; ``following`` is what the next one is asked for with,
    None at the end.
    """

    rows: list[FollowUp]
    following: uuid.UUID | None


def follow_up_page(team_id: int, choice: Choice, *, after: uuid.UUID | None = None, size: int = PAGE) -> FollowUpPage:
    """Return a page of a team's follow-ups from behind the one that was seen last (``after``, its public id): one
    query, two where there was one.
    """
    rows = _loaded(_chosen(team_id, choice)).order_by("due_on", "pk")
    last = FollowUp.objects.filter(public_id=after, session__team=team_id).first() if after else None
    if last is not None:
        rows = rows.filter(Q(due_on__gt=last.due_on) | Q(due_on=last.due_on, pk__gt=last.pk))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    return FollowUpPage(found, found[-1].public_id if more else None)


def given_since(follow_ups: Sequence[FollowUp]) -> dict[int, Vaccination]:
    """Return, by the key of the follow-up, the last dose of the series in question that was given here after it was
    set: two queries, however many there are.
    """
    asked = {
        row.pk: (root_of(row.person).pk, row.vaccination.series) for row in follow_ups if row.vaccination is not None
    }
    if not asked:
        return {}
    given = doses_given({root for root, _series in asked.values()})
    found = {}
    for row in follow_ups:
        key = asked.get(row.pk)
        for dose in given.get(key, ()) if key else ():
            if dose.recorded_at > row.made_at and dose.pk != row.vaccination_id:
                found[row.pk] = dose
    return found


def doses_given(roots: Collection[int]) -> dict[tuple[int, str], list[Vaccination]]:
    """Return the doses given here that stand of these people (keys of their roots), by person and series."""
    rows: Iterable[Vaccination] = (
        Vaccination.objects.given()
        .filter(Q(person__in=list(roots)) | Q(person__merged_into__in=list(roots)))
        .select_related("person")
        .order_by("recorded_at", "pk")
    )
    found: dict[tuple[int, str], list[Vaccination]] = {}
    for row in rows:
        found.setdefault((row.person.root_id, row.series), []).append(row)
    return found
