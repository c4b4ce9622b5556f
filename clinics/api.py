"""Clinics and their free times: what anybody may read, and a team its own besides."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.api import ApiView, errors, teams_of_caller
from clinics.filters import ClinicSessionFilter
from clinics.finder import find, venue_position
from clinics.models import ClinicSession, Place
from clinics.places import free_times
from clinics.postcodes import Position
from clinics.queries import listed_towns, to_come
from clinics.serializers import ClinicSessionPageSerializer, ClinicSessionSerializer, TimesSerializer, shown_session
from clinics.times import LONDON
from clinics.vaccines import Vaccine

State = ClinicSession.State


def known_sessions(teams: list[int]) -> "QuerySet[ClinicSession]":
    """Return the clinics that members of these teams (none: anybody) may ask for by id.

    Anybody: those open to the public once they were published, whatever became of them since. A team: all its own.
    """
    was_published = ~Q(state__in=[State.DRAFT, State.CANCELLED]) | Q(
        Exists(Place.objects.filter(session=OuterRef("pk"))), state=State.CANCELLED
    )
    return ClinicSession.objects.filter(
        Q(was_published, who_may_book=ClinicSession.WhoMayBook.PUBLIC) | Q(team__in=teams)
    )


class NearbyPages(PageNumberPagination):
    """Pages whose links name the place that was found, never the whole postcode that somebody typed."""

    page_size = 50
    where: str | None = None

    def get_next_link(self) -> str | None:
        """Return the address of the next page."""
        return self._tidy(super().get_next_link())

    def get_previous_link(self) -> str | None:
        """Return the address of the page before."""
        return self._tidy(super().get_previous_link())

    def _tidy(self, link: str | None) -> str | None:
        return replace_query_param(link, "near", self.where) if link and self.where else link


class ClinicSessions(ApiView):
    """The list of clinics."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_clinic_sessions",
        tags=["Clinics"],
        summary="List clinics",
        description=(
            "Clinics that are still to come, soonest first, or nearest first where `near` is given; 50 a page. "
            "Without a token: those open to the public. With one, also every clinic of your own teams, drafts and "
            "closed lists included, and with `from` those of the past."
        ),
        parameters=[
            OpenApiParameter(
                "near",
                str,
                description="A town or village where clinics are held, or a postcode or part of one. Only the town or "
                "the outward code is used.",
            ),
            OpenApiParameter(
                "from", {"type": "string", "format": "date"}, description="This day or later; today unless given."
            ),
            OpenApiParameter("vaccine", str, enum=Vaccine.values, description="Only clinics that offer it."),
            OpenApiParameter("page", int, description="From 1 on."),
        ],
        responses={200: ClinicSessionPageSerializer, **errors(400, 401, 404)},
    )
    def get(self, request: Request) -> Response:
        """List the clinics that the caller may know of: three queries, however many there are."""
        at = timezone.now()
        own = teams_of_caller(request)
        sessions = ClinicSession.objects.public()
        if own:
            sessions = sessions | ClinicSession.objects.filter(team__in=own)
        filters = ClinicSessionFilter(request.query_params, queryset=sessions, request=request)
        if not filters.is_valid():
            raise translate_validation(filters.errors)
        found = filters.qs
        if not own or filters.form.cleaned_data.get("from") is None:
            found = to_come(found, at)
        rows: list[tuple[Any, ...]] = list(
            found.order_by("date", "id").values_list("pk", "venue__latitude", "venue__longitude", "venue__postcode")
        )
        pages = NearbyPages()
        miles: dict[int, float | None] = {}
        near = filters.form.cleaned_data.get("near")
        if near:
            pages.where, here = self._place(near, at)
            for key, latitude, longitude, postcode in rows:
                position = venue_position(latitude, longitude, postcode)
                miles[key] = here.miles_to(position) if position else None
            rows.sort(key=lambda row: (miles[row[0]] is None, miles[row[0]] or 0))
        page = pages.paginate_queryset([row[0] for row in rows], request, view=self) or []
        loaded = ClinicSession.objects.select_related("venue").prefetch_related("offers").in_bulk(page)
        results = []
        for key in page:
            shown = shown_session(loaded[key])
            if near:
                distance = miles[key]
                shown["distance_miles"] = None if distance is None else round(distance, 1)
            results.append(shown)
        return pages.get_paginated_response(results)

    def _place(self, near: str, at: datetime) -> tuple[str, Position]:
        """Return the name and position of the place that was asked for; raise ValidationError where there is none."""
        found = find(near, listed_towns(at))
        if found.where is not None:
            return found.where.name, found.where.position
        if found.choices:
            sentence = _("There are several places of that name: %(places)s. Give one of them in full.")
            raise ValidationError({"near": [sentence % {"places": "; ".join(found.choices)}]})
        raise ValidationError(
            {"near": [_("No place of that name is known. Give a town where clinics are held, or a UK postcode.")]}
        )


class ClinicSessionDetail(ApiView):
    """One clinic."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="get_clinic_session",
        tags=["Clinics"],
        summary="Get one clinic",
        description="A clinic that was once published stays readable, with its `state`. The list says who sees which.",
        responses={200: ClinicSessionSerializer, **errors(401, 404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the clinic."""
        session = (
            known_sessions(teams_of_caller(request))
            .select_related("venue")
            .prefetch_related("offers")
            .filter(public_id=public_id)
            .first()
        )
        if session is None:
            raise Http404
        return Response(shown_session(session))


class ClinicSessionTimes(ApiView):
    """The free times of one clinic."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_clinic_session_times",
        tags=["Clinics"],
        summary="List a clinic's free times",
        description=(
            "Each start still to come with at least one free place, in order, with how many people could be "
            "vaccinated then. A family takes neighbouring starts: book from its first minute. Empty where the clinic "
            "takes no bookings. What is free now may be taken a moment later."
        ),
        responses={200: TimesSerializer, **errors(401, 404)},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Return the free times."""
        session = known_sessions(teams_of_caller(request)).filter(public_id=public_id).first()
        if session is None:
            raise Http404
        free = free_times(session=session, at=timezone.now()) if session.state == State.PUBLISHED else []
        return Response(
            {
                "times": [
                    {"starts_at": each.starts_at.astimezone(LONDON).isoformat(), "free": each.free} for each in free
                ]
            }
        )


urlpatterns = [
    path("clinic-sessions/", ClinicSessions.as_view(), name="api-clinic-sessions"),
    path("clinic-sessions/<uuid:public_id>/", ClinicSessionDetail.as_view(), name="api-clinic-session"),
    path("clinic-sessions/<uuid:public_id>/times/", ClinicSessionTimes.as_view(), name="api-clinic-session-times"),
]
