"""A family's own view of the queue, by the link on its slip."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from bookings.slips import find_slip, place_of
from clinics.times import london_day
from clinics.words import clock


@method_decorator(never_cache, name="dispatch")
class QueuePlace(View):
    """How many people are before them. It names nobody, asks nothing and keeps nothing."""

    def get(self, request: HttpRequest, token: UUID, **kwargs: Any) -> HttpResponse:
        """Show it; a link of another day, or of nobody, gets the same neutral page."""
        at = timezone.now()
        slip = find_slip(token, today=london_day(at))
        if slip is None:
            return render(request, "bookings/no_queue.html", status=404)
        place = place_of(slip, at=at)
        context = {
            "place": place,
            "updated": clock(at),
            "refreshes": not place.is_seen and request.GET.get("refresh") != "off",
        }
        return render(request, "bookings/queue.html", context)
