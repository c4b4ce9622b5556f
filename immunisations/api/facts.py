"""What was confirmed about a person for life: read, and lifted with a reason."""

import uuid

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, errors, idempotency_key
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import made_or_found, person_of, person_seen, validated
from immunisations.health_questions import LASTING_FACTS
from immunisations.models import FactLifted
from immunisations.people import row_ids
from immunisations.queries import lasting_facts
from immunisations.serializers.facts import (
    LastingFactsSerializer,
    LiftingSerializer,
    NewLiftingSerializer,
    shown_fact,
    shown_lifting,
)


class LastingFacts(ApiView):
    """What was confirmed about somebody for life."""

    @extend_schema(
        operation_id="list_lasting_facts",
        tags=["People"],
        summary="List what holds for life",
        description="What was confirmed at any clinic and stands, such as a severe allergic reaction, by code. "
        "Forecasts take it into account. Logged as a look at the person.",
        responses={200: LastingFactsSerializer, **errors(401, 403, 404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the facts."""
        person = person_seen(caller(request), public_id, at=timezone.now(), page="api facts")
        return Response({"results": [shown_fact(fact) for fact in lasting_facts(person)]})


class LastingFactLift(ApiView):
    """The word that one lasting fact does not hold."""

    @extend_schema(
        operation_id="lift_lasting_fact",
        tags=["People"],
        summary="Lift what was taken to hold for life",
        description="Say why it does not hold: forecasts no longer take it into account, and what was confirmed stays "
        "to be read. Confirmed anew, it holds again. Where somebody lifted it before, that lifting comes back.",
        parameters=[KEY_PARAMETER],
        request=NewLiftingSerializer,
        responses=made_or_found(LiftingSerializer),
        examples=[OpenApiExample("Ruled out", request_only=True, value={"reason": "Ruled out by an allergy clinic."})],
    )
    def post(self, request: Request, public_id: uuid.UUID, fact: str) -> Response:
        """Lift the fact, or return how it was lifted. Raises Http404 for one that never stood."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        person = person_of(user, Permission.CORRECT_RECORDS, public_id)
        if fact not in LASTING_FACTS:
            raise Http404
        wanted = validated(NewLiftingSerializer, request.data)
        lifted: list[FactLifted] = []

        def make() -> uuid.UUID:
            row = actions.lift_fact(person=person, fact=fact, reason=wanted["reason"], by=user, at=at, source=SOURCE)
            if row is not None:
                lifted.append(row)
                return row.public_id
            before = FactLifted.objects.filter(person__in=row_ids(person), fact=fact).order_by("lifted_at", "pk").last()
            if before is None:
                raise Http404
            return before.public_id

        body = {"person": str(person.public_id), "fact": fact, "lifting": request.data}
        made = once(make, team=person.team, key=key, endpoint="facts/lift", body=body, at=at)
        row = FactLifted.objects.get(public_id=made.result_id)
        return Response(shown_lifting(row, person), status=201 if lifted else 200)
