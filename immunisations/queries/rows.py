"""Everything that was written down about a person, row by row."""

from django.db import models

from immunisations.models import DoseSeen, Person, RecordCheck, Vaccination
from immunisations.people import OfPerson, row_ids

_CHECKS: OfPerson[RecordCheck] = OfPerson(
    lambda theirs: (
        RecordCheck.objects.filter(theirs)
        .prefetch_related(models.Prefetch("doses", DoseSeen.objects.order_by("given_on", "pk")))
        .order_by("-checked_at", "-pk")
    )
)


def record_checks(person: Person) -> list[RecordCheck]:
    """Return every record check of the person, newest first, with its doses."""
    return _CHECKS.all(row_ids(person))


_VACCINATIONS: OfPerson[Vaccination] = OfPerson(
    lambda theirs: (
        Vaccination.objects.filter(theirs)
        .select_related("session", "direction", "replaces", "replaced_by", "moved_from", "moved_to")
        .order_by("recorded_at", "pk")
    )
)


def vaccination_rows(person: Person) -> list[Vaccination]:
    """Return every row about the person's doses here, corrected and wrong ones included, oldest first."""
    return _VACCINATIONS.all(row_ids(person))
