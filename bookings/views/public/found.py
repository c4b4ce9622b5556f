"""What every page about a booking that was found again shares: which booking, and what may be done with it."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from bookings.models import Appointment, Booking
from bookings.policies import can_cancel
from bookings.privacy import kept_from_contact
from clinics import words
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
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, HttpResponse):
            # Whoever is still answering is given their half hour anew.
            remember(response, booking)
        return response

    @cached_property
    def kept(self) -> set[int]:
        """The appointments of which whoever booked may hear nothing more."""
        return kept_from_contact(self.appointments)

    def is_to_come(self, appointment: Appointment) -> bool:
        """Whether the page treats it as still to come.

        Where somebody asked that whoever booked is not told, it does so until its time, whether or not they came.
        """
        if can_cancel(appointment, self.at):
            return True
        return (
            appointment.pk in self.kept
            and appointment.state == Appointment.State.BOOKED
            and appointment.starts_at > self.at
        )

    def to_come(self) -> list[Appointment]:
        """Return the appointments that are still to come, as far as the page may tell."""
        return [each for each in self.appointments if self.is_to_come(each)]

    def is_today(self, appointment: Appointment) -> bool:
        """Whether somebody is expected today, so far as the page may tell: also when their time has just gone."""
        here = appointment.visit_id is not None and appointment.pk not in self.kept
        booked = appointment.state == Appointment.State.BOOKED
        return booked and not here and appointment.session.date == london_day(self.at)

    def appointment_of(self, public_id: uuid.UUID) -> Appointment | None:
        """Return one of the booking's appointments, or None."""
        return next((each for each in self.appointments if each.public_id == public_id), None)


def state_words(appointment: Appointment, at: datetime, *, kept: bool = False) -> str:
    """Return what became of an appointment, said plainly; not whether they came, where that is ``kept`` from them."""
    if appointment.state == Appointment.State.CANCELLED:
        return cancelled_words(appointment)
    if appointment.visit_id is not None and not kept:
        return _("Came to the clinic")
    if appointment.state == Appointment.State.DID_NOT_ATTEND:
        return _("Missed: we did not see them at the clinic")
    return _("Booked") if appointment.starts_at > at else _("In the past")


def cancelled_words(appointment: Appointment) -> str:
    """Return by whom an appointment was cancelled, and on which day."""
    if appointment.session.state == appointment.session.State.CANCELLED:
        return _("Cancelled: this clinic is cancelled")
    if appointment.cancelled_at is None:
        return _("Cancelled")
    day = {"day": words.day(london_day(appointment.cancelled_at))}
    # The door that somebody cancelled through; whatever else stands there is the name of one of the staff.
    if appointment.cancelled_by in ("website", "public"):
        return _("Cancelled on this website on %(day)s") % day
    if appointment.cancelled_by == "text":
        return _("Cancelled by text message on %(day)s") % day
    if appointment.cancelled_by == "api":
        return _("Cancelled through another system on %(day)s") % day
    return _("Cancelled by our team on %(day)s") % day
