"""People, record checks, vaccinations and forecasts for other systems of the team."""

import uuid
from datetime import datetime
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
from accounts.errors import Refused
from accounts.idempotency import once
from accounts.members import members
from accounts.models import User
from accounts.permissions import Permission
from accounts.serializers import ChoiceField, DayField, IdField
from clinics.models import Batch, ClinicSession, Direction
from immunisations import actions
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Person, RecordCheck, Vaccination, Visit
from immunisations.people import root_of, row_ids
from immunisations.policies import PatientDirection
from immunisations.queries import facts_for, forecast_for, record_checks, vaccination_rows
from immunisations.schedule import FACT_WORDS
from immunisations.search import read_query, search_people
from immunisations.serializers import (
    ForecastSerializer,
    FoundPeopleSerializer,
    NewPersonSerializer,
    NewRecordCheckSerializer,
    NewVaccinationSerializer,
    PersonSerializer,
    RecordCheckSerializer,
    RecordChecksSerializer,
    SearchSerializer,
    VaccinationSerializer,
    VaccinationsSerializer,
    shown_check,
    shown_forecast,
    shown_found,
    shown_person,
    shown_vaccination,
)

PERSON_PARAMETER = OpenApiParameter("person", uuid.UUID, required=True, description="The `id` of the person.")
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
NHS_NUMBER_TAKEN = {
    "code": "nhs_number_taken",
    "detail": "Somebody with this NHS number is on record already: KHAN, Amina.",
    "details": {"person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c"},
}
CHECK_REFUSED = {
    "code": "before_birth",
    "detail": "This dose is dated before the person was born.",
    "details": {"dose": 0, "source": "red_book"},
}
# Sex is read from the record; an outbreak is a matter of the clinic.
ASKABLE_FACTS = sorted(set(FACT_WORDS) - {"male", "female"})


class UsedBefore(Refused):
    """A client_uuid named another record before."""

    code = "used_before"


def person_of(user: User, permission: Permission, public_id: uuid.UUID) -> Person:
    """Return the person, as the record that stands for them. Raises Http404, PermissionDenied."""
    row = access(
        Person.objects.select_related("team", "practice", "merged_into__team", "merged_into__practice"),
        user=user,
        permission=permission,
        public_id=public_id,
    )
    return root_of(row)


def asked_person(request: Request) -> Person:
    """Return the person named by ``?person=``, and write down that they were looked at."""
    asked = PersonQuery(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return person_of(caller(request), Permission.SEE_RECORDS, asked.validated_data["person"])


def _direction(team_id: int, public_id: uuid.UUID) -> Direction:
    """Return the team's direction of this id. Raises ValidationError."""
    found = Direction.objects.filter(team=team_id, public_id=public_id).first()
    if found is None:
        raise ValidationError({"direction": [_("Your team has no direction of this id.")]})
    return found


def _member(team_id: int, field: str, username: str) -> User:
    """Return the team's active member of this user name. Raises ValidationError for ``field``."""
    found = next((user for user in members(team_id) if user.username == username), None)
    if found is None:
        raise ValidationError({field: [_("Your team has no member of this user name.")]})
    return found


def _visit(
    person: Person, session_id: uuid.UUID, *, user: User, at: datetime, seen_at: datetime | None = None
) -> Visit:
    """Return the person's visit to one of the team's clinics, which begins now, or at ``seen_at``, if it had not.

    Raises Http404; OtherDay where that is not on the clinic's day.
    """
    session = ClinicSession.objects.filter(public_id=session_id, team=person.team_id).first()
    if session is None:
        raise Http404
    return actions.arrive(session=session, person=person, by=user, at=at, arrived_at=seen_at, source=SOURCE)


class PersonQuery(serializers.Serializer):
    """Whose records are asked for."""

    person = IdField()


class ForecastQuery(serializers.Serializer):
    """The day and the facts of a forecast."""

    on = DayField(required=False)
    facts = serializers.ListField(
        child=ChoiceField([(fact, fact) for fact in ASKABLE_FACTS]), max_length=len(ASKABLE_FACTS), default=list
    )


class People(ApiView):
    """Where people are added."""

    @extend_schema(
        operation_id="create_person",
        tags=["People"],
        summary="Add a person",
        description="Search before you add: the same person twice is two histories. An NHS number that somebody of "
        "the team has already is refused with their id. No number, address, GP or phone is ever needed.",
        parameters=[KEY_PARAMETER],
        request=NewPersonSerializer,
        responses={
            201: PersonSerializer,
            200: PersonSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[NHS_NUMBER_TAKEN]),
        },
    )
    def post(self, request: Request) -> Response:
        """Add the person, or return the one that this key added."""
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewPersonSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = dict(incoming.validated_data)
        team = chosen_team(user, Permission.RUN_DESK, wanted.pop("team", None))
        wanted["practice"] = wanted["practice"] or None

        def make() -> uuid.UUID:
            return actions.add_person(team=team, by=user, at=at, source=SOURCE, **wanted).public_id

        made = once(make, team=team, key=key, endpoint="people", body=request.data, at=at)
        person = person_of(user, Permission.RUN_DESK, made.result_id)
        return Response(shown_person(person), status=201 if made.created else 200)


class PeopleSearch(ApiView):
    """Where people are looked for. A POST, because nobody's name belongs in an address."""

    @extend_schema(
        operation_id="search_people",
        tags=["People"],
        summary="Search for people",
        description="Finds your team's people by parts of a name however spelt, a date of birth, an NHS number, a "
        "postcode or a local number, in any order; everything given must fit. Best first, 30 at most. Logged as a "
        "look at each of them.",
        request=SearchSerializer,
        responses={200: FoundPeopleSerializer, **errors(400, 401, 403, 404)},
        examples=[OpenApiExample("Name and birth", request_only=True, value={"text": "khan amina 27/3/2023"})],
    )
    def post(self, request: Request) -> Response:
        """Return who was found."""
        at, user = timezone.now(), caller(request)
        incoming = SearchSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        team = chosen_team(user, Permission.RUN_DESK, incoming.validated_data.get("team"))
        query = read_query(incoming.validated_data["text"], today=timezone.localdate(at))
        found = search_people(team, query)
        people = [each.person.public_id for each in found]
        record_views(user=user, at=at, team=team, people=people, page="api search")
        return Response({"results": [shown_found(each) for each in found]})


class PersonDetail(ApiView):
    """One person."""

    @extend_schema(
        operation_id="get_person",
        tags=["People"],
        summary="Get a person",
        description="By the id of any of their records: where records were merged, the one that stands comes back. "
        "Logged as a look at them.",
        responses={200: PersonSerializer, **errors(401, 403, 404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the person."""
        user = caller(request)
        person = person_of(user, Permission.SEE_RECORDS, public_id)
        record_view(user=user, at=timezone.now(), team=person.team_id, person_id=person.public_id, page="api person")
        return Response(shown_person(person))


class PersonForecast(ApiView):
    """What is due for one person, and why."""

    @extend_schema(
        operation_id="get_person_forecast",
        tags=["People"],
        summary="Get what is due, and why",
        description="Every series as of a day, from all record checks and the doses given here; each dose and each "
        "series with a code, its parameters and the reason in English. Logged as a look at the person.",
        parameters=[
            OpenApiParameter("on", {"type": "string", "format": "date"}, description="The day; today unless given."),
            OpenApiParameter(
                "facts",
                {"type": "array", "items": {"type": "string", "enum": ASKABLE_FACTS}},
                description="What else is known and matters, such as a severe allergy; may come several times. Sex "
                "is read from the record.",
            ),
        ],
        responses={200: ForecastSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the forecast."""
        at, user = timezone.now(), caller(request)
        given: dict[str, Any] = {"facts": request.query_params.getlist("facts")}
        if "on" in request.query_params:
            given["on"] = request.query_params["on"]
        asked = ForecastQuery(data=given)
        asked.is_valid(raise_exception=True)
        person = person_of(user, Permission.SEE_RECORDS, public_id)
        on = asked.validated_data.get("on") or timezone.localdate(at)
        facts = facts_for(person, None, None) | set(asked.validated_data["facts"])
        record_view(user=user, at=at, team=person.team_id, person_id=person.public_id, page="api forecast")
        return Response(shown_forecast(forecast_for(person, on, facts), person, on, facts))


def _check_unused(row: RecordCheck | Vaccination | None, person: Person) -> None:
    """Raise UsedBefore where the row that has this client_uuid is about somebody else."""
    if row is not None and row.person_id not in row_ids(person):
        raise UsedBefore(_("This client_uuid was sent before, for another record."))


class RecordChecks(ApiView):
    """What was found when somebody's records were looked at."""

    @extend_schema(
        operation_id="list_record_checks",
        tags=["Records"],
        summary="List a person's record checks",
        description="Every check, newest first, side by side: none replaces another. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses={200: RecordChecksSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        """Return the checks."""
        person = asked_person(request)
        record_view(
            user=caller(request),
            at=timezone.now(),
            team=person.team_id,
            person_id=person.public_id,
            page="api record checks",
        )
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
        responses={
            201: RecordCheckSerializer,
            200: RecordCheckSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[CHECK_REFUSED]),
        },
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
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewRecordCheckSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
        person = person_of(user, Permission.CHECK_RECORDS, wanted["person"])
        client_uuid = wanted.get("client_uuid")
        before = RecordCheck.objects.filter(client_uuid=client_uuid).first() if client_uuid else None
        _check_unused(before, person)

        def make() -> uuid.UUID:
            if before is not None:
                return before.public_id
            session_id = wanted.get("session")
            check = actions.record_check(
                visit=_visit(person, session_id, user=user, at=at) if session_id else None,
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
            _check_unused(check, person)
            return check.public_id

        made = once(make, team=person.team, key=key, endpoint="record-checks", body=request.data, at=at)
        row = RecordCheck.objects.prefetch_related("doses").get(public_id=made.result_id)
        return Response(shown_check(row, person), status=201 if made.created and before is None else 200)


class Vaccinations(ApiView):
    """Doses given, and why others were not."""

    @extend_schema(
        operation_id="list_vaccinations",
        tags=["Records"],
        summary="List a person's vaccinations here",
        description="Every row, oldest first, corrected ones and errors included; `current` says which stand. Doses "
        "given elsewhere are in the record checks. Logged as a look at the person.",
        parameters=[PERSON_PARAMETER],
        responses={200: VaccinationsSerializer, **errors(400, 401, 403, 404)},
    )
    def get(self, request: Request) -> Response:
        """Return the rows."""
        person = asked_person(request)
        record_view(
            user=caller(request),
            at=timezone.now(),
            team=person.team_id,
            person_id=person.public_id,
            page="api vaccinations",
        )
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
        responses={
            201: VaccinationSerializer,
            200: VaccinationSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[ALREADY_RECORDED, NEEDS_REASON, SEVERAL_DIRECTIONS]),
        },
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
        at, user, key = timezone.now(), caller(request), idempotency_key(request)
        incoming = NewVaccinationSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
        person = person_of(user, Permission.VACCINATE, wanted["person"])
        given = wanted["status"] == Vaccination.Status.COMPLETED
        client_uuid: uuid.UUID | None = wanted.get("client_uuid")
        before: Vaccination | None = None
        if client_uuid is not None:
            # A record of a dose not given is kept under an id made of the request's and the series.
            row_uuid = client_uuid if given else uuid.uuid5(client_uuid, wanted["series"])
            before = Vaccination.objects.filter(client_uuid=row_uuid).first()
            _check_unused(before, person)
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
        batch = (
            Batch.objects.filter(
                team=person.team_id,
                product__code=wanted["product"],
                number=" ".join(wanted["batch_number"].split()).upper(),
            )
            .select_related("product")
            .first()
        )
        if batch is None:
            raise ValidationError({"batch_number": [_("Your team has no batch of this product and number.")]})
        visit = _visit(person, wanted["session"], user=user, at=at, seen_at=wanted.get("given_at"))
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
            optional["direction"] = _direction(person.team_id, direction)
        for name in ("given_by", "supplied_by"):
            if username := wanted[name]:
                optional[name] = _member(person.team_id, name, username)
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
            visit=_visit(person, wanted["session"], user=user, at=at),
            series=[wanted["series"]],
            reason=wanted["reason"],
            note=wanted["note"],
            client_uuid=wanted.get("client_uuid"),
            by=user,
            at=at,
            source=SOURCE,
        )
        return row


urlpatterns = [
    path("people/", People.as_view(), name="api-people"),
    path("people/search/", PeopleSearch.as_view(), name="api-people-search"),
    path("people/<uuid:public_id>/", PersonDetail.as_view(), name="api-person"),
    path("people/<uuid:public_id>/forecast/", PersonForecast.as_view(), name="api-person-forecast"),
    path("record-checks/", RecordChecks.as_view(), name="api-record-checks"),
    path("vaccinations/", Vaccinations.as_view(), name="api-vaccinations"),
]
