"""The waiting list: joining it from a booking that found no time or from one that was made, and answering an offer."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from bookings import drafts, human
from bookings.drafts import MYSELF, Step
from bookings.forms.public.contact import EMAIL, TEXT
from bookings.forms.public.people import NEEDS
from bookings.forms.public.waiting_list import ANY, TimesWantedForm, WaitingContactForm
from bookings.models import Draft, WaitingListEntry
from bookings.policies import BookingRefused
from bookings.views.public import found
from bookings.views.public.base import Question, secret_of, step_url
from bookings.views.public.confirm import FORMATS_AND_NEEDS, relationship_words
from bookings.views.public.fairness import may_wait, too_many
from bookings.waiting_list import joining
from bookings.waiting_list.joining import Joined, join_waiting_list, wait_for_earlier
from clinics import queries
from clinics.finder import position_of_venue
from clinics.models import ClinicSession, Venue
from nhsuk.forms import NhsukForm

Places = list[tuple[str, str, str]]


def places_to_wait_for(*, at: datetime, near: str = "", venue: Venue | None = None) -> Places:
    """Return the venues of one team that have clinics to come: an id, a name and how far each is, nearest first.

    The team is that of ``venue``, else of the nearest to ``near``. A venue itself always stands first.
    """
    listed = queries.clinic_list(
        at=at, near="" if venue else near, only_bookable=True, around=position_of_venue(venue) if venue else None
    ).venues
    teams = dict(
        Venue.objects.filter(pk__in=[each.venue_id for each in listed]).values_list("pk", "team_id"),
    )
    team = venue.team_id if venue else next((teams[each.venue_id] for each in listed), None)
    others = [
        (str(each.public_id), each.full_address, each.distance)
        for each in listed
        if teams[each.venue_id] == team and (venue is None or each.venue_id != venue.pk)
    ]
    return [(str(venue.public_id), venue.full_address, ""), *others] if venue else others


@method_decorator(never_cache, name="dispatch")
class JoinWaitingList(View):
    """The way in: to the right page for whoever has answers or a booking here, else what the list is.

    ``?draft=`` names unfinished answers of this browser, ``?clinic=`` the clinic that was full.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead on, or explain."""
        draft = self.draft(request)
        if draft is not None:
            return redirect("book-waiting-list", draft=draft)
        if "draft" not in request.GET and "clinic" not in request.GET and found.COOKIE in request.COOKIES:
            return redirect("waiting-list-earlier")
        slug = request.GET.get("clinic", "")[:120]
        session = queries.visible_session(slug) if slug else None
        book = reverse("book")
        context = {
            "session": session,
            "start_url": f"{book}?{urlencode({'clinic': session.slug})}" if session else reverse("clinic-list"),
            "back_url": reverse("clinic-detail", args=[session.slug]) if session else reverse("clinic-list"),
        }
        return render(request, "bookings/waiting_list_about.html", context)

    def draft(self, request: HttpRequest) -> uuid.UUID | None:
        """Return the id of the draft that the address names, where it is this browser's."""
        try:
            public_id = uuid.UUID(request.GET.get("draft", ""))
        except ValueError:
            return None
        secret = secret_of(request)
        draft = drafts.find(public_id=public_id, secret=secret, at=timezone.now()) if secret else None
        return draft.public_id if draft else None


class WaitingQuestion(Question):
    """A page for whoever found no time: the answers they gave carry over."""

    related = "session__venue"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Who is coming must be known first."""
        if self.draft.purpose != Draft.Purpose.BOOK:
            return redirect("waiting-list-earlier")
        if not self.answers.complete or not all(person.born for person in self.answers.people):
            return super().go_on()
        return None

    def back_url(self) -> str:
        """Back to the times of the clinic chosen, else to the clinics."""
        return step_url(self.draft, Step("book-time" if self.draft.session else "book-clinic"))

    def can_be_told(self) -> bool:
        """Whether a mobile number or an email address was given."""
        return bool(self.answers.contact_name or self.answers.relationship == MYSELF) and bool(
            self.answers.mobile or self.answers.email
        )

    def join(self, form: NhsukForm) -> HttpResponse:
        """Join with the answers, however often the button is pressed; or say why not."""
        language = get_language() or settings.LANGUAGE_CODE
        # What staff read is written in their language, whichever the pages were in.
        with override(settings.LANGUAGE_CODE):
            people = drafts.details(self.answers, NEEDS, self.offered if self.draft.session else ())
            contact = drafts.contact(
                self.answers,
                relationship=relationship_words(self.answers.relationship),
                language=language,
                support_needs=drafts.my_needs_sentence(self.answers, FORMATS_AND_NEEDS),
            )
        if not may_wait(self.request, [contact.email, contact.phone], self.at):
            return too_many(self.request)
        wanted = self.answers.waiting
        try:
            joined = join_waiting_list(
                venues=chosen_venues(wanted["venues"]),
                weekdays=wanted["weekdays"],
                parts=wanted["parts"],
                people=people,
                contact=contact,
                submission_id=self.draft.public_id,
                by=None,
                source="public",
                at=self.at,
            )
        except BookingRefused as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, status=refusal.status)
        return joined_page(self.request, joined)


def chosen_venues(public_ids: Sequence[str]) -> list[Venue]:
    """Return the venues with these ids."""
    return list(Venue.objects.filter(public_id__in=public_ids))


def joined_page(request: HttpRequest, joined: Joined) -> HttpResponse:
    """Lead to the page of the wait, which its link opens from now on."""
    if joined.created:
        messages.success(request, _("You are on the waiting list"))
    return redirect("waiting-list-link", token=joined.link_token)


class TimesWanted(WaitingQuestion):
    """At which places, on which days, in which part of the day."""

    page = "book-waiting-list"
    form_class = TimesWantedForm
    template = "bookings/waiting_list_times.html"

    def form_words(self) -> dict[str, Any]:
        """Return the places, nearest first."""
        self.places = places_to_wait_for(at=self.at, near=self.answers.near, venue=self.venue)
        return {"places": self.places}

    @cached_property
    def venue(self) -> Venue | None:
        """The place that was full: the one in the address, else that of the clinic chosen."""
        try:
            wanted = uuid.UUID(self.request.GET.get("venue", ""))
        except ValueError:
            return self.draft.session.venue if self.draft.session else None
        return (
            Venue.objects.filter(public_id=wanted, sessions__in=ClinicSession.objects.bookable(self.today))
            .distinct()
            .first()
        )

    def initial(self) -> dict[str, Any]:
        """Return what was answered before; else the place of the clinic that was chosen."""
        return initial_of(self.answers.waiting, self.venue)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the answer, unless a program may have given it."""
        elsewhere = self.dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        form = self.form(data=request.POST)
        if not form.is_valid():
            return self.show(form)
        doubt = human.doubt(request, at=self.at)
        if doubt:
            form.add_error(None, doubt)
            return self.show(form)
        return self.answered(form)

    def answered(self, form: Any) -> HttpResponse:
        """Keep it, and join; or ask first how they can be told."""
        self.answers.waiting = form.chosen()
        self.save()
        if not self.can_be_told():
            return redirect("book-waiting-list-contact", draft=self.draft.public_id)
        return self.join(form)

    def context(self) -> dict[str, Any]:
        """Return how many wait, and the signs of a person."""
        return {"number": len(self.answers.people), "human": signs(self.request, self.at), "names": self.names()}

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("Join the waiting list")

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page; where there is nowhere to wait for, say so."""
        if not self.places:
            return render(self.request, "bookings/waiting_list_none.html", {"back_url": self.back_url()})
        self.button_text = _("Join the waiting list") if self.can_be_told() else _("Continue")
        return super().show(form, status)


def initial_of(chosen: dict[str, Any], venue: Venue | None) -> dict[str, Any]:
    """Return what the form begins with."""
    if not chosen:
        return {"venues": [str(venue.public_id)] if venue else []}
    return {
        "venues": chosen["venues"],
        "weekdays": [str(day) for day in chosen["weekdays"]] or [ANY],
        "parts": chosen["parts"] or [ANY],
    }


def signs(request: HttpRequest, at: datetime) -> human.Signs:
    """Return what the page carries by which people are told from programs."""
    return human.shown_again(request, at=at) if request.method == "POST" else human.first_shown(at)


class WaitingContact(WaitingQuestion):
    """How they can be told, where that was not asked before."""

    page = "book-waiting-list-contact"
    form_class = WaitingContactForm
    template = "bookings/waiting_list_contact.html"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """First what they wait for."""
        elsewhere = super().dispatch_question(request)
        if elsewhere is None and not self.answers.waiting:
            return redirect("book-waiting-list", draft=self.draft.public_id)
        return elsewhere

    def initial(self) -> dict[str, Any]:
        """Return what was answered before, as it was typed."""
        answers = self.answers
        ways = [way for way, given in ((TEXT, answers.mobile), (EMAIL, answers.email)) if given]
        return {
            "contact_name": answers.contact_name,
            "tell_by": ways,
            "mobile": answers.mobile_typed,
            "email": answers.email,
        }

    def answered(self, form: NhsukForm) -> HttpResponse:
        """Keep it, and join."""
        given = form.cleaned_data
        self.answers.contact_name = given["contact_name"]
        self.answers.mobile, self.answers.email = given["mobile"], given["email"]
        self.answers.mobile_typed = form.typed("mobile") if given["mobile"] else ""
        self.answers.contact_by = list(given["tell_by"])
        self.save()
        return self.join(form)

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page."""
        self.button_text = _("Join the waiting list")
        return super().show(form, status)

    def back_url(self) -> str:
        """Back to what they wait for."""
        return reverse("book-waiting-list", kwargs={"draft": self.draft.public_id})

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("How we can tell you about a time")


class EarlierTimes(found.FoundView):
    """“Tell me about earlier times”, for the booking that this browser found."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask where and when; show the wait where they are on the list already."""
        waiting = WaitingListEntry.objects.filter(booking=self.booking, state=joining.State.WAITING).first()
        if waiting is not None:
            return redirect("waiting-list-link", token=joining.token_of(waiting))
        coming = self.coming()
        if not coming:
            return redirect("booking-manage")
        if not joining.can_be_told(self.booking):
            # Said before anything is asked, on the page where it can be put right.
            messages.info(
                request,
                _("We can tell you about a time only by text message or email. Add one of them to your booking first."),
            )
            return redirect("booking-contact")
        return self.show(self.form(initial=initial_of({}, coming[0].session.venue)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Join."""
        if not self.coming():
            return redirect("booking-manage")
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        doubt = human.doubt(request, at=self.at)
        if doubt:
            form.add_error(None, doubt)
            return self.show(form)
        if not may_wait(request, [self.booking.reference], self.at):
            return too_many(request)
        chosen = form.chosen()
        try:
            joined = wait_for_earlier(
                booking=self.booking,
                venues=chosen_venues(chosen["venues"]),
                weekdays=chosen["weekdays"],
                parts=chosen["parts"],
                submission_id=uuid.uuid4(),
                by=None,
                source="public",
                at=self.at,
            )
        except BookingRefused as refusal:
            form.add_error(None, refusal.message)
            return self.show(form, refusal.status)
        return joined_page(request, joined)

    def coming(self) -> list[Any]:
        """Return the appointments still to come, soonest first."""
        return sorted(self.to_come(), key=lambda each: each.starts_at)

    def form(self, *args: Any, **kwargs: Any) -> TimesWantedForm:
        """Make the form with the places near the booking's own."""
        places = places_to_wait_for(at=self.at, venue=self.coming()[0].session.venue)
        return TimesWantedForm(*args, places=places, **kwargs)

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page."""
        first = self.coming()[0]
        context = {
            "form": form,
            "title": _("Tell me about earlier times"),
            "button_text": _("Join the waiting list"),
            "back_url": reverse("booking-manage"),
            "appointment": first,
            "number": len(self.coming()),
            "human": signs(self.request, self.at),
        }
        return TemplateResponse(self.request, "bookings/waiting_list_times.html", context, status=status)
