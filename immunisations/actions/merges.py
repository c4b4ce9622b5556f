"""Joining two rows found to be one person, and parting them again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from immunisations.actions.statuses import forget_status, refresh_status, refresh_statuses
from immunisations.models import Person, PersonMerge
from immunisations.people import lock_root


class MergeRefused(Refused):
    """These two cannot be joined, or this one cannot be parted."""

    code = "merge_refused"


@transaction.atomic
def merge_people(*, keep: Person, merge: Person, reason: str, by: User, at: datetime, source: str = "staff") -> Person:
    """Join ``merge``, and everybody merged into it, to ``keep``; return the root. No record moves.

    Every row points straight to the root, so a record is always read in one step. Raises MergeRefused where they are
    the same person already (``same_person``), of two teams (``other_team``), have two different NHS numbers
    (``two_nhs_numbers``) or no reason is given; PermissionDenied.
    """
    require(by, Permission.CORRECT_RECORDS, keep.team_id)
    if merge.team_id != keep.team_id:
        raise MergeRefused(_("These people belong to different teams."), code="other_team")
    if not reason.strip():
        raise MergeRefused(_("Enter why they are the same person."), code="no_reason")
    first, second = sorted((keep, merge), key=lambda person: person.root_id)
    locked = {person.pk: lock_root(person) for person in (first, second)}
    root, other = locked[keep.pk], locked[merge.pk]
    if root.pk == other.pk:
        raise MergeRefused(_("They are one person already."), code="same_person")
    if root.nhs_number and other.nhs_number and root.nhs_number != other.nhs_number:
        raise MergeRefused(
            _("They have two different NHS numbers. Put the wrong one right first."), code="two_nhs_numbers"
        )
    moving = [other, *Person.objects.select_for_update(of=("self",)).filter(merged_into=other).order_by("pk")]
    PersonMerge.objects.bulk_create(
        PersonMerge(person=person, from_root=other, to_root=root, reason=reason.strip()[:300], by=by, at=at)
        for person in moving
    )
    Person.objects.filter(pk__in=[person.pk for person in moving]).update(merged_into=root)
    forget_status(person.pk for person in moving)
    refresh_status(root)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="merge_people",
        thing=other,
        team=root.team_id,
        person_id=root.public_id,
        after={"merged_into": str(root.public_id), "rows": len(moving)},
        reason=reason.strip(),
    )
    return root


@transaction.atomic
def unmerge_people(*, person: Person, reason: str, by: User, at: datetime, source: str = "staff") -> Person:
    """Part a merged person from their root again, with everybody who came along with them; return them.

    Raises MergeRefused where they are not merged (``not_merged``), or where somebody else has their NHS number by now
    (``nhs_number_taken``); PermissionDenied.
    """
    require(by, Permission.CORRECT_RECORDS, person.team_id)
    if not reason.strip():
        raise MergeRefused(_("Enter why they are two people."), code="no_reason")
    root = lock_root(person)
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if row.merged_into_id is None:
        raise MergeRefused(_("This record is not merged with another."), code="not_merged")
    joined = PersonMerge.objects.filter(person=row, from_root=row, undone=False).order_by("-pk").first()
    came_along = (
        PersonMerge.objects.filter(from_root=row, to_root=joined.to_root_id, at=joined.at, undone=False)
        if joined is not None
        else PersonMerge.objects.none()
    )
    # Whoever was parted since, and joined again on their own account, stays where they are.
    left_since = PersonMerge.objects.filter(undone=True, pk__gt=joined.pk if joined else 0).values("person")
    parting = list(
        Person.objects.select_for_update(of=("self",))
        .filter(pk__in=[*came_along.exclude(person__in=left_since).values_list("person", flat=True), row.pk])
        .filter(merged_into=root)
        .order_by("pk")
    )
    taken = (
        row.nhs_number
        and Person.objects.filter(team=row.team_id, nhs_number=row.nhs_number, merged_into__isnull=True).exists()
    )
    if taken:
        raise MergeRefused(
            _("Both have the same NHS number. Take it off the one it does not belong to first."),
            code="nhs_number_taken",
        )
    PersonMerge.objects.bulk_create(
        PersonMerge(person=each, from_root=root, to_root=row, undone=True, reason=reason.strip()[:300], by=by, at=at)
        for each in parting
    )
    others = [each.pk for each in parting if each.pk != row.pk]
    Person.objects.filter(pk=row.pk).update(merged_into=None)
    Person.objects.filter(pk__in=others).update(merged_into=row)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="unmerge_people",
        thing=row,
        team=row.team_id,
        person_id=row.public_id,
        before={"merged_into": str(root.public_id)},
        after={"rows": len(parting)},
        reason=reason.strip(),
    )
    row.refresh_from_db()
    refresh_statuses([root, row])
    return row
