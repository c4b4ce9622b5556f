"""Reading what happened to people after their doses."""

from datetime import datetime

from django.db.models import QuerySet

from clinics.models import ClinicSession
from immunisations.models import Person, Reaction
from immunisations.people import OfPerson, row_ids


def standing_reactions() -> QuerySet[Reaction]:
    """Return the reactions that stand: replaced by no later row."""
    return Reaction.objects.filter(replaced_by__isnull=True).order_by("began_at", "pk")


_OF_PERSON: OfPerson[Reaction] = OfPerson(
    lambda theirs: (
        standing_reactions()
        .filter(theirs)
        .select_related("vaccination__session", "vaccination__replaced_by", "replaces")
    ),
    path="vaccination__person",
)


def reactions_of(person: Person) -> list[Reaction]:
    """Return the reactions of a person that stand, over every row of theirs, with their doses."""
    return _OF_PERSON.all(row_ids(person))


def reactions_at(session: ClinicSession) -> list[Reaction]:
    """Return the reactions that stand to doses given at a clinic, whenever they were recorded."""
    rows = standing_reactions().filter(vaccination__session=session)
    return list(rows.select_related("vaccination__person__merged_into"))


def first_said(reaction: Reaction) -> Reaction:
    """Return the first row of the reaction since which it has been of the same kind: who saw it, and when."""
    row = reaction
    while row.replaces is not None and row.replaces.kind == reaction.kind:
        row = row.replaces
    return row


def said_at(reaction: Reaction) -> datetime:
    """Return when the reaction was first written down as what it is."""
    return first_said(reaction).recorded_at
