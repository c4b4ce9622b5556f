"""The time that people of a booking are moved to, or one more is given, and a last look before the button."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.errors import Refused
from bookings import changes
from bookings.actions import add_people, change_appointments, hold_times
from bookings.drafts import needs_sentence
from bookings.forms.public.clinic import TimeForm
from bookings.forms.public.people import NEEDS
from bookings.gelatine import GelatineFreeGone
from bookings.policies import BookingRefused
from bookings.views.public.base import summary_row
from bookings.views.public.changing import NewTimesView
from bookings.views.public.clinic import TIMES_ON_A_PAGE, part_of_day, run_words
from bookings.views.public.people import birth_words
from clinics import places, words
from clinics.places import NotTakingBookings, Run, TimesTaken
from clinics.views.public import page_number
from nhsuk.forms import NhsukForm

# So many times beside those of the family are offered first to whoever is added.
NEAREST = 3


class NewTime(NewTimesView):
    """The times at which everybody fits; what is chosen is kept for 20 minutes, and what they had is kept as well."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the times."""
        return self.opened() or self.asked_first() or self.show(self.form())

    def form(self, data: Any = None) -> TimeForm:
        """Make the form."""
        question = ngettext("What time do you want to come?", "What times do you want to come?", len(self.names()))
        return TimeForm(data, question=question)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the chosen time; if somebody was quicker, say so and offer the nearest."""
        elsewhere = self.opened() or self.asked_first()
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
                own=[] if split else self.own(),
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
        # Those who move give up the times they have: these count as free for them.
        grid = places.free_grid(session=self.session, at=self.at, holder=self.draft.public_id, own=self.own())
        needs = self.answers.needs(self.appointments)
        # The minute they have now, with another vaccinator, would be a change to nothing.
        kept = self.kept_times()
        runs = [run for run in grid.runs(needs) if [seat.starts_at for seat in run.seats] != kept]
        gone = datetime.fromisoformat(self.answers.gone) if self.answers.gone else None
        split = None
        if not runs and len(needs) > 1:
            apart = places.free_grid(session=self.session, at=self.at, holder=self.draft.public_id)
            split = apart.nearest_split(needs, gone or min(each.starts_at for each in self.moved))
        groups: list[tuple[str, list[dict[str, Any]]]] = []
        number = page_number(self.request)
        pages = max(1, -(-len(runs) // TIMES_ON_A_PAGE))
        number = min(number, pages)
        shown = runs[(number - 1) * TIMES_ON_A_PAGE : number * TIMES_ON_A_PAGE]
        nearest = grid.nearest(runs, gone) if gone is not None else self.beside(runs)
        if nearest and number == 1:
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
            clinic_url=f"{self.url('booking-new-clinic')}?from=time",
            button_text=_("Continue"),
        )

    def beside(self, runs: list[Run]) -> list[Run]:
        """Return the times just before and after those of the brothers and sisters, for whoever is added.

        None of the same minutes: one parent cannot sit at two desks.
        """
        there = [
            (each.starts_at, each.starts_at + timedelta(minutes=each.minutes))
            for each in self.to_come()
            if self.adding and each.session_id == self.session.pk
        ]

        def between(run: Run) -> timedelta:
            return min(max(starts - run.ends_at, run.starts_at - ends) for starts, ends in there)

        if not there:
            return []
        apart = sorted((run for run in runs if between(run) >= timedelta(0)), key=between)
        return sorted(apart[:NEAREST], key=lambda run: run.starts_at)

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
        elsewhere = self.opened() or self.asked_first() or self.not_chosen()
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
        elsewhere = self.opened() or self.asked_first() or self.not_chosen()
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
            if self.adding:
                self.answers.gelatine_settled = ""
                self.answers.save(self.draft, at=self.at)
                return redirect("booking-add-gelatine", draft=self.draft.public_id)
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
            "source": "public",
            "at": self.at,
        }
        if not self.adding:
            change_appointments(appointments=self.moved, **common)
            return
        person = self.answers.added()
        again = self.again
        beside = again or next(iter(self.to_come()), self.appointments[0])
        # Staff read it in the service's own language, whichever this page is in.
        with override(settings.LANGUAGE_CODE):
            needs = needs_sentence(person, NEEDS)
        add_people(people=[changes.details(person, beside, needs, again=again is not None)], **common)

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
            rows=self.person_rows() if self.adding else [],
            # What they came for may not be given at another clinic.
            vaccines=words.listed([str(name) for name in self.session.vaccine_names()]) if elsewhere else "",
            changes=[
                {"name": name, "time": time, "old": before}
                for name, time, before in zip(self.names(), new, old, strict=True)
            ],
            day_url=self.url("booking-new-day"),
            keep_url=reverse("booking-manage"),
        )

    def person_rows(self) -> list[dict[str, Any]]:
        """Return what was answered about whoever is added, each with the way to change it."""
        person = self.answers.added()
        name = {"name": person.first_name}
        birth = self.url("booking-add-birth") + ("" if person.birth().exact else "?about=1")
        needs = needs_sentence(person, NEEDS) or _("None")
        rows = [
            summary_row(_("Name"), person.name(), self.url("booking-add-name"), _("name of %(name)s") % name),
            summary_row(_("Date of birth"), birth_words(person), birth, _("date of birth of %(name)s") % name),
            summary_row(_("Extra help"), needs, self.url("booking-add-help"), _("extra help for %(name)s") % name),
        ]
        if person.gelatine_free is not None:
            shown = _("Without gelatine") if person.gelatine_free else _("Either vaccine")
            hidden = _("vaccine without gelatine for %(name)s") % name
            rows.append(summary_row(_("Gelatine"), shown, self.url("booking-add-gelatine"), hidden))
        return rows
