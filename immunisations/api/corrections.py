"""Putting a record right: by the same actions and rules as on the clinic's screens."""

import uuid
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, idempotency_key
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import made_or_found, validated
from immunisations.api.team import batch_of
from immunisations.models import Person, Vaccination
from immunisations.people import root_of
from immunisations.serializers.corrections import NewCorrectionSerializer
from immunisations.serializers.vaccinations import VaccinationSerializer, shown_vaccination

NOT_CURRENT = {
    "code": "not_current",
    "detail": "Rosa Lane corrected this record meanwhile. Correct the record that stands now.",
}


class Corrections(ApiView):
    """The corrections of one record."""

    @extend_schema(
        operation_id="correct_vaccination",
        tags=["Records"],
        summary="Correct a record",
        description=(
            "A record is never edited: a new one replaces it, and the old one stays to be read. Your own record of "
            "the same day, or any with a role that may correct others'. `details` puts right what `product` with "
            "`batch_number` (of the same course), `body_site`, `route`, `given_at`, `note` or `not_done_reason` say. "
            "`other_vaccine` makes this record an error and records the dose anew, where there is consent to that "
            "vaccine; `move` does so on another person. Returns the record that stands then."
        ),
        parameters=[KEY_PARAMETER],
        request=NewCorrectionSerializer,
        responses=made_or_found(VaccinationSerializer, conflicts=[NOT_CURRENT]),
        examples=[
            OpenApiExample(
                "Another batch",
                request_only=True,
                value={
                    "what": "details",
                    "product": "priorix",
                    "batch_number": "AB1234",
                    "reason": "The number of another box was recorded.",
                },
            ),
            OpenApiExample(
                "Recorded twice",
                request_only=True,
                value={"what": "entered_in_error", "reason": "Recorded twice."},
            ),
        ],
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Correct the record, or return what an earlier request with this key or id made."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        row = access(
            Vaccination.objects.select_related("session__team", "person__merged_into"),
            user=user,
            permission=Permission.VACCINATE,
            team_field="session__team",
            public_id=public_id,
        )
        wanted = validated(NewCorrectionSerializer, request.data)
        client_uuid = wanted.get("client_uuid")
        before = client_uuid is not None and Vaccination.objects.filter(client_uuid=client_uuid).exists()

        def make() -> uuid.UUID:
            return actions.correct_vaccination(
                vaccination=row,
                reason=wanted["reason"],
                client_uuid=client_uuid,
                by=user,
                at=at,
                source=SOURCE,
                **_correction(wanted, row),
            ).public_id

        body = {"vaccination": str(public_id), "correction": request.data}
        made = once(make, team=row.session.team, key=key, endpoint="corrections", body=body, at=at)
        new = Vaccination.objects.select_related(
            "session", "person__merged_into", "direction", "replaces", "replaced_by"
        ).get(public_id=made.result_id)
        status = 201 if made.created and not before else 200
        return Response(shown_vaccination(new, root_of(new.person)), status=status)


def _correction(wanted: dict[str, Any], row: Vaccination) -> dict[str, Any]:
    """Return the correction as the action takes it. Raises Http404 for another team's person."""
    what = wanted["what"]
    if what == "entered_in_error":
        return {"entered_in_error": True}
    if what == "not_given":
        return {"not_given": wanted["not_done_reason"]}
    if what == "move":
        target = Person.objects.filter(team=row.session.team_id, public_id=wanted["move_to"]).first()
        if target is None:
            raise Http404
        return {"move_to": target}
    batch = (
        {"batch": batch_of(row.session.team_id, wanted["product"], wanted["batch_number"])}
        if "product" in wanted
        else {}
    )
    if what == "other_vaccine":
        return {"given_instead": batch["batch"], "body_site": wanted.get("body_site", "")}
    names = ("body_site", "route", "given_at", "note", "not_done_reason")
    return {"changes": batch | {name: wanted[name] for name in names if name in wanted}}
