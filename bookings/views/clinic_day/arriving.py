"""Arrivals: one tap for one person or a family, telling people apart, walk-ins, and taking a tap back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from bookings.arrivals import arrive_appointments, details_of, expected_appointment, expected_like, undo_arrival
from bookings.forms.clinic_day import WalkInForm
from bookings.models import Appointment
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from immunisations import actions
from immunisations.matching import Details, likely_matches
from immunisations.models import Person, Visit


class Arrive(ClinicDayPage):
    """Mark as arrived: appointments (one or a family's), or a person without one."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mark them, and go back to the list, to whom must be told apart, or to the person."""
        clinic = self.clinic
        try:
            if "person" in request.POST:
                return self._arrive_person(uuids(request.POST.getlist("person"))[0])
            wanted = uuids(request.POST.getlist("appointment"))
            appointments = list(Appointment.objects.filter(session=clinic, public_id__in=wanted))
            if not appointments:
                raise Http404
            arrivals = arrive_appointments(session=clinic, appointments=appointments, by=self.user, at=self.now)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.day_url())
        if arrivals.undecided:
            return redirect("clinic-day-match", clinic.public_id, arrivals.undecided[0].appointment.public_id)
        count = len(arrivals.visits)
        messages.success(
            request,
            ngettext("%(count)s person marked as arrived.", "%(count)s people marked as arrived.", count)
            % {"count": count},
        )
        return redirect(self.day_url())

    def _arrive_person(self, public_id: UUID) -> HttpResponse:
        person = get_object_or_404(Person, team=self.clinic.team_id, public_id=public_id)
        appointment = expected_appointment(self.clinic, person)
        if appointment is not None:
            arrive_appointments(
                session=self.clinic,
                appointments=[appointment],
                chosen={appointment.pk: person},
                by=self.user,
                at=self.now,
            )
        else:
            actions.arrive(session=self.clinic, person=person, how=Visit.How.WALK_IN, by=self.user, at=self.now)
        return redirect("person", self.clinic.public_id, person.public_id)


class MatchAppointment(ClinicDayPage):
    """People known who may be the one with this appointment: "This is them", or somebody new."""

    def _appointment(self) -> Appointment:
        return get_object_or_404(
            Appointment.objects.select_related("booking").exclude(state=Appointment.State.CANCELLED),
            session=self.clinic,
            public_id=self.kwargs["appointment"],
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show those who are like them."""
        appointment = self._appointment()
        if appointment.visit_id:
            return redirect(self.day_url())
        matches = likely_matches(self.clinic.team, details_of(appointment))
        self.note_looks((match.person for match in matches), "match")
        context = {"appointment": appointment, "matches": matches, "back_url": self.day_url()}
        return self.page("match.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the answer; where others of the family are still open, go on to them."""
        appointment = self._appointment()
        person = None
        if request.POST.get("is") != "new":
            public_id = uuids([request.POST.get("is", "")])[0]
            person = get_object_or_404(
                Person.objects.select_related("merged_into"), team=self.clinic.team_id, public_id=public_id
            )
        try:
            arrive_appointments(
                session=self.clinic,
                appointments=[appointment],
                chosen={appointment.pk: person},
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        messages.success(request, _("1 person marked as arrived."))
        return redirect(self.day_url())


class ArrivalUndo(ClinicDayPage):
    """Take an arrival back."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Undo it, or say why not."""
        visit = get_object_or_404(Visit, session=self.clinic, public_id__in=uuids([request.POST.get("visit", "")]))
        try:
            undo_arrival(visit=visit, by=self.user, at=self.now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The arrival was undone."))
        return redirect(self.day_url())


class WalkIn(ClinicDayPage):
    """Somebody without an appointment: four facts, added and arrived in one press."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form; for a brother or sister with what they share filled in."""
        return self._page(WalkInForm(today=self.today, initial=self._shared()))

    def _shared(self) -> dict[str, Any]:
        sibling = self._sibling()
        if sibling is None:
            return {}
        visit = Visit.objects.filter(session=self.clinic, person=sibling).first()
        return {
            "last_name": sibling.last_name,
            "postcode": sibling.postcode,
            "no_fixed_abode": sibling.no_fixed_abode,
            "phone": sibling.phone,
            "language": sibling.language,
            "interpreter_needed": sibling.interpreter_needed,
            "here": "parent" if visit and visit.accompanied_by else None,
            "carer_name": visit.accompanied_by if visit else "",
        }

    def _sibling(self) -> Person | None:
        wanted = self.request.GET.get("sibling")
        if not wanted:
            return None
        return get_object_or_404(Person, team=self.clinic.team_id, public_id__in=uuids([wanted]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add and arrive; where people are like them, show those first, once."""
        form = WalkInForm(request.POST, today=self.today)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        details = Details(
            data["first_name"],
            data["last_name"],
            data["date_of_birth"],
            data["approximate"],
            data["nhs_number"],
            data["postcode"],
        )
        if "add" not in request.POST:
            matches = likely_matches(self.clinic.team, details)
            booked = expected_like(self.clinic, details)
            if matches or booked:
                return self._page(form, matches=matches, booked=booked)
        try:
            visit = self._add(form)
        except Refused as refusal:
            if refusal.code == "nhs_number_taken":
                form.add_error("nhs_number", str(refusal))
                return self._page(form, matches=likely_matches(self.clinic.team, details))
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Added and marked as arrived."))
        return redirect("person", self.clinic.public_id, visit.person.public_id)

    @transaction.atomic
    def _add(self, form: WalkInForm) -> Visit:
        data = form.cleaned_data
        person = actions.add_person(team=self.clinic.team, by=self.user, at=self.now, **form.details())
        return actions.arrive(
            session=self.clinic,
            person=person,
            how=Visit.How.WALK_IN,
            why=data["why"] or Visit.Why.VACCINATION,
            accompanied_by=data["carer_name"] if data["here"] == "parent" else "",
            accompanied_as="",
            by=self.user,
            at=self.now,
        )

    def _page(self, form: WalkInForm, *, status: int = 200, **context: Any) -> HttpResponse:
        self.note_looks((match.person for match in context.get("matches", ())), "walk-in")
        shared = {"form": form, "back_url": self.day_url(), "sibling": self._sibling()}
        return self.page("walk_in.html", shared | context, status=status)
