"""Another time or clinic for people of a booking, or a time for one more: the day, the time, and a last look.

Nothing of the booking changes before the last button. Until then the old times are kept, and the new ones too.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from bookings import ages, changes
from bookings.actions import add_people, change_appointments, hold_times
from bookings.actions.changing import room_for_more
from bookings.changes import NewTimes
from bookings.drafts import needs_sentence
from bookings.forms.public.clinic import DayForm, TimeForm
from bookings.forms.public.manage import WhoMovesForm
from bookings.forms.public.people import NEEDS
from bookings.gelatine import GelatineFreeGone
from bookings.models import Appointment, Draft
from bookings.policies import BookingRefused
from bookings.queries.changing import venues_of_team
from bookings.views.public.base import no_answers
from bookings.views.public.clinic import TIMES_ON_A_PAGE, part_of_day, run_words
from bookings.views.public.found import FoundView
from clinics import places, queries, words
from clinics.models import ClinicSession, Venue
from clinics.places import NotTakingBookings, Run, TimesTaken
from clinics.views.public import page_number
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
        if not self.adding and not self.answers.moved(self.appointments):
            return redirect("booking-manage")
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
        """Say who of them is too young for a clinic, and from when they are not; "" where nobody is."""
        for name, first in zip(self.names(), ages.too_young(session, self.births()), strict=True):
            if first is not None:
                return _("%(name)s is too young for this clinic on this day. Select a day from %(day)s") % {
                    "name": name,
                    "day": words.plain_date(first),
                }
        return ""

    def grown_enough(self) -> HttpResponse | None:
        """Lead whoever is added, and is too young where the family is booked, to the days, and say why.

        Of those who are moved it is said when the day is chosen.
        """
        young = self.too_young(self.session) if self.adding else ""
        if not young:
            return None
        messages.error(self.request, young)
        return redirect("booking-new-day", draft=self.draft.public_id)

    def near(self) -> datetime | None:
        """Return the moment near which times are offered first: the old one, or that of the brothers and sisters."""
        if self.adding:
            there = [each for each in self.to_come() if each.session_id == self.session.pk]
            return max((each.starts_at for each in there), default=None)
        return min(each.starts_at for each in self.moved)

    def kept_times(self) -> list[datetime]:
        """Return the times they have who are moved, where all of them are at the clinic chosen so far."""
        if self.adding or any(each.session_id != self.session.pk for each in self.moved):
            return []
        return [each.starts_at for each in self.moved]

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


class NewDay(NewTimesView):
    """The days at one venue: at first that of the appointments there are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the day."""
        return self.opened() or self.look() or self.show(self.form(initial=str(self.session.public_id)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the day; one on which somebody is too young is said so."""
        elsewhere = self.opened() or self.look()
        if elsewhere is not None:
            return elsewhere
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        session = next(day.session for day in self.days if str(day.session.public_id) == form.cleaned_data["day"])
        young = self.too_young(session)
        if young:
            form.add_error("day", young)
            return self.show(form)
        changes.choose_session(self.draft, self.answers, session, at=self.at)
        return redirect("booking-new-time", draft=self.draft.public_id)

    def look(self) -> HttpResponse | None:
        """Find the venue's days on which the booking's team takes bookings."""
        self.venue = self.session.venue
        asked = self.request.GET.get("venue", "")
        if asked:
            try:
                key = uuid.UUID(asked)
            except ValueError:
                return redirect("booking-new-clinic", draft=self.draft.public_id)
            self.venue = get_object_or_404(Venue, public_id=key, team=self.booking.team_id)
        self.number = page_number(self.request)
        offset = (self.number - 1) * queries.DATES_TO_CHOOSE_FROM
        days, self.more = queries.days_at(venue=self.venue, at=self.at, offset=offset)
        self.days = [day for day in days if day.takes_bookings]
        if not self.days and not self.more:
            return redirect("booking-new-clinic", draft=self.draft.public_id)
        return None

    def form(self, data: Any = None, initial: str = "") -> DayForm:
        """Make the form."""
        left = queries.left_on(self.days, self.at)
        return DayForm(data, days=self.days, left=left, initial={"day": initial})

    def show(self, form: DayForm) -> HttpResponse:
        """Render the page."""
        venue = f"&venue={self.venue.public_id}" if "venue" in self.request.GET else ""
        return self.page(
            "bookings/new_day.html",
            form,
            title=str(form.fields["day"].label),
            back=reverse("booking-manage") if not self.adding else self.url("booking-add-help"),
            venue=self.venue,
            later=f"?page={self.number + 1}{venue}" if self.more else "",
            earlier=f"?page={self.number - 1}{venue}" if self.number > 1 else "",
            clinic_url=self.url("booking-new-clinic"),
        )


class NewClinic(NewTimesView):
    """The team's other clinics, those nearest to the present one first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        number = page_number(request)
        shown, pages = venues_of_team(self.booking.team_id, near=self.session.venue, at=self.at, page=number)
        number = min(number, pages)
        return self.page(
            "bookings/new_clinic.html",
            NhsukForm(),
            title=_("Choose a clinic"),
            back=reverse("booking-manage"),
            venues=shown,
            day_url=self.url("booking-new-day"),
            later=f"?page={number + 1}" if number < pages else "",
            earlier=f"?page={number - 1}" if number > 1 else "",
        )


class NewTime(NewTimesView):
    """The times at which everybody fits; what is chosen is kept for 20 minutes, and what they had is kept as well."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the times."""
        return self.opened() or self.grown_enough() or self.show(self.form())

    def form(self, data: Any = None) -> TimeForm:
        """Make the form."""
        question = ngettext("What time do you want to come?", "What times do you want to come?", len(self.names()))
        return TimeForm(data, question=question)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the chosen time; if somebody was quicker, say so and offer the nearest."""
        elsewhere = self.opened() or self.grown_enough()
        if elsewhere is not None:
            return elsewhere
        choice = TimeForm.choice(request.POST.get("starts_at", ""), on=self.session.date)
        if choice is None:
            form = self.form({})
            form.is_valid()
            return self.show(form)
        starts_at, split = choice
        try:
            taken = hold_times(
                draft=self.draft,
                session=self.session,
                needs=self.answers.needs(self.appointments),
                starts_at=starts_at,
                at=self.at,
                split=split,
            )
        except TimesTaken:
            self.answers.gone = starts_at.isoformat()
            self.answers.save(self.draft, at=self.at)
            return redirect("booking-new-time", draft=self.draft.public_id)
        except NotTakingBookings:
            return redirect("booking-new-clinic", draft=self.draft.public_id)
        except Refused as refusal:
            form = self.form({})
            form.errors.clear()
            form.add_error("starts_at", refusal.message)
            return self.show(form, status=refusal.status)
        self.answers.split, self.answers.gone = split, ""
        self.answers.times = [each.starts_at.isoformat() for each in taken]
        self.answers.save(self.draft, at=self.at)
        return redirect("booking-new-check", draft=self.draft.public_id)

    def show(self, form: TimeForm, status: int = 200) -> HttpResponse:
        """Render the times, the nearest to the old ones first."""
        grid = places.free_grid(session=self.session, at=self.at, holder=self.draft.public_id)
        needs = self.answers.needs(self.appointments)
        # The minute they have now, with another vaccinator, would be a change to nothing.
        kept = self.kept_times()
        runs = [run for run in grid.runs(needs) if [seat.starts_at for seat in run.seats] != kept]
        gone = datetime.fromisoformat(self.answers.gone) if self.answers.gone else None
        near = gone or self.near()
        split = grid.nearest_split(needs, near) if not runs and len(needs) > 1 else None
        groups: list[tuple[str, list[dict[str, Any]]]] = []
        number = page_number(self.request)
        pages = max(1, -(-len(runs) // TIMES_ON_A_PAGE))
        number = min(number, pages)
        shown = runs[(number - 1) * TIMES_ON_A_PAGE : number * TIMES_ON_A_PAGE]
        # Times of another day are near to nothing.
        beside = near is not None and any(abs(run.starts_at - near) < timedelta(hours=12) for run in runs)
        if near is not None and (gone is not None or (self.adding and beside)) and number == 1:
            nearest = grid.nearest(runs, near)
            groups.append((_("Nearest times"), [self.choice(run) for run in nearest]))
            shown = [run for run in shown if run not in nearest]
        for run in shown:
            heading = part_of_day(run.starts_at)
            if not groups or groups[-1][0] != heading:
                groups.append((heading, []))
            groups[-1][1].append(self.choice(run))
        if split is not None:
            groups = [("", [self.choice(split, split=True)])]
        venue = self.session.venue
        return self.page(
            "bookings/time.html",
            form,
            title=str(form.fields["starts_at"].label),
            back=self.url("booking-new-day"),
            status=status,
            groups=groups,
            gone=gone,
            is_split=split is not None,
            several=len(needs),
            later_page=number + 1 if number < pages else None,
            earlier_page=number - 1 if number > 1 else None,
            day_url=f"{self.url('booking-new-day')}?venue={venue.public_id}",
            clinic_url=self.url("booking-new-clinic"),
            button_text=_("Continue"),
        )

    def chosen(self) -> dict[str, Any]:
        """Return who it is for, and where and when."""
        return {**super().chosen(), "clinic": self.session.name, "day": self.session.date}

    def choice(self, run: Run, *, split: bool = False) -> dict[str, Any]:
        """Return one time as the page shows it."""
        value = run.starts_at.isoformat()
        kept = self.draft.starts_at == run.starts_at and bool(self.answers.times) and not self.answers.gone
        return {"value": f"split {value}" if split else value, "label": run_words(run), "checked": kept}


class NewCheck(NewTimesView):
    """The old and the new beside each other, and the button that changes the booking."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show both."""
        elsewhere = self.opened() or self.grown_enough() or self.not_chosen()
        if elsewhere is not None:
            return elsewhere
        return self.show(NhsukForm())

    def not_chosen(self) -> HttpResponse | None:
        """Lead back where no time is chosen yet."""
        if self.draft.starts_at is None or len(self.answers.times) != len(self.names()):
            return redirect("booking-new-time", draft=self.draft.public_id)
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the booking, all of it or nothing. What has gone meanwhile costs nobody what they had."""
        elsewhere = self.opened() or self.grown_enough() or self.not_chosen()
        if elsewhere is not None:
            return elsewhere
        starts_at = self.draft.starts_at
        try:
            self.change(starts_at)
        except TimesTaken:
            self.answers.gone, self.answers.times = starts_at.isoformat() if starts_at else "", []
            self.answers.save(self.draft, at=self.at)
            return redirect("booking-new-time", draft=self.draft.public_id)
        except NotTakingBookings:
            messages.error(request, _("This clinic no longer takes bookings. Your booking is as it was."))
            return redirect("booking-new-clinic", draft=self.draft.public_id)
        except GelatineFreeGone:
            messages.error(request, _("That clinic has no vaccine without gelatine left. Your booking is as it was."))
            return redirect("booking-new-clinic", draft=self.draft.public_id)
        except BookingRefused as refusal:
            hushed = refusal.code == "arrived" and any(each.pk in self.kept for each in self.moved)
            messages.error(request, _("This appointment can no longer be changed.") if hushed else refusal.message)
            return redirect("booking-manage")
        except Refused as refusal:
            form = NhsukForm({})
            form.is_valid()
            form.add_error(None, refusal.message)
            return self.show(form, status=refusal.status)
        if self.adding:
            messages.success(request, _("%(name)s has an appointment") % {"name": self.names()[0]})
        else:
            messages.success(request, ngettext("Appointment changed", "Appointments changed", len(self.names())))
        return redirect("booking-manage")

    def change(self, starts_at: datetime | None) -> None:
        """Make the change; raises what the actions raise."""
        common: dict[str, Any] = {
            "booking": self.booking,
            "session": self.session,
            "starts_at": starts_at,
            "draft": self.draft,
            "split": self.answers.split,
            "by": None,
            "source": "website",
            "at": self.at,
        }
        if not self.adding:
            change_appointments(appointments=self.moved, **common)
            return
        person = self.answers.added()
        beside = next(iter(self.to_come()), self.appointments[0])
        add_people(people=[changes.details(person, beside, needs_sentence(person, NEEDS))], **common)

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page."""
        new = [words.clock(datetime.fromisoformat(each)) for each in self.answers.times]
        old = [None] if self.adding else self.moved
        elsewhere = any(each is not None and each.session_id != self.session.pk for each in old)
        if self.adding:
            title = _("Check the appointment before you add it")
            button = _("Add %(name)s to the booking") % {"name": self.names()[0]}
        else:
            title = ngettext(
                "Check the new time before you change it", "Check the new times before you change them", len(new)
            )
            button = ngettext("Change this appointment", "Change these appointments", len(new))
        return self.page(
            "bookings/new_check.html",
            form,
            title=title,
            back=self.url("booking-new-time"),
            status=status,
            button_text=button,
            session=self.session,
            # What they came for may not be given at another clinic.
            vaccines=words.listed([str(name) for name in self.session.vaccine_names()]) if elsewhere else "",
            changes=[
                {"name": name, "time": time, "old": before}
                for name, time, before in zip(self.names(), new, old, strict=True)
            ],
            day_url=self.url("booking-new-day"),
            keep_url=reverse("booking-manage"),
        )


def may_add(view: FoundView) -> bool:
    """Whether somebody may be added to the booking that a page is about."""
    return bool(view.to_come()) and room_for_more(view.appointments)
