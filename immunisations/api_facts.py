"""What was confirmed about a person for life, for other systems of the team: read, and lifted with a reason."""

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, errors, idempotency_key
from accounts.audit import record_view
from accounts.idempotency import once
from accounts.permissions import Permission
from accounts.serializers import StrictSerializer, TextField
from clinics.times import LONDON
from immunisations import actions
from immunisations.api import person_of
from immunisations.health_questions import FACTS, LASTING_FACTS
from immunisations.models import FactLifted, Person
from immunisations.people import row_ids
from immunisations.queries import LastingFact, lasting_facts

LASTING = [(code, FACTS[code]) for code in sorted(LASTING_FACTS)]


def _moment(moment: datetime) -> str:
    return moment.astimezone(LONDON).isoformat()


class LastingFactSerializer(serializers.Serializer):
    """A fact that holds for life. Only describes what ``shown_fact`` returns."""

    fact = serializers.ChoiceField(LASTING)
    words = serializers.CharField()
    confirmed_by = serializers.CharField()
    confirmed_at = serializers.DateTimeField()
    from_reaction = serializers.BooleanField(help_text="Whether it was a reaction to a dose given here.")


class LastingFactsSerializer(serializers.Serializer):
    """Every lasting fact that stands for one person, by code."""

    results = LastingFactSerializer(many=True)


class NewLiftingSerializer(StrictSerializer):
    """Why a fact does not hold."""

    reason = TextField(max_length=300, help_text="Kept with the history.")


class LiftingSerializer(serializers.Serializer):
    """The word that a fact does not hold. Only describes what ``shown_lifting`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    fact = serializers.ChoiceField(LASTING)
    reason = serializers.CharField()
    lifted_by = serializers.CharField()
    lifted_at = serializers.DateTimeField()


def shown_fact(fact: LastingFact) -> dict[str, Any]:
    """Return a lasting fact as the API shows it."""
    return {
        "fact": fact.code,
        "words": str(fact.words),
        "confirmed_by": fact.confirmed_by_name,
        "confirmed_at": _moment(fact.confirmed_at),
        "from_reaction": fact.from_reaction,
    }


def shown_lifting(row: FactLifted, person: Person) -> dict[str, Any]:
    """Return the lifting of a fact of ``person`` (a root) as the API shows it."""
    return {
        "id": str(row.public_id),
        "person": str(person.public_id),
        "fact": row.fact,
        "reason": row.reason,
        "lifted_by": row.lifted_by_name,
        "lifted_at": _moment(row.lifted_at),
    }


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
        user = caller(request)
        person = person_of(user, Permission.SEE_RECORDS, public_id)
        record_view(user=user, at=timezone.now(), team=person.team_id, person_id=person.public_id, page="api facts")
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
        responses={201: LiftingSerializer, 200: LiftingSerializer, **errors(400, 401, 403, 404, 422)},
        examples=[OpenApiExample("Ruled out", request_only=True, value={"reason": "Ruled out by an allergy clinic."})],
    )
    def post(self, request: Request, public_id: uuid.UUID, fact: str) -> Response:
        """Lift the fact, or return how it was lifted. Raises Http404 for one that never stood."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        person = person_of(user, Permission.CORRECT_RECORDS, public_id)
        if fact not in LASTING_FACTS:
            raise Http404
        incoming = NewLiftingSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        lifted: list[FactLifted] = []

        def make() -> uuid.UUID:
            row = actions.lift_fact(
                person=person, fact=fact, reason=incoming.validated_data["reason"], by=user, at=at, source=SOURCE
            )
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


urlpatterns = [
    path("people/<uuid:public_id>/facts/", LastingFacts.as_view(), name="api-person-facts"),
    path("people/<uuid:public_id>/facts/<slug:fact>/lift/", LastingFactLift.as_view(), name="api-person-fact-lift"),
]
