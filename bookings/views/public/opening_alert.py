"""“Tell me when one opens”: one message when a clinic near a place takes bookings."""

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.addresses import client_address
from bookings import human, limits
from bookings.forms.public.waiting_list import AlertForm
from bookings.policies import BookingRefused
from bookings.views.public.fairness import too_many
from bookings.views.public.waiting_list import signs
from bookings.waiting_list.alerts import MOST_PLACES, NEAR_MILES, ask_for_alert, find_alert, stop_alert
from clinics import queries
from clinics.finder import find


@method_decorator(never_cache, name="dispatch")
class AlertJoin(View):
    """Where, and how to tell. ``?near=`` fills in the place that was searched for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        near = request.GET.get("near", "").strip()
        found = find(near, queries.listed_towns(timezone.now())).where if near else None
        return self.show(request, AlertForm(initial={"near": found.name if found else ""}), timezone.now())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note it, or say what is wrong."""
        at = timezone.now()
        form = AlertForm(request.POST)
        if not form.is_valid():
            return self.show(request, form, at)
        found = find(form.cleaned_data["near"], queries.listed_towns(at))
        if found.where is None:
            form.not_found()
            return self.show(request, form, at)
        doubt = human.doubt(request, at=at)
        if doubt:
            form.add_error(None, doubt)
            return self.show(request, form, at)
        if not limits.allows(limits.ALERTS_FROM_ADDRESS, client_address(request), at=at):
            return too_many(request)
        try:
            asked = ask_for_alert(
                where=found.where,
                email=form.cleaned_data["email"],
                phone=form.cleaned_data["mobile"],
                language=get_language() or "en-gb",
                at=at,
                once=self.once(),
            )
        except BookingRefused as refusal:
            form.add_error(None, refusal.message)
            return self.show(request, form, at, refusal.status)
        return redirect("opening-alert-link", token=asked.link_token)

    def once(self) -> uuid.UUID:
        """What the page stands for, however often it is sent."""
        try:
            return uuid.UUID(self.request.POST.get("once", ""))
        except ValueError:
            return uuid.uuid4()

    def show(self, request: HttpRequest, form: AlertForm, at: datetime, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "title": _("Tell me when a clinic opens"),
            "button_text": _("Tell me"),
            "back_url": reverse("clinic-list"),
            "miles": NEAR_MILES,
            "most": MOST_PLACES,
            "once": self.once(),
            "human": signs(request, at),
        }
        return TemplateResponse(request, "bookings/opening_alert_join.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class AlertLink(View):
    """The private link of an alert: what was asked for, and a button to stop it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show it."""
        alert = find_alert(token)
        if alert is None:
            return render(request, "bookings/waiting_list_unknown.html", status=404)
        context = {"alert": alert, "miles": NEAR_MILES, "over": alert.ends_at <= timezone.now()}
        return render(request, "bookings/opening_alert.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Stop it."""
        alert = find_alert(token)
        if alert is not None:
            stop_alert(alert=alert, at=timezone.now())
        return redirect("opening-alert-link", token=token)
