"""Forecasts: what is due for a person, and why."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import ApiView, caller
from accounts.serializers import ChoiceField, DayField
from immunisations.api.asking import listed, person_seen, validated
from immunisations.queries import facts_for, forecast_for
from immunisations.schedule import FACT_WORDS
from immunisations.serializers.forecasts import ForecastSerializer, shown_forecast

# Sex is read from the record; an outbreak is a matter of the clinic.
ASKABLE_FACTS = sorted(set(FACT_WORDS) - {"male", "female"})


class ForecastQuery(serializers.Serializer):
    """The day and the facts of a forecast."""

    on = DayField(required=False)
    facts = serializers.ListField(
        child=ChoiceField([(fact, fact) for fact in ASKABLE_FACTS]), max_length=len(ASKABLE_FACTS), default=list
    )


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
        responses=listed(ForecastSerializer),
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the forecast."""
        at, user = timezone.now(), caller(request)
        given: dict[str, Any] = {"facts": request.query_params.getlist("facts")}
        if "on" in request.query_params:
            given["on"] = request.query_params["on"]
        asked = validated(ForecastQuery, given)
        person = person_seen(user, public_id, at=at, page="api forecast")
        on = asked.get("on") or timezone.localdate(at)
        facts = facts_for(person, None, None) | set(asked["facts"])
        return Response(shown_forecast(forecast_for(person, on, facts), person, on, facts))
