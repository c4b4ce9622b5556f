"""What the addresses here share: whom a request is about, what it brings, and what it may answer."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from accounts.access import access
from accounts.api import caller_who_may, errors
from accounts.audit import record_view
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from accounts.serializers import IdField
from immunisations.models import Person, RecordCheck, Vaccination
from immunisations.people import root_of, row_ids

PERSON_PARAMETER = OpenApiParameter("person", uuid.UUID, required=True, description="The `id` of the person.")


class PersonQuery(serializers.Serializer):
    """Whose records are asked for."""

    person = IdField()


class UsedBefore(Refused):
    """A client_uuid named another record before."""

    code = "used_before"


def validated(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """Return what was sent, as the serializer reads it. Raises ValidationError."""
    incoming = serializer(data=data)
    incoming.is_valid(raise_exception=True)
    return dict(incoming.validated_data)


def person_of(user: User, permission: Permission, public_id: uuid.UUID) -> Person:
    """Return the person, as the record that stands for them. Raises Http404, PermissionDenied."""
    row = access(
        Person.objects.select_related("team", "practice", "merged_into__team", "merged_into__practice"),
        user=user,
        permission=permission,
        public_id=public_id,
    )
    return root_of(row)


def person_seen(user: User, public_id: uuid.UUID, *, at: datetime, page: str) -> Person:
    """Return the person whose record the user may see, and write down that they were looked at on this page.

    Raises Http404, PermissionDenied.
    """
    person = person_of(user, Permission.SEE_RECORDS, public_id)
    record_view(user=user, at=at, team=person.team_id, person_id=person.public_id, page=page)
    return person


def person_looked_at(request: Request, *, page: str) -> Person:
    """Return the person named by ``?person=``, and write down that they were looked at on this page.

    Raises ValidationError, Http404, PermissionDenied.
    """
    user = caller_who_may(request, Permission.SEE_RECORDS)
    asked = validated(PersonQuery, request.query_params.dict())
    return person_seen(user, asked["person"], at=timezone.now(), page=page)


def check_unused(row: RecordCheck | Vaccination | None, person: Person) -> None:
    """Raise UsedBefore where the row that has this client_uuid is about somebody else."""
    if row is not None and row.person_id not in row_ids(person):
        raise UsedBefore(_("This client_uuid was sent before, for another record."))


def listed(serializer: type[serializers.Serializer]) -> Mapping[int | str, Any]:
    """Return what a request for a list may answer, for the schema."""
    return {200: serializer, **errors(400, 401, 403, 404)}


def made_or_found(
    serializer: type[serializers.Serializer], *, conflicts: Sequence[dict[str, Any]] = ()
) -> Mapping[int | str, Any]:
    """Return what a request may answer that writes once, for the schema: what it made, or what an earlier one had.

    ``conflicts`` are the bodies of its 409s.
    """
    refusals = (400, 401, 403, 404, 409, 422) if conflicts else (400, 401, 403, 404, 422)
    return {201: serializer, 200: serializer, **errors(*refusals, conflicts=conflicts)}
