"""The health questions, answered at home: whom they are about, one question a page, a last look."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.errors import Refused
from bookings import changes, gelatine
from bookings.actions import answer_health_questions
from bookings.changes import Health
from bookings.forms.public.health import AGREES, NO, YES, AgreesForm, HealthForm, question_words
from bookings.models import Appointment, Draft, HealthAnswers
from bookings.views.public.base import no_answers
from bookings.views.public.found import FoundView
from immunisations.health_questions import Question, questions_for
from nhsuk.forms import NhsukForm

READ_BY_A_NURSE = _lazy(
    "Your answers are saved. A nurse will read this before your appointment. You do not need to do anything."
)


class HealthStart(FoundView):
    """Whom the questions are about, and what becomes of the answers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show everybody who is still to come."""
        to_come = self.to_come()
        if not to_come:
            return redirect("booking-manage")
        answered = set(HealthAnswers.objects.filter(appointment__in=to_come).values_list("appointment", flat=True))
        context = {
            "items": [{"appointment": each, "answered": each.pk in answered} for each in to_come],
            "back_url": reverse("booking-manage"),
        }
        return TemplateResponse(request, "bookings/health.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin with one of them."""
        try:
            wanted = self.appointment_of(uuid.UUID(request.POST.get("appointment", "")))
        except ValueError:
            wanted = None
        if wanted is None or not self.is_to_come(wanted):
            return redirect("booking-health")
        draft = changes.begin(
            booking=self.booking,
            purpose=Draft.Purpose.HEALTH,
            answers=Health(appointment=str(wanted.public_id)),
            at=self.at,
        )
        return redirect("booking-health-question", draft=draft.public_id, number=1)


class HealthView(FoundView):
    """A page about one person's health."""

    draft: Draft
    answers: Health
    appointment: Appointment
    questions: tuple[Question, ...]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the booking first, and in ``get`` and ``post`` its draft."""
        self.draft_id: uuid.UUID = kwargs.pop("draft")
        return super().dispatch(request, *args, **kwargs)

    def opened(self) -> HttpResponse | None:
        """Open the draft; return where to go instead where there is none, or nothing left to do."""
        draft = changes.find(
            public_id=self.draft_id, booking=self.booking, purposes=(Draft.Purpose.HEALTH,), at=self.at
        )
        if draft is None:
            return no_answers(self.request)
        self.draft, self.answers = draft, Health.read(draft)
        found = next((each for each in self.appointments if str(each.public_id) == self.answers.appointment), None)
        if self.answers.done or found is None:
            return redirect("booking-manage")
        if found.state == Appointment.State.CANCELLED:
            # Nobody answers page after page to hear only at the end that it was for nothing.
            messages.error(self.request, _("This appointment is cancelled already."))
            return redirect("booking-manage")
        self.appointment = found
        vaccines = found.wanted or list(found.session.vaccine_codes())
        self.questions = questions_for(vaccines, gelatine=gelatine.may_matter(found.session, vaccines))
        return None

    @property
    def name(self) -> str:
        """The first name of whoever it is about."""
        return self.appointment.first_name

    def next_url(self) -> str:
        """Return the address of the first question without an answer, or of the check."""
        for number, question in enumerate(self.questions, start=1):
            if question.code not in self.answers.answers:
                return self.question_url(number)
        return self.question_url(len(self.questions) + 1) if not self.answers.agrees else self.check_url()

    def question_url(self, number: int) -> str:
        """Return the address of a question, counted from 1; the last is whether they agree."""
        return reverse("booking-health-question", kwargs={"draft": self.draft.public_id, "number": number})

    def check_url(self) -> str:
        """Return the address of the check."""
        return reverse("booking-health-check", kwargs={"draft": self.draft.public_id})

    @property
    def complete(self) -> bool:
        """Whether everything is answered."""
        return bool(self.answers.agrees) and all(each.code in self.answers.answers for each in self.questions)


class HealthQuestion(HealthView):
    """One question."""

    def form(self, number: int, data: Any = None) -> NhsukForm:
        """Make the form of a question, filled with what was answered before."""
        if number > len(self.questions):
            return AgreesForm(data, name=self.name, initial={"agrees": self.answers.agrees})
        question = self.questions[number - 1]
        return HealthForm(data, question=question, name=self.name, initial=self.answers.answers.get(question.code, {}))

    def elsewhere(self, number: int) -> HttpResponse | None:
        """Return where to go instead: no question is passed over."""
        gone = self.opened()
        if gone is not None:
            return gone
        if not 1 <= number <= len(self.questions) + 1:
            return redirect(self.next_url())
        if any(each.code not in self.answers.answers for each in self.questions[: number - 1]):
            return redirect(self.next_url())
        return None

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ask."""
        return self.elsewhere(number) or self.show(number, self.form(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """Keep the answer, and go on to the next that has none."""
        elsewhere = self.elsewhere(number)
        if elsewhere is not None:
            return elsewhere
        form = self.form(number, request.POST)
        if not form.is_valid():
            return self.show(number, form)
        if number > len(self.questions):
            self.answers.agrees = form.cleaned_data["agrees"]
        else:
            given = form.cleaned_data
            self.answers.answers[self.questions[number - 1].code] = {
                "answer": given["answer"],
                "details": given["details"] if given["answer"] == YES else "",
            }
        self.answers.save(self.draft, at=self.at)
        return redirect(self.next_url())

    def show(self, number: int, form: NhsukForm) -> HttpResponse:
        """Render the page."""
        back = self.question_url(number - 1) if number > 1 else reverse("booking-health")
        context = {
            "form": form,
            "title": next(iter(form.fields.values())).label,
            "back_url": self.check_url() if self.complete else back,
            "number": number,
            "of": len(self.questions) + 1,
        }
        return TemplateResponse(self.request, "bookings/health_question.html", context)


class HealthCheck(HealthView):
    """Everything that was answered, each with its way to change it; the button sends it to the nurse."""

    def elsewhere(self) -> HttpResponse | None:
        """Return where to go instead."""
        return self.opened() or (None if self.complete else redirect(self.next_url()))

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return self.elsewhere() or self.show(NhsukForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the answers, once."""
        elsewhere = self.elsewhere()
        if elsewhere is not None:
            return elsewhere
        try:
            answer_health_questions(
                appointment=self.appointment,
                answers={each.code: self.answers.answers[each.code] for each in self.questions},
                agrees={YES: True, NO: False}.get(self.answers.agrees),
                submission_id=self.draft.public_id,
                by=None,
                source="public",
                at=self.at,
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("booking-manage")
        # What was answered stands in its own row now, and nowhere else.
        Health(appointment=self.answers.appointment, done=True).save(self.draft, at=self.at)
        if any(given["answer"] == YES for given in self.answers.answers.values()):
            messages.success(
                request,
                READ_BY_A_NURSE,
            )
        else:
            messages.success(request, _("Your answers are saved. You do not need to do anything else."))
        return redirect("booking-manage")

    def show(self, form: NhsukForm) -> HttpResponse:
        """Render the page."""
        rows = [
            self.row(number, question_words(question, self.name), self.answers.answers[question.code])
            for number, question in enumerate(self.questions, start=1)
        ]
        agrees = {"answer": self.answers.agrees}
        rows.append(
            self.row(
                len(self.questions) + 1,
                _("Do you agree to the vaccination of %(name)s?") % {"name": self.name},
                agrees,
            )
        )
        context = {
            "form": form,
            "title": _("Check your answers about %(name)s") % {"name": self.name},
            "rows": rows,
            "any_yes": any(given["answer"] == YES for given in self.answers.answers.values()),
            "back_url": self.question_url(len(self.questions) + 1),
            "button_text": _("Send these answers to the nurse"),
        }
        return TemplateResponse(self.request, "bookings/health_check.html", context)

    def row(self, number: int, asked: str, given: dict[str, str]) -> dict[str, Any]:
        """Return one row of the summary: the question, the answer, and the way to change it."""
        words = {YES: _("Yes"), NO: _("No")} if number <= len(self.questions) else AGREES
        return {
            "key": asked,
            "answer": words[given["answer"]],
            "details": given.get("details", ""),
            "url": self.question_url(number),
        }
