"""Somebody without an appointment: four facts, added and arrived in one press; a brother or sister with two."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.actions import make_booking
from bookings.arrivals import arrive_appointments, expected_appointment, expected_like, link
from bookings.details import Contact, PersonDetails
from bookings.forms.clinic_day.walk_in import YES, WalkInForm
from bookings.models import Appointment, Booking
from bookings.privacy import booked_for_themselves, private_people
from bookings.views.clinic_day.arriving import times_in_query
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from bookings.views.clinic_day.checking import uuid_or_new
from clinics.models import ClinicSession, Venue
from clinics.places import free_times
from clinics.words import clock
from immunisations import actions
from immunisations.matching import Details, likely_matches
from immunisations.models import Person, Visit

# For as long it is remembered who was added by which form, so that pressing twice adds one person.
SECONDS_TO_REMEMBER = 60 * 60


class _AddedBefore(Exception):
    """Another press of the same button has added them, or is just doing so."""


@dataclass(frozen=True)
class Shared:
    """What a brother or sister shares with somebody who is known, or booked."""

    first_name: str
    last_name: str
    postcode: str
    no_fixed_abode: bool
    phone: str
    language: str
    interpreter_needed: bool
    carer: str = ""
    carer_as: str = ""

    @property
    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        return {
            "last_name": self.last_name,
            "postcode": self.postcode,
            "no_fixed_abode": self.no_fixed_abode,
            "phone": self.phone,
            "language": self.language,
            "interpreter_needed": self.interpreter_needed,
            "here": YES if self.carer else None,
            "carer_name": self.carer,
        }


def shared_with(person: Person, visit: Visit | None) -> Shared:
    """Return what somebody known shares with a brother or sister, and who came with them.

    The number of a young person who asked that parents are not told is their own: it stands on nobody else's record.
    """
    own_number = bool(private_people({person.root_id}))
    return Shared(
        person.first_name,
        person.last_name,
        person.postcode,
        person.no_fixed_abode,
        "" if own_number else person.phone,
        person.language,
        person.interpreter_needed,
        visit.accompanied_by if visit else "",
        visit.accompanied_as if visit else "",
    )


def shared_with_booked(appointment: Appointment) -> Shared:
    """Return what somebody who is booked shares with a brother or sister, and who booked for them."""
    booking = appointment.booking
    alone = booked_for_themselves(appointment)
    return Shared(
        appointment.first_name,
        appointment.last_name,
        appointment.postcode,
        appointment.no_fixed_abode,
        booking.phone,
        booking.spoken_language,
        booking.interpreter_needed,
        "" if alone else booking.contact_name[:100],
        "" if alone else booking.relationship,
    )


class WalkIn(ClinicDayPage):
    """The page: added and arrived in one press; where people are like them, those are shown first, once."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form; for a brother or sister with what they share filled in."""
        shared = self.shared
        return self._page(self._form(initial=shared.initial if shared else {}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add and arrive; or arrive whom the desk says it is; or show who is like them."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        once = uuid_or_new(request.POST.get("once", ""))
        if cache.get(self._key(once)):
            return self._added_before(once)
        try:
            if "is" in request.POST:
                return self._arrive_known(form, uuids([request.POST["is"]])[0])
            if "appointment" in request.POST:
                return self._arrive_booked(form, uuids([request.POST["appointment"]])[0])
            if "add" not in request.POST:
                details = self._details(form)
                matches, booked = likely_matches(self.clinic.team, details), expected_like(self.clinic, details)
                if matches or booked:
                    return self._page(form, matches=matches, booked=booked)
            visit = self._add(form, once)
        except _AddedBefore:
            return self._added_before(once)
        except Refused as refusal:
            if cache.get(self._key(once)):
                # Refused what the first press had just made: an NHS number is given once.
                return self._added_before(once)
            if refusal.code in ("nhs_number_taken", "prison_number_taken"):
                matches = likely_matches(self.clinic.team, self._details(form))
                form.add_error(refusal.code.removesuffix("_taken"), str(refusal))
                return self._page(form, matches=matches)
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        return self._done(form, visit, added=True)

    # --- pressing twice

    def _key(self, once: UUID) -> str:
        return f"walk-in:{self.clinic.public_id}:{once}"

    def _added_before(self, once: UUID) -> HttpResponse:
        """Lead to whom the first press of one button has added."""
        return redirect("person", self.clinic.public_id, cache.get(self._key(once)))

    # --- who shares what

    @cached_property
    def shared(self) -> Shared | None:
        """What is copied from the brother or sister that the address names."""
        person, appointment = self.request.GET.get("sibling"), self.request.GET.get("sibling-booked")
        if person:
            sibling = get_object_or_404(Person, team=self.clinic.team_id, public_id__in=uuids([person]))
            self.note_looks([sibling], "walk-in")
            return shared_with(sibling, Visit.objects.filter(session=self.clinic, person=sibling).first())
        if appointment:
            return shared_with_booked(
                get_object_or_404(
                    Appointment.objects.select_related("booking"),
                    session=self.clinic,
                    public_id__in=uuids([appointment]),
                )
            )
        return None

    # --- the form

    @cached_property
    def free_time(self) -> Any:
        """The next free time, or None where there is none or nobody may book."""
        if self.clinic.state != ClinicSession.State.PUBLISHED or not self.may(Permission.BOOK):
            return None
        return next((each.starts_at for each in free_times(session=self.clinic, at=self.now)), None)

    def _form(self, post: Any = None, **details: Any) -> WalkInForm:
        free = self.free_time
        return WalkInForm(
            post,
            today=self.today,
            clinic=self.clinic,
            now=self.now,
            prison=self.clinic.venue.kind == Venue.Kind.PRISON,
            free_time=clock(timezone.localtime(free)) if free else "",
            **details,
        )

    def _details(self, form: WalkInForm) -> Details:
        data = form.cleaned_data
        return Details(
            data["first_name"],
            data["last_name"],
            data["date_of_birth"],
            data["approximate"],
            data["nhs_number"],
            data["postcode"],
            data.get("prison_number", ""),
        )

    # --- what is done

    def _arrival(self, form: WalkInForm, person: Person) -> Visit:
        shared = self.shared
        same = shared is not None and form.carer == shared.carer
        return actions.arrive(
            session=self.clinic,
            person=person,
            how=Visit.How.WALK_IN,
            why=form.cleaned_data["why"] or Visit.Why.VACCINATION,
            accompanied_by=form.carer,
            accompanied_as=shared.carer_as if shared is not None and same else "",
            arrived_at=form.cleaned_data["came"],
            by=self.user,
            at=self.now,
        )

    @transaction.atomic
    def _add(self, form: WalkInForm, once: UUID) -> Visit:
        person = actions.add_person(team=self.clinic.team, by=self.user, at=self.now, **form.details())
        # The cache is a table of the same database: of two presses at one moment the second waits here for the first.
        if not cache.add(self._key(once), str(person.public_id), SECONDS_TO_REMEMBER):
            raise _AddedBefore
        number = form.cleaned_data.get("prison_number", "")
        if number:
            actions.add_prison_number(person=person, number=number, by=self.user, at=self.now)
        visit = self._arrival(form, person)
        if form.books:
            self._book(form, visit, once)
        return visit

    def _book(self, form: WalkInForm, visit: Visit, once: UUID) -> None:
        """Give somebody who is here the next free time, as a booking of their own."""
        data, person = form.cleaned_data, visit.person
        made = make_booking(
            session=self.clinic,
            people=[
                PersonDetails(
                    first_name=person.first_name,
                    last_name=person.last_name,
                    date_of_birth=person.date_of_birth,
                    date_of_birth_is_approximate=person.date_of_birth_is_approximate,
                    nhs_number=person.nhs_number,
                    postcode=person.postcode,
                    no_fixed_abode=person.no_fixed_abode,
                )
            ],
            # They are here: nothing is written to anybody.
            contact=Contact(
                name=form.carer,
                phone=data["phone"],
                texts=False,
                spoken_language=data["language"],
                interpreter_needed=data["interpreter_needed"],
            ),
            starts_at=self.free_time,
            submission_id=once,
            how=Booking.How.WALK_IN,
            by=self.user,
            source="staff",
            at=self.now,
        )
        appointment = Appointment.objects.select_for_update(of=("self",)).get(booking=made.booking)
        link(appointment, visit, by=self.user, at=self.now, source="staff")

    def _arrive_known(self, form: WalkInForm, public_id: UUID) -> HttpResponse:
        """Whom the desk says it is arrives, with what was typed about this visit."""
        person = get_object_or_404(
            Person.objects.select_related("merged_into"), team=self.clinic.team_id, public_id=public_id
        )
        appointment = expected_appointment(self.clinic, person)
        if appointment is None:
            visit = self._arrival(form, person)
        else:
            visit = arrive_appointments(
                session=self.clinic,
                appointments=[appointment],
                chosen={appointment.pk: person},
                arrived_at=self._came(form, appointment),
                by=self.user,
                at=self.now,
            ).visits[0]
        return self._done(form, visit)

    def _came(self, form: WalkInForm, appointment: Appointment) -> dict[int, datetime] | None:
        came = form.cleaned_data["came"]
        return {appointment.pk: came} if came else None

    def _arrive_booked(self, form: WalkInForm, public_id: UUID) -> HttpResponse:
        """The one with this appointment is who came."""
        appointment = Appointment.objects.filter(session=self.clinic, public_id=public_id).first()
        if appointment is None:
            raise Http404
        arrivals = arrive_appointments(
            session=self.clinic,
            appointments=[appointment],
            arrived_at=self._came(form, appointment),
            by=self.user,
            at=self.now,
        )
        if arrivals.undecided:
            times = {appointment.public_id: self.request.POST.get("came", "")} if form.cleaned_data["came"] else {}
            address = reverse("clinic-day-match", args=[self.clinic.public_id, appointment.public_id])
            return redirect(address + times_in_query(times))
        visit = arrivals.visits[0]
        messages.success(self.request, _("1 person marked as arrived."))
        return redirect("person", self.clinic.public_id, visit.person.public_id)

    def _done(self, form: WalkInForm, visit: Visit, *, added: bool = False) -> HttpResponse:
        person = visit.person.merged_into or visit.person
        words = _("Added and marked as arrived.") if added else _("Marked as arrived.")
        appointment = Appointment.objects.filter(visit=visit).first()
        if form.books and appointment is not None:
            words += " " + _("Their appointment is at %(time)s.") % {
                "time": clock(timezone.localtime(appointment.starts_at))
            }
        address = f"{reverse('walk-in', args=[self.clinic.public_id])}?sibling={person.public_id}"
        messages.success(
            self.request, format_html('{} <a href="{}">{}</a>', words, address, _("Add a brother or sister"))
        )
        return redirect("person", self.clinic.public_id, person.public_id)

    def _page(self, form: WalkInForm, *, status: int = 200, **context: Any) -> HttpResponse:
        self.note_looks((match.person for match in context.get("matches", ())), "walk-in")
        shared = {
            "form": form,
            "back_url": self.day_url(),
            "sibling": self.shared,
            "once": uuid_or_new(self.request.POST.get("once", "")),
        }
        return self.page("walk_in.html", shared | context, status=status)
