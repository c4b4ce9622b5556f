"""Entries a few days apart: what waits for a decision, and what was decided."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller_who_may, idempotency_key
from accounts.errors import Refused
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import PERSON_PARAMETER, listed, made_or_found, person_looked_at, person_of, validated
from immunisations.models import DoseJudgement, Person
from immunisations.people import row_ids
from immunisations.queries import dose_questions, history
from immunisations.serializers.judgements import (
    DoseJudgementSerializer,
    DoseJudgementsSerializer,
    NewDoseJudgementSerializer,
    Pair,
    pair_of,
    shown_judgement,
    shown_question,
)

NOT_ASKED = {
    "code": "not_asked",
    "detail": "These two entries are not on this person’s record a few days apart.",
}


class NotAsked(Refused):
    """Two entries are neither asked about nor decided."""

    code = "not_asked"


class DoseJudgements(ApiView):
    """Entries a few days apart: one dose written down twice, or two doses."""

    @extend_schema(
        operation_id="list_dose_judgements",
        tags=["Records"],
        summary="List near duplicates, and what was decided about them",
        description="`questions` are pairs of entries of different records a few days apart that may be one dose "
        "written down twice; `results` is every decision, oldest first. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses=listed(DoseJudgementsSerializer),
    )
    def get(self, request: Request) -> Response:
        """Return the questions and the decisions."""
        person = person_looked_at(request, page="api dose judgements")
        rows = DoseJudgement.objects.filter(person__in=row_ids(person)).order_by("decided_at", "pk")
        return Response(
            {
                "questions": [shown_question(question) for question in dose_questions(history(person))],
                "results": [shown_judgement(row, person) for row in rows],
            }
        )

    @extend_schema(
        operation_id="create_dose_judgement",
        tags=["Records"],
        summary="Decide what two entries are",
        description="One dose or two, about a pair that is asked about or was decided before: the latest decision "
        "holds. Nothing that a record shows is changed; the history is read differently from then on.",
        parameters=[KEY_PARAMETER],
        request=NewDoseJudgementSerializer,
        responses=made_or_found(DoseJudgementSerializer, conflicts=[NOT_ASKED]),
        examples=[
            OpenApiExample(
                "One dose",
                request_only=True,
                value={
                    "person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c",
                    "first": {"vaccine": "MMR", "given_on": "2024-04-03"},
                    "second": {"vaccine": "MMR", "given_on": "2024-04-05"},
                    "verdict": "one_dose",
                    "holds_on": "2024-04-03",
                    "reason": "The stamp in the red book is legible.",
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Write the decision down, or return the one that was."""
        at, user, key = timezone.now(), caller_who_may(request, Permission.CHECK_RECORDS), idempotency_key(request)
        wanted = validated(NewDoseJudgementSerializer, request.data)
        person = person_of(user, Permission.CHECK_RECORDS, wanted["person"])
        client_uuid = wanted.get("client_uuid")
        before = client_uuid is not None and DoseJudgement.objects.filter(client_uuid=client_uuid).exists()
        first, second = ((wanted[name]["vaccine"], wanted[name]["given_on"]) for name in ("first", "second"))

        def make() -> uuid.UUID:
            if not before and not _is_asked(person, (first, second)):
                raise NotAsked(_("These two entries are not on this person’s record a few days apart."))
            return actions.judge_doses(
                person=person,
                first=first,
                second=second,
                verdict=wanted["verdict"],
                holds_on=wanted.get("holds_on"),
                reason=wanted["reason"],
                client_uuid=client_uuid,
                by=user,
                at=at,
                source=SOURCE,
            ).public_id

        made = once(make, team=person.team, key=key, endpoint="dose-judgements", body=request.data, at=at)
        row = DoseJudgement.objects.get(public_id=made.result_id)
        return Response(shown_judgement(row, person), status=201 if made.created and not before else 200)


def _is_asked(person: Person, pair: Pair) -> bool:
    """Whether two entries of the person's history wait for a decision, or had one."""
    doses = history(person)
    asked = {frozenset(question.entries) for question in dose_questions(doses)}
    asked |= {frozenset(pair_of(judgement)) for dose in doses for judgement in dose.judgements}
    return frozenset(pair) in asked
