"""What is asked about the first person and is mostly the same for the others: what for, gelatine, home and GP."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import gelatine
from bookings.drafts import GP, HOME, SAME, WANTED
from bookings.forms.public import people as forms
from bookings.views.public.base import PersonQuestion, Question
from clinics import words
from nhsuk.forms import NhsukForm, field_of


class SharedQuestion(PersonQuestion):
    """A question asked once for a family, unless somebody's answer is another."""

    topic: str

    @property
    def is_first(self) -> bool:
        """Whether the page is about the first person."""
        return bool(self.kwargs["number"] == 1)

    def form_words(self) -> dict[str, Any]:
        """Return the names: of the person, of the first one, and of the others where the first is asked."""
        others = [person.first_name for person in self.answers.people[1:]]
        return {
            "first_name": self.person.first_name,
            "first": "" if self.is_first else self.answers.people[0].first_name,
            "others": words.listed(others) if self.is_first and others else "",
        }

    def initial(self) -> dict[str, Any]:
        """Return what was answered before; where the first one's answer holds, that it is the same."""
        same = self.answers.same.get(self.topic)
        first = {"same": None if same is None else forms.YES if same else forms.NO}
        if not self.is_first and self.answers.source(self.person, self.topic) is self.answers.people[0]:
            return self.as_first() if self.topic in self.answers.same else {}
        return {**first, **self.given()}

    def as_first(self) -> dict[str, Any]:
        """Return the answer "the same as the first person"."""
        return {self.topic: SAME}

    def given(self) -> dict[str, Any]:
        """Return this person's own answer as the form has it."""
        return {self.topic: getattr(self.person, self.topic)}

    def keep(self, form: NhsukForm) -> None:
        """Keep this person's own answer."""
        setattr(self.person, self.topic, form.cleaned_data[self.topic])

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the answer, and whether it is the others' too."""
        if self.is_first:
            self.keep(form)
            if "same" in form.fields:
                self.answers.same[self.topic] = form.cleaned_data["same"] == forms.YES
        else:
            if self.answers.same.get(self.topic) is not False:
                # The first to differ: the rest stay the same until they say otherwise.
                self.answers.same[self.topic] = False
                for each in self.answers.people[1:]:
                    setattr(each, self.topic, [SAME] if self.topic == WANTED else SAME)
            self.keep(form)
        self.save()
        return None


class Wanted(SharedQuestion):
    """What somebody comes for."""

    page = "book-wanted"
    topic = WANTED
    form_class = forms.WantedForm

    def form_words(self) -> dict[str, Any]:
        """Return the names and what the clinic offers."""
        return {**super().form_words(), "offered": self.offered}

    def as_first(self) -> dict[str, Any]:
        """Return the answer "the same as the first person"."""
        return {"vaccines": [SAME]}

    def given(self) -> dict[str, Any]:
        """Return what is ticked."""
        wanted = self.person.wanted
        return {} if wanted is None else {"vaccines": wanted or [forms.NOT_SURE]}

    def keep(self, form: NhsukForm) -> None:
        """Keep the courses, or none where we are to check."""
        self.person.wanted = [each for each in form.cleaned_data["vaccines"] if each != forms.NOT_SURE]
        self.answers.wanted_unasked = False


class Home(SharedQuestion):
    """Where somebody lives, as far as they want to say."""

    page = "book-home"
    topic = HOME
    form_class = forms.HomeForm

    def given(self) -> dict[str, Any]:
        """Return the answer, the address beside the choice it belongs to."""
        person = self.person
        prefix = "staying_" if person.home == "staying" else ""
        return {"home": person.home, f"{prefix}address": person.address, f"{prefix}postcode": person.postcode}

    def keep(self, form: NhsukForm) -> None:
        """Keep the answer with its address."""
        given = form.cleaned_data
        self.person.home = given["home"]
        self.person.address = given["address"] or given["staying_address"]
        self.person.postcode = given["postcode"] or given["staying_postcode"]


class GpSurgery(SharedQuestion):
    """With which GP surgery somebody is registered, if with any."""

    page = "book-gp"
    topic = GP
    form_class = forms.GpForm

    def given(self) -> dict[str, Any]:
        """Return the answer."""
        return {"gp": self.person.gp, "gp_surgery": self.person.gp_surgery}

    def keep(self, form: NhsukForm) -> None:
        """Keep the answer as it was typed."""
        self.person.gp = form.cleaned_data["gp"]
        self.person.gp_surgery = form.cleaned_data["gp_surgery"]


class Gelatine(Question):
    """Who may only have a vaccine without gelatine: asked where the clinic has one with it, for what they may have.

    Where it cannot be promised, the page says so, and lists clinics that can.
    """

    page = "book-gelatine"
    template = "bookings/gelatine.html"
    form_class = forms.GelatineForm

    def dispatch_question(self, request: HttpRequest) -> HttpResponse | None:
        """Lead away from the question where it does not matter."""
        elsewhere = super().dispatch_question(request)
        if elsewhere is not None:
            return elsewhere
        matters = self.gelatine_matters()
        self.asked = [number for number, each in enumerate(matters, start=1) if each]
        if not self.asked:
            self.settle_gelatine()
            self.save()
            return self.go_on()
        return None

    def form_words(self) -> dict[str, Any]:
        """Return those for whom it matters."""
        return {"names": [(str(number), self.answers.people[number - 1].first_name) for number in self.asked]}

    def initial(self) -> dict[str, Any]:
        """Return what was answered before, or what was wished at another clinic."""
        known = {number: self.answers.people[number - 1].gelatine_free for number in self.asked}
        wished = [str(number) for number, wish in known.items() if wish]
        if None in known.values():
            return {"who": wished}
        if not wished:
            return {"gelatine": forms.EITHER}
        return {"gelatine": forms.FREE if len(wished) == len(self.asked) else forms.SOME, "who": wished}

    def answered(self, form: NhsukForm) -> HttpResponse | None:
        """Keep the wishes, and go on where they can be promised."""
        chosen = form.cleaned_data["gelatine"]
        who = form.cleaned_data.get("who", [])
        for number in self.asked:
            self.answers.people[number - 1].gelatine_free = chosen == forms.FREE or str(number) in who
        self.answers.gelatine_settled = ""
        self.settle_gelatine()
        self.save()
        return None

    def show(self, form: NhsukForm, status: int = 200) -> HttpResponse:
        """Render the page; where the wish cannot be kept, that comes first and the question after it."""
        self.wishes = self.gelatine_wishes()
        known = all(self.answers.people[number - 1].gelatine_free is not None for number in self.asked)
        self.short = known and bool(self.wishes) and not gelatine.can_promise(self.session, self.wishes, at=self.at)
        return super().show(form, status)

    def heading(self, form: NhsukForm) -> str:
        """Return the question, or that the wish cannot be kept here."""
        return gelatine_title(form, short=self.short)

    def context(self) -> dict[str, Any]:
        """Return whether the wish can be kept here, and where else it can."""
        others = gelatine.clinics_that_can(self.wishes, leave_out=self.session, at=self.at) if self.short else []
        return {
            "short": self.short,
            "others": [
                (session, reverse("book-day", kwargs={"draft": self.draft.public_id, "venue": session.venue.public_id}))
                for session in others
            ],
            "wished": words.listed([person.first_name for person in self.answers.people if person.gelatine_free]),
        }


def gelatine_title(form: NhsukForm, *, short: bool) -> str:
    """Return the page's title: the question, or where it is ``short`` of it, that; the question then stands below."""
    if not short:
        return str(form.fields["gelatine"].label)
    field_of(form, "gelatine").nhsuk.update(heading=False, size="m")
    return _("This clinic does not have enough of the vaccine without gelatine")
