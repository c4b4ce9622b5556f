"""The page of a call: the people, the caller and how the booking is confirmed, with the times kept meanwhile."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from bookings import ages
from bookings.actions.calling import book_for_caller, forget_call, keep_times, note_call, renew_times
from bookings.calls import HOLD, Call
from bookings.forms.phone import CallerForm, CallPersonForm, html_names, typed_before
from bookings.policies import MOST_PEOPLE, BookingRefused
from bookings.views.coordinate.phone import CallPage
from bookings.views.public.base import starts_in_words
from clinics import words
from clinics.models import Reservation
from clinics.places import NotTakingBookings, TimesTaken
from nhsuk.forms.rendering import render_error_summary


def leave_out(call: Call, do: str) -> None:
    """Leave out the person whom a button names; any other button leaves out nobody."""
    number = do.removeprefix("remove-")
    if number != do and number.isdecimal() and call.people > 1 and 1 <= int(number[:2]) <= call.people:
        call.forget_person(int(number[:2]))


class PhoneCall(CallPage):
    """Everything that is asked of a caller, on one page. Every button stores all that was typed."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it as it was left; a call that is booked leads to its booking."""
        if self.draft.booking_id is not None:
            return redirect(self.booking_url())
        return self.show(self.people(), self.caller())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Store what was typed and keep the times for another hour; then do what the button says."""
        if self.draft.booking_id is not None:
            # The second press of one button.
            return redirect(self.booking_url())
        self.store(request)
        do = request.POST.get("do", "book")
        try:
            if do == "stop":
                forget_call(draft=self.draft, by=self.user)
                messages.success(request, _("The call is forgotten, and its times are given back."))
                return redirect("phone-bookings")
            self.change_people(do)
            self.keep()
            if do == "wait":
                return redirect("phone-call-wait", self.draft.public_id)
            if do != "book":
                return redirect(self.call_url())
            return self.book()
        except BookingRefused as refusal:
            if refusal.code == "already_booked":
                return redirect(self.call_url())
            if refusal.code == "answers_gone":
                messages.error(request, str(refusal))
                return redirect("phone-bookings")
            return self.show_refused(refusal)
        except Refused as refusal:
            return self.show_refused(refusal)

    # --- what was typed

    def people(self, post: Any = None) -> list[CallPersonForm]:
        """Return a form for each person, with what was typed before."""
        return [
            CallPersonForm(
                post,
                number=number,
                session=self.clinic,
                today=self.today,
                initial=typed_before(CallPersonForm, self.call.typed, str(number)),
            )
            for number in range(1, self.call.people + 1)
        ]

    def caller(self, post: Any = None) -> CallerForm:
        """Return the form about the caller, with what was typed before."""
        return CallerForm(post, today=self.today, initial=typed_before(CallerForm, self.call.typed))

    @property
    def clinic(self) -> Any:
        """The clinic whose times are kept."""
        return self.draft.session

    def store(self, request: HttpRequest) -> None:
        """Take over what was typed in the page's own fields."""
        names = [name for form in [*self.people(), self.caller()] for name in html_names(form)]
        self.call.remember(request.POST, names)

    def change_people(self, do: str) -> None:
        """Make room for one person more, or leave one out."""
        if do == "add":
            if self.call.people >= MOST_PEOPLE:
                raise BookingRefused(
                    _("A booking can be for 1 to %(most)s people.") % {"most": MOST_PEOPLE}, code="number_of_people"
                )
            self.call.people += 1
        leave_out(self.call, do)

    # --- the times

    def keep(self) -> None:
        """Keep the times for another hour; others from the same minute on, where the people need others now."""
        kept = renew_times(draft=self.draft, call=self.call, by=self.user, at=self.now)
        if kept and self.call.held_for == self.call.extra_times():
            return
        if self.draft.starts_at is None:
            raise LookupError("a call begins with a time")
        try:
            keep_times(
                draft=self.draft,
                call=self.call,
                session=self.clinic,
                starts_at=self.draft.starts_at,
                split=self.call.split,
                by=self.user,
                at=self.now,
            )
        except (TimesTaken, NotTakingBookings):
            # What was kept before is kept still; the page says that it does not fit, and where to choose.
            self.call.gone = True
            note_call(draft=self.draft, call=self.call, by=self.user, at=self.now)

    # --- booking

    def book(self) -> HttpResponse:
        """Book, once everything is right and the times are the caller's."""
        people, caller = self.people(self.request.POST), self.caller(self.request.POST)
        right = [form.is_valid() for form in [*people, caller]]
        if all(right[:-1]):
            self.check_ages(people)
        if not all(right) or any(form.errors for form in people):
            return self.show(people, caller, status=422)
        if self.call.gone:
            return self.show(people, caller, status=409)
        try:
            made = book_for_caller(
                draft=self.draft,
                call=self.call,
                people=[form.details(caller.cleaned_data["postcode"]) for form in people],
                contact=caller.contact(),
                by=self.user,
                at=self.now,
            )
        except (TimesTaken, NotTakingBookings):
            self.call.gone = True
            note_call(draft=self.draft, call=self.call, by=self.user, at=self.now)
            return self.show(people, caller, status=409)
        return redirect("phone-booking", made.booking.public_id)

    def check_ages(self, people: list[CallPersonForm]) -> None:
        """Say of whom the clinic has nothing for on its day, and from when on it has."""
        for form, day in zip(people, ages.too_young(self.clinic, [each.born for each in people]), strict=True):
            if day is not None:
                form.add_error(
                    "date_of_birth",
                    _("%(name)s is too young for this clinic. It has something for them from %(day)s")
                    % {"name": form.cleaned_data["first_name"], "day": words.plain_date(day)},
                )

    def show_refused(self, refusal: Refused) -> HttpResponse:
        """Show the page with why it was refused."""
        people, caller = self.people(self.request.POST), self.caller(self.request.POST)
        caller.is_valid()
        caller.errors.clear()
        caller.add_error(None, str(refusal))
        return self.show(people, caller, status=refusal.status)

    def show(self, people: list[CallPersonForm], caller: CallerForm, *, status: int = 200) -> HttpResponse:
        """Render the page."""
        until = (
            Reservation.objects.filter(holder=self.draft.public_id, expires_at__isnull=False)
            .values_list("expires_at", flat=True)
            .first()
        )
        named = (form["first_name"].value() or "" for form in people)
        context = {
            "clinic": self.clinic,
            "call": self.call,
            "people": people,
            "caller": caller,
            "names": words.listed([each for each in named if each]),
            "call_id": self.draft.public_id,
            "problems": render_error_summary(*people, caller),
            "has_errors": any(form.is_bound and form.errors for form in [*people, caller]),
            "times": starts_in_words(self.call.starts()),
            "fits": self.call.held_for == self.call.extra_times() and not self.call.gone,
            "until": until if until is not None and until > self.now else None,
            "an_hour": HOLD // timedelta(minutes=1),
            "most": MOST_PEOPLE,
            "back_url": reverse("phone-bookings"),
        }
        return self.page("phone_call.html", context, status=status)
