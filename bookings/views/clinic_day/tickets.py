"""Tickets of the drop-in at the desk: all arrive in one press, and whoever is like somebody known is told apart."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from bookings.drop_ins.desk import OnTicket, arrive_ticket, look_at_ticket
from bookings.models import Appointment, DropInTicket
from bookings.views.clinic_day.arriving import ArrivingPage
from bookings.views.clinic_day.base import uuids
from immunisations.models import Person


class TicketArrive(ArrivingPage):
    """One ticket: who is on it, and the button."""

    def ticket(self) -> DropInTicket:
        """The ticket of the address, of this clinic and its day."""
        found = get_object_or_404(
            DropInTicket.objects.select_related("session__team"),
            session=self.clinic,
            public_id=self.kwargs["ticket"],
        )
        if not found.people:
            raise Http404
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show who is on it, with those who are like them."""
        return self.show(self.ticket(), look_at_ticket(self.ticket()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark as arrived everybody who is clear, and whom the desk told apart; go on to the next who is not."""
        ticket = self.ticket()
        try:
            left = arrive_ticket(ticket=ticket, chosen=self.chosen(), by=self.user, at=self.now)
        except Refused as refusal:
            return self.refused(refusal)
        if left:
            return self.show(ticket, look_at_ticket(self.ticket()), told=True)
        ticket.refresh_from_db()
        return self.arrived(list(ticket.visits.select_related("person")))

    def chosen(self) -> dict[int, Person | Appointment | None]:
        """Return whom the desk says somebody on the ticket is."""
        number = self.request.POST.get("number", "")
        if not (number.isascii() and number.isdigit() and len(number) == 1):
            return {}
        if "appointment" in self.request.POST:
            ids = uuids([self.request.POST["appointment"]])
            return {int(number): get_object_or_404(Appointment, session=self.clinic, public_id__in=ids)}
        if self.request.POST.get("is") == "new":
            return {int(number): None}
        ids = uuids([self.request.POST.get("is", "")])
        people = Person.objects.select_related("merged_into")
        return {int(number): get_object_or_404(people, team=self.clinic.team_id, public_id__in=ids)}

    def show(self, ticket: DropInTicket, people: list[OnTicket], *, told: bool = False) -> HttpResponse:
        """Render the page, and write down whose records it names."""
        self.note_looks((match.person for each in people for match in each.matches), "ticket")
        if told:
            messages.warning(self.request, _("Somebody on this ticket is like somebody we know. Tell them apart."))
        context = {
            "ticket": ticket,
            "people": people,
            # Nobody has to be told apart: a scan and Enter, as for a booking.
            "ready": all(each.clear or each.arrived for each in people),
            "back_url": self.day_url(),
            "action": reverse("drop-in-arrive", args=[self.clinic.public_id, ticket.public_id]),
        }
        return self.page("ticket.html", context)


def ticket_page(ticket: DropInTicket) -> HttpResponse:
    """Lead to a ticket that was scanned."""
    return redirect("drop-in-arrive", ticket.session.public_id, ticket.public_id)
