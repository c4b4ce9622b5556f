"""What every page of the journey shares: whose draft it is, what comes before and after, and the words at its top."""

import uuid
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from bookings import ages, drafts, gelatine
from bookings.drafts import Answers, PersonAnswers, Step
from bookings.gelatine import Wish
from bookings.models import Draft
from clinics import words
from clinics.models import ClinicSession
from clinics.times import london_day
from clinics.vaccines import series_of
from nhsuk.forms import NhsukForm
from nhsuk.language import isolate

COOKIE = "answers"
SALT = "bookings.answers"


def secret_of(request: HttpRequest) -> str:
    """Return the secret of this browser, or "" where it has none that we signed."""
    found = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    return found or ""


def remember(response: HttpResponse, secret: str) -> None:
    """Let the browser keep its secret for as long as the answers are kept."""
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=SALT,
        max_age=drafts.KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def step_url(draft: Draft, step: Step) -> str:
    """Return the address of a page of the journey."""
    kwargs: dict[str, Any] = {"draft": draft.public_id}
    if step.number is not None:
        kwargs["number"] = step.number
    return reverse(step.page, kwargs=kwargs)


def no_answers(request: HttpRequest) -> HttpResponse:
    """404: these answers are another browser's, were cleared, or are older than a day."""
    return render(request, "bookings/no_answers.html", status=404)


def summary_row(key: str, value: Any, url: str, hidden: str) -> dict[str, Any]:
    """Return one row of a summary list: what it is, the answer (text, or safe HTML), and the way to change it."""
    return {
        "key": key,
        "value": {"html": value} if hasattr(value, "__html__") else isolate(str(value)),
        "actions": {"items": [{"href": url, "text": _("Change"), "visuallyHiddenText": hidden}]},
    }


def starts_in_words(starts: list[datetime]) -> str:
    """Return times as “10:20am and 10:30am”."""
    return words.listed([words.clock(start) for start in starts])


@method_decorator(never_cache, name="dispatch")
class DraftView(View):
    """A page about one draft, which only the browser that began it may see."""

    # Whether the page still means something once the booking is made.
    after_booking = False
    # What the page shows of the draft besides its answers, read in the same query.
    related = "session"
    at: datetime
    draft: Draft
    answers: Answers

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open the draft, or say kindly that there is nothing to open."""
        self.at = timezone.now()
        secret = secret_of(request)
        draft_id: uuid.UUID = kwargs.pop("draft")
        draft = None
        if secret:
            draft = drafts.find(public_id=draft_id, secret=secret, at=self.at, related=self.related)
        if draft is None:
            return no_answers(request)
        self.draft, self.answers = draft, drafts.read(draft)
        self.kwargs = kwargs
        if draft.booking_id is not None and not self.after_booking:
            return self.already_booked(request)
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, HttpResponse):
            remember(response, secret)
        return response

    def already_booked(self, request: HttpRequest) -> HttpResponse:
        """Say that the booking is made; a form sent again leads to its confirmation."""
        booked = reverse("booking-booked", kwargs={"draft": self.draft.public_id})
        if request.method == "POST":
            return HttpResponseRedirect(booked)
        return render(request, "bookings/already_booked.html", {"booked_url": booked})

    @property
    def session(self) -> ClinicSession:
        """The clinic chosen. Raises LookupError on a page that comes before that question."""
        if self.draft.session is None:
            raise LookupError("no clinic is chosen yet")
        return self.draft.session

    @property
    def today(self) -> date:
        """The day it is in England."""
        return london_day(self.at)

    def save(self) -> None:
        """Store the answers."""
        self.settle()
        drafts.save(self.draft, self.answers, at=self.at)

    def settle(self) -> bool:
        """Note what comes next and needs no answer: that all are old enough, come for all there is, may have gelatine.

        Returns whether anything was noted now.
        """
        ages = self.check_ages()
        wanted = self.settle_wanted()
        return self.settle_gelatine() or wanted or ages

    def check_ages(self) -> bool:
        """Once that is what comes next, note that everybody is old enough. Returns whether it was noted now."""
        step = drafts.next_step(self.draft, self.answers, self.at)
        if step.page != "book-too-young" or any(self.old_enough_from()):
            return False
        self.answers.ages_checked = drafts.ages_key(self.draft, self.answers)
        return True

    def go_on(self) -> HttpResponseRedirect:
        """Go to the first page that is not answered."""
        if self.settle():
            drafts.save(self.draft, self.answers, at=self.at)
        return HttpResponseRedirect(step_url(self.draft, drafts.next_step(self.draft, self.answers, self.at)))

    @cached_property
    def offered(self) -> list[str]:
        """The codes of the vaccines that the chosen clinic offers, read once."""
        prefetch_related_objects([self.session], "offers")
        return self.session.vaccine_codes()

    def settle_wanted(self) -> bool:
        """Once that comes next, note that everybody comes for the one thing there is. Returns whether it was noted."""
        if drafts.next_step(self.draft, self.answers, self.at) != Step("book-wanted", 1):
            return False
        if len({series_of(code) for code in self.offered}) > 1:
            return False
        self.answers.people[0].wanted = []
        self.answers.same[drafts.WANTED] = self.answers.wanted_unasked = True
        return True

    def gelatine_wishes(self, *, all_people: bool = False) -> list[Wish]:
        """Return the wishes for a vaccine without gelatine; with ``all_people`` as if everybody had it."""
        return [
            Wish(details.date_of_birth, details.wanted)
            for details in drafts.details(self.answers, {}, self.offered)
            if all_people or details.gelatine_free
        ]

    def gelatine_matters(self) -> list[bool]:
        """Return for each person whether a vaccine with gelatine is on offer for what they may have."""
        return gelatine.matters(self.session, self.gelatine_wishes(all_people=True), at=self.at)

    def settle_gelatine(self) -> bool:
        """Once that comes next, note that gelatine does not matter here, or that every wish can be promised.

        Returns whether it was noted now. A wish that cannot be promised is for the page to say.
        """
        if drafts.next_step(self.draft, self.answers, self.at).page != "book-gelatine":
            return False
        wishes = self.gelatine_wishes(all_people=True)
        answers = [person.gelatine_free for person in self.answers.people]
        if not gelatine.settled(self.session, wishes, answers, at=self.at):
            return False
        self.answers.gelatine_settled = drafts.gelatine_key(self.draft, self.answers)
        return True

    def old_enough_from(self) -> list[date | None]:
        """Return, for each person, the day from which the chosen clinic has something for them, if it is later."""
        if not self.offered:
            return [None for _person in self.answers.people]
        return ages.too_young(self.session, [person.birth().earliest for person in self.answers.people])

    def names(self) -> str:
        """Return everybody's first name in one list."""
        return words.listed([person.first_name for person in self.answers.people])

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen so far, for the lines at the top of the page."""
        session = self.draft.session
        lines: dict[str, Any] = {"names": self.names() if self.answers.people else ""}
        if session is not None:
            lines["clinic"] = session.name
            lines["day"] = session.date
            if self.draft.starts_at is not None and self.answers.times:
                lines["time"] = starts_in_words([datetime.fromisoformat(each) for each in self.answers.times])
        return lines


class Question(DraftView):
    """One page of questions, filled with what was answered before."""

    page: str
    form_class: type[NhsukForm] = NhsukForm
    template = "bookings/question.html"
    button_text = ""
    title = ""

    @property
    def step(self) -> Step:
        """The page's place in the journey."""
        return Step(self.page, self.kwargs.get("number"))

    @property
    def person(self) -> PersonAnswers:
        """The person the page is about."""
        return self.answers.people[self.kwargs["number"] - 1]

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Return where to go instead, while something that is asked before is not answered."""
        if not drafts.reachable(self.draft, self.answers, self.at, self.step):
            return self.go_on()
        return None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the question with what was answered before."""
        return self.dispatch_question(request) or self.show(self.form(initial=self.initial()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the answer and go on, or show what is wrong with it."""
        elsewhere = self.dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        form = self.form(data=request.POST)
        if not form.is_valid():
            return self.show(form)
        return self.answered(form) or self.go_on()

    def form(self, **kwargs: Any) -> NhsukForm:
        """Make the page's form."""
        return self.form_class(today=self.today, **self.form_words(), **kwargs)

    def form_words(self) -> dict[str, Any]:
        """Return what the form's own words need, such as a first name."""
        return {}

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        return {}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the answer. May return where to go instead of the next question; each page says how."""
        return None

    def back_url(self) -> str:
        """Return where Back leads."""
        before = drafts.step_before(self.draft, self.answers, self.at, self.step)
        if before is None:
            return reverse("clinic-list") if self.draft.session is None else self.clinic_url()
        return step_url(self.draft, before)

    def clinic_url(self) -> str:
        """Return the address of the chosen clinic's own page."""
        return reverse("clinic-detail", kwargs={"slug": self.session.slug})

    def context(self) -> dict[str, Any]:
        """Return what the page shows besides its form."""
        return {}

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page."""
        context = {
            "form": form,
            "back_url": self.back_url(),
            "button_text": self.button_text or _("Continue"),
            "title": self.title or self.heading(form),
            "chosen": self.chosen(),
            **self.context(),
        }
        return TemplateResponse(self.request, self.template, context, status=status)

    def heading(self, form: NhsukForm) -> str:
        """Return the question, which is the page's title: the label of its first field."""
        return str(next(iter(form.fields.values())).label)


class PersonQuestion(Question):
    """A question about one person who was named before."""

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Lead away from the page of a person who is not there."""
        if not 1 <= self.kwargs["number"] <= len(self.answers.people):
            return self.go_on()
        return super().dispatch_question(request)

    def form_words(self) -> dict[str, Any]:
        """Return the person's first name."""
        return {"first_name": self.person.first_name}
