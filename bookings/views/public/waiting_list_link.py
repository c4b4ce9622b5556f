"""The private link of a wait: what is waited for, what is offered, and why it is over."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.errors import Refused
from bookings.models import WaitingListEntry, WaitingListOffer
from bookings.queries.waiting import why_over, with_clinics_ahead
from bookings.references import shown_reference
from bookings.views.public import found
from bookings.waiting_list import joining
from bookings.waiting_list.answering import decline_offer, take_offer
from bookings.waiting_list.joining import find_entry, stop_waiting
from bookings.waiting_list.wishes import PARTS, WEEKDAYS
from clinics import words
from clinics.models import ClinicSession, Place
from clinics.places import TimesTaken


@method_decorator(never_cache, name="dispatch")
class WaitingListLink(View):
    """The private link of a wait: it shows what is waited for and what is offered. Nothing happens until a button is
    pressed: programs that open links for a preview take nothing.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show it."""
        entry = find_entry(token)
        if entry is None:
            return render(request, "bookings/waiting_list_unknown.html", status=404)
        at = timezone.now()
        waits = entry.state == joining.State.WAITING
        latest = entry.offers.select_related("session__venue", "session__team").first()
        cancelled = latest is not None and latest.session.state == ClinicSession.State.CANCELLED
        # The worker gives an offer of a cancelled clinic back a moment later.
        offer = latest if latest is not None and not latest.answer and not cancelled else None
        context = {
            "entry": entry,
            "offer": offer,
            "times": offered_times(offer) if offer else "",
            "kept": offer is not None and offer.expires_at > at,
            "days": words.listed([str(WEEKDAYS[day]) for day in entry.weekdays]) or _("Any day"),
            "parts": words.listed([str(PARTS[part]) for part in entry.parts]) or _("Any part of the day"),
            "waits": waits,
            "lost_offer": cancelled and latest is not None and latest.answer in ("", joining.Answer.WITHDRAWN),
            "clinics_ahead": waits and entry.pk in with_clinics_ahead([entry], at),
            "why": why_over(entry) if entry.state == joining.State.ENDED else "",
            "reference": shown_reference(entry.booking.reference) if entry.booking else "",
        }
        return TemplateResponse(request, "bookings/waiting_list.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take or decline the offer that the page showed, or stop waiting."""
        entry = find_entry(token)
        if entry is None:
            return render(request, "bookings/waiting_list_unknown.html", status=404)
        at = timezone.now()
        do = request.POST.get("do", "")
        if do == "stop":
            stop_waiting(entry=entry, by=None, source="public", at=at)
            return self.back(token)
        offer = self.offer(entry, request.POST.get("offer", ""))
        if offer is None or do not in ("take", "decline"):
            return self.back(token)
        try:
            if do == "take":
                booking = take_offer(offer=offer, by=None, source="public", at=at)
                messages.success(request, _("These times are yours"))
                response = redirect("booking-manage")
                found.remember(response, booking)
                return response
            decline_offer(offer=offer, by=None, source="public", at=at)
        except TimesTaken:
            messages.error(
                request, _("We are sorry. Somebody else has these times now. You are still on the waiting list.")
            )
        except Refused as refusal:
            # Whether somebody has come may be nothing to whoever booked.
            hushed = _("This appointment can no longer be changed.")
            messages.error(request, hushed if refusal.code == "arrived" else refusal.message)
        return self.back(token)

    def offer(self, entry: WaitingListEntry, public_id: str) -> WaitingListOffer | None:
        """Return the offer that the page showed, if it is one of this wait's."""
        try:
            return entry.offers.select_related("entry").filter(public_id=uuid.UUID(public_id)).first()
        except ValueError:
            return None

    def back(self, token: str) -> HttpResponse:
        """Show the wait as it stands now."""
        return HttpResponseRedirect(reverse("waiting-list-link", args=[token]))


def offered_times(offer: WaitingListOffer) -> str:
    """Return the times that an offer keeps, one for each person: “10:20am and 10:30am”."""
    firsts: dict[int, datetime] = {}
    rows = Place.objects.filter(reservation__holder=offer.holder).order_by("starts_at")
    for reservation, starts_at in rows.values_list("reservation", "starts_at"):
        firsts.setdefault(reservation or 0, starts_at)
    return words.listed([words.clock(start) for start in sorted(firsts.values())]) or words.clock(offer.starts_at)
