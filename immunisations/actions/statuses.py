"""Keeping where every series of a person stands: the rows of ``SeriesStatus``.

Every action that changes what is known of somebody calls ``refresh_status`` before its transaction ends, under the
person's lock: their doses, their date of birth or sex, and which rows are theirs.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction

from immunisations.models import Person, SeriesStatus
from immunisations.queries.known_doses import known_doses
from immunisations.schedule.standing import Given, rules_version, standing


class Subject(NamedTuple):
    """Of whom it is: the row that stands for the person, and what of it matters."""

    pk: int
    team_id: int
    date_of_birth: date
    sex: str


# A row as it is stored, in the order of COLUMNS; the first two are its key.
Row = tuple[Any, ...]
COLUMNS = (
    "person_id",
    "series",
    "team_id",
    "date_of_birth",
    "state",
    "counted",
    "next_dose",
    "vaccine",
    "due_on",
    "possible_from",
    "closes_on",
    "closes_as",
    "nurse_decides",
    "uncertain",
    "last_given_on",
    "rules_version",
)


def rows_for(subject: Subject, doses: Iterable[Given]) -> list[Row]:
    """Return the rows that are right for somebody with these doses, one for each series: by the record alone, the same
    on whatever day they are worked out."""
    version = rules_version()
    return [
        (
            subject.pk, each.series, subject.team_id, subject.date_of_birth, each.state, each.counted, each.next_dose,
            each.vaccine, each.due_on, each.possible_from, each.closes_on, each.closes_as, each.nurse_decides,
            each.uncertain, each.last_given_on, version,
        )
        for each in standing(subject.date_of_birth, doses, subject.sex)
    ]  # fmt: skip


def refresh_status(root: Person) -> None:
    """Make the statuses of a person those that their record gives now: see ``refresh_statuses``."""
    refresh_statuses([root])


# A part of the action that calls it: either all of that stands or nothing.
@transaction.atomic(savepoint=False)
def refresh_statuses(roots: Sequence[Person]) -> None:
    """Make the statuses of people those that their records give now.

    ``roots`` are the rows that stand for them, under their locks (``lock_root``). Only what differs is written. It
    takes a fixed number of queries however many they are, a few more where dates are half known.
    """
    doses = known_doses(rows_of_roots([root.pk for root in roots]))
    there: dict[tuple[int, str], Row] = {
        row[:2]: row
        for row in SeriesStatus.objects.filter(person__in=[root.pk for root in roots]).values_list(*COLUMNS)
    }
    different = []
    for root in roots:
        subject = Subject(root.pk, root.team_id, root.date_of_birth, root.sex)
        for row in rows_for(subject, doses.get(root.pk, ())):
            if there.pop(row[:2], None) != row:
                different.append(row)
    if different:
        write_rows(different)
    # A series that the schedule has no more.
    for person, series in there:
        SeriesStatus.objects.filter(person=person, series=series).delete()


def rows_of_roots(roots: Sequence[int]) -> dict[int, int]:
    """Return the keys of all rows of these people, each with the key of the row that stands for the person."""
    merged = Person.objects.filter(merged_into__in=roots).values_list("pk", "merged_into_id")
    return {**{root: root for root in roots}, **{key: root for key, root in merged if root is not None}}


def first_status(person: Person) -> None:
    """Write the statuses of somebody who was added just now, of whom nothing is known yet."""
    write_rows(rows_for(Subject(person.pk, person.team_id, person.date_of_birth, person.sex), ()))


def first_statuses(people: Sequence[Person]) -> None:
    """Write the statuses of people who were added just now, of whom nothing is known yet."""
    write_rows(
        row for each in people for row in rows_for(Subject(each.pk, each.team_id, each.date_of_birth, each.sex), ())
    )


def forget_status(people: Iterable[int]) -> None:
    """Take away the statuses of rows that stand for nobody any more, because they were merged into another."""
    SeriesStatus.objects.filter(person__in=list(people)).delete()


def write_rows(rows: Iterable[Row]) -> None:
    """Write rows over those of the same person and series."""
    SeriesStatus.objects.bulk_create(
        (SeriesStatus(**dict(zip(COLUMNS, row, strict=True))) for row in rows),
        update_conflicts=True,
        unique_fields=["person", "series"],
        update_fields=COLUMNS[2:],
    )
