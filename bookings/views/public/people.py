"""Who is coming."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from bookings import drafts
from bookings.drafts import Answers, PersonAnswers, Step
from bookings.forms.public import people as forms
from bookings.views.public.base import PersonQuestion, Question, remember, secret_of, step_url
from clinics import queries
from nhsuk.forms import NhsukForm
from nhsuk.language import date_words


@method_decorator(never_cache, name="dispatch")
class Book(View):
    """The first question. The draft begins with its answer, so that looking at the page leaves nothing behind.

    ``?clinic=`` names the clinic that was chosen already, by the address of its page.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the first name."""
        return self.show(request, forms.PersonNameForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a draft with the name, and go on."""
        form = forms.PersonNameForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        at = timezone.now()
        session = queries.visible_session(request.GET.get("clinic", "")[:120])
        if not drafts.takes_bookings(session, at):
            session = None
        secret = secret_of(request) or drafts.new_secret()
        answers = Answers(people=[PersonAnswers()])
        name_person(answers.people[0], form)
        draft = drafts.start(secret=secret, session=session, answers=answers, at=at)
        response = HttpResponseRedirect(step_url(draft, Step("book-date-of-birth", 1)))
        remember(response, secret)
        return response

    def show(self, request: HttpRequest, form: NhsukForm) -> HttpResponse:
        """Render the question, with the clinic chosen already above it."""
        session = queries.visible_session(request.GET.get("clinic", "")[:120])
        if session is not None and not drafts.takes_bookings(session, timezone.now()):
            return HttpResponseRedirect(reverse("clinic-detail", kwargs={"slug": session.slug}))
        back = reverse("clinic-detail", kwargs={"slug": session.slug}) if session else reverse("start")
        chosen = {"clinic": session.name, "day": session.date} if session else {}
        context = {"form": form, "back_url": back, "title": name_title(1), "chosen": chosen}
        return TemplateResponse(request, "bookings/name.html", context)


def name_title(number: int) -> str:
    """Return the question for the name of the person with this number."""
    return _("Who is the appointment for?") if number == 1 else _("Who else is coming?")


def name_person(person: PersonAnswers, form: NhsukForm) -> None:
    """Keep a person's names."""
    person.first_name = form.cleaned_data["first_name"]
    person.last_name = form.cleaned_data["last_name"]


class PersonName(Question):
    """The name of one person; with the number after the last, of a further one."""

    page = "book-name"
    form_class = forms.PersonNameForm
    template = "bookings/name.html"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Lead away from a seventh person, and from one whose number does not follow."""
        if not 1 <= self.kwargs["number"] <= min(len(self.answers.people) + 1, drafts.MOST_PEOPLE):
            return self.go_on()
        return super().dispatch_question(request)

    @property
    def is_new(self) -> bool:
        """Whether this is a person who was not named before."""
        return self.kwargs["number"] > len(self.answers.people)

    def initial(self) -> dict[str, Any]:
        """Return the names given before; for a further person the last name of the first, who is often family."""
        if self.is_new:
            return {"last_name": self.answers.people[0].last_name} if self.answers.people else {}
        return {"first_name": self.person.first_name, "last_name": self.person.last_name}

    def answered(self, form: NhsukForm) -> None:
        """Keep the names; a further person has to be asked about everything else."""
        if self.is_new:
            self.answers.people.append(PersonAnswers())
            # The help that each person needs was asked of those named by then.
            self.answers.help_wanted = None
        name_person(self.person, form)
        self.save()

    def heading(self, form: NhsukForm) -> str:
        """Return the question."""
        return name_title(self.kwargs["number"])


class DateOfBirth(PersonQuestion):
    """The date of birth of one person."""

    page = "book-date-of-birth"
    form_class: type[NhsukForm] = forms.DateOfBirthForm
    template = "bookings/date_of_birth.html"

    def initial(self) -> dict[str, Any]:
        """Return the date given before, where it is known to the day."""
        if self.person.born and self.person.birth().exact is None:
            return {}
        return {"date_of_birth": self.person.born or None}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the date; a surprising age is asked about once."""
        self.person.keep_born(str(form.cleaned_data["date_of_birth"]))
        self.save()
        if self.person.surprises(self.today):
            return HttpResponseRedirect(step_url(self.draft, Step("book-check-age", self.kwargs["number"])))
        return None

    def context(self) -> dict[str, Any]:
        """Return the way to a date that is not known to the day."""
        return {"approximate_url": step_url(self.draft, Step("book-approximate-birth", self.kwargs["number"]))}


class ApproximateBirth(DateOfBirth):
    """The year, or month and year, for somebody whose date of birth nobody knows."""

    form_class = forms.ApproximateDateOfBirthForm
    template = "bookings/question.html"

    def initial(self) -> dict[str, Any]:
        """Return what was given before."""
        return {"date_of_birth": self.person.born or None}

    def back_url(self) -> str:
        """Back to the question for the full date."""
        return step_url(self.draft, self.step)

    def context(self) -> dict[str, Any]:
        """Nothing more."""
        return {}


class CheckAge(PersonQuestion):
    """Asks once whether a year is right that is more often wrong."""

    page = "book-date-of-birth"
    template = "bookings/check_age.html"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """There is nothing to check before there is a date."""
        number = self.kwargs["number"]
        if not 1 <= number <= len(self.answers.people) or not self.person.born:
            return self.go_on()
        return None

    def form(self, **kwargs: Any) -> NhsukForm:
        """Return a form without questions: the button is the answer."""
        return NhsukForm(**kwargs)

    def answered(self, form: NhsukForm) -> None:
        """Keep that the age is right."""
        self.person.age_confirmed = True
        self.save()

    def heading(self, form: NhsukForm) -> str:
        """Return the question."""
        return check_age_title(self.person, self.today)

    def back_url(self) -> str:
        """Back to the date."""
        return step_url(self.draft, self.step)

    def context(self) -> dict[str, Any]:
        """Return who it is about."""
        return {"person": self.person, "age": self.person.age(self.today)}


def check_age_title(person: PersonAnswers, today: date) -> str:
    """Return the question whether a surprising year of birth is right."""
    return _("Check the year – is %(name)s %(age)s?") % {"name": person.first_name, "age": person.age(today)}


class People(Question):
    """Everybody named so far, and whether anybody else is coming."""

    page = "book-people"
    form_class = forms.AnotherForm
    template = "bookings/people.html"

    def form(self, **kwargs: Any) -> NhsukForm:
        """Return the question, or none where six are named."""
        return super().form(**kwargs) if drafts.room_for_another(self.answers) else NhsukForm(**kwargs)

    def initial(self) -> dict[str, Any]:
        """Return "no" where that was answered."""
        return {"another": forms.NO if self.answers.complete else None}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Go on to a further person's name, or on with the journey."""
        another = form.cleaned_data.get("another") == forms.YES
        self.answers.complete = not another
        self.save()
        if another:
            return HttpResponseRedirect(step_url(self.draft, Step("book-name", len(self.answers.people) + 1)))
        return None

    def heading(self, form: NhsukForm) -> str:
        """Return the page's title."""
        return _("People who are coming")

    def context(self) -> dict[str, Any]:
        """Return the people, each with the ways to change or remove them."""
        several = len(self.answers.people) > 1
        return {
            "people": [
                {
                    "person": person,
                    "born": birth_words(person),
                    "name_url": step_url(self.draft, Step("book-name", number)),
                    "birth_url": step_url(self.draft, birth_step(person, number)),
                    "remove_url": step_url(self.draft, Step("book-remove", number)) if several else "",
                }
                for number, person in enumerate(self.answers.people, start=1)
            ],
            "most": drafts.MOST_PEOPLE,
            "full": not drafts.room_for_another(self.answers),
        }


def birth_step(person: PersonAnswers, number: int) -> Step:
    """Return the page for this person's date of birth: that of a year alone where that is what was given."""
    about = bool(person.born) and person.birth().exact is None
    return Step("book-approximate-birth" if about else "book-date-of-birth", number)


def birth_words(person: PersonAnswers) -> str:
    """Return a date of birth as it was given: “27 March 2020”, “about March 2020”, “about 2020”."""
    if not person.born:
        return ""
    born = person.birth()
    if born.exact is not None:
        return date_words(born.exact)
    shown = date_words(born.earliest, "month") if born.month else str(born.year)
    return _("about %(date)s") % {"date": shown}


class RemovePerson(PersonQuestion):
    """Takes one person out of the booking, once that was confirmed."""

    page = "book-people"
    template = "bookings/remove.html"

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """The only person cannot be taken out."""
        if not 1 <= self.kwargs["number"] <= len(self.answers.people) or len(self.answers.people) == 1:
            return self.go_on()
        return None

    def form(self, **kwargs: Any) -> NhsukForm:
        """Return a form without questions: the button is the answer."""
        return NhsukForm(**kwargs)

    def answered(self, form: NhsukForm) -> HttpResponse:
        """Take the person out."""
        self.answers.remove(self.kwargs["number"])
        self.save()
        return HttpResponseRedirect(step_url(self.draft, Step("book-people")))

    def heading(self, form: NhsukForm) -> str:
        """Return the question."""
        return _("Remove %(name)s from this booking?") % {"name": self.person.first_name}

    def back_url(self) -> str:
        """Back to the people."""
        return step_url(self.draft, Step("book-people"))


class NhsNumber(PersonQuestion):
    """The NHS number of one person, if it is known."""

    page = "book-nhs-number"
    form_class = forms.NhsNumberForm

    def initial(self) -> dict[str, Any]:
        """Return what was answered before."""
        if self.person.nhs_number is None:
            return {}
        return {"known": forms.YES if self.person.nhs_number else forms.NO, "nhs_number": self.person.nhs_number}

    def answered(self, form: NhsukForm) -> None:
        """Keep the number, or that it is not known."""
        self.person.nhs_number = form.cleaned_data["nhs_number"]
        self.save()
