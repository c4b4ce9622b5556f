"""Arrivals: one tap for one person or a family, telling people apart, walk-ins, and taking a tap back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from bookings.arrivals import arrive_appointments, details_of, expected_appointment, undo_arrival
from bookings.forms.clinic_day.from_paper import time_of_arrival
from bookings.models import Appointment, ListEntry
from bookings.views.clinic_day.base import uuids
from bookings.views.clinic_day.listing import DayListPage
from immunisations import actions
from immunisations.matching import likely_matches
from immunisations.meanwhile import arrivals_by_others, last_change
from immunisations.models import Person, Visit
from immunisations.people import row_ids


def several(values: list[str]) -> list[UUID]:
    """Return the ids of what one button stands for: a person, or a whole family with commas between."""
    return uuids([each for value in values for each in value.split(",")])


def typed_times(request: HttpRequest) -> dict[UUID, str]:
    """Return when people came, as typed from paper, by their appointments' ids: what the address carries along."""
    found = {}
    for pair in request.GET.getlist("came"):
        public_id, _space, typed = pair.partition(" ")
        [key] = uuids([public_id])
        found[key] = typed[:20]
    return found


def times_in_query(times: Mapping[UUID, str]) -> str:
    """Return what an address carries along of these times; an id and a time name nobody."""
    return f"?{urlencode([('came', f'{key} {typed}') for key, typed in times.items()])}" if times else ""


class ArrivingPage(DayListPage):
    """A page after which somebody may have arrived, or has arrived already."""

    def refused(self, refusal: Refused) -> HttpResponse:
        """Show the list as it is now, and why nothing was done."""
        messages.error(self.request, str(refusal))
        return self.show_day(status=refusal.status)

    def told_before(self, visits: Iterable[Visit]) -> list[str]:
        """Return who else had marked these people as arrived already, in sentences. Pressing twice oneself is fine."""
        visits = list(visits)
        others = arrivals_by_others(visits, by=self.user)
        return [
            _("%(name)s had arrived already. %(change)s")
            % {"name": self.named(visit.person), "change": others[visit.public_id]}
            for visit in visits
            if visit.public_id in others
        ]

    def arrived(self, visits: Sequence[Visit]) -> HttpResponse:
        """Say how many arrived, and of whom somebody else had said so before."""
        before = self.told_before(visits)
        for words in before:
            messages.warning(self.request, words)
        count = len(visits) - len(before)
        if not count:
            return self.show_day(status=409)
        messages.success(
            self.request,
            ngettext("%(count)s person marked as arrived.", "%(count)s people marked as arrived.", count)
            % {"count": count},
        )
        return redirect(self.day_url())


class Arrive(ArrivingPage):
    """Mark as arrived: appointments (one or a family's), or a person without one."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark them, and go back to the list, to whom must be told apart, or to the person."""
        clinic = self.clinic
        try:
            if "person" in request.POST:
                return self._arrive_person(uuids(request.POST.getlist("person"))[0])
            wanted = several(request.POST.getlist("appointment"))
            appointments = list(Appointment.objects.filter(session=clinic, public_id__in=wanted))
            if not appointments:
                raise Http404
            arrivals = arrive_appointments(session=clinic, appointments=appointments, by=self.user, at=self.now)
        except Refused as refusal:
            return self.refused(refusal)
        if arrivals.undecided:
            return redirect("clinic-day-match", clinic.public_id, arrivals.undecided[0].appointment.public_id)
        return self.arrived(arrivals.visits)

    def _arrive_person(self, public_id: UUID) -> HttpResponse:
        person = get_object_or_404(
            Person.objects.select_related("merged_into"), team=self.clinic.team_id, public_id=public_id
        )
        appointment = expected_appointment(self.clinic, person)
        listed = ListEntry.objects.filter(
            session=self.clinic, person__in=row_ids(person), taken_off_at__isnull=True
        ).exists()
        if appointment is not None:
            arrivals = arrive_appointments(
                session=self.clinic,
                appointments=[appointment],
                chosen={appointment.pk: person},
                by=self.user,
                at=self.now,
            )
            visits = arrivals.visits
        else:
            how = Visit.How.LIST if listed else Visit.How.WALK_IN
            visits = [actions.arrive(session=self.clinic, person=person, how=how, by=self.user, at=self.now)]
        if listed or self.told_before(visits):
            return self.arrived(visits)
        return redirect("person", self.clinic.public_id, visits[0].person.public_id)


class MatchAppointment(ArrivingPage):
    """People known who may be the one with this appointment: "This is them", or somebody new."""

    def _appointment(self) -> Appointment:
        return get_object_or_404(
            Appointment.objects.select_related("booking", "visit__person").exclude(state=Appointment.State.CANCELLED),
            session=self.clinic,
            public_id=self.kwargs["appointment"],
        )

    def _came(self, appointment: Appointment) -> datetime | None:
        """When they came, where it is entered from paper. Raises Http404 for what our own pages never send."""
        try:
            return time_of_arrival(typed_times(self.request).get(appointment.public_id, ""), self.clinic, now=self.now)
        except forms.ValidationError as problem:
            raise Http404 from problem

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show those who are like them."""
        appointment = self._appointment()
        if appointment.visit is not None:
            return redirect(self.day_url())
        matches = likely_matches(self.clinic.team, details_of(appointment))
        self.note_looks((match.person for match in matches), "match")
        context = {
            "appointment": appointment,
            "matches": matches,
            "back_url": self.day_url(),
            "action": request.get_full_path(),
        }
        return self.page("match.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the answer; what is entered from paper goes on there, with the times that are still to be saved."""
        appointment = self._appointment()
        came = self._came(appointment)
        person = None
        if request.POST.get("is") != "new":
            public_id = uuids([request.POST.get("is", "")])[0]
            person = get_object_or_404(
                Person.objects.select_related("merged_into"), team=self.clinic.team_id, public_id=public_id
            )
        try:
            arrivals = arrive_appointments(
                session=self.clinic,
                appointments=[appointment],
                chosen={appointment.pk: person},
                arrived_at={appointment.pk: came} if came else None,
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            return self.refused(refusal)
        if came is None:
            return self.arrived(arrivals.visits)
        left = {key: typed for key, typed in typed_times(request).items() if key != appointment.public_id}
        return redirect(reverse("from-paper", args=[self.clinic.public_id]) + times_in_query(left))


class ArrivalUndo(ArrivingPage):
    """Take an arrival back."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Undo it, or say why not."""
        [public_id] = uuids([request.POST.get("visit", "")])
        visit = Visit.objects.filter(session=self.clinic, public_id=public_id).first()
        if visit is None:
            return self._undone_before(public_id)
        try:
            undo_arrival(visit=visit, by=self.user, at=self.now)
        except Refused as refusal:
            return self.refused(refusal)
        messages.success(request, _("The arrival was undone."))
        return redirect(self.day_url())

    def _undone_before(self, public_id: UUID) -> HttpResponse:
        """Say who undid it before; a second press of one's own is fine. Raises Http404 for what never was here."""
        change = last_change(public_id, "undo_arrival", team=self.clinic.team_id)
        if change is None:
            raise Http404
        if change.by_id == self.user.pk:
            messages.success(self.request, _("The arrival was undone."))
            return redirect(self.day_url())
        messages.warning(self.request, str(change))
        return self.show_day(status=409)
