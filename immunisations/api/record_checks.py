"""Record checks: what was found when somebody's records were looked at."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller_who_may, idempotency_key
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import (
    PERSON_PARAMETER,
    check_unused,
    listed,
    made_or_found,
    person_looked_at,
    person_of,
    validated,
)
from immunisations.api.team import visit_to
from immunisations.models import RecordCheck
from immunisations.queries import record_checks
from immunisations.serializers.record_checks import (
    NewRecordCheckSerializer,
    RecordCheckSerializer,
    RecordChecksSerializer,
    shown_check,
)

CHECK_REFUSED = {
    "code": "before_birth",
    "detail": "This dose is dated before the person was born.",
    "details": {"dose": 0, "source": "red_book"},
}


class RecordChecks(ApiView):
    """What was found when somebody's records were looked at."""

    @extend_schema(
        operation_id="list_record_checks",
        tags=["Records"],
        summary="List a person's record checks",
        description="Every check, newest first, side by side: none replaces another. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses=listed(RecordChecksSerializer),
    )
    def get(self, request: Request) -> Response:
        """Return the checks."""
        person = person_looked_at(request, page="api record checks")
        return Response({"results": [shown_check(check, person) for check in record_checks(person)]})

    @extend_schema(
        operation_id="create_record_check",
        tags=["Records"],
        summary="Write down a record check",
        description="One look at one source (red book, CHIS, GP record, school service, papers from abroad, "
        "somebody's word, another record) with every dose it shows. Nothing of it can be edited: a further look is "
        "a further check.",
        parameters=[KEY_PARAMETER],
        request=NewRecordCheckSerializer,
        responses=made_or_found(RecordCheckSerializer, conflicts=[CHECK_REFUSED]),
        examples=[
            OpenApiExample(
                "A red book with one dose",
                request_only=True,
                value={
                    "person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c",
                    "source": "red_book",
                    "outcome": "doses_found",
                    "finding": "One MMR, stamped by the surgery.",
                    "doses": [{"vaccine": "MMR", "given_on": "2024-04-02"}],
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Write the check down, or return the one that was."""
        at, user, key = timezone.now(), caller_who_may(request, Permission.CHECK_RECORDS), idempotency_key(request)
        wanted = validated(NewRecordCheckSerializer, request.data)
        person = person_of(user, Permission.CHECK_RECORDS, wanted["person"])
        client_uuid = wanted.get("client_uuid")
        before = RecordCheck.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
        check_unused(before, person)

        def make() -> uuid.UUID:
            if before is not None:
                return before.public_id
            session_id = wanted.get("session")
            check = actions.record_check(
                visit=visit_to(person, session_id, user=user, at=at) if session_id else None,
                person=person,
                source=wanted["source"],
                outcome=wanted["outcome"],
                finding=wanted["finding"],
                source_name=wanted["source_name"],
                how_seen=wanted["how_seen"],
                doses=[actions.FoundDose(**dose) for dose in wanted["doses"]],
                client_uuid=client_uuid,
                by=user,
                at=at,
                door=SOURCE,
            )
            check_unused(check, person)
            return check.public_id

        made = once(make, team=person.team, key=key, endpoint="record-checks", body=request.data, at=at)
        row = RecordCheck.objects.prefetch_related("doses").get(public_id=made.result_id)
        return Response(shown_check(row, person), status=201 if made.created and before is None else 200)
