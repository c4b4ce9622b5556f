"""Write down what was done and what was looked at."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import AuditEvent, RecordView, Team, User

Actor = User | None


def record(
    *,
    by: Actor,
    at: datetime,
    source: str,
    action: str,
    thing: Any,
    team: Team | int | None = None,
    person_id: uuid.UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one audit event for one change, in the caller's transaction.

    ``thing`` is the changed row (its class and ``public_id`` are kept); ``source`` names the door: "public", "staff",
    "api", "admin", "command" or "worker". ``before`` and ``after`` must be JSON. Without ``by`` the source is the
    actor's name.
    """
    return AuditEvent.objects.create(
        at=at,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else source,
        source=source,
        team_id=team.pk if isinstance(team, Team) else team,
        person_id=person_id,
        action=action,
        object_type=type(thing).__name__,
        object_id=getattr(thing, "public_id", None),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )


def record_each(*, by: Actor, at: datetime, source: str, action: str, people: Iterable[Any], team: Team | int) -> None:
    """Write one audit event for each of the people that one change made, in one query."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=at,
            actor_id=by.pk if by else None,
            actor_name=str(by) if by else source,
            source=source,
            team_id=team.pk if isinstance(team, Team) else team,
            person_id=each.public_id,
            action=action,
            object_type=type(each).__name__,
            object_id=each.public_id,
            before={},
            after={},
            reason="",
        )
        for each in people
    )


def record_view(
    *, user: User, at: datetime, team: Team | int, person_id: uuid.UUID, page: str, reason: str = ""
) -> None:
    """Write down that ``user`` looked at a person's record on ``page``."""
    RecordView.objects.create(
        at=at,
        user_id=user.pk,
        user_name=str(user),
        team_id=team.pk if isinstance(team, Team) else team,
        person_id=person_id,
        page=page,
        reason=reason,
    )


def record_list_view(*, user: User, at: datetime, team: Team | int, clinic_id: uuid.UUID) -> None:
    """Write down that ``user`` looked at the list of everybody at a clinic: one row a look, which names the clinic.

    A row for each of 300 people at each look, on every tablet, would bury the looks at records themselves. Who was on
    the list at that moment is told by the clinic's appointments and visits, which keep their times.
    """
    record_view(user=user, at=at, team=team, person_id=clinic_id, page="list")


def record_views(
    *, user: User, at: datetime, team: Team | int, people: Iterable[uuid.UUID], page: str, reason: str = ""
) -> None:
    """Write down that ``user`` saw each of these people's records on one page: one query, however many they are."""
    RecordView.objects.bulk_create(
        RecordView(
            at=at,
            user_id=user.pk,
            user_name=str(user),
            team_id=team.pk if isinstance(team, Team) else team,
            person_id=person_id,
            page=page,
            reason=reason,
        )
        for person_id in people
    )
