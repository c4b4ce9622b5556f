"""The confirmation of a booking, and its file for calendars."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bookings.calendar import calendar_response
from bookings.models import Appointment, Booking
from bookings.qr import booking_qr
from bookings.queries.delay import minutes_behind
from bookings.references import shown_reference
from bookings.views.public.base import DraftView
from bookings.views.public.contact_change import at_home
from bookings.views.public.found import remember
from clinics.models import ClinicSession

# Whoever is later than this has come, or does not come.
STILL_EXPECTED = timedelta(hours=1)


class Booked(DraftView):
    """The confirmation. Shown again however often it is asked for: nothing is made or sent here."""

    after_booking = True
    related = "booking"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the reference, and when and where to be."""
        booking = self.draft.booking
        if booking is None:
            return self.go_on()
        appointments = [
            each
            for each in booking.appointments.select_related("session__venue").order_by("position")
            if each.state != Appointment.State.CANCELLED
        ]
        if not appointments:
            # Cancelled meanwhile: what became of them is said there.
            response: HttpResponse = redirect("booking-manage")
            remember(response, booking)
            return response
        context = {
            "booking": booking,
            "reference": shown_reference(booking.reference),
            "appointments": appointments,
            "clinics": by_clinic(appointments),
            # Told by the clock alone: of some people nothing may be said that tells whether they came.
            "today": any(
                each.session.date == self.today and each.starts_at > self.at - STILL_EXPECTED for each in appointments
            ),
            "late_since": min((each.running_late_at for each in appointments if each.running_late_at), default=None),
            "behind": minutes_behind(appointments[0].session, at=self.at),
            "approximate": [each for each in appointments if each.date_of_birth_is_approximate],
            "mobile": self.mobile_of(booking),
            "letter": ", ".join(booking.address.splitlines()) if booking.letters else "",
            "no_gp": [each for each in appointments if each.gp_registered == Appointment.GpRegistered.NO],
            "no_parent": booking.parental_responsibility in ("no", "not_sure"),
            "qr": booking_qr(booking),
            "calendar_url": reverse("booking-booked-calendar", kwargs={"draft": self.draft.public_id}),
        }
        response = render(request, "bookings/booked.html", context)
        # Whoever made the booking need not look for it again to answer health questions or to change it.
        remember(response, booking)
        return response

    def mobile_of(self, booking: Booking) -> str:
        """Return the number that texts go to, as it was typed unless it was changed since; "" where there is none."""
        if not booking.texts:
            return ""
        return self.answers.mobile_typed if booking.phone == self.answers.mobile else at_home(booking.phone)


def by_clinic(appointments: Sequence[Appointment]) -> list[tuple[ClinicSession, list[Appointment]]]:
    """Return appointments by clinic, in the order in which they begin: after a change a family may be at several."""
    found: dict[int, list[Appointment]] = {}
    for appointment in sorted(appointments, key=lambda each: each.starts_at):
        found.setdefault(appointment.session_id, []).append(appointment)
    return [(several[0].session, several) for several in found.values()]


class BookedCalendar(DraftView):
    """The booking as a file for a calendar."""

    after_booking = True
    related = "booking"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the file."""
        if self.draft.booking is None:
            return self.go_on()
        return calendar_response(self.draft.booking, at=self.at)
