"""A person is every row that was found to be them: the root and those merged into it."""

from django.db import models

from immunisations.models import Person


def rows_of(person: Person) -> models.QuerySet[Person]:
    """Return every row of the person: the root and all that point to it."""
    return Person.objects.filter(models.Q(pk=person.root_id) | models.Q(merged_into=person.root_id))


def row_ids(person: Person) -> list[int]:
    """Return the keys of every row of the person, the root's first."""
    ids = list(Person.objects.filter(merged_into=person.root_id).order_by("pk").values_list("pk", flat=True))
    return [person.root_id, *ids]


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
