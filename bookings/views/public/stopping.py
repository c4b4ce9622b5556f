"""Wanting no more reminders, and taking that back: by the link in a message, or from the booking that was found."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from bookings.actions import find_booking_by_token
from bookings.models import Booking
from bookings.stopping import has_stopped, start_messages, stop_messages
from bookings.views.public.found import FoundView
from messaging.models import StopRequest


@method_decorator(never_cache, name="dispatch")
class MessageStop(View):
    """Asks before it stops anything: mail programs open links by themselves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Say what stops and what does not, or that it has."""
        booking = find_booking_by_token(token)
        if booking is None:
            return render(request, "bookings/not_found.html", status=404)
        return _page(request, booking)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Stop, or start again."""
        booking = find_booking_by_token(token)
        if booking is None:
            return render(request, "bookings/not_found.html", status=404)
        _stop_or_start(request, booking, at=timezone.now())
        return redirect("message-stop", token)


class Reminders(FoundView):
    """The same page for whoever found their booking: its address holds no secret."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say what stops and what does not, or that it has."""
        return _page(request, self.booking)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Stop, or start again."""
        _stop_or_start(request, self.booking, at=self.at)
        return redirect("booking-reminders")


def _page(request: HttpRequest, booking: Booking) -> HttpResponse:
    return TemplateResponse(request, "bookings/stop.html", {"stopped": has_stopped(booking)})


def _stop_or_start(request: HttpRequest, booking: Booking, *, at: datetime) -> None:
    if request.POST.get("do") == "start":
        start_messages(booking=booking, by=None, at=at, source="public")
    else:
        stop_messages(booking=booking, how=StopRequest.Source.LINK, by=None, at=at, source="public")
