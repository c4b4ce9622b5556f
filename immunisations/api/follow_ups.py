"""Follow-ups: what is still to be done after visits, set, changed and closed."""

import uuid

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, caller_who_may, chosen_team, idempotency_key
from accounts.audit import record_views
from accounts.idempotency import once
from accounts.members import members
from accounts.models import User
from accounts.permissions import Permission
from accounts.serializers import ChoiceField, IdField
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.api.asking import listed, made_or_found, person_of, validated
from immunisations.models import FollowUp, Vaccination
from immunisations.people import root_of
from immunisations.queries import Choice, follow_up_page
from immunisations.serializers.follow_ups import (
    FollowUpChangeSerializer,
    FollowUpSerializer,
    FollowUpsSerializer,
    NewFollowUpSerializer,
    shown_follow_up,
)

NO_NOTE = {"code": "no_note", "detail": "Enter in words what to do."}
CLOSED = {
    "code": "closed",
    "detail": "Rosa Lane closed this at 10:05am on 14 March 2026: done. Booked for Tuesday",
}


def _owner(team_id: int, username: str) -> User | None:
    """Return the member of the team that may follow up, None for "". Raises ValidationError."""
    if not username:
        return None
    found = next((user for user in members(team_id, Permission.FOLLOW_UP) if user.username == username), None)
    if found is None:
        raise ValidationError({"owner": [_("Your team has no member of this user name who sees follow-ups.")]})
    return found


class FollowUpQuery(serializers.Serializer):
    """Which follow-ups are asked for."""

    team = IdField(required=False)
    person = IdField(required=False)
    state = ChoiceField([*FollowUp.State.choices, ("any", "any")], default=FollowUp.State.OPEN.value)
    reason = ChoiceField(Vaccination.Reason.choices, required=False)
    after = IdField(required=False)


class FollowUps(ApiView):
    """What is still to be done after visits."""

    @extend_schema(
        operation_id="list_follow_ups",
        tags=["Follow-ups"],
        summary="List follow-ups",
        description="Your team's, by day, those overdue first, 50 a page; open ones unless `state` says otherwise. "
        "Logged as a look at each person.",
        parameters=[
            OpenApiParameter("person", uuid.UUID, description="Only those of this person."),
            OpenApiParameter("state", str, enum=[*FollowUp.State.values, "any"]),
            OpenApiParameter("reason", str, enum=Vaccination.Reason.values, description="After a dose not given."),
            OpenApiParameter("after", uuid.UUID, description="`following` of the page before."),
            OpenApiParameter("team", uuid.UUID, description="Needed only where you work for several."),
        ],
        responses=listed(FollowUpsSerializer),
    )
    def get(self, request: Request) -> Response:
        """Return a page of them."""
        at, user = timezone.now(), caller(request)
        wanted = validated(FollowUpQuery, request.query_params.dict())
        team = chosen_team(user, Permission.FOLLOW_UP, wanted.get("team"))
        person = person_of(user, Permission.FOLLOW_UP, wanted["person"]) if "person" in wanted else None
        state = "" if wanted["state"] == "any" else wanted["state"]
        choice = Choice(person=person, state=state, reason=wanted.get("reason", ""))
        page = follow_up_page(person.team_id if person else team.pk, choice, after=wanted.get("after"))
        people = dict.fromkeys(root_of(row.person).public_id for row in page.rows)
        record_views(user=user, at=at, team=team, people=people, page="api follow-ups")
        following = str(page.following) if page.following else None
        return Response({"results": [shown_follow_up(row) for row in page.rows], "following": following})

    @extend_schema(
        operation_id="create_follow_up",
        tags=["Follow-ups"],
        summary="Set a follow-up",
        description="Something to be done for one of your people after a clinic: what, by when, and who does it. A "
        "record of a dose not given does not set one by itself.",
        parameters=[KEY_PARAMETER],
        request=NewFollowUpSerializer,
        responses=made_or_found(FollowUpSerializer, conflicts=[NO_NOTE]),
        examples=[
            OpenApiExample(
                "Invite again",
                request_only=True,
                value={
                    "person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c",
                    "session": "0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11",
                    "step": "invite_again",
                    "due_on": "2026-09-14",
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Set it, or return the one that was."""
        at, user, key = timezone.now(), caller_who_may(request, Permission.FOLLOW_UP), idempotency_key(request)
        wanted = validated(NewFollowUpSerializer, request.data)
        person = person_of(user, Permission.FOLLOW_UP, wanted["person"])
        session = ClinicSession.objects.filter(public_id=wanted["session"], team=person.team_id).first()
        if session is None:
            raise Http404
        row = None
        if "vaccination" in wanted:
            row = (
                Vaccination.objects.filter(public_id=wanted["vaccination"], session=session)
                .select_related("person", "visit__person")
                .first()
            )
            if row is None or row.person.root_id != person.pk:
                raise Http404
        owner = _owner(person.team_id, wanted.get("owner", ""))
        client_uuid = wanted.get("client_uuid")
        before = client_uuid is not None and FollowUp.objects.filter(client_uuid=client_uuid).exists()

        def make() -> uuid.UUID:
            return actions.add_follow_up(
                person=person,
                session=session,
                visit=row.visit if row else None,
                vaccination=row,
                wanted=actions.Wanted(wanted["step"], wanted["due_on"], owner, wanted.get("note", "")),
                client_uuid=client_uuid,
                by=user,
                at=at,
                source=SOURCE,
            ).public_id

        made = once(make, team=person.team, key=key, endpoint="follow-ups", body=request.data, at=at)
        return Response(shown_follow_up(_loaded(made.result_id)), status=201 if made.created and not before else 200)


def _loaded(public_id: uuid.UUID) -> FollowUp:
    rows = FollowUp.objects.select_related("session", "person__merged_into", "owner", "vaccination")
    return rows.get(public_id=public_id)


class FollowUpChanges(ApiView):
    """One follow-up changed, handed over or closed."""

    @extend_schema(
        operation_id="change_follow_up",
        tags=["Follow-ups"],
        summary="Change or close a follow-up",
        description="With `state` it is closed, and `came_of_it` says what came of it; else what is sent is changed. "
        "`version` is the one you read: where somebody was faster, 409 says who and what.",
        parameters=[KEY_PARAMETER],
        request=FollowUpChangeSerializer,
        responses=made_or_found(FollowUpSerializer, conflicts=[CLOSED]),
        examples=[
            OpenApiExample(
                "Done",
                request_only=True,
                value={"version": 1, "state": "done", "came_of_it": "Booked for Tuesday"},
            )
        ],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Change it, or return what an earlier request with this key changed."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        row = access(
            FollowUp.objects.select_related("session__team", "owner"),
            user=user,
            permission=Permission.FOLLOW_UP,
            team_field="session__team",
            public_id=public_id,
        )
        sent = validated(FollowUpChangeSerializer, request.data)
        changed = {"follow_up": row, "version": sent["version"], "by": user, "at": at, "source": SOURCE}

        def make() -> uuid.UUID:
            if "state" in sent:
                words = sent.get("came_of_it", "")
                return actions.close_follow_up(state=sent["state"], came_of_it=words, **changed).public_id
            owner = _owner(row.session.team_id, sent["owner"]) if "owner" in sent else row.owner
            wanted = actions.Wanted(
                sent.get("step", row.step), sent.get("due_on", row.due_on), owner, sent.get("note", row.note)
            )
            return actions.change_follow_up(wanted=wanted, **changed).public_id

        body = {"follow_up": str(public_id), "change": request.data}
        made = once(make, team=row.session.team, key=key, endpoint="follow-up-changes", body=body, at=at)
        return Response(shown_follow_up(_loaded(made.result_id)), status=201 if made.created else 200)
