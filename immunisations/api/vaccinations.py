"""Vaccinations: doses given, and why others were not."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller_who_may, idempotency_key
from accounts.idempotency import once
from accounts.models import User
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
from immunisations.api.team import batch_of, direction_of, member_of, visit_to
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Person, Vaccination
from immunisations.policies import PatientDirection
from immunisations.queries import vaccination_rows
from immunisations.serializers.vaccinations import (
    NewVaccinationSerializer,
    VaccinationSerializer,
    VaccinationsSerializer,
    shown_vaccination,
)

ALREADY_RECORDED = {
    "code": "already_recorded",
    "detail": "MMR was already recorded by Rosa Lane at 10:20am on 14 March. It was not recorded again.",
    "details": {
        "vaccination": "7c4e3d5e-0f5a-4f43-8c0f-6c4a9a1c2b3d",
        "recorded_by": "Rosa Lane",
        "recorded_at": "2026-03-14T10:20:00+00:00",
    },
}
NEEDS_REASON = {
    "code": "needs_reason",
    "detail": "Say why you give it all the same: No record was checked on this visit.",
    "details": {"warnings": [{"code": "no_record_check", "message": "No record was checked on this visit."}]},
}
SEVERAL_DIRECTIONS = {
    "code": "several_directions",
    "detail": "Several directions are in force: MMR direction, version 4; MMR direction, version 5. Say which one the "
    "dose is given under.",
    "details": {
        "directions": [
            {"id": "9d0f7e0a-6f3c-4a31-9f0e-2b1c5d7e8f90", "name": "MMR direction, version 4"},
            {"id": "1c2b3a4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "name": "MMR direction, version 5"},
        ]
    },
}


class Vaccinations(ApiView):
    """Doses given, and why others were not."""

    @extend_schema(
        operation_id="list_vaccinations",
        tags=["Records"],
        summary="List a person's vaccinations here",
        description="Every row, oldest first, corrected ones and errors included; `current` says which stand. Doses "
        "given elsewhere are in the record checks. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses=listed(VaccinationsSerializer),
    )
    def get(self, request: Request) -> Response:
        """Return the rows."""
        person = person_looked_at(request, page="api vaccinations")
        return Response({"results": [shown_vaccination(row, person) for row in vaccination_rows(person)]})

    @extend_schema(
        operation_id="create_vaccination",
        tags=["Records"],
        summary="Record a dose, or why it was not given",
        description=(
            "With `completed`: a dose given at one of your team's clinics on its day, with product, batch and site. "
            "Consent and the health questions belong to it, and to its vaccine: send them along unless they are "
            "recorded for it on the visit. The record is whole or not written. With `not-done`: the reason.\n\n"
            "It is given under a direction that is in force: the only one your team has for the vaccine, the one you "
            "name, or one for the person alone.\n\n"
            "Rules hold as on the clinic's own screens. What nobody may overrule is 409 with a code of its own; "
            "warnings are 409 `needs_reason`, and the request is sent again with `override_reason`. Where a dose of "
            "the series stands already: 409 `already_recorded`, with who recorded it and when."
        ),
        parameters=[KEY_PARAMETER],
        request=NewVaccinationSerializer,
        responses=made_or_found(VaccinationSerializer, conflicts=[ALREADY_RECORDED, NEEDS_REASON, SEVERAL_DIRECTIONS]),
        examples=[
            OpenApiExample(
                "A dose given",
                request_only=True,
                value={
                    "person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c",
                    "session": "0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11",
                    "client_uuid": "c0a8f3f4-6a53-4d11-a5a1-0d4f7f0e58a8",
                    "status": "completed",
                    "series": "MEASLES",
                    "product": "priorix",
                    "batch_number": "AB1234",
                    "body_site": "left_thigh",
                    "consent": {
                        "route": "parent_present",
                        "given_by_name": "Samina Khan",
                        "relationship": "mother",
                    },
                    "health": {"well_today": True, "identity_confirmed_by": "Samina Khan, mother"},
                },
            ),
            OpenApiExample(
                "Not given",
                request_only=True,
                value={
                    "person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c",
                    "session": "0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11",
                    "status": "not-done",
                    "series": "MEASLES",
                    "reason": "unwell",
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Write the record, or return the one that was."""
        at, user, key = timezone.now(), caller_who_may(request, Permission.VACCINATE), idempotency_key(request)
        wanted = validated(NewVaccinationSerializer, request.data)
        person = person_of(user, Permission.VACCINATE, wanted["person"])
        given = wanted["status"] == Vaccination.Status.COMPLETED
        client_uuid: uuid.UUID | None = wanted.get("client_uuid")
        before: Vaccination | None = None
        if client_uuid is not None:
            # A record of a dose not given is kept under an id made of the request's and the series.
            row_uuid = client_uuid if given else uuid.uuid5(client_uuid, wanted["series"])
            before = Vaccination.objects.filter(client_uuid=row_uuid).first()
            check_unused(before, person)
        write = self._given if given else self._not_given

        def make() -> uuid.UUID:
            return before.public_id if before is not None else write(wanted, person, user, at).public_id

        made = once(make, team=person.team, key=key, endpoint="vaccinations", body=request.data, at=at)
        row = Vaccination.objects.select_related("session", "direction", "replaces", "replaced_by").get(
            public_id=made.result_id
        )
        return Response(shown_vaccination(row, person), status=201 if made.created and before is None else 200)

    def _given(self, wanted: dict[str, Any], person: Person, user: User, at: datetime) -> Vaccination:
        """Record a dose, with the consent and the health questions that came along."""
        batch = batch_of(person.team_id, wanted["product"], wanted["batch_number"])
        visit = visit_to(person, wanted["session"], user=user, at=at, seen_at=wanted.get("given_at"))
        if consent := wanted.get("consent"):
            five = consent.get("gillick")
            actions.record_consent(
                visit=visit,
                decision="given",
                vaccines=[batch.product.vaccine],
                by=user,
                at=at,
                source=SOURCE,
                **consent | {"gillick": {f"gillick_{name}": answer for name, answer in five.items()} if five else None},
            )
        if health := wanted.get("health"):
            actions.record_screening(
                visit=visit,
                vaccines=health["vaccines"] or [batch.product.vaccine],
                answers=answers_of({answer["question"]: answer for answer in health["yes"]}, QUESTIONS),
                well_today=health["well_today"],
                not_pregnant=health["not_pregnant"],
                identity_confirmed_by=health["identity_confirmed_by"],
                by=user,
                at=at,
                source=SOURCE,
            )
        named = ("route", "legal_mechanism", "gelatine_free", "device_at")
        optional = {name: wanted[name] for name in named if name in wanted}
        if patient := wanted.get("patient_direction"):
            optional["patient_direction"] = PatientDirection(**patient)
        if direction := wanted.get("direction"):
            optional["direction"] = direction_of(person.team_id, direction)
        for name in ("given_by", "supplied_by"):
            if username := wanted[name]:
                optional[name] = member_of(person.team_id, name, username)
        return actions.record_vaccination(
            visit=visit,
            series=wanted["series"],
            batch=batch,
            body_site=wanted["body_site"],
            client_uuid=wanted.get("client_uuid"),
            given_at=wanted.get("given_at"),
            override_reason=wanted["override_reason"],
            note=wanted["note"],
            by=user,
            at=at,
            source=SOURCE,
            **optional,
        )

    def _not_given(self, wanted: dict[str, Any], person: Person, user: User, at: datetime) -> Vaccination:
        """Record why a dose was not given."""
        [row] = actions.record_not_given(
            visit=visit_to(person, wanted["session"], user=user, at=at),
            series=[wanted["series"]],
            reason=wanted["reason"],
            note=wanted["note"],
            client_uuid=wanted.get("client_uuid"),
            by=user,
            at=at,
            source=SOURCE,
        )
        return row
