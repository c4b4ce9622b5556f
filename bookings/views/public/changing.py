"""Another time or clinic for people of a booking, or a time for one more: who moves, and what every such page shares.

Nothing of the booking changes before the last button. Until then the old times are kept, and the new ones too.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import ages, changes, gelatine
from bookings.actions.changing import room_for_more
from bookings.changes import NewTimes
from bookings.forms.public.manage import WhoMovesForm
from bookings.gelatine import Wish
from bookings.models import Appointment, Draft
from bookings.views.public.base import no_answers
from bookings.views.public.found import FoundView
from clinics import words
from clinics.models import ClinicSession
from clinics.times import london_day
from nhsuk.forms import NhsukForm


class ChangeTime(FoundView):
    """Whose appointment is to be moved; with one person there is nothing to ask."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask, or where nothing can be moved show the booking."""
        to_come = self.to_come()
        if not to_come:
            return redirect("booking-manage")
        form = WhoMovesForm(appointments=to_come, initial={"people": [str(each.public_id) for each in to_come]})
        return self.show(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin the change."""
        to_come = self.to_come()
        if not to_come:
            return redirect("booking-manage")
        form = WhoMovesForm(request.POST, appointments=to_come)
        if not form.is_valid():
            return self.show(form)
        chosen = form.cleaned_data["people"]
        first = next(each for each in to_come if str(each.public_id) in chosen)
        draft = changes.begin(
            booking=self.booking,
            purpose=Draft.Purpose.CHANGE,
            answers=NewTimes(appointments=chosen),
            session=first.session,
            at=self.at,
        )
        return redirect("booking-new-day", draft=draft.public_id)

    def show(self, form: WhoMovesForm) -> HttpResponse:
        """Render the question."""
        context = {
            "form": form,
            "title": form.fields["people"].label,
            "back_url": reverse("booking-manage"),
        }
        return TemplateResponse(self.request, "bookings/question.html", context)


class NewTimesView(FoundView):
    """A page about new times: for people who are moved, or for one who is added."""

    draft: Draft
    answers: NewTimes

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the booking first, and in ``get`` and ``post`` its draft."""
        self.draft_id: uuid.UUID = kwargs.pop("draft")
        return super().dispatch(request, *args, **kwargs)

    def opened(self) -> HttpResponse | None:
        """Open the draft; return where to go instead where there is none, or nothing left to do."""
        purposes = (Draft.Purpose.CHANGE, Draft.Purpose.ADD)
        draft = changes.find(public_id=self.draft_id, booking=self.booking, purposes=purposes, at=self.at)
        if draft is None:
            return no_answers(self.request)
        self.draft, self.answers = draft, NewTimes.read(draft)
        if self.answers.done:
            return redirect("booking-manage")
        if self.adding and not self.answers.person.get("born"):
            return redirect("booking-add-name", draft=draft.public_id)
        if self.adding and (elsewhere := self.check_year()):
            return elsewhere
        if not self.adding and not self.answers.moved(self.appointments):
            return redirect("booking-manage")
        return None

    def check_year(self) -> HttpResponse | None:
        """Ask whether the year of birth of whoever is added is right, where it surprises."""
        if self.answers.added().surprises(london_day(self.at)):
            return redirect("booking-add-check-age", draft=self.draft.public_id)
        return None

    @property
    def adding(self) -> bool:
        """Whether somebody is added, rather than moved."""
        return self.draft.purpose == Draft.Purpose.ADD

    @property
    def session(self) -> ClinicSession:
        """The clinic chosen so far: at first the one where the family is booked."""
        if self.draft.session is None:
            raise LookupError("a change begins at a clinic")
        return self.draft.session

    @property
    def moved(self) -> list[Appointment]:
        """The appointments that are to be moved."""
        return self.answers.moved(self.appointments)

    @property
    def again(self) -> Appointment | None:
        """The cancelled appointment of whoever is added, where they come after all; None for somebody new."""
        return next((each for each in self.appointments if str(each.public_id) == self.answers.again), None)

    def names(self) -> list[str]:
        """Return the first names of those for whom times are looked for."""
        if self.adding:
            return [self.answers.added().first_name]
        return [each.first_name for each in self.moved]

    def births(self) -> list[Any]:
        """Return their dates of birth."""
        if self.adding:
            return [self.answers.added().birth().earliest]
        return [each.date_of_birth for each in self.moved]

    def too_young(self, session: ClinicSession) -> str:
        """Say who of them is too young for a clinic, and which day they can choose instead; "" where nobody is.

        A day is named as one to choose only where there is a clinic at this venue on it; else it is said from when
        the youngest of them can have a vaccine.
        """
        births = self.births()
        young = [
            (first, name)
            for name, first in zip(self.names(), ages.too_young(session, births), strict=True)
            if first is not None
        ]
        if not young:
            return ""
        first, name = max(young)
        instead = ages.next_day_for(births, instead_of=session, at=self.at)
        if instead is not None:
            return _(
                "%(name)s is too young for this clinic on this day. The next day that you can choose here is %(day)s"
            ) % {"name": name, "day": words.day(instead)}
        return _(
            "%(name)s is too young for this clinic on this day. "
            "%(name)s can have a vaccine at a clinic like this from %(day)s"
        ) % {"name": name, "day": words.plain_date(first)}

    def grown_enough(self) -> HttpResponse | None:
        """Lead whoever is added, and is too young where the family is booked, to the days, and say why.

        Of those who are moved it is said when the day is chosen.
        """
        young = self.too_young(self.session) if self.adding else ""
        if not young:
            return None
        messages.error(self.request, young)
        return redirect("booking-new-day", draft=self.draft.public_id)

    def asked_first(self) -> HttpResponse | None:
        """Return where to go before there can be times for whoever is added: another day, or the gelatine question."""
        return self.grown_enough() or self.gelatine_question()

    def gelatine_wish(self) -> Wish:
        """Return the wish for a vaccine without gelatine as whoever is added would have it."""
        return Wish(self.answers.added().birth().earliest, self.again.wanted if self.again else ())

    def gelatine_question(self) -> HttpResponse | None:
        """Ask whoever is added about gelatine where that matters; note where nothing has to be asked (any more)."""
        key = f"{self.session.pk} {self.answers.person.get('born')}"
        if not self.adding or self.answers.gelatine_settled == key:
            return None
        answer = self.answers.added().gelatine_free
        if not gelatine.settled(self.session, [self.gelatine_wish()], [answer], at=self.at):
            return redirect("booking-add-gelatine", draft=self.draft.public_id)
        self.answers.gelatine_settled = key
        self.answers.save(self.draft, at=self.at)
        return None

    def kept_times(self) -> list[datetime]:
        """Return the times they have who are moved, where all of them are at the clinic chosen so far."""
        if self.adding or any(each.session_id != self.session.pk for each in self.moved):
            return []
        return [each.starts_at for each in self.moved]

    def own(self) -> list[int]:
        """Return the keys of the reservations that those who move have at the clinic chosen so far."""
        there = [] if self.adding else [each for each in self.moved if each.session_id == self.session.pk]
        return [each.reservation_id for each in there if each.reservation_id is not None]

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen so far, for the lines at the top of the page."""
        return {"names": words.listed(self.names())}

    def url(self, name: str) -> str:
        """Return the address of another page of this change."""
        return reverse(name, kwargs={"draft": self.draft.public_id})

    def page(self, template: str, form: NhsukForm, *, title: str, back: str, **context: Any) -> HttpResponse:
        """Render a page."""
        status = context.pop("status", 200)
        shown = {"form": form, "title": title, "back_url": back, "chosen": self.chosen(), **context}
        return TemplateResponse(self.request, template, shown, status=status)


def may_add(view: FoundView) -> bool:
    """Whether somebody may be added to the booking that a page is about."""
    return bool(view.to_come()) and room_for_more(view.appointments)


def comes_again(cancelled: Appointment, appointments: Iterable[Appointment]) -> bool:
    """Whether somebody whose appointment was cancelled has no other in the booking, and could be given one."""
    same = (cancelled.first_name, cancelled.last_name, cancelled.date_of_birth)
    others = [each for each in appointments if each.state != Appointment.State.CANCELLED]
    is_cancelled = cancelled.state == Appointment.State.CANCELLED
    return is_cancelled and all((each.first_name, each.last_name, each.date_of_birth) != same for each in others)
