"""Saying that something once confirmed about a person does not hold."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from immunisations.models import FactLifted, Person
from immunisations.people import lock_root
from immunisations.queries import lasting_facts
from immunisations.text import is_blank, tidy


class FactRefused(Refused):
    """A fact cannot be lifted like this."""

    code = "fact_refused"


@transaction.atomic
def lift_fact(
    *, person: Person, fact: str, reason: str, by: User, at: datetime, source: str = "staff"
) -> FactLifted | None:
    """Say that a lasting fact (a code of LASTING_FACTS) does not hold for the person, and why.

    What was confirmed stays to be read; the schedule no longer takes it into account. Returns None where it does not
    stand, or no longer: a second press changes nothing. Raises FactRefused (``no_reason``), PermissionDenied.
    """
    require(by, Permission.CORRECT_RECORDS, person.team_id)
    root = lock_root(person)
    standing = next((each for each in lasting_facts(root) if each.code == fact), None)
    if standing is None:
        return None
    if is_blank(reason):
        raise FactRefused(_("Enter why it does not hold."), code="no_reason")
    row = FactLifted.objects.create(
        person=root,
        fact=fact,
        reason=tidy(reason)[:300],
        lifted_by=by,
        lifted_by_name=str(by),
        lifted_at=at,
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action="lift_fact",
        thing=row,
        team=root.team_id,
        person_id=root.public_id,
        before={"confirmed_at": standing.confirmed_at.isoformat(), "confirmed_by": standing.confirmed_by_name},
        after={"fact": fact},
        reason=row.reason,
    )
    return row
