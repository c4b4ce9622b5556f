"""Reactions to doses: read, recorded and put right."""

import uuid

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller_who_may, idempotency_key
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import PERSON_PARAMETER, listed, made_or_found, person_looked_at, validated
from immunisations.models import Reaction, Vaccination
from immunisations.queries import reactions_of
from immunisations.serializers.reactions import (
    NewReactionSerializer,
    ReactionSerializer,
    ReactionsSerializer,
    shown_reaction,
)

NOT_CURRENT = {
    "code": "not_current",
    "detail": "Rosa Lane changed this record meanwhile. Look at it again.",
}


class Reactions(ApiView):
    """What happened to people after their doses."""

    @extend_schema(
        operation_id="list_reactions",
        tags=["Records"],
        summary="List a person's reactions",
        description="Those that stand, over every record of the person. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses=listed(ReactionsSerializer),
    )
    def get(self, request: Request) -> Response:
        """Return them."""
        person = person_looked_at(request, page="api reactions")
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
        responses=made_or_found(ReactionSerializer, conflicts=[NOT_CURRENT]),
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
        at, user, key = timezone.now(), caller_who_may(request, Permission.VACCINATE), idempotency_key(request)
        wanted = validated(NewReactionSerializer, request.data)
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
