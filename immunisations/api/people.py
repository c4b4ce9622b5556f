"""People: added, searched for and read."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, caller_who_may, chosen_team, errors, idempotency_key
from accounts.audit import record_views
from accounts.idempotency import once
from accounts.permissions import Permission
from immunisations import actions
from immunisations.api.asking import listed, made_or_found, person_of, person_seen, validated
from immunisations.search import read_query, search_people
from immunisations.serializers.people import (
    FoundPeopleSerializer,
    NewPersonSerializer,
    PersonSerializer,
    SearchSerializer,
    shown_found,
    shown_person,
)

NHS_NUMBER_TAKEN = {
    "code": "nhs_number_taken",
    "detail": "Somebody with this NHS number is on record already: KHAN, Amina.",
    "details": {"person": "5b1f3a1e-5a44-4a0e-8f7c-0f5f6a1a2b3c"},
}


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
        responses=made_or_found(PersonSerializer, conflicts=[NHS_NUMBER_TAKEN]),
    )
    def post(self, request: Request) -> Response:
        """Add the person, or return the one that this key added."""
        at, user, key = timezone.now(), caller_who_may(request, Permission.RUN_DESK), idempotency_key(request)
        wanted = validated(NewPersonSerializer, request.data)
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
        responses=listed(FoundPeopleSerializer),
        examples=[OpenApiExample("Name and birth", request_only=True, value={"text": "khan amina 27/3/2023"})],
    )
    def post(self, request: Request) -> Response:
        """Return who was found."""
        at, user = timezone.now(), caller_who_may(request, Permission.RUN_DESK)
        wanted = validated(SearchSerializer, request.data)
        team = chosen_team(user, Permission.RUN_DESK, wanted.get("team"))
        query = read_query(wanted["text"], today=timezone.localdate(at))
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
        person = person_seen(caller(request), public_id, at=timezone.now(), page="api person")
        return Response(shown_person(person))
