"""The slip of paper with a family's place in the queue."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import QueueSlip
from bookings.qr import qr_svg
from bookings.slips import make_slip, place_of
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from immunisations.models import Visit


class SlipMake(ClinicDayPage):
    """Makes a slip for somebody who waits, and everybody booked with them."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make it, or find the one there is, and show it."""
        visit = get_object_or_404(
            Visit.objects.select_related("session", "person"),
            session=self.clinic,
            public_id__in=uuids([request.POST.get("visit", "")]),
        )
        slip = make_slip(visit=visit, by=self.user, at=self.now)
        return redirect("queue-slip", self.clinic.public_id, slip.public_id)


class SlipShow(ClinicDayPage):
    """The slip, to print: no name is on it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        slip = get_object_or_404(
            QueueSlip.objects.select_related("visit__session"),
            visit__session=self.clinic,
            public_id=self.kwargs["slip"],
        )
        address = settings.PUBLIC_URL.rstrip("/") + reverse("queue-place", args=[slip.token])
        context = {
            "back_url": self.day_url(),
            "place": place_of(slip, at=self.now),
            "address": address,
            "qr": qr_svg(address, label=_("QR code with the link to your place in the queue")),
        }
        return self.page("queue_slip.html", context)
