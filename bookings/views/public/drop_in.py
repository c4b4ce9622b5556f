"""The drop-ins: when, where, how busy now, and a place in the queue before one comes."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.addresses import client_address
from bookings import human, limits
from bookings.drop_ins.opening import drop_ins_later, drop_ins_today, takes_tickets
from bookings.drop_ins.tickets import TicketRefused, find_ticket, give_back, place_of_ticket, take_ticket
from bookings.forms.public.drop_in import TicketForm
from bookings.policies import MOST_PEOPLE
from bookings.qr import qr_svg
from bookings.views.public.fairness import too_many
from bookings.views.public.waiting_list import signs
from clinics.availability import lately
from clinics.models import ClinicSession
from clinics.queries import visible_session
from clinics.times import london_day
from clinics.words import clock


@method_decorator(never_cache, name="dispatch")
class DropIns(View):
    """Every drop-in of today and to come."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        at = timezone.now()
        # How busy it is today is asked each time; the days to come are the same for everybody for seconds.
        later = lately(
            "drop-ins-later",
            lambda: render_to_string("bookings/drop_ins_later.html", {"later": drop_ins_later(at=at)}).strip(),
            of=(get_language(), get_script_prefix(), london_day(at)),
        )
        context = {"today": drop_ins_today(at=at), "later": SafeString(later), "updated": clock(at)}
        return render(request, "bookings/drop_ins.html", context)


@method_decorator(never_cache, name="dispatch")
class TicketTake(View):
    """Asks who is coming, and gives a place in the queue."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Find the clinic; where no place can be had now, say so."""
        self.at: datetime = timezone.now()
        session = visible_session(kwargs["slug"])
        if session is None or session.drop_in_from is None:
            raise Http404
        self.session: ClinicSession = session
        if not takes_tickets(session, self.at):
            context = {"session": session, "back_url": reverse("drop-in")}
            return render(request, "bookings/ticket_not_now.html", context, status=409)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Ask for one person."""
        return self.show(TicketForm(people=1, today=london_day(self.at)), uuid.uuid4())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Ask for one person more or fewer, or give the place."""
        once = _uuid(request.POST.get("once", "")) or uuid.uuid4()
        typed = request.POST.get("people", "1")
        people = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 1
        do = request.POST.get("do", "take")
        if do in ("add", "fewer"):
            form = TicketForm(request.POST, people=people + (1 if do == "add" else -1), today=london_day(self.at))
            # Nothing is wrong yet with what they have not come to.
            form.errors.clear()
            return self.show(form, once, status=200)
        form = TicketForm(request.POST, people=people, today=london_day(self.at))
        if not form.is_valid():
            return self.show(form, once)
        doubt = human.doubt(request, at=self.at)
        if doubt:
            form.add_error(None, doubt)
            return self.show(form, once)
        if not limits.allows(limits.TICKETS_FROM_ADDRESS, client_address(request), at=self.at):
            return too_many(request)
        try:
            taken = take_ticket(
                session=self.session,
                people=form.typed_people(),
                language=get_language() or "en-gb",
                submission_id=once,
                at=self.at,
            )
        except TicketRefused as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, once, refusal.status)
        if taken.created:
            messages.success(request, _("You have a place in the queue"))
        return redirect("drop-in-ticket", token=taken.ticket.token)

    def show(self, form: TicketForm, once: uuid.UUID, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "session": self.session,
            "once": once,
            "full": form.people >= MOST_PEOPLE,
            "most": MOST_PEOPLE,
            "back_url": reverse("drop-in"),
            "human": signs(self.request, self.at),
        }
        return TemplateResponse(self.request, "bookings/ticket_take.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class TicketLink(View):
    """A family's own ticket: its code for the desk, how many are before it, and giving it back. It names nobody."""

    def get(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """Show it; a link of another day, or of nobody, gets the same neutral page."""
        at = timezone.now()
        ticket = find_ticket(token, today=london_day(at))
        if ticket is None:
            return render(request, "bookings/no_queue.html", status=404)
        address = settings.PUBLIC_URL.rstrip("/") + reverse("drop-in-ticket", args=[ticket.token])
        open_still = ticket.used_at is None and ticket.given_back_at is None
        context = {
            "ticket": ticket,
            "session": ticket.session,
            "open": open_still,
            "place": place_of_ticket(ticket, at=at) if ticket.given_back_at is None else None,
            "qr": qr_svg(address, label=_("QR code of your place in the queue")) if open_still else "",
            "updated": clock(at),
            "refreshes": request.GET.get("refresh") != "off" and ticket.given_back_at is None,
        }
        return render(request, "bookings/ticket.html", context)

    def post(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """Give it back."""
        at = timezone.now()
        ticket = find_ticket(token, today=london_day(at))
        if ticket is None:
            return render(request, "bookings/no_queue.html", status=404)
        if give_back(ticket=ticket, at=at):
            messages.success(request, _("You gave your place in the queue back"))
        return redirect("drop-in-ticket", token=token)


def _uuid(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
