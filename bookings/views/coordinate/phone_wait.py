"""A caller for whom nothing fits: onto the team's waiting list, what they wait for, and off it again."""

from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import access
from accounts.errors import Refused
from accounts.models import Team
from accounts.permissions import Permission
from bookings.actions.calling import answer_for_caller, note_call, put_on_waiting_list
from bookings.calls import Call
from bookings.forms.phone import (
    CallPersonForm,
    HowManyForm,
    TimesForCallerForm,
    WaitingCallerForm,
    html_names,
    typed_before,
)
from bookings.models import Draft, WaitingListEntry, WaitingListOffer
from bookings.owing import is_mobile
from bookings.policies import MOST_PEOPLE, BookingRefused
from bookings.queries.calling import venues_to_wait_for
from bookings.queries.waiting import why_over
from bookings.views.coordinate.phone import CallPage, PhonePage
from bookings.views.coordinate.phone_call import leave_out
from bookings.views.public.waiting_list_link import offered_times
from bookings.waiting_list import joining
from bookings.waiting_list.wishes import PARTS, WEEKDAYS
from clinics import words
from clinics.models import ClinicSession, Venue
from clinics.places import NotTakingBookings, TimesTaken
from nhsuk.forms.rendering import render_error_summary


class PhoneWait(PhonePage):
    """Who waits, for what, and how they are told, on one page. What was typed stands in it until they wait."""

    @cached_property
    def call(self) -> Call:
        """For how many people, and what was typed."""
        form = HowManyForm({"people": self.request.POST.get("people") or self.request.GET.get("people") or "1"})
        return Call(people=int(form.cleaned_data["people"]) if form.is_valid() else 1)

    def held(self) -> Draft | None:
        """Return the call that ends with the wait."""
        return None

    def clinic(self) -> ClinicSession | None:
        """Return the clinic of the call."""
        return None

    def looked_at(self) -> Venue | None:
        """Return the place that was looked at, where it is the team's."""
        try:
            wanted = UUID(self.request.GET.get("venue", ""))
        except ValueError:
            return None
        return Venue.objects.filter(team=self.team, public_id=wanted).first()

    @cached_property
    def once(self) -> UUID:
        """What the page stands for, however often it is sent. Raises Http404 for another team's."""
        if self.request.method != "POST":
            return uuid4()
        try:
            once = UUID(self.request.POST.get("once", ""))
        except ValueError as problem:
            raise Http404 from problem
        if WaitingListEntry.objects.filter(submission_id=once).exclude(team=self.team).exists():
            raise Http404
        return once

    @cached_property
    def venues(self) -> list[Venue]:
        """The team's places, the one looked at first."""
        return venues_to_wait_for(self.team.pk, first=self.looked_at())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.ask()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make room for another person, or put them on the list. Two presses make one wait."""
        do = request.POST.get("do", "join")
        self.remember(request)
        try:
            if do == "add" and self.call.people < MOST_PEOPLE:
                self.call.people += 1
            leave_out(self.call, do)
            self.note()
            return self.join() if do == "join" else self.ask()
        except BookingRefused as refusal:
            if refusal.code in ("already_booked", "answers_gone"):
                # Somebody else finished the call: its own page says what became of it.
                return redirect(request.path)
            return self.show_refused(refusal)
        except Refused as refusal:
            return self.show_refused(refusal)

    # --- what was typed

    def remember(self, request: HttpRequest) -> None:
        """Take over what was typed in the page's own fields; what the call knows besides stays."""
        names = [name for form in [self.wanted(), *self.people(), self.caller()] for name in html_names(form)]
        before = self.call.typed
        self.call.remember(request.POST, names)
        self.call.typed = {name: before[name] for name in before if name not in names} | self.call.typed

    def note(self) -> None:
        """Store it with the call, where there is one."""

    def people(self, post: Any = None) -> list[CallPersonForm]:
        """Return a form for each person."""
        return [
            CallPersonForm(
                post,
                number=number,
                session=self.clinic(),
                today=self.today,
                initial=typed_before(CallPersonForm, self.call.typed, str(number)),
            )
            for number in range(1, self.call.people + 1)
        ]

    def caller(self, post: Any = None) -> WaitingCallerForm:
        """Return the form about the caller."""
        return WaitingCallerForm(post, today=self.today, initial=typed_before(WaitingCallerForm, self.call.typed))

    def wanted(self, post: Any = None) -> TimesForCallerForm:
        """Return the form about the times, with the place that was looked at ticked."""
        initial = typed_before(TimesForCallerForm, self.call.typed)
        first = self.looked_at()
        if first is not None and not any(initial.values()):
            initial["venues"] = [str(first.public_id)]
        places = [(str(each.public_id), each.full_address, "") for each in self.venues]
        return TimesForCallerForm(post, places=places, initial=initial)

    # --- waiting

    def join(self) -> HttpResponse:
        """Put them on the list, once everything is right."""
        post = self.request.POST
        wanted, people, caller = self.wanted(post), self.people(post), self.caller(post)
        # Every form is asked, so that all that is wrong is said at once.
        right = [form.is_valid() for form in [wanted, *people, caller]]
        if not all(right):
            return self.show(wanted, people, caller, status=422)
        chosen = wanted.chosen()
        joined = put_on_waiting_list(
            team=self.team,
            venues=[each for each in self.venues if str(each.public_id) in chosen["venues"]],
            weekdays=chosen["weekdays"],
            parts=chosen["parts"],
            people=[form.details(caller.cleaned_data["postcode"]) for form in people],
            contact=caller.contact(),
            submission_id=self.once,
            by=self.user,
            at=self.now,
            draft=self.held(),
        )
        if joined.created:
            messages.success(self.request, _("They are on the waiting list"))
        return redirect("phone-waiting", joined.entry.public_id)

    def ask(self) -> HttpResponse:
        """Show the page with what was typed so far."""
        return self.show(self.wanted(), self.people(), self.caller())

    def show_refused(self, refusal: Refused) -> HttpResponse:
        """Show the page with why it was refused."""
        post = self.request.POST
        caller = self.caller(post)
        caller.is_valid()
        caller.errors.clear()
        caller.add_error(None, str(refusal))
        return self.show(self.wanted(post), self.people(post), caller, status=refusal.status)

    def show(
        self, wanted: TimesForCallerForm, people: list[CallPersonForm], caller: WaitingCallerForm, *, status: int = 200
    ) -> HttpResponse:
        """Render the page."""
        forms = [wanted, *people, caller]
        context = {
            "wanted": wanted,
            "people": people,
            "caller": caller,
            "once": self.once,
            "most": MOST_PEOPLE,
            "problems": render_error_summary(*forms),
            "has_errors": any(form.is_bound and form.errors for form in forms),
            "back_url": reverse("phone-bookings"),
        }
        return self.page("phone_wait.html", context | self.context(), status=status)

    def context(self) -> dict[str, Any]:
        """Return what else the page shows."""
        return {}


class PhoneCallWait(CallPage, PhoneWait):
    """The same for a call that was begun, with all that was typed for it."""

    permission = None

    def held(self) -> Draft | None:
        """Return the call."""
        return self.draft

    def clinic(self) -> ClinicSession | None:
        """Return the clinic of the call."""
        return self.draft.session

    def looked_at(self) -> Venue | None:
        """Return the place of the call's clinic."""
        return self.draft.session.venue if self.draft.session else None

    @cached_property
    def once(self) -> UUID:
        """The call: however often it is sent, they wait once."""
        return self.draft.public_id

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask, unless the call is finished."""
        return self.finished() or super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Put them on the list, unless the call is finished."""
        return self.finished() or super().post(request, **kwargs)

    def finished(self) -> HttpResponse | None:
        """Lead to what the call has become: the wait of the first of two presses, or a booking."""
        waits = WaitingListEntry.objects.filter(submission_id=self.kwargs["call"])
        if waits.exists():
            entry = access(waits.select_related("team"), user=self.user, permission=Permission.BOOK)
            return redirect("phone-waiting", entry.public_id)
        return redirect(self.booking_url()) if self.draft.booking_id is not None else None

    def note(self) -> None:
        """Store what was typed with the call."""
        note_call(draft=self.draft, call=self.call, by=self.user, at=self.now)

    def context(self) -> dict[str, Any]:
        """Return the way back to the call."""
        return {"call_id": self.draft.public_id, "back_url": self.call_url()}


class WaitingPage(PhonePage):
    """A page about one family that waits."""

    permission = None

    @cached_property
    def entry(self) -> WaitingListEntry:
        """The wait of the address: 404 for another team's, 403 for the wrong role."""
        return access(
            WaitingListEntry.objects.select_related("team", "booking").prefetch_related("venues"),
            user=self.user,
            permission=Permission.BOOK,
            public_id=self.kwargs["entry"],
        )

    @property
    def team(self) -> Team:
        """The team whose list it is."""
        return self.entry.team


class PhoneWaiting(WaitingPage):
    """A family that waits: what for, what is kept for them, what happens next, and “Stop waiting”."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        entry = self.entry
        contact = joining.contact_of(entry)
        offer = joining.open_offer(entry)
        context = {
            "entry": entry,
            "waits": entry.state == joining.State.WAITING,
            "why": why_over(entry) if entry.state == joining.State.ENDED else "",
            "offer": offer,
            "times": offered_times(offer) if offer else "",
            "kept": offer is not None and offer.expires_at > self.now,
            "names": words.listed([f"{each.first_name} {each.last_name}".strip() for each in joining.people_of(entry)]),
            "days": words.listed([str(WEEKDAYS[day]) for day in entry.weekdays]) or _("Any day"),
            "parts": words.listed([str(PARTS[part]) for part in entry.parts]) or _("Any part of the day"),
            "contact": contact,
            "texts_to": contact.phone if contact.texts and is_mobile(contact.phone) else "",
            "back_url": reverse("phone-bookings"),
        }
        return self.page("phone_waiting.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Stop waiting."""
        joining.stop_waiting(entry=self.entry, by=self.user, source="staff", at=self.now)
        messages.success(request, _("They are no longer on the waiting list"))
        if self.entry.booking is not None:
            return redirect("phone-booking", self.entry.booking.public_id)
        return redirect("phone-waiting", self.entry.public_id)


class PhoneWaitingAnswer(WaitingPage):
    """Takes or declines, for the caller, the times that are kept for them: as the link in their message does."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Answer, and show what has come of it; a second press shows the same."""
        offer, do = self.offer(), request.POST.get("do", "")
        waiting = redirect("phone-waiting", self.entry.public_id)
        if offer is None or do not in ("take", "decline"):
            return waiting
        try:
            booking = answer_for_caller(offer=offer, take=do == "take", by=self.user, at=self.now)
        except (TimesTaken, NotTakingBookings):
            messages.error(request, _("Somebody else has these times now. They are still on the waiting list."))
            return waiting
        except Refused as refusal:
            messages.error(request, str(refusal))
            return waiting
        if booking is None:
            messages.success(request, _("Declined for the caller. Their times are given back."))
            return waiting
        messages.success(request, _("These times are the caller’s. Read them out."))
        return redirect("phone-booking", booking.public_id)

    def offer(self) -> WaitingListOffer | None:
        """Return the offer that the page showed, if it is one of this wait's."""
        try:
            public_id = UUID(self.request.POST.get("offer", ""))
        except ValueError:
            return None
        return self.entry.offers.select_related("entry").filter(public_id=public_id).first()
