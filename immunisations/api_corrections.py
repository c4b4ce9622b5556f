"""Putting a record right from another system of the team: by the same actions and rules as on the clinic's screens."""

import uuid
from typing import Any

from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, errors, idempotency_key
from accounts.idempotency import once
from accounts.permissions import Permission
from accounts.serializers import ChoiceField, IdField, MomentField, StrictSerializer, TextField
from clinics.models import Batch, Product
from immunisations import actions
from immunisations.models import Person, Vaccination
from immunisations.people import root_of
from immunisations.serializers import VaccinationSerializer, shown_vaccination

NOT_CURRENT = {
    "code": "not_current",
    "detail": "Rosa Lane corrected this record meanwhile. Correct the record that stands now.",
}
# What each kind of correction needs, and what else it may bring.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "details": ((), ("product", "batch_number", "body_site", "route", "given_at", "note", "not_done_reason")),
    "not_given": (("not_done_reason",), ()),
    "other_vaccine": (("product", "batch_number"), ("body_site",)),
    "move": (("move_to",), ()),
    "entered_in_error": ((), ()),
}
ANSWERS = tuple(dict.fromkeys(name for needed, more in KINDS.values() for name in needed + more))


class NewCorrectionSerializer(StrictSerializer):
    """What is wrong with a record, what is right, and why it is corrected."""

    what = ChoiceField(
        [
            ("details", gettext_lazy("Batch, site, route, time, note or reason")),
            ("not_given", gettext_lazy("It was not given after all")),
            ("other_vaccine", gettext_lazy("A vaccine of another course was given")),
            ("move", gettext_lazy("It belongs to another person")),
            ("entered_in_error", gettext_lazy("It was recorded twice, or by mistake")),
        ]
    )
    reason = TextField(max_length=300, help_text="Kept with the record.")
    client_uuid = IdField(required=False, help_text="Your own id of this correction: sent again, it is made once.")
    product = TextField(required=False, max_length=40, help_text="The code of the product that was given.")
    batch_number = TextField(required=False, max_length=40, help_text="Its batch, one your team has.")
    body_site = ChoiceField(Vaccination.BodySite.choices, required=False)
    route = ChoiceField(Product.Route.choices, required=False)
    given_at = MomentField(required=False, help_text="On the clinic's day, with its offset.")
    note = TextField(required=False, max_length=500, allow_blank=True)
    not_done_reason = ChoiceField(Vaccination.Reason.choices, required=False)
    move_to = IdField(required=False, help_text="With `move`: the `id` of the person it belongs to.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is missing for this kind of correction, and what does not belong to it."""
        needed, more = KINDS[attrs["what"]]
        # A text that was left out comes as an empty one; a note that was sent empty is a correction.
        attrs = {name: value for name, value in attrs.items() if name in self.initial_data}
        wrong: dict[str, Any] = {
            name: [_("This is needed where what is %(what)s.") % {"what": attrs["what"]}]
            for name in needed
            if name not in attrs
        }
        wrong |= {
            name: [_("This does not belong to a correction whose what is %(what)s.") % {"what": attrs["what"]}]
            for name in ANSWERS
            if name in attrs and name not in needed + more
        }
        if ("product" in attrs) != ("batch_number" in attrs):
            wrong["batch_number"] = [_("Send product and batch_number together.")]
        if attrs["what"] == "details" and not any(name in attrs for name in more):
            wrong["what"] = [_("Send at least one detail to correct.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


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
        responses={
            201: VaccinationSerializer,
            200: VaccinationSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[NOT_CURRENT]),
        },
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
        incoming = NewCorrectionSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
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
    batch = {"batch": _batch(wanted, row)} if "product" in wanted else {}
    if what == "other_vaccine":
        return {"given_instead": batch["batch"], "body_site": wanted.get("body_site", "")}
    names = ("body_site", "route", "given_at", "note", "not_done_reason")
    return {"changes": batch | {name: wanted[name] for name in names if name in wanted}}


def _batch(wanted: dict[str, Any], row: Vaccination) -> Batch:
    """Return the team's batch of this product and number. Raises ValidationError where there is none."""
    batch = (
        Batch.objects.filter(
            team=row.session.team_id,
            product__code=wanted["product"],
            number=" ".join(wanted["batch_number"].split()).upper(),
        )
        .select_related("product")
        .first()
    )
    if batch is None:
        raise serializers.ValidationError({"batch_number": [_("Your team has no batch of this product and number.")]})
    return batch


urlpatterns = [
    path("vaccinations/<uuid:public_id>/corrections/", Corrections.as_view(), name="api-vaccination-corrections"),
]
