"""Who looked at whose record, for a privacy lead."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import RecordView, User
from immunisations.models import Person

ROWS = 50


@dataclass(frozen=True)
class Look:
    """One look: by whom, at whom, when, on which page, and why where a reason was asked for."""

    view: RecordView
    person: Person | None


@dataclass(frozen=True)
class Looks:
    """A page of them, newest first; ``older`` is where the next one begins, None where there is none."""

    rows: list[Look]
    older: int | None

    @property
    def people(self) -> dict[uuid.UUID, int]:
        """Each person who is named here, and the team that keeps their record."""
        return {row.person.public_id: row.person.team_id for row in self.rows if row.person}


@dataclass(frozen=True)
class Question:
    """What is asked for: a person, a member of staff, days (both ends included). All may be left out."""

    nhs_number: str = ""
    username: str = ""
    since: date | None = None
    until: date | None = None


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def looks(question: Question, *, teams: Collection[int], before: int | None = None) -> Looks:
    """Return the looks at records of ``teams`` that fit the question, in at most four queries however many there are.

    ``before`` is the ``older`` of the page shown last.
    """
    views = RecordView.objects.filter(team_id__in=teams)
    if question.username:
        user = User.objects.filter(username=question.username).values_list("pk", flat=True).first()
        if user is None:
            return Looks([], None)
        views = views.filter(user_id=user)
    if question.nhs_number:
        # Every row of theirs: a look at one that was merged later is a look at them.
        theirs = Person.objects.filter(team__in=teams).filter(
            Q(nhs_number=question.nhs_number)
            | Q(merged_into__nhs_number=question.nhs_number)
            | Q(merged__nhs_number=question.nhs_number)
        )
        views = views.filter(person_id__in=list(theirs.values_list("public_id", flat=True)))
    if question.since:
        views = views.filter(at__gte=_moment(question.since))
    if question.until:
        views = views.filter(at__lt=_moment(question.until + timedelta(days=1)))
    if before is not None:
        views = views.filter(pk__lt=before)
    found = list(views.order_by("-pk")[: ROWS + 1])
    shown = found[:ROWS]
    people = Person.objects.filter(team__in=teams, public_id__in={view.person_id for view in shown})
    by_id = {person.public_id: person for person in people}
    rows = [Look(view, by_id.get(view.person_id)) for view in shown]
    return Looks(rows, shown[-1].pk if len(found) > ROWS else None)
