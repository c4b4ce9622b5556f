"""A booking as whoever is on the phone needs it: to read aloud, to print, to cancel."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import access
from accounts.errors import Refused
from accounts.models import Team
from accounts.permissions import Permission
from bookings.actions import cancel_appointments
from bookings.forms.phone import CancelForCallerForm
from bookings.models import Appointment, Booking
from bookings.owing import is_mobile
from bookings.policies import can_cancel, can_change
from bookings.privacy import kept_from_contact
from bookings.queries.calling import wait_of
from bookings.references import shown_reference
from bookings.views.coordinate.phone import PhonePage, note_booked


class BookingPage(PhonePage):
    """A page about one booking of the user's teams."""

    permission = None

    @cached_property
    def booking(self) -> Booking:
        """The booking of the address: 404 for another team's, 403 for the wrong role."""
        return access(
            Booking.objects.select_related("team").prefetch_related("appointments__person"),
            user=self.user,
            permission=Permission.BOOK,
            public_id=self.kwargs["booking"],
        )

    @property
    def team(self) -> Team:
        """The booking's team."""
        return self.booking.team

    @cached_property
    def appointments(self) -> list[Appointment]:
        """Everybody's appointment, in the booking's order."""
        return list(
            self.booking.appointments.select_related("booking", "session__venue", "person", "visit").order_by(
                "position"
            )
        )

    def shared(self) -> dict[str, Any]:
        """Return what every page about the booking shows, and write down that it was looked at."""
        note_booked(self, [self.booking])
        kept = kept_from_contact(self.appointments)
        return {
            "booking": self.booking,
            "reference": shown_reference(self.booking.reference),
            "items": [
                {
                    "appointment": each,
                    "session": each.session,
                    "state": state_words(each, kept=each.pk in kept),
                    "to_come": each.state == Appointment.State.BOOKED and each.starts_at > self.now,
                }
                for each in self.appointments
            ],
            "can_change": any(can_change(each, self.now, staff=True) for each in self.appointments),
            "can_add": any(can_change(each, self.now) for each in self.appointments),
            "can_cancel": any(can_cancel(each, self.now, staff=True) for each in self.appointments),
            "texts_to": self.booking.phone if self.booking.texts and is_mobile(self.booking.phone) else "",
            "waiting": wait_of(self.booking),
            "back_url": reverse("phone-bookings"),
        }


def state_words(appointment: Appointment, *, kept: bool) -> str:
    """Return what became of an appointment; not whether they came, where that is ``kept`` from whoever booked."""
    if appointment.visit_id is not None and not kept:
        return _("Came to the clinic")
    return str(appointment.get_state_display())


class PhoneBooking(BookingPage):
    """The booking: what to read to the caller, and what can be done."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.page("phone_booking.html", self.shared())


class PhoneBookingPrint(BookingPage):
    """The confirmation as a sheet of paper."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        context = {"back_url": reverse("phone-booking", args=[self.booking.public_id])}
        return self.page("phone_print.html", self.shared() | context)


class PhoneBookingCancel(BookingPage):
    """Cancels some of a booking's appointments, or all, as the caller asks."""

    def form(self, post: Any = None) -> CancelForCallerForm:
        """Return the form, with everybody whose appointment can be cancelled."""
        open_to_cancel = [each for each in self.appointments if can_cancel(each, self.now, staff=True)]
        choices = [(str(each.public_id), str(each)) for each in open_to_cancel]
        only = [choices[0][0]] if len(choices) == 1 else []
        return CancelForCallerForm(post, choices=choices, initial={"who": only})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask whose, unless there is nothing to cancel."""
        form = self.form()
        if not form.fields["who"].choices:  # type: ignore[attr-defined]  # a field of choices
            return redirect("phone-booking", self.booking.public_id)
        return self.show(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Cancel, and show the booking as it stands then."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        wanted = [each for each in self.appointments if str(each.public_id) in form.cleaned_data["who"]]
        try:
            cancel_appointments(
                booking=self.booking,
                appointments=wanted,
                by=self.user,
                source="staff",
                at=self.now,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=refusal.status)
        messages.success(request, _("Appointment cancelled") if len(wanted) == 1 else _("Appointments cancelled"))
        return redirect("phone-booking", self.booking.public_id)

    def show(self, form: CancelForCallerForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {"form": form, "back_url": reverse("phone-booking", args=[self.booking.public_id])}
        return self.page("phone_cancel.html", self.shared() | context, status=status)
