"""Finding a booking again, and cancelling."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.addresses import client_address
from bookings import limits
from bookings.actions import cancel_appointments, find_booking, find_booking_by_token
from bookings.calendar import calendar_response
from bookings.forms.public.manage import FindForm
from bookings.models import Appointment, Booking
from bookings.policies import BookingRefused, can_cancel
from bookings.privacy import kept_from_contact
from bookings.qr import booking_qr
from bookings.references import clean_reference, shown_reference
from clinics.times import london_day

COOKIE = "found"
SALT = "bookings.found"
REMEMBERED_SECONDS = 30 * 60


def remember(response: HttpResponse, booking: Booking) -> None:
    """Let the browser see this booking for half an hour. Its reference is in no address and no cookie."""
    response.set_signed_cookie(
        COOKIE,
        str(booking.public_id),
        salt=SALT,
        max_age=REMEMBERED_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@method_decorator(never_cache, name="dispatch")
class Find(View):
    """Finds a booking by its reference and the date of birth of one of its people."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for both."""
        return self.show(request, FindForm(today=london_day(timezone.now())))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look it up; a wrong pair is told in the same words whichever half is wrong, and only so often."""
        at = timezone.now()
        form = FindForm(request.POST, today=london_day(at))
        if not form.is_valid():
            return self.show(request, form)
        address = client_address(request)
        reference = clean_reference(form.cleaned_data["reference"])
        if not limits.begin_try(address=address, reference=reference, at=at):
            return render(request, "bookings/too_many.html", {"back_url": reverse("booking-find")}, status=429)
        booking = find_booking(reference=reference, date_of_birth=form.cleaned_data["date_of_birth"])
        if booking is None:
            form.add_error(
                "reference",
                _("We cannot find a booking with this reference and date of birth. Check both and try again"),
            )
            return self.show(request, form)
        limits.forgive(address=address, reference=reference, at=at)
        response = redirect("booking-manage")
        remember(response, booking)
        return response

    def show(self, request: HttpRequest, form: FindForm) -> HttpResponse:
        """Render the page."""
        return TemplateResponse(request, "bookings/find.html", {"form": form, "back_url": reverse("start")})


@method_decorator(never_cache, name="dispatch")
class Link(View):
    """The private link in our messages: opens the booking, and leaves its secret out of every later address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Remember the booking and show it, or say that the link is not one of ours."""
        booking = find_booking_by_token(token)
        if booking is None:
            return render(request, "bookings/not_found.html", status=404)
        response = redirect("booking-manage")
        remember(response, booking)
        return response


@method_decorator(never_cache, name="dispatch")
class FoundView(View):
    """A page about the booking that this browser found."""

    at: datetime
    booking: Booking
    appointments: list[Appointment]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the booking as it stands now; without one, ask for its reference."""
        self.at = timezone.now()
        found = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=REMEMBERED_SECONDS)
        booking = Booking.objects.filter(public_id=uuid.UUID(found)).select_related("team").first() if found else None
        if booking is None:
            return redirect("booking-find")
        self.booking = booking
        self.appointments = list(
            booking.appointments.select_related("booking", "session__venue", "person", "visit").order_by("position")
        )
        return super().dispatch(request, *args, **kwargs)

    def to_cancel(self) -> list[Appointment]:
        """Return the appointments that can still be cancelled."""
        return [each for each in self.appointments if can_cancel(each, self.at)]


def state_words(appointment: Appointment, at: datetime, *, kept: bool = False) -> str:
    """Return what became of an appointment, said plainly; not whether they came, where that is ``kept`` from them."""
    if appointment.state == Appointment.State.CANCELLED:
        if appointment.session.state == appointment.session.State.CANCELLED:
            return _("Cancelled: this clinic is cancelled")
        return _("Cancelled")
    if appointment.visit_id is not None and not kept:
        return _("Came to the clinic")
    if appointment.state == Appointment.State.DID_NOT_ATTEND:
        return _("Missed: we did not see them at the clinic")
    return _("Booked") if appointment.starts_at > at else _("In the past")


class Manage(FoundView):
    """The booking: each person's appointment and what became of it, and what can be done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        kept = kept_from_contact(self.appointments)
        context = {
            "reference": shown_reference(self.booking.reference),
            "items": [
                {
                    "appointment": each,
                    "session": each.session,
                    "state": state_words(each, self.at, kept=each.pk in kept),
                    "to_come": can_cancel(each, self.at),
                    "cancelled": each.state == Appointment.State.CANCELLED,
                }
                for each in self.appointments
            ],
            "several": len(self.to_cancel()) > 1,
            "any": bool(self.to_cancel()),
            "qr": booking_qr(self.booking) if self.to_cancel() else "",
            "town": self.appointments[0].session.venue.town,
        }
        return render(request, "bookings/manage.html", context)


class Cancel(FoundView):
    """Cancels one appointment, or every one that can be, once that was confirmed."""

    def wanted(self, public_id: uuid.UUID | None) -> list[Appointment]:
        """Return what the address asks to cancel: one appointment, or all that can be."""
        if public_id is None:
            return self.to_cancel()
        return [each for each in self.appointments if each.public_id == public_id]

    def get(self, request: HttpRequest, appointment: uuid.UUID | None = None) -> HttpResponse:
        """Ask whether to cancel; without anything that can be cancelled, show the booking."""
        wanted = [each for each in self.wanted(appointment) if can_cancel(each, self.at)]
        if not wanted:
            return redirect("booking-manage")
        context = {"appointments": wanted, "all": appointment is None, "back_url": reverse("booking-manage")}
        return render(request, "bookings/cancel.html", context)

    def post(self, request: HttpRequest, appointment: uuid.UUID | None = None) -> HttpResponse:
        """Cancel, and show the booking as it stands then."""
        wanted = self.wanted(appointment)
        if not wanted:
            return redirect("booking-manage")
        try:
            cancel_appointments(
                booking=self.booking,
                appointments=wanted,
                by=None,
                source="website",
                at=self.at,
            )
        except BookingRefused as refusal:
            # A second press finds it cancelled already, which is what was wanted.
            if refusal.code == "arrived" and kept_from_contact(wanted):
                # Whether they came is not said to whoever booked.
                messages.error(request, _("This appointment can no longer be cancelled."))
            elif refusal.code != "already_cancelled":
                messages.error(request, refusal.message)
        else:
            one = len(wanted) == 1
            messages.success(request, _("Appointment cancelled") if one else _("Appointments cancelled"))
        return redirect("booking-manage")


class Calendar(FoundView):
    """The booking as a file for a calendar."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send the file."""
        return calendar_response(self.booking, at=self.at)
