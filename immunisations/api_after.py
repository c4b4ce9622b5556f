"""Reactions to doses and follow-ups, for other systems of the team: by the same actions as on the clinic's screens."""

import uuid
from typing import Any

from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, chosen_team, errors, idempotency_key
from accounts.audit import record_view, record_views
from accounts.idempotency import once
from accounts.members import members
from accounts.models import User
from accounts.permissions import Permission
from accounts.serializers import ChoiceField, IdField
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.models import FollowUp, Person, Reaction, Vaccination
from immunisations.people import root_of
from immunisations.queries import Choice, follow_up_page, reactions_of
from immunisations.serializers_after import (
    FollowUpChangeSerializer,
    FollowUpSerializer,
    FollowUpsSerializer,
    NewFollowUpSerializer,
    NewReactionSerializer,
    ReactionSerializer,
    ReactionsSerializer,
    shown_follow_up,
    shown_reaction,
)

PERSON_PARAMETER = OpenApiParameter("person", uuid.UUID, required=True, description="The `id` of the person.")
NOT_CURRENT = {
    "code": "not_current",
    "detail": "Rosa Lane changed this record meanwhile. Look at it again.",
}
NO_NOTE = {"code": "no_note", "detail": "Enter in words what to do."}
CLOSED = {
    "code": "closed",
    "detail": "Rosa Lane closed this at 10:05am on 14 March 2026: done. Booked for Tuesday",
}


def _person(user: User, permission: Permission, public_id: uuid.UUID) -> Person:
    """Return the person, as the record that stands for them. Raises Http404, PermissionDenied."""
    row = access(
        Person.objects.select_related("team", "merged_into__team"),
        user=user,
        permission=permission,
        public_id=public_id,
    )
    return root_of(row)


def _owner(team_id: int, username: str) -> User | None:
    """Return the member of the team that may follow up, None for "". Raises ValidationError."""
    if not username:
        return None
    found = next((user for user in members(team_id, Permission.FOLLOW_UP) if user.username == username), None)
    if found is None:
        raise ValidationError({"owner": [_("Your team has no member of this user name who sees follow-ups.")]})
    return found


class PersonQuery(serializers.Serializer):
    """Whose reactions are asked for."""

    person = IdField()


class FollowUpQuery(serializers.Serializer):
    """Which follow-ups are asked for."""

    team = IdField(required=False)
    person = IdField(required=False)
    state = ChoiceField([*FollowUp.State.choices, ("any", "any")], default=FollowUp.State.OPEN.value)
    reason = ChoiceField(Vaccination.Reason.choices, required=False)
    after = IdField(required=False)


class Reactions(ApiView):
    """What happened to people after their doses."""

    @extend_schema(
        operation_id="list_reactions",
        tags=["Records"],
        summary="List a person's reactions",
        description="Those that stand, over every record of the person. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses={200: ReactionsSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        """Return them."""
        asked = PersonQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        user = caller(request)
        person = _person(user, Permission.SEE_RECORDS, asked.validated_data["person"])
        record_view(user=user, at=timezone.now(), team=person.team_id, person_id=person.public_id, page="api reactions")
        rows = reactions_of(person)
        return Response({"results": [shown_reaction(row) | {"person": str(person.public_id)} for row in rows]})

    @extend_schema(
        operation_id="create_reaction",
        tags=["Records"],
        summary="Record a reaction to a dose",
        description=(
            "Against the record of a dose as it stands; product and batch are copied from it. A severe allergic "
            "reaction is known for life from then on: no further dose of the vaccine can be recorded until a senior "
            "nurse says that it does not hold. With `replaces` it puts an earlier one right; a Yellow Card reference "
            "that came later needs no reason. The clinic may be closed."
        ),
        parameters=[KEY_PARAMETER],
        request=NewReactionSerializer,
        responses={
            201: ReactionSerializer,
            200: ReactionSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[NOT_CURRENT]),
        },
        examples=[
            OpenApiExample(
                "A faint",
                request_only=True,
                value={
                    "vaccination": "7c4e3d5e-0f5a-4f43-8c0f-6c4a9a1c2b3d",
                    "kind": "faint",
                    "began_at": "2026-03-14T10:25:00+00:00",
                    "actions": ["laid_down", "watched"],
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Record it, or return the one that was."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewReactionSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = dict(incoming.validated_data)
        dose = access(
            Vaccination.objects.select_related("session__team", "person__merged_into"),
            user=user,
            permission=Permission.VACCINATE,
            team_field="session__team",
            public_id=wanted.pop("vaccination"),
        )
        client_uuid = wanted.get("client_uuid")
        before = client_uuid is not None and Reaction.objects.filter(client_uuid=client_uuid).exists()
        replaces = wanted.pop("replaces", None)
        if replaces is not None:
            replaces = Reaction.objects.filter(
                public_id=replaces, vaccination__session__team=dose.session.team_id
            ).first()
            if replaces is None:
                raise Http404
        reason = wanted.pop("reason", "")

        def make() -> uuid.UUID:
            return actions.record_reaction(
                vaccination=dose, replaces=replaces, correction_reason=reason, by=user, at=at, source=SOURCE, **wanted
            ).public_id

        made = once(make, team=dose.session.team, key=key, endpoint="reactions", body=request.data, at=at)
        row = Reaction.objects.select_related("vaccination__person__merged_into", "replaces").get(
            public_id=made.result_id
        )
        return Response(shown_reaction(row), status=201 if made.created and not before else 200)


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
        responses={200: FollowUpsSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        """Return a page of them."""
        at, user = timezone.now(), caller(request)
        asked = FollowUpQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        team = chosen_team(user, Permission.FOLLOW_UP, wanted.get("team"))
        person = _person(user, Permission.FOLLOW_UP, wanted["person"]) if "person" in wanted else None
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
        responses={
            201: FollowUpSerializer,
            200: FollowUpSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[NO_NOTE]),
        },
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
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewFollowUpSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
        person = _person(user, Permission.FOLLOW_UP, wanted["person"])
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
        responses={
            201: FollowUpSerializer,
            200: FollowUpSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[CLOSED]),
        },
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
        incoming = FollowUpChangeSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        sent: dict[str, Any] = incoming.validated_data
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


urlpatterns = [
    path("reactions/", Reactions.as_view(), name="api-reactions"),
    path("follow-ups/", FollowUps.as_view(), name="api-follow-ups"),
    path("follow-ups/<uuid:public_id>/changes/", FollowUpChanges.as_view(), name="api-follow-up-changes"),
]
