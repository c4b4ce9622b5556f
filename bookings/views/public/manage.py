"""Finding a booking again, seeing how it stands, cancelling, running late, and the file for calendars."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.addresses import client_address
from bookings import limits
from bookings.actions import cancel_appointments, find_booking, find_booking_by_token, say_running_late
from bookings.actions.changing import room_for_more
from bookings.calendar import calendar_response
from bookings.forms.public.manage import CancelForm, FindForm
from bookings.models import Appointment, HealthAnswers
from bookings.policies import BookingRefused, can_cancel
from bookings.qr import booking_qr
from bookings.queries.delay import minutes_behind
from bookings.references import clean_reference, shown_reference
from bookings.stopping import addresses_of
from bookings.views.public.changing import comes_again
from bookings.views.public.found import FoundView, remember, state_words
from bookings.views.public.support import SPOKEN
from clinics.times import london_day


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


class Manage(FoundView):
    """The booking: each person's appointment and what became of it, and what can be done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        to_come = self.to_come()
        today = [each for each in self.appointments if self.is_today(each)]
        answered = set(HealthAnswers.objects.filter(appointment__in=to_come).values_list("appointment", flat=True))
        context = {
            "reference": shown_reference(self.booking.reference),
            "items": [
                {
                    "appointment": each,
                    "session": each.session,
                    "state": state_words(each, self.at, kept=each.pk in self.kept),
                    "to_come": self.is_to_come(each),
                    "again": comes_again(each, self.appointments),
                    "answered": each.pk in answered,
                }
                for each in self.appointments
            ],
            "several": len(to_come) > 1,
            "any": bool(to_come),
            "some_cancelled": any(each.state == Appointment.State.CANCELLED for each in self.appointments),
            "qr": booking_qr(self.booking) if to_come or today else "",
            "today": bool(today),
            "late_since": min((each.running_late_at for each in today if each.running_late_at), default=None),
            "behind": minutes_behind(today[0].session, at=self.at) if today else None,
            "written_to": bool(addresses_of(self.booking)),
            "may_add": bool(to_come) and room_for_more(self.appointments),
        }
        return render(request, "bookings/manage.html", context)


class RunningLate(FoundView):
    """“We are running late”: one press, and the people at the clinic know."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """There is nothing to see here: show the booking."""
        return redirect("booking-manage")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Tell the clinic."""
        if any(self.is_today(each) for each in self.appointments):
            say_running_late(booking=self.booking, by=None, source="public", at=self.at)
            messages.success(request, _("We told the clinic that you are running late. Come when you can."))
        return redirect("booking-manage")


class Cancel(FoundView):
    """Cancels one appointment, or every one that can be, once that was confirmed."""

    def wanted(self, public_id: uuid.UUID | None) -> list[Appointment]:
        """Return what the address asks to cancel: one appointment, or all that can be."""
        if public_id is None:
            return self.to_come()
        return [each for each in self.appointments if each.public_id == public_id]

    def get(self, request: HttpRequest, appointment: uuid.UUID | None = None) -> HttpResponse:
        """Ask whether to cancel; without anything that can be cancelled, show the booking."""
        wanted = [each for each in self.wanted(appointment) if self.is_to_come(each)]
        if not wanted:
            return redirect("booking-manage")
        return self.show(wanted, CancelForm())

    def show(self, wanted: list[Appointment], form: CancelForm) -> HttpResponse:
        """Render the question."""
        context = {"appointments": wanted, "form": form, "back_url": reverse("booking-manage")}
        return TemplateResponse(self.request, "bookings/cancel.html", context)

    def post(self, request: HttpRequest, appointment: uuid.UUID | None = None) -> HttpResponse:
        """Cancel, and show the booking as it stands then."""
        wanted = self.wanted(appointment)
        if not wanted:
            return redirect("booking-manage")
        form = CancelForm(request.POST)
        if not form.is_valid():
            return self.show(wanted, form)
        # Whether somebody came of whom nothing may be said is found out by nobody's pressing “Cancel all”.
        others = [each for each in wanted if can_cancel(each, self.at)] if appointment is None else wanted
        try:
            cancel_appointments(
                booking=self.booking,
                appointments=others or wanted,
                by=None,
                source="public",
                at=self.at,
                reason=form.cleaned_data["reason"],
            )
        except BookingRefused as refusal:
            # A second press finds it cancelled already, which is what was wanted.
            if refusal.code == "arrived" and any(each.pk in self.kept for each in wanted):
                # Whether they came is not said to whoever booked.
                messages.error(request, _("This appointment can no longer be cancelled."))
            elif refusal.code != "already_cancelled":
                messages.error(request, refusal.message)
        else:
            one = len(others) == 1
            messages.success(request, _("Appointment cancelled") if one else _("Appointments cancelled"))
        return redirect("booking-manage")


class Calendar(FoundView):
    """The booking as a file for a calendar."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send the file."""
        return calendar_response(self.booking, at=self.at, cancelled="cancelled" in request.GET)


class DeskCard(FoundView):
    """A card to show at the desk: in the language of the page, with the English beneath."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        shown = [each for each in self.appointments if self.is_today(each)] or self.to_come()
        if not shown:
            return redirect("booking-manage")
        translated = not (get_language() or "en").startswith("en")
        reference = shown_reference(self.booking.reference)
        language = self.booking.spoken_language
        with override("en-gb"):
            english = card_words(language, len(shown), reference)
            pictures = [str(words) for _picture, words in STEPS]
        context = {
            # "language" is the layout's word for that of the page.
            "spoken": language,
            "interpreter": self.booking.interpreter_needed or bool(language),
            "appointments": shown,
            "translated": translated,
            "own": card_words((dict(SPOKEN).get(language) if translated else "") or language, len(shown), reference),
            "english": english,
            "steps": [
                {"picture": f"bookings/pictures/{picture}.svg", "words": words, "english": in_english}
                for (picture, words), in_english in zip(STEPS, pictures, strict=True)
            ],
            "qr": booking_qr(self.booking),
            "back_url": reverse("booking-manage"),
        }
        return render(request, "bookings/desk_card.html", context)


# What happens at the clinic, each with its picture.
STEPS = (
    ("arrive", _lazy("Come in and say that you are here.")),
    ("sit", _lazy("Sit down until somebody calls you.")),
    ("injection", _lazy("A nurse talks with you and gives the vaccination.")),
    ("wait", _lazy("Wait for a few minutes, until the nurse says that you can go.")),
    ("go", _lazy("Go home.")),
)


def card_words(language: str, count: int, reference: str) -> dict[str, str]:
    """Return the sentences of the card in the language that is active."""
    return {
        "speak": _("I speak %(language)s.") % {"language": language},
        "appointment": ngettext(
            "We have an appointment for %(number)s person.", "We have an appointment for %(number)s people.", count
        )
        % {"number": count},
        "interpreter": _("Please call the interpreter."),
        "reference": _("Reference %(reference)s") % {"reference": reference},
    }
