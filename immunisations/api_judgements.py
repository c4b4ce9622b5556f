"""Entries a few days apart, for other systems of the team: what waits for a decision, and what was decided."""

import uuid
from datetime import date
from typing import Any

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, errors, idempotency_key
from accounts.audit import record_view
from accounts.errors import Refused
from accounts.idempotency import once
from accounts.permissions import Permission
from accounts.serializers import ChoiceField, DayField, IdField, StrictSerializer, TextField
from clinics.times import LONDON
from immunisations import actions
from immunisations.api import PERSON_PARAMETER, asked_person, person_of
from immunisations.models import DoseJudgement, Person, SeenVaccine
from immunisations.people import row_ids
from immunisations.queries import DoseQuestion, dose_questions, history

Pair = tuple[tuple[str, date], tuple[str, date]]
NOT_ASKED = {
    "code": "not_asked",
    "detail": "These two entries are not on this person’s record a few days apart.",
}


class NotAsked(Refused):
    """Two entries are neither asked about nor decided."""

    code = "not_asked"


class EntrySerializer(StrictSerializer):
    """One entry of somebody's history: a vaccine and its day."""

    vaccine = ChoiceField([choice for choice in SeenVaccine.choices if choice[0] != SeenVaccine.OTHER])
    given_on = DayField()


class DoseQuestionSerializer(serializers.Serializer):
    """Two entries about which nobody has decided. Only describes what ``shown_question`` returns."""

    first = EntrySerializer()
    second = EntrySerializer()
    words = serializers.CharField()


class DoseJudgementSerializer(serializers.Serializer):
    """What somebody decided about two entries. Only describes what ``shown_judgement`` returns."""

    id = serializers.UUIDField()
    person = serializers.UUIDField()
    first = EntrySerializer()
    second = EntrySerializer()
    verdict = serializers.ChoiceField(DoseJudgement.Verdict.choices)
    holds_on = serializers.DateField(allow_null=True, help_text="The date of the one dose; null where they are two.")
    reason = serializers.CharField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()


class DoseJudgementsSerializer(serializers.Serializer):
    """The pairs of entries that wait for a decision, and every decision, oldest first: the latest of a pair holds."""

    questions = DoseQuestionSerializer(many=True)
    results = DoseJudgementSerializer(many=True)


class NewDoseJudgementSerializer(StrictSerializer):
    """What two entries are, and what that is based on."""

    person = IdField()
    first = EntrySerializer()
    second = EntrySerializer()
    verdict = ChoiceField(DoseJudgement.Verdict.choices)
    holds_on = DayField(required=False, allow_null=True, help_text="With `one_dose`: the day of the two that holds.")
    reason = TextField(max_length=500, help_text="Kept with the history.")
    client_uuid = IdField(required=False, help_text="Your own id of this decision: sent again, it is written once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a day that holds which is neither of the two, and one for two doses."""
        days = (attrs["first"]["given_on"], attrs["second"]["given_on"])
        holds_on = attrs.get("holds_on")
        if attrs["verdict"] == DoseJudgement.Verdict.ONE_DOSE and holds_on not in days:
            raise serializers.ValidationError({"holds_on": [_("Say which of the two days holds.")]})
        if attrs["verdict"] == DoseJudgement.Verdict.TWO_DOSES and holds_on is not None:
            raise serializers.ValidationError({"holds_on": [_("Two doses keep both their days: leave this out.")]})
        return attrs


def _shown_pair(pair: Pair) -> dict[str, Any]:
    first, second = ({"vaccine": vaccine, "given_on": on.isoformat()} for vaccine, on in pair)
    return {"first": first, "second": second}


def _pair_of(row: DoseJudgement) -> Pair:
    return (row.first_vaccine, row.first_on), (row.second_vaccine, row.second_on)


def shown_question(question: DoseQuestion) -> dict[str, Any]:
    """Return a pair that waits for a decision as the API shows it."""
    return {**_shown_pair(question.entries), "words": question.words}


def shown_judgement(row: DoseJudgement, person: Person) -> dict[str, Any]:
    """Return a decision about two entries of ``person`` (a root) as the API shows it."""
    return {
        "id": str(row.public_id),
        "person": str(person.public_id),
        **_shown_pair(_pair_of(row)),
        "verdict": row.verdict,
        "holds_on": row.holds_on.isoformat() if row.holds_on else None,
        "reason": row.reason,
        "decided_by": row.decided_by_name,
        "decided_at": row.decided_at.astimezone(LONDON).isoformat(),
    }


class DoseJudgements(ApiView):
    """Entries a few days apart: one dose written down twice, or two doses."""

    @extend_schema(
        operation_id="list_dose_judgements",
        tags=["Records"],
        summary="List near duplicates, and what was decided about them",
        description="`questions` are pairs of entries of different records a few days apart that may be one dose "
        "written down twice; `results` is every decision, oldest first. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses={200: DoseJudgementsSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        """Return the questions and the decisions."""
        person = asked_person(request)
        record_view(
            user=caller(request),
            at=timezone.now(),
            team=person.team_id,
            person_id=person.public_id,
            page="api dose judgements",
        )
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
        responses={
            201: DoseJudgementSerializer,
            200: DoseJudgementSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[NOT_ASKED]),
        },
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
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewDoseJudgementSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
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
    asked |= {frozenset(_pair_of(judgement)) for dose in doses for judgement in dose.judgements}
    return frozenset(pair) in asked


urlpatterns = [path("dose-judgements/", DoseJudgements.as_view(), name="api-dose-judgements")]
