"""What a caller changes of a booking: another time or clinic, one more person, word of an earlier time."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from bookings import ages, drafts
from bookings.actions.changing import add_people, change_appointments, change_contact
from bookings.calls import Call
from bookings.forms.phone import AddPersonForm, ReachOfCallerForm
from bookings.models import Appointment, Draft
from bookings.policies import can_change
from bookings.views.coordinate.phone import Clinics, Times, time_choice
from bookings.views.coordinate.phone_booking import BookingPage
from bookings.waiting_list.joining import wait_for_earlier
from clinics import places, words
from clinics.models import ClinicSession
from clinics.places import Need

# So many times near the family's own are offered to whoever is added.
NEAREST = 6


class ChangePage(BookingPage):
    """A page by which a booking changes."""

    @cached_property
    def movable(self) -> list[Appointment]:
        """The appointments that can still be moved, in the booking's order."""
        return [each for each in self.appointments if can_change(each, self.now, staff=True)]

    def booking_url(self) -> str:
        """The address of the booking."""
        return reverse("phone-booking", args=[self.booking.public_id])


class ChangeClinics(ChangePage, Clinics):
    """The team's clinics, to move everybody of a booking to."""

    permission = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """List them, while somebody can be moved."""
        return super().get(request, **kwargs) if self.movable else redirect(self.booking_url())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Search for a clinic."""
        return self.search(request)

    def times_url(self, session: ClinicSession) -> str:
        """Return the address of a clinic's times for this booking."""
        return reverse("phone-booking-times", args=[self.booking.public_id, session.public_id])

    def show(self, form: Any, *, status: int = 200, choices: Any = (), **context: Any) -> HttpResponse:
        """Render the page with the way back to the booking."""
        context = {"back_url": self.booking_url(), "changes": True, "booking_id": self.booking.public_id, **context}
        return super().show(form, status=status, choices=choices, **context)


class ChangeTimes(ChangePage, Times):
    """Another time for everybody of a booking who can be moved; the old one is kept until the new one is certain."""

    permission = None

    def wanted(self) -> Call:
        """Return who is moved, with their needs."""
        longer = {f"{number}-extra_time": ["on"] for number, each in enumerate(self.movable, 1) if each.extra_time}
        return Call(people=len(self.movable), typed=longer)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the times, while somebody can be moved."""
        return super().get(request, **kwargs) if self.movable else redirect(self.booking_url())

    def moving(self) -> list[Appointment]:
        """Return the appointments that they have at this clinic."""
        return [each for each in self.movable if each.session_id == self.clinic.pk]

    def keep(self, call: Call, starts_at: datetime, split: bool) -> str:
        """Move them."""
        change_appointments(
            booking=self.booking,
            appointments=self.movable,
            session=self.clinic,
            starts_at=starts_at,
            split=split,
            by=self.user,
            source="staff",
            at=self.now,
        )
        messages.success(self.request, _("The booking is changed. Read the new times to the caller."))
        return self.booking_url()

    def context(self) -> dict[str, Any]:
        """Return the ways back."""
        other = reverse("phone-booking-clinics", args=[self.booking.public_id])
        return {"back_url": self.booking_url(), "for_call": True, "other_url": other}


class AddToBooking(ChangePage):
    """One more person under the same reference, at a time near the others'."""

    @cached_property
    def near(self) -> Appointment:
        """The last of the booking who is still to come. Raises Http404 where nobody is."""
        coming = [each for each in self.movable if each.starts_at > self.now]
        if not coming:
            raise Http404
        return max(coming, key=lambda each: each.starts_at)

    def form(self, post: Any = None) -> AddPersonForm:
        """Return the form, with the times that are nearest."""
        needs = [Need(extra_time=bool(post and post.get("1-extra_time")))]
        grid = places.free_grid(session=self.near.session, at=self.now)
        after = self.near.starts_at + timedelta(minutes=self.near.minutes)
        times = [time_choice(run) for run in grid.nearest(grid.runs(needs), after, NEAREST)]
        return AddPersonForm(post, session=self.near.session, today=self.today, times=times)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask who, and when."""
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add them; two presses add one."""
        form = self.form(request.POST)
        if not form.is_valid():
            # The time that the first press took is free to nobody, this page's second press included.
            return self.added() if self.is_added() else self.show(form, status=422)
        (young,) = ages.too_young(self.near.session, [form.born])
        if young is not None:
            form.add_error(
                "date_of_birth",
                _("%(name)s is too young for this clinic. It has something for them from %(day)s")
                % {"name": form.cleaned_data["first_name"], "day": words.plain_date(young)},
            )
            return self.show(form, status=422)
        try:
            add_people(
                booking=self.booking,
                people=[form.details(self.near.postcode)],
                session=self.near.session,
                # One of the form's own choices.
                starts_at=datetime.fromisoformat(form.cleaned_data["starts_at"]),
                by=self.user,
                source="staff",
                at=self.now,
                draft=self.draft(request.POST.get("once", "")),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=refusal.status)
        return self.added()

    def added(self) -> HttpResponse:
        """Show the booking with whom this page has added."""
        messages.success(self.request, _("Added. Read the time to the caller."))
        return redirect(self.booking_url())

    def is_added(self) -> bool:
        """Whether this page has been sent before, and added somebody."""
        try:
            once = UUID(self.request.POST.get("once", ""))
        except ValueError:
            return False
        sent = Draft.objects.filter(public_id=once, about=self.booking, purpose=Draft.Purpose.ADD)
        return sent.filter(answers__done=True).exists()

    def draft(self, once: str) -> Draft:
        """Return the change that this page stands for, however often it is sent. Raises Http404 for another's."""
        try:
            public_id = UUID(once)
        except ValueError as problem:
            raise Http404 from problem
        draft, _created = Draft.objects.get_or_create(
            public_id=public_id,
            defaults={
                "owner_hash": drafts.hash_secret(drafts.new_secret()),
                "purpose": Draft.Purpose.ADD,
                "about": self.booking,
                "caller_for": self.user,
                "team": self.team,
                "created_at": self.now,
                "updated_at": self.now,
                "expires_at": self.now + drafts.KEPT_FOR,
            },
        )
        if draft.about_id != self.booking.pk or draft.purpose != Draft.Purpose.ADD or draft.caller_for_id is None:
            raise Http404
        return draft

    def show(self, form: AddPersonForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "clinic": self.near.session,
            "once": self.request.POST.get("once") or uuid4(),
            "back_url": self.booking_url(),
        }
        return self.page("phone_add.html", self.shared() | context, status=status)


class WaitForEarlier(ChangePage):
    """Whoever wants to come earlier is told of times that free up at their clinic; their own stays theirs."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Put them on the waiting list, or say why not."""
        venues = list({each.session.venue for each in self.movable}) or [self.appointments[0].session.venue]
        try:
            wait_for_earlier(
                booking=self.booking,
                venues=venues,
                weekdays=[],
                parts=[],
                submission_id=uuid4(),
                by=self.user,
                source="staff",
                at=self.now,
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("We tell them by text or email when an earlier time frees up at this clinic."))
        return redirect(self.booking_url())


class ChangeContactForCaller(ChangePage):
    """How the contact is reached from now on; the details are sent again by every way they have."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask, while something is to come that they can be written to about."""
        if not self.movable:
            return redirect(self.booking_url())
        return self.show(ReachOfCallerForm(initial=ReachOfCallerForm.initial_of(self.booking)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep it."""
        if not self.movable:
            return redirect(self.booking_url())
        form = ReachOfCallerForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        reach = form.reach()
        if not change_contact(booking=self.booking, reach=reach, by=self.user, source="staff", at=self.now):
            messages.success(request, _("Nothing has changed"))
        elif reach.texts or reach.email or reach.letters:
            messages.success(request, _("The contact details are changed. The booking is sent to them again."))
        else:
            messages.success(request, _("The contact details are changed. Nothing is sent."))
        return redirect(self.booking_url())

    def show(self, form: ReachOfCallerForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        return self.page(
            "phone_contact.html", {**self.shared(), "form": form, "back_url": self.booking_url()}, status=status
        )
