"""The local identifiers of a person, such as a prison number."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from immunisations.actions.people import PRISON_NUMBER, PersonRefused
from immunisations.models import Person, PersonIdentifier
from immunisations.people import lock_root, row_ids


@transaction.atomic
def add_prison_number(
    *, person: Person, number: str, by: User | None, at: datetime, source: str = "staff"
) -> PersonIdentifier:
    """Note somebody's prison number, in capitals (``A1234BC``); one that they have already is returned.

    Raises PersonRefused where it is none (``bad_prison_number``) or somebody else of the team has it
    (``prison_number_taken``, with ``person``).
    """
    if not PRISON_NUMBER.fullmatch(number):
        raise PersonRefused(
            _("A prison number is a letter, 4 digits and 2 letters, like A1234BC."), code="bad_prison_number"
        )
    root = lock_root(person)
    known = PersonIdentifier.objects.filter(
        person__team=root.team_id, kind=PersonIdentifier.Kind.PRISON_NUMBER, value__iexact=number
    ).select_related("person__merged_into")
    own = set(row_ids(root))
    for each in known:
        if each.person_id in own:
            return each
        other = each.person.merged_into or each.person
        raise PersonRefused(
            _("Somebody with this prison number is on record already: %(name)s.") % {"name": other.list_name},
            code="prison_number_taken",
            person=str(other.public_id),
        )
    identifier = PersonIdentifier.objects.create(person=root, kind=PersonIdentifier.Kind.PRISON_NUMBER, value=number)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="add_identifier",
        thing=root,
        team=root.team_id,
        person_id=root.public_id,
        after={"kind": identifier.kind},
    )
    return identifier
