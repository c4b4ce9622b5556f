"""Changing how the contact of a booking is reached."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import limits
from bookings.actions import Reach, change_contact
from bookings.forms.public.manage import EMAIL, NEITHER, TEXT, ReachForm
from bookings.owing import is_mobile
from bookings.views.public.found import FoundView


class ChangeContact(FoundView):
    """By text, by email, or neither; what was given before stands in the form."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self.show(ReachForm(initial=self.initial()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, and send the details of the booking by every way they have now."""
        form = ReachForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        if not limits.allows(limits.CONTACTS_OF_BOOKING, str(self.booking.pk), at=self.at):
            form.add_error(None, _("These details were changed many times today. Try again tomorrow, or phone us."))
            return self.show(form, status=429)
        given = form.cleaned_data
        reach = Reach(
            phone=given["mobile"] or given["landline"],
            texts=bool(given["mobile"]),
            email=given["email"],
            letters=bool(given["letter_address"]),
            address=given["letter_address"],
        )
        if not change_contact(booking=self.booking, reach=reach, by=None, source="public", at=self.at):
            messages.success(request, _("Nothing has changed"))
        elif (reach.phone and reach.texts) or reach.email:
            messages.success(request, _("Your contact details are changed. We are sending your booking to you again."))
        else:
            messages.success(request, _("Your contact details are changed"))
        return redirect("booking-manage")

    def initial(self) -> dict[str, Any]:
        """Return what the booking has."""
        booking = self.booking
        texts = booking.texts and is_mobile(booking.phone)
        ways = [*([TEXT] if texts else []), *([EMAIL] if booking.email else [])]
        return {
            "contact_by": ways or [NEITHER],
            "mobile": at_home(booking.phone) if texts else "",
            "email": booking.email,
            "landline": "" if texts else at_home(booking.phone),
            "letter_address": booking.address if booking.letters else "",
        }

    def show(self, form: ReachForm, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "title": str(form.fields["contact_by"].label),
            "back_url": reverse("booking-manage"),
            "button_text": _("Save"),
        }
        return TemplateResponse(self.request, "bookings/contact_change.html", context, status=status)


def at_home(phone: str) -> str:
    """Return a stored number as people in the country write it."""
    return f"0{phone.removeprefix('+44')}" if phone.startswith("+44") else phone
