"""Bookings made, read and cancelled by other systems."""

import uuid

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import access
from accounts.api import KEY_PARAMETER, SOURCE, ApiView, caller, caller_who_may, errors, idempotency_key
from accounts.audit import record_views
from accounts.idempotency import once, submission_id
from accounts.models import User
from accounts.permissions import Permission
from bookings.actions import Made, cancel_appointments, make_booking
from bookings.models import Appointment, Booking
from bookings.policies import BookingRefused
from bookings.references import clean_reference
from bookings.serializers import BookingSerializer, NewBookingSerializer, contact_of, details_of, shown_booking
from clinics.models import ClinicSession

TIMES_TAKEN = {
    "code": "times_taken",
    "detail": "That time has just been taken. Choose another time.",
    "details": {"nearest": ["2026-03-14T10:30:00+00:00", "2026-03-14T10:00:00+00:00"]},
}
NOT_TAKING_BOOKINGS = {"code": "not_taking_bookings", "detail": "This clinic is not taking bookings."}
BUSY = {"code": "busy", "detail": "Many people are booking at this moment. Try again."}
ARRIVED = {"code": "arrived", "detail": "This appointment cannot be cancelled: they have arrived."}


def _appointments_of(booking: Booking) -> list[Appointment]:
    return list(booking.appointments.select_related("session").order_by("position"))


def _booking(user: User, reference: str) -> Booking:
    """Return one of the team's bookings by its reference as typed. Raises Http404, PermissionDenied."""
    return access(
        Booking.objects.select_related("team"),
        user=user,
        permission=Permission.BOOK,
        reference=clean_reference(reference),
    )


class Bookings(ApiView):
    """Where bookings are made."""

    @extend_schema(
        operation_id="create_booking",
        tags=["Bookings"],
        summary="Book a family",
        description=(
            "Books one to six people at one clinic of your team, one after the other, or nobody. Needs a role that "
            "books for the public; staff may book at every clinic of their team that takes bookings. If the time has "
            "gone, the answer is 409 `times_taken` with the nearest times at which all fit. The contact gets the same "
            "confirmation as from the website. Send an `Idempotency-Key`, and send the request again with it when "
            "the reply is lost: the booking is made once."
        ),
        parameters=[KEY_PARAMETER],
        request=NewBookingSerializer,
        responses={
            201: BookingSerializer,
            200: BookingSerializer,
            **errors(400, 401, 403, 404, 409, 422, conflicts=[TIMES_TAKEN, NOT_TAKING_BOOKINGS, BUSY]),
        },
        examples=[
            OpenApiExample(
                "Two children",
                request_only=True,
                value={
                    "session": "0d4f7f0e-58a8-4d8f-9d1b-2f5f6e0f8a11",
                    "starts_at": "2026-03-14T10:20:00+00:00",
                    "contact": {
                        "name": "Samina Akhtar",
                        "relationship": "mother",
                        "phone": "07700 900 982",
                        "email": "samina@example.com",
                    },
                    "people": [
                        {
                            "first_name": "Amina",
                            "last_name": "Akhtar",
                            "date_of_birth": "2022-05-01",
                            "nhs_number": "999 000 0018",
                        },
                        {"first_name": "Bilal", "last_name": "Akhtar", "date_of_birth": "2024-11-30"},
                    ],
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Make the booking, or return the one that this key made."""
        at = timezone.now()
        user = caller_who_may(request, Permission.BOOK)
        key = idempotency_key(request)
        incoming = NewBookingSerializer(data=request.data)
        incoming.is_valid(raise_exception=True)
        wanted = incoming.validated_data
        session = access(
            ClinicSession.objects.select_related("team"),
            user=user,
            permission=Permission.BOOK,
            public_id=wanted["session"],
        )
        submission = submission_id(session.team, key)
        made: list[Made] = []

        def make() -> uuid.UUID:
            made.append(
                make_booking(
                    session=session,
                    people=[details_of(person) for person in wanted["people"]],
                    contact=contact_of(wanted.get("contact") or {}),
                    starts_at=wanted["starts_at"],
                    submission_id=submission,
                    how=Booking.How.API,
                    by=user,
                    source=SOURCE,
                    at=at,
                    split=wanted["split"],
                )
            )
            return submission

        result = once(
            make,
            team=session.team,
            key=key,
            endpoint="bookings",
            body=request.data,
            at=at,
            result_id=submission,
        )
        if not result.created or not made[0].created:
            booking = Booking.objects.get(submission_id=submission)
            return Response(shown_booking(booking, _appointments_of(booking)))
        return Response(shown_booking(made[0].booking, made[0].appointments), status=201)


class BookingDetail(ApiView):
    """One booking, by its reference."""

    @extend_schema(
        operation_id="get_booking",
        tags=["Bookings"],
        summary="Get a booking",
        description="By its reference in any case, with or without dashes and spaces. Logged as a look at each person "
        "whose record the booking is joined to.",
        responses={200: BookingSerializer, **errors(401, 403, 404)},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Return the booking."""
        booking = _booking(caller(request), reference)
        appointments = list(booking.appointments.select_related("session", "person__merged_into").order_by("position"))
        people = {
            (each.person.merged_into or each.person).public_id for each in appointments if each.person is not None
        }
        record_views(user=caller(request), at=timezone.now(), team=booking.team_id, people=people, page="api booking")
        return Response(shown_booking(booking, appointments))

    @extend_schema(
        operation_id="cancel_booking",
        tags=["Bookings"],
        summary="Cancel a booking",
        description="Cancels every appointment of it that still can be, gives the places back and tells the contact. "
        "Sent again, it changes nothing and returns the same.",
        responses={200: BookingSerializer, **errors(401, 403, 404, 409, conflicts=[ARRIVED])},
    )
    def delete(self, request: Request, reference: str) -> Response:
        """Cancel the booking and return it as it is now."""
        booking = _booking(caller(request), reference)
        try:
            cancel_appointments(
                booking=booking, appointments=None, by=caller(request), source=SOURCE, at=timezone.now()
            )
        except BookingRefused as refused:
            # Done already, by this request's first try or by anybody: what was asked for is so.
            if refused.code != "already_cancelled":
                raise
        return Response(shown_booking(booking, _appointments_of(booking)))


urlpatterns = [
    path("bookings/", Bookings.as_view(), name="api-bookings"),
    path("bookings/<str:reference>/", BookingDetail.as_view(), name="api-booking"),
]
