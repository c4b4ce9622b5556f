"""Booking for somebody on the phone: clinics and times first, then everything else on one page."""

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import access
from accounts.audit import record_views
from accounts.errors import Refused
from accounts.models import Team
from accounts.permissions import Permission
from bookings import calls
from bookings.actions.calling import begin_call, keep_times
from bookings.calls import Call
from bookings.forms.phone import FindBookingForm, HowManyForm
from bookings.forms.public.clinic import TimeForm
from bookings.models import Appointment, Booking, Draft
from bookings.queries.calling import (
    bookable_by_staff,
    bookings_like,
    clinics_for_caller,
    unfinished_calls,
    waiting_like,
)
from bookings.views.coordinate.base import CoordinatePage
from bookings.views.public.clinic import part_of_day, run_words
from clinics import places
from clinics.forms.public import SearchForm
from clinics.models import ClinicSession
from clinics.places import Need, NotTakingBookings, Run, TimesTaken
from clinics.views.public import page_number


class PhonePage(CoordinatePage):
    """A page for whoever takes bookings on the phone, for the team that they work for at the moment."""

    permission: ClassVar[Permission | None] = Permission.BOOK

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page of the team."""
        return super().page(template, {"phone_page": True, **context}, status=status)


class CallPage(PhonePage):
    """A page about one call. Its team counts, not the one that the user works for at the moment."""

    permission = None

    @cached_property
    def draft(self) -> Draft:
        """The call of the address: 404 for another team's, one that is forgotten, or a draft of the public."""
        return access(
            Draft.objects.select_related("session__venue", "team", "caller_for", "booking").filter(
                caller_for__isnull=False, purpose=Draft.Purpose.BOOK, expires_at__gt=self.now
            ),
            user=self.user,
            permission=Permission.BOOK,
            public_id=self.kwargs["call"],
        )

    @property
    def team(self) -> Team:
        """The call's team."""
        if self.draft.team is None:
            raise Http404
        return self.draft.team

    @cached_property
    def call(self) -> Call:
        """What is known of the call."""
        return calls.read(self.draft)

    def call_url(self) -> str:
        """The address of the call."""
        return reverse("phone-call", args=[self.draft.public_id])

    def booking_url(self) -> str:
        """The address of the booking that the call has become."""
        if self.draft.booking is None:
            raise LookupError("the call is not booked")
        return reverse("phone-booking", args=[self.draft.booking.public_id])


class Clinics(PhonePage):
    """The team's clinics with room, nearest to a place first: shared by a new call and one that looks elsewhere."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """List them."""
        return self.show(SearchForm(initial={"near": request.GET.get("near", "")[:100]}))

    def search(self, request: HttpRequest) -> HttpResponse:
        """Find the place that was typed; only its outward code or town stands in an address."""
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        found = clinics_for_caller(self.team.pk, at=self.now, near=form.cleaned_data["near"]).found
        if found.where is not None:
            return redirect(f"{request.path}?{urlencode({'near': found.where.name})}")
        if not found.choices:
            form.not_found()
        return self.show(form, choices=found.choices)

    def show(self, form: SearchForm, *, status: int = 200, choices: Any = (), **context: Any) -> HttpResponse:
        """Render the page."""
        near = self.request.GET.get("near", "").strip()
        listed = clinics_for_caller(self.team.pk, at=self.now, near=near, page=page_number(self.request))
        where = listed.found.where
        if where is not None and where.name != near:
            # Something finer than a town or an outward code was put in the address by hand.
            return redirect(f"{self.request.path}?{urlencode({'near': where.name})}")
        shared = {
            "search": form,
            "has_errors": any(each.is_bound and each.errors for each in (form, context.get("find")) if each),
            "listed": listed,
            "near": where.name if where else "",
            "choices": [(each, urlencode({"near": each})) for each in choices],
            "times_url": self.times_url,
        }
        if shared["has_errors"]:
            status = 422
        return self.page("phone.html", shared | context, status=status)

    def times_url(self, session: ClinicSession) -> str:
        """Return the address of a clinic's times."""
        return reverse("phone-clinic", args=[session.public_id])


class PhoneBookings(Clinics):
    """Where a call begins: the clinics, the calls that are not finished, and bookings found again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search for a clinic, or find a booking."""
        if "booking" not in request.POST:
            return self.search(request)
        form = FindBookingForm(request.POST)
        if not form.is_valid():
            return self.show(SearchForm(), find=form)
        reach = {"phone": form.phone(), "email": form.email()}
        found = bookings_like(self.team.pk, typed=form.cleaned_data["booking"], **reach)
        waiting = waiting_like(self.team.pk, **reach)
        if not found and not waiting:
            form.add_error(
                "booking",
                _("Your team has no booking with this reference, phone number or email address. Check it"),
            )
            return self.show(SearchForm(), find=form)
        if len(found) == 1 and not waiting:
            return redirect("phone-booking", found[0].public_id)
        if len(waiting) == 1 and not found:
            return redirect("phone-waiting", waiting[0].public_id)
        self.note_looks(found)
        return self.show(SearchForm(), find=form, found=found, waiting=waiting)

    def show(self, form: SearchForm, *, status: int = 200, choices: Any = (), **context: Any) -> HttpResponse:
        """Render the page with the calls that are not finished."""
        shared = {"find": FindBookingForm(), "unfinished": unfinished_calls(self.team.pk, at=self.now)}
        return super().show(form, status=status, choices=choices, **(shared | context))

    def note_looks(self, bookings: list[Booking]) -> None:
        """Write down whose appointments the user saw, as far as they are matched to people."""
        note_booked(self, bookings)


def note_booked(page: CoordinatePage, bookings: list[Booking]) -> None:
    """Write down that the user saw these bookings, for each person that one is matched to."""
    people = dict.fromkeys(
        (each.person.public_id for booking in bookings for each in booking.appointments.all() if each.person), None
    )
    record_views(user=page.user, at=page.now, team=page.team, people=people, page="phone")


class CallClinics(CallPage, Clinics):
    """Another clinic for a call: what was typed stays, and so do the times kept until others are."""

    permission = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """List them; a call that is booked has its clinic."""
        if self.draft.booking_id is not None:
            return redirect(self.booking_url())
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Search for a clinic."""
        return self.search(request)

    def times_url(self, session: ClinicSession) -> str:
        """Return the address of a clinic's times for this call."""
        return reverse("phone-call-times", args=[self.draft.public_id, session.public_id])

    def show(self, form: SearchForm, *, status: int = 200, choices: Any = (), **context: Any) -> HttpResponse:
        """Render the page with the way back to the call."""
        context = {"back_url": self.call_url(), "call": self.call, "call_id": self.draft.public_id, **context}
        return super().show(form, status=status, choices=choices, **context)


class Times(PhonePage):
    """A clinic's times for so many people, before anything is asked about them."""

    @cached_property
    def clinic(self) -> ClinicSession:
        """The clinic of the address: 404 for another team's and one that takes no bookings any more."""
        return access(
            ClinicSession.objects.select_related("venue", "team")
            .prefetch_related("offers")
            .filter(pk__in=bookable_by_staff(self.team.pk, self.now).values("pk")),
            user=self.user,
            permission=Permission.BOOK,
            public_id=self.kwargs["session"],
        )

    def wanted(self) -> Call:
        """Return for whom times are looked for."""
        typed = self.request.POST.get("people") or self.request.GET.get("people") or "1"
        form = HowManyForm({"people": typed})
        return Call(people=int(form.cleaned_data["people"]) if form.is_valid() else 1)

    def holder(self) -> Any:
        """Return whose kept times count as free."""
        return None

    def moving(self) -> list[Appointment]:
        """Return the appointments here of those who move, in their order: for them the places they have are free."""
        return []

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the times."""
        return self.show(self.wanted())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the chosen time for the caller; where somebody was quicker, show the nearest."""
        call = self.wanted()
        choice = TimeForm.choice(request.POST.get("starts_at", ""), on=self.clinic.date)
        if choice is None:
            return self.show(call, problem=_("Select a time"), status=422)
        starts_at, split = choice
        try:
            return redirect(self.keep(call, starts_at, split))
        except TimesTaken as refusal:
            return self.show(call, problem=str(refusal), gone=starts_at, status=refusal.status)
        except NotTakingBookings as refusal:
            messages.error(request, str(refusal))
            return redirect("phone-bookings")
        except Refused as refusal:
            return self.show(call, problem=str(refusal), status=refusal.status)

    def keep(self, call: Call, starts_at: datetime, split: bool) -> str:
        """Begin a call with this time. Returns where to go on."""
        draft = begin_call(session=self.clinic, call=call, starts_at=starts_at, split=split, by=self.user, at=self.now)
        return reverse("phone-call", args=[draft.public_id])

    def show(self, call: Call, *, problem: str = "", gone: datetime | None = None, status: int = 200) -> HttpResponse:
        """Render the page."""
        needs: list[Need] = call.needs()
        moving, split = self.moving(), None
        own = [each.reservation_id for each in moving if each.reservation_id is not None]
        grid = places.free_grid(session=self.clinic, at=self.now, holder=self.holder(), own=own)
        # The times they have would be a change to nothing.
        had = [each.starts_at for each in moving]
        runs = [run for run in grid.runs(needs) if [seat.starts_at for seat in run.seats] != had]
        if not runs and len(needs) > 1:
            apart = places.free_grid(session=self.clinic, at=self.now, holder=self.holder())
            split = apart.nearest_split(needs, gone)
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        nearest: list[Run] = grid.nearest(runs, gone) if gone is not None else []
        if nearest:
            groups.append((_("Nearest times"), [time_choice(run) for run in nearest]))
        for run in runs:
            if run in nearest:
                continue
            heading = part_of_day(run.starts_at)
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            groups[-1][1].append(time_choice(run))
        if split is not None:
            groups = [("", [time_choice(split, split=True)])]
        context = {
            "clinic": self.clinic,
            "call": call,
            "how_many": HowManyForm(initial={"people": str(call.people)}),
            "groups": groups,
            "is_split": split is not None,
            "problem": problem,
            "has_errors": bool(problem),
            "back_url": reverse("phone-bookings"),
        }
        return self.page("phone_times.html", context | self.context(), status=status)

    def context(self) -> dict[str, Any]:
        """Return what else the page shows."""
        return {}


class PhoneClinic(Times):
    """A clinic's times for a new call."""


class CallTimes(CallPage, Times):
    """Other times for a call, here or at another clinic; those kept now stay until others are."""

    permission = None

    def wanted(self) -> Call:
        """Return the call's people with their needs."""
        return self.call

    def holder(self) -> Any:
        """Count the call's own times as free."""
        return self.draft.public_id

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the times, unless the call is booked."""
        return redirect(self.booking_url()) if self.draft.booking_id is not None else super().get(request, **kwargs)

    def keep(self, call: Call, starts_at: datetime, split: bool) -> str:
        """Keep this time in place of the one before."""
        keep_times(
            draft=self.draft,
            call=call,
            session=self.clinic,
            starts_at=starts_at,
            split=split,
            by=self.user,
            at=self.now,
        )
        return self.call_url()

    def context(self) -> dict[str, Any]:
        """Return the way back to the call."""
        return {"back_url": self.call_url(), "call_id": self.draft.public_id, "for_call": True}


def time_choice(run: Run, *, split: bool = False) -> tuple[str, str]:
    """Return the value and the words of one choice of times."""
    value = run.starts_at.isoformat()
    return (f"split {value}" if split else value, run_words(run))
