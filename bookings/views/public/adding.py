"""Adding a brother or sister to a booking: only what differs is asked, and the rest is taken over."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings import changes, gelatine
from bookings.changes import NewTimes
from bookings.drafts import PersonAnswers
from bookings.forms.public.people import (
    EITHER,
    FREE,
    NEEDS,
    NONE,
    ApproximateDateOfBirthForm,
    DateOfBirthForm,
    GelatineForm,
    NeedsForm,
    PersonNameForm,
)
from bookings.models import Draft
from bookings.views.public.base import no_answers
from bookings.views.public.changing import NewTimesView, comes_again, may_add
from bookings.views.public.family import gelatine_title
from bookings.views.public.people import check_age_title
from clinics.times import london_day
from nhsuk.forms import NhsukForm


class AddPerson(NewTimesView):
    """The name of whoever is added. Their last name is most often that of the others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for it."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        person = self.answers.added()
        family = self.appointments[0].last_name
        initial = {"first_name": person.first_name, "last_name": person.last_name or family}
        return self.show(PersonNameForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        form = PersonNameForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        self.keep(first_name=form.cleaned_data["first_name"], last_name=form.cleaned_data["last_name"])
        return self.go_on()

    def show(self, form: PersonNameForm) -> HttpResponse:
        """Render the page."""
        return self.page(
            "bookings/add_name.html",
            form,
            title=_("Who do you want to add?"),
            back=self.before() or reverse("booking-manage"),
        )

    def go_on(self) -> HttpResponse:
        """Go to the first page about the person that is not answered; then to the times, and to the check."""
        person = self.answers.added()
        if not person.born:
            return redirect("booking-add-birth", draft=self.draft.public_id)
        year = self.check_year()
        if year is not None:
            return year
        page = "booking-add-help" if person.needs is None else "booking-new-check"
        return redirect(page, draft=self.draft.public_id)

    def before(self) -> str:
        """Return the address of the check once everything is answered: Back leads there. "" before."""
        return self.url("booking-new-check") if self.answers.times else ""

    def opened(self) -> HttpResponse | None:
        """Open the draft, of whose person nothing need be known yet."""
        draft = changes.find(public_id=self.draft_id, booking=self.booking, purposes=(Draft.Purpose.ADD,), at=self.at)
        if draft is None:
            return no_answers(self.request)
        self.draft, self.answers = draft, NewTimes.read(draft)
        if self.answers.done or not may_add(self):
            return redirect("booking-manage")
        return None

    def keep(self, **given: Any) -> None:
        """Store more of what is known of the person."""
        self.answers.person = {**self.answers.person, **given}
        self.answers.save(self.draft, at=self.at)

    def chosen(self) -> dict[str, Any]:
        """Return nothing: whoever it is for is still being named."""
        return {}


class AddBirth(AddPerson):
    """When they were born."""

    def opened(self) -> HttpResponse | None:
        """Ask for the name first."""
        elsewhere = super().opened()
        if elsewhere is None and not self.answers.person.get("first_name"):
            return redirect("booking-add-name", draft=self.draft.public_id)
        return elsewhere

    @property
    def about(self) -> bool:
        """Whether only the year, or the month too, is known."""
        return "about" in self.request.GET

    def form(self, *args: Any, **kwargs: Any) -> NhsukForm:
        """Make the form."""
        kind = ApproximateDateOfBirthForm if self.about else DateOfBirthForm
        return kind(*args, first_name=self.answers.added().first_name, today=london_day(self.at), **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the date."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        person: PersonAnswers = self.answers.added()
        initial: dict[str, Any] = {}
        if person.born:
            birth = person.birth()
            initial = {"date_of_birth": birth if self.about else birth.exact}
        return self.show(self.form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        person = self.answers.added()
        person.keep_born(str(form.cleaned_data["date_of_birth"]))
        self.keep(born=person.born, age_confirmed=person.age_confirmed)
        return self.go_on()

    def show(self, form: NhsukForm) -> HttpResponse:
        """Render the page."""
        return self.page(
            "bookings/add_birth.html",
            form,
            title=str(form.fields["date_of_birth"].label),
            back=self.before() or self.url("booking-add-name"),
            about=self.about,
        )


class AddCheckAge(AddBirth):
    """Asks once whether a year is right that is more often wrong, as of everybody who is booked."""

    def opened(self) -> HttpResponse | None:
        """Ask for the date of birth first."""
        elsewhere = super().opened()
        if elsewhere is None and not self.answers.person.get("born"):
            return redirect("booking-add-birth", draft=self.draft.public_id)
        return elsewhere

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        return self.opened() or self.show(NhsukForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep that the year is right."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        self.keep(age_confirmed=True)
        return self.go_on()

    def show(self, form: NhsukForm) -> HttpResponse:
        """Render the page."""
        person, today = self.answers.added(), london_day(self.at)
        return self.page(
            "bookings/check_age.html",
            form,
            title=check_age_title(person, today),
            back=self.url("booking-add-birth"),
            person=person,
            age=person.age(today),
        )


class AddHelp(AddCheckAge):
    """What help they need, a longer appointment among it."""

    def opened(self) -> HttpResponse | None:
        """Ask for the date of birth first, and whether its year is right."""
        return super().opened() or self.check_year()

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for it."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        person = self.answers.added()
        initial = {} if person.needs is None else {"needs": person.needs or [NONE], "words": person.needs_words}
        return self.show(NeedsForm(first_name=person.first_name, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, and look for times beside those of the family."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        form = NeedsForm(request.POST, first_name=self.answers.added().first_name)
        if not form.is_valid():
            return self.show(form)
        needs = [code for code in form.cleaned_data["needs"] if code != NONE]
        words = form.cleaned_data["words"]
        before = self.answers.added().extra_time
        self.keep(help=bool(needs or words), needs=needs, needs_words=words)
        if self.answers.added().extra_time != before:
            # Other times fit now.
            self.answers.times = []
            self.answers.save(self.draft, at=self.at)
        return self.go_on()

    def show(self, form: NhsukForm) -> HttpResponse:
        """Render the page."""
        return self.page(
            "bookings/question.html",
            form,
            title=str(form.fields["needs"].label),
            back=self.before() or self.url("booking-add-birth"),
        )


class AddGelatine(NewTimesView):
    """Whether they may only have a vaccine without gelatine, asked where it matters at the clinic chosen.

    Where it cannot be promised, the page says so, and lists clinics of the team that can.
    """

    def opened(self) -> HttpResponse | None:
        """Lead away from the question where it does not matter."""
        elsewhere = super().opened()
        if elsewhere is not None:
            return elsewhere
        if not self.adding:
            return redirect("booking-manage")
        if not any(gelatine.matters(self.session, [self.gelatine_wish()], at=self.at)):
            return redirect("booking-new-time", draft=self.draft.public_id)
        return None

    def form(self, *args: Any, **kwargs: Any) -> GelatineForm:
        """Make the form."""
        return GelatineForm(*args, names=[("1", self.answers.added().first_name)], **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        known = self.answers.added().gelatine_free
        return self.show(self.form(initial={} if known is None else {"gelatine": FREE if known else EITHER}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the answer, and go on to the times: they lead back here where the wish cannot be promised."""
        elsewhere = self.opened()
        if elsewhere is not None:
            return elsewhere
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        self.answers.person = {**self.answers.person, "gelatine_free": form.cleaned_data["gelatine"] == FREE}
        self.answers.gelatine_settled = ""
        self.answers.save(self.draft, at=self.at)
        return redirect("booking-new-check", draft=self.draft.public_id)

    def chosen(self) -> dict[str, Any]:
        """Return who it is for, and where and on which day."""
        return {**super().chosen(), "clinic": self.session.name, "day": self.session.date}

    def show(self, form: NhsukForm) -> HttpResponse:
        """Render the page; where the wish cannot be kept, that comes first and the question after it."""
        person, wishes = self.answers.added(), [self.gelatine_wish()]
        short = bool(person.gelatine_free) and not gelatine.can_promise(self.session, wishes, at=self.at)
        others = []
        if short:
            others = gelatine.clinics_that_can(wishes, leave_out=self.session, at=self.at, team=self.booking.team_id)
        days = self.url("booking-new-day")
        before = self.url("booking-new-check") if self.answers.times else ""
        beside = any(each.session_id == self.session.pk for each in self.to_come())
        return self.page(
            "bookings/gelatine.html",
            form,
            title=gelatine_title(form, short=short),
            back=before or (self.url("booking-add-help") if beside else days),
            short=short,
            others=[(session, f"{days}?venue={session.venue.public_id}") for session in others],
            wished=person.first_name,
        )


class BeginAdding(AddPerson):
    """Begins to add somebody, beside the first of the family who is still to come."""

    draft_id: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """There is no draft yet."""
        return super().dispatch(request, *args, draft=None, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """There is nothing to see here: show the booking."""
        return redirect("booking-manage")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin; with ``again`` for somebody of the booking whose appointment was cancelled: nothing is asked anew."""
        if not may_add(self):
            return redirect("booking-manage")
        cancelled = next(
            (each for each in self.appointments if str(each.public_id) == request.POST.get("again")),
            None,
        )
        answers = NewTimes()
        if cancelled is not None:
            if not comes_again(cancelled, self.appointments):
                return redirect("booking-manage")
            with override(settings.LANGUAGE_CODE):
                answers = changes.once_more(cancelled, NEEDS)
        draft = changes.begin(
            booking=self.booking,
            purpose=Draft.Purpose.ADD,
            answers=answers,
            session=self.to_come()[0].session,
            at=self.at,
        )
        return redirect("booking-new-time" if cancelled else "booking-add-name", draft=draft.public_id)
