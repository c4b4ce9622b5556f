"""The link in our messages by which somebody says that they want no more of them, and takes that back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from bookings.actions import find_booking_by_token
from bookings.stopping import has_stopped, start_messages, stop_messages
from messaging.models import StopRequest


@method_decorator(never_cache, name="dispatch")
class MessageStop(View):
    """Asks before it stops anything: mail programs open links by themselves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Say what stops and what does not, or that it has."""
        booking = find_booking_by_token(token)
        if booking is None:
            return render(request, "bookings/not_found.html", status=404)
        context: dict[str, Any] = {"stopped": has_stopped(booking), "team": booking.team}
        return TemplateResponse(request, "bookings/stop.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Stop, or start again."""
        booking = find_booking_by_token(token)
        if booking is None:
            return render(request, "bookings/not_found.html", status=404)
        at = timezone.now()
        if request.POST.get("do") == "start":
            start_messages(booking=booking, by=None, at=at, source="public")
        else:
            stop_messages(booking=booking, how=StopRequest.Source.LINK, by=None, at=at, source="public")
        return redirect("message-stop", token)
