"""Which clinic, which day, what time."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from bookings import drafts
from bookings.actions import hold_times
from bookings.drafts import Step
from bookings.forms.public import clinic as forms
from bookings.views.public.base import Question, step_url
from bookings.views.public.fairness import may_hold, too_many
from bookings.views.public.people import birth_step
from clinics import places, queries, words
from clinics.finder import find, position_of_venue
from clinics.forms.public import SearchForm
from clinics.models import ClinicSession, Venue
from clinics.places import Need, NotTakingBookings, Run, TimesTaken
from clinics.times import LONDON
from clinics.views.public import page_number
from nhsuk.forms import NhsukForm

AFTER_SCHOOL = (15, 30)
TIMES_ON_A_PAGE = 30
OTHER_DAYS = 3


class ChooseClinic(Question):
    """The clinics that take bookings, with a search box; each leads to its days.

    Here too people arrive whose clinic was cancelled or closed while they were answering.
    """

    page = "book-clinic"
    template = "bookings/clinic.html"
    form_class = SearchForm

    def initial(self) -> dict[str, Any]:
        """Return the place looked for before."""
        return {"near": self.answers.near}

    def answered(self, form: SearchForm) -> HttpResponse:
        """Keep the town or outward code that was meant, and list the clinics near it."""
        found = find(form.cleaned_data["near"], queries.listed_towns(self.at))
        if found.where is None:
            if not found.choices:
                form.not_found()
            self.found = found
            return self.show(form)
        self.answers.near = found.where.name
        self.save()
        return HttpResponseRedirect(step_url(self.draft, self.step))

    def context(self) -> dict[str, Any]:
        """Return the clinics, nearest first, and what became of the one chosen before."""
        gone = self.draft.session if not drafts.takes_bookings(self.draft.session, self.at) else None
        listed = queries.clinic_list(
            at=self.at,
            near=self.answers.near,
            page=page_number(self.request),
            only_bookable=True,
            around=position_of_venue(gone.venue) if gone is not None else None,
            leave_out=gone.pk if gone is not None else None,
        )
        near = listed.found.where
        if hasattr(self, "found"):
            listed.found = self.found
        return {"listed": listed, "near": near, "gone": gone, "draft_id": self.draft.public_id}

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("Choose a clinic")


class ChooseDay(Question):
    """The days on which clinics are held at one venue."""

    page = "book-clinic"
    form_class = forms.DayForm
    template = "bookings/day.html"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Find the venue's days; a venue without any leads back to the list."""
        elsewhere = super().dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        self.venue = get_object_or_404(Venue, public_id=self.kwargs["venue"])
        self.number = page_number(request)
        offset = (self.number - 1) * queries.DATES_TO_CHOOSE_FROM
        days, self.more = queries.days_at(venue=self.venue, at=self.at, offset=offset)
        self.days = [day for day in days if day.takes_bookings]
        if days and not self.days and not self.more:
            # Every day is full.
            waiting = reverse("book-waiting-list", kwargs={"draft": self.draft.public_id})
            return HttpResponseRedirect(f"{waiting}?venue={self.venue.public_id}")
        if not self.days and not self.more:
            return HttpResponseRedirect(step_url(self.draft, self.step))
        return None

    def form_words(self) -> dict[str, Any]:
        """Return the days with times left."""
        return {"days": self.days, "left": queries.left_on(self.days, self.at)}

    def initial(self) -> dict[str, Any]:
        """Return the day chosen before."""
        return {"day": str(self.draft.session.public_id) if self.draft.session else None}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the clinic session of the day."""
        chosen = next(day for day in self.days if str(day.session.public_id) == form.cleaned_data["day"])
        again = chosen.session.pk == self.draft.session_id
        drafts.choose_session(self.draft, self.answers, chosen.session, at=self.at)
        if again and drafts.next_step(self.draft, self.answers, self.at) == drafts.CHECK:
            # The same day again, from the check page: it is the time they want to change.
            return HttpResponseRedirect(step_url(self.draft, Step("book-time")))
        return None

    def back_url(self) -> str:
        """Back to the list, or to the check once everything is answered."""
        if drafts.next_step(self.draft, self.answers, self.at) == drafts.CHECK:
            return step_url(self.draft, drafts.CHECK)
        return step_url(self.draft, self.step)

    def context(self) -> dict[str, Any]:
        """Return the venue and the way to further days and other clinics."""
        return {
            "venue": self.venue,
            "later_page": self.number + 1 if self.more else None,
            "earlier_page": self.number - 1 if self.number > 1 else None,
            "clinic_url": step_url(self.draft, self.step),
        }


class TooYoung(Question):
    """Says from which day a clinic has something for a young child, and what can be done now."""

    page = "book-too-young"
    template = "bookings/too_young.html"

    def form(self, **kwargs: Any) -> NhsukForm:
        """Return a form without questions: the page has links."""
        return NhsukForm(**kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say who is too young, or go on where nobody is."""
        elsewhere = self.dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        self.young = [
            {
                "name": person.first_name,
                "from": day,
                "birth_url": step_url(self.draft, birth_step(person, number)),
                "remove_url": step_url(self.draft, Step("book-remove", number)) if len(self.answers.people) > 1 else "",
            }
            for number, (person, day) in enumerate(
                zip(self.answers.people, self.old_enough_from(), strict=True), start=1
            )
            if day is not None
        ]
        return self.show(self.form()) if self.young else self.go_on()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """There is nothing to send here."""
        return self.go_on()

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("Too young for this clinic on this day")

    def context(self) -> dict[str, Any]:
        """Return who is too young until when, and what the clinic gives."""
        return {
            "young": self.young,
            "vaccines": words.listed([str(name) for name in self.session.vaccine_names()]),
            "clinic_url": step_url(self.draft, Step("book-clinic")),
        }


class ChooseTime(Question):
    """The times at which everybody fits, one after the other; what is chosen is kept for 20 minutes."""

    page = "book-time"
    related = "session__venue"
    form_class = forms.TimeForm
    template = "bookings/time.html"

    def form_words(self) -> dict[str, Any]:
        """Return the question."""
        if len(self.answers.people) == 1:
            return {"question": _("What time do you want to come?")}
        return {"question": _("What times do you want to come?")}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Unused: ``post`` keeps the time itself, because the choices may have changed since the page was made."""
        return None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the chosen time; if somebody was quicker, say so and offer the nearest."""
        elsewhere = self.dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        choice = forms.TimeForm.choice(request.POST.get("starts_at", ""), on=self.session.date)
        if choice is None:
            form = self.form(data={})
            form.is_valid()
            return self.show(form)
        starts_at, split = choice
        if not may_hold(request, self.at):
            return too_many(request)
        try:
            taken = hold_times(
                draft=self.draft,
                session=self.session,
                needs=self.answers.needs(),
                starts_at=starts_at,
                at=self.at,
                split=split,
            )
        except TimesTaken:
            return self.taken_meanwhile(starts_at)
        except NotTakingBookings:
            return HttpResponseRedirect(step_url(self.draft, Step("book-clinic")))
        except Refused as refusal:
            form = self.form(data={})
            form.errors.clear()
            form.add_error("starts_at", refusal.message)
            return self.show(form, status=refusal.status)
        self.draft.starts_at = taken[0].starts_at
        self.answers.held_for = self.answers.extra_times()
        self.answers.split = split
        self.answers.times = [each.starts_at.isoformat() for each in taken]
        self.answers.gone = ""
        self.save()
        return self.go_on()

    def taken_meanwhile(self, starts_at: datetime) -> HttpResponse:
        """Note which time has gone, and show the times again."""
        self.answers.gone = starts_at.isoformat()
        self.save()
        return HttpResponseRedirect(step_url(self.draft, self.step))

    def context(self) -> dict[str, Any]:
        """Return the times that fit, grouped by part of the day, the nearest first where one has just gone."""
        grid = places.free_grid(session=self.session, at=self.at, holder=self.draft.public_id)
        needs = self.answers.needs()
        runs = list(grid.runs(needs))
        gone = datetime.fromisoformat(self.answers.gone) if self.answers.gone else None
        split = None
        if not runs and len(needs) > 1:
            split = grid.nearest_split(needs, gone or self.draft.starts_at)
        number = page_number(self.request)
        pages = max(1, -(-len(runs) // TIMES_ON_A_PAGE))
        number = min(number, pages)
        shown = runs[(number - 1) * TIMES_ON_A_PAGE : number * TIMES_ON_A_PAGE]
        groups: list[tuple[str, list[dict[str, Any]]]] = []
        nearest: list[Run] = grid.nearest(runs, gone) if gone is not None else []
        if nearest:
            groups.append((_("Nearest times"), [self.choice(run) for run in nearest]))
            shown = [run for run in shown if run not in nearest]
        for run in shown:
            words_of_group = part_of_day(run.starts_at)
            if not groups or groups[-1][0] != words_of_group:
                groups.append((words_of_group, []))
            groups[-1][1].append(self.choice(run))
        if split is not None:
            groups = [("", [self.choice(split, split=True)])]
        lacking = split is not None or not runs
        return {
            "groups": groups,
            "other_days": self.other_days(needs) if lacking else [],
            "draft_id": self.draft.public_id,
            "venue_id": self.session.venue.public_id,
            "gone": gone,
            "is_split": split is not None,
            "several": len(needs),
            "later_page": number + 1 if number < pages else None,
            "earlier_page": number - 1 if number > 1 else None,
            "day_url": self.day_url(),
            "clinic_url": step_url(self.draft, Step("book-clinic")),
        }

    def other_days(self, needs: list[Need]) -> list[ClinicSession]:
        """Return the next days at this venue on which everybody can come one after the other, OTHER_DAYS at most."""
        days, _more = queries.days_at(venue=self.session.venue, at=self.at)
        found = []
        for day in days:
            if day.takes_bookings and day.session.pk != self.session.pk:
                grid = places.free_grid(session=day.session, at=self.at, holder=self.draft.public_id)
                if next(grid.runs(needs), None) is not None:
                    found.append(day.session)
                    if len(found) == OTHER_DAYS:
                        break
        return found

    def choice(self, run: Run, *, split: bool = False) -> dict[str, Any]:
        """Return one time as the page shows it."""
        value = run.starts_at.isoformat()
        kept = self.draft.starts_at == run.starts_at and not self.answers.gone
        return {"value": f"split {value}" if split else value, "label": run_words(run), "checked": kept}

    def day_url(self) -> str:
        """Return the address of the days at the same venue."""
        return reverse("book-day", kwargs={"draft": self.draft.public_id, "venue": self.session.venue.public_id})


def part_of_day(moment: datetime) -> str:
    """Return the part of the day that a time belongs to, as a heading."""
    local = moment.astimezone(LONDON)
    if local.hour < 12:
        return _("Morning")
    if (local.hour, local.minute) >= AFTER_SCHOOL and local.weekday() < 5:
        return _("After school")
    return _("Afternoon")


def run_words(run: Run) -> str:
    """Return a family's times in words: “10:20am and 10:30am, one after the other”."""
    shown = words.listed([words.clock(seat.starts_at) for seat in run.seats])
    if len(run.seats) == 1:
        shortest = run.seats[0]
        if len(shortest.place_ids) > 1:
            return _("%(time)s, for %(minutes)s minutes") % {"time": shown, "minutes": shortest.minutes}
        return shown
    return _("%(times)s, one after the other") % {"times": shown} if run.together else shown
