"""A person is every row that was found to be them: the root and those merged into it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models.functions import Coalesce

from accounts.recurring import Recurring
from immunisations.models import Person

Row = TypeVar("Row")


_MERGED: Recurring[int] = Recurring(
    lambda root: Person.objects.filter(merged_into=root).order_by("pk").values_list("pk", flat=True),
    root=models.BigIntegerField(),
)


def row_ids(person: Person) -> list[int]:
    """Return the keys of every row of the person, the root's first."""
    return [person.root_id, *_MERGED.all(root=person.root_id)]


class OfPerson(Generic[Row]):
    """A query of what hangs on a person, asked by page after page.

    Nearly everybody has one row: for them its SQL is made once. ``build`` takes the condition that the rows are the
    person's, and whatever ``given`` names, and returns the query set; ``path`` leads from what is asked for to its
    person.
    """

    def __init__(
        self,
        build: "Callable[..., models.QuerySet[Any, Row]]",
        *,
        path: str = "person",
        **given: "models.Field[Any, Any]",
    ) -> None:
        self.build, self.path = build, path
        self._of_one: Recurring[Row] = Recurring(
            lambda person, **values: build(models.Q(**{path: person}), **values),
            person=models.BigIntegerField(),
            **given,
        )

    def all(self, ids: Sequence[int], **values: Any) -> list[Row]:
        """Return the rows of a person, all of whose rows are ``ids`` (keys)."""
        if len(ids) == 1:
            return self._of_one.all(person=ids[0], **values)
        return list(self.build(models.Q(**{f"{self.path}__in": ids}), **values))


def root_of(person: Person) -> Person:
    """Return the row that stands for the person."""
    return person.merged_into or person


def lock_root(person: Person) -> Person:
    """Lock the row that stands for the person until the transaction ends, and return it as it is then.

    Every dose, decline, correction and merge of a person takes this lock first, so two tablets take turns.
    """
    key = person.pk
    while True:
        row = Person.objects.select_for_update(of=("self",), no_key=True).select_related("team").get(pk=key)
        if row.merged_into_id is None:
            return row
        # Merged a moment ago, or asked for by a merged row: the lock belongs on the root.
        key = row.merged_into_id


def lock_roots(keys: Iterable[int]) -> list[Person]:
    """Lock the rows that stand for all these people, by the keys of any of their rows, in the order of their keys.

    For what concerns many at once: two queries however many they are, unless some were merged at that moment.
    """
    wanted = set(keys)
    locked: dict[int, Person] = {}
    while True:
        roots = set(Person.objects.filter(pk__in=wanted).values_list(Coalesce("merged_into", "pk"), flat=True))
        if roots <= set(locked):
            return [locked[key] for key in sorted(roots)]
        rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=roots).order_by("pk")
        locked |= {row.pk: row for row in rows}
