"""The record check: what was looked at, what it showed, and what is decided about entries that may be one dose."""

from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import DoseQuestionForm, FindingForm, RecordCheckForm
from bookings.forms.clinic_day.dose_question import Entry
from bookings.forms.clinic_day.record_check import MORE_LINES
from bookings.queries import lines_to_start_from, preview_check
from bookings.views.clinic_day.base import PersonPageBase
from immunisations import actions
from immunisations.actions.record_checks import MOST_DOSES
from immunisations.models import DoseJudgement, Person, Visit
from immunisations.policies import can_record
from nhsuk.forms.rendering import render_error_summary


def uuid_or_new(text: str) -> UUID:
    """Return the id that a form carries, or a fresh one where it was lost or is none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def visit_to_write_on(page: PersonPageBase) -> Visit | None:
    """Return the visit that a check belongs to; None once its clinic is over: it is about the person all the same."""
    return page.data.visit if can_record(page.clinic) else None


class Entered:
    """What was entered of a person's record check and is not saved yet, kept with the session.

    Every step answers with a redirect, so that Back and reloading show what was typed and send nothing again. Saving
    the check, or starting anew, ends it.
    """

    KEY = "record_checks"
    # More people than anybody has open at once; values longer than any field takes are not worth keeping.
    MOST = 5
    LONGEST = 600

    def __init__(self, session: SessionBase, person: Person) -> None:
        self.session, self.person = session, str(person.public_id)

    def read(self) -> QueryDict | None:
        """Return what was entered, or None."""
        kept = self.session.get(self.KEY, {}).get(self.person)
        if kept is None:
            return None
        data = QueryDict(mutable=True)
        for name, values in kept.items():
            data.setlist(name, values)
        return data

    def keep(self, data: QueryDict) -> None:
        """Keep what was sent, buttons and token left out."""
        own = ("csrfmiddlewaretoken", "does", "more_rows", "change")
        kept = {
            name: [value[: self.LONGEST] for value in values]
            for name, values in data.lists()
            if name not in own and any(values) and len(name) < 60
        }
        rest = [(person, each) for person, each in self.session.get(self.KEY, {}).items() if person != self.person]
        self.session[self.KEY] = dict([*rest[1 - self.MOST :], (self.person, kept)])

    def forget(self) -> None:
        """Keep nothing any more."""
        rest = {person: each for person, each in self.session.get(self.KEY, {}).items() if person != self.person}
        self.session[self.KEY] = rest


class RecordCheckAdd(PersonPageBase):
    """What was looked at and what it showed; then, at the same address, the finding and what follows from it."""

    needs = Permission.CHECK_RECORDS
    page_name = "record-check"

    @cached_property
    def entered(self) -> Entered:
        """What was entered so far."""
        return Entered(self.request.session, self.person)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what was entered so far, an empty form, or one with the doses on record to look at again."""
        step, start = request.GET.get("step", ""), request.GET.get("start", "")
        if start:
            self.entered.forget()
        data = self.entered.read()
        known = lines_to_start_from([entry.dose for entry in self.data.timeline])
        if data is None:
            return self._page(
                self._form(None, lines=known if start == "known" else None), offer=bool(known and not start)
            )
        if step in ("finding", "unsaid", "errors"):
            form = self._form(data)
            if form.is_valid() and step != "errors":
                return self._finding_page(form, data, judge=step == "unsaid")
            return self._page(form)
        return self._page(self._form(data, quiet=True, more=step == "more"), begun=not step)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep what was entered and go on to the next step, or save it."""
        data = request.POST.copy()
        form = self._form(data, quiet="more_rows" in data or "change" in data)
        if "more_rows" in data:
            data["rows"] = str(min(len(form.lines) + MORE_LINES, MOST_DOSES))
            return self._on(data, "more")
        if "change" in data:
            return self._on(data, "change")
        if not form.is_valid():
            return self._on(data, "errors")
        if data.get("does") != "save":
            # A finding that we wrote is written anew; one that the checker changed is theirs.
            if _lines(data.get("finding", "")) == _lines(data.get("drafted", "")):
                data["finding"] = ""
            return self._on(data, "finding")
        finding = FindingForm(data)
        if not finding.is_valid():
            return self._on(data, "unsaid")
        return self._save(form, finding.cleaned_data["finding"], uuid_or_new(data.get("client_uuid", "")))

    def _on(self, data: QueryDict, step: str) -> HttpResponse:
        self.entered.keep(data)
        return redirect(f"{self.request.path}?step={step}")

    def _form(self, data: Any, **options: Any) -> RecordCheckForm:
        return RecordCheckForm(data, born=self.person.date_of_birth, today=self.today, **options)

    def _save(self, form: RecordCheckForm, finding: str, client_uuid: UUID) -> HttpResponse:
        try:
            actions.record_round(
                visit=visit_to_write_on(self),
                person=self.person,
                looks=form.looks(),
                finding=finding,
                client_uuid=client_uuid,
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        self.entered.forget()
        messages.success(self.request, _("Record check saved."))
        return redirect(self.person_url())

    def _page(
        self, form: RecordCheckForm, *, offer: bool = False, begun: bool = False, status: int = 200
    ) -> HttpResponse:
        data = form.data
        context = {
            "check_form": form,
            "client_uuid": uuid_or_new(data.get("client_uuid", "")),
            "finding": data.get("finding", "").replace("\x00", ""),
            "drafted": data.get("drafted", "").replace("\x00", ""),
            "summary": render_error_summary(*form.parts()) if form.is_bound else "",
            "has_errors": form.has_errors,
            "offer": offer,
            "begun": begun,
            "back_url": self.person_url(),
        }
        return self.page("record_check.html", context, status=422 if form.has_errors and status == 200 else status)

    def _finding_page(self, form: RecordCheckForm, data: QueryDict, *, judge: bool) -> HttpResponse:
        preview = preview_check(self.data, form.looks(), self.now)
        if judge:
            finding = FindingForm(data)
        else:
            finding = FindingForm(initial={"finding": data.get("finding", "") or preview.finding})
        own = ("client_uuid", "finding", "drafted")
        context = {
            "form": finding,
            "preview": preview,
            "carried": [(name, value) for name, values in data.lists() if name not in own for value in values],
            "client_uuid": uuid_or_new(data.get("client_uuid", "")),
            "back_url": f"{self.request.path}?step=change",
        }
        return self.page("record_finding.html", context)


def _lines(text: str) -> str:
    """Return a text with the ends of its lines as they were before a browser sent it."""
    return text.replace("\r\n", "\n").strip()


class DoseQuestions(PersonPageBase):
    """Entries of different records a few days apart: one dose written twice, or two? Answered here, or anew."""

    needs = Permission.CHECK_RECORDS
    page_name = "dose-questions"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show each question, and what was decided before."""
        return self._page(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write down what was decided about one pair."""
        form = DoseQuestionForm(request.POST)
        # A pair that is neither asked about nor decided is none of this person's: the page says so.
        if form.pair not in {DoseQuestionForm.name_of(*pair) for pair in self._pairs()} or not form.is_valid():
            return self._page(form)
        first, second = form.entries
        verdict, holds_on = form.decision
        try:
            actions.judge_doses(
                person=self.person,
                visit=visit_to_write_on(self),
                first=first,
                second=second,
                verdict=verdict,
                holds_on=holds_on,
                reason=form.cleaned_data["reason"],
                client_uuid=uuid_or_new(request.POST.get("client_uuid", "")),
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Decision saved."))
        return redirect(self.person_url())

    def _pairs(self) -> dict[tuple[Entry, Entry], DoseJudgement | None]:
        """Return the pairs that wait for a decision, and those decided with what holds."""
        pairs: dict[tuple[Entry, Entry], DoseJudgement | None] = {
            question.entries: None for question in self.data.questions
        }
        for entry in self.data.timeline:
            for judgement in entry.dose.judgements:
                pair = (judgement.first_vaccine, judgement.first_on), (judgement.second_vaccine, judgement.second_on)
                pairs[pair] = judgement
        return pairs

    def _page(self, sent: DoseQuestionForm | None, *, status: int = 200) -> HttpResponse:
        forms = []
        for number, (pair, decided) in enumerate(self._pairs().items()):
            mine = sent is not None and sent.pair == DoseQuestionForm.name_of(*pair)
            form = sent if mine and sent is not None else DoseQuestionForm.about(*pair)
            form.auto_id = f"id_{number}_%s"
            forms.append((form.ask(*pair), decided))
        strange = sent is not None and all(form is not sent for form, _decided in forms)
        context = {
            "forms": forms,
            "client_uuid": uuid4(),
            "strange": strange,
            "has_errors": sent is not None,
            "summary": render_error_summary(sent) if sent is not None and not strange else "",
            "back_url": self.person_url(),
        }
        if sent is not None and status == 200:
            status = 422
        return self.page("dose_questions.html", context, status=status)
