"""The record check: what was looked at, what it showed, and what is decided about entries that may be one dose."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import DoseQuestionForm, FindingForm, RecordCheckForm
from bookings.forms.clinic_day.dose_question import Entry
from bookings.queries import CheckPreview, lines_to_start_from, preview_check
from bookings.views.clinic_day.base import PersonPageBase
from immunisations import actions
from immunisations.models import DoseJudgement
from nhsuk.forms.rendering import render_error_summary


def uuid_or_new(text: str) -> UUID:
    """Return the id that a form carries, or a fresh one where it was lost or is none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


class RecordCheckAdd(PersonPageBase):
    """What was looked at and what it showed; then, at the same address, the finding and what follows from it."""

    needs = Permission.CHECK_RECORDS
    page_name = "record-check"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show an empty form, or one with the doses on record to look at again."""
        known = lines_to_start_from([entry.dose for entry in self.data.timeline])
        lines = known if request.GET.get("start") == "known" else None
        return self._page(self._form(None, lines=lines), known=bool(known) and lines is None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show what follows from what was entered, save it, or go back to it."""
        form = self._form(request.POST)
        if form.only_looking:
            return self._page(form)
        if not form.is_valid():
            return self._page(form)
        if request.POST.get("does") == "save":
            return self._save(form)
        preview = preview_check(self.data, form.looks(), self.now)
        finding = self._finding_before(preview) or preview.finding
        return self._finding_page(form, FindingForm(initial={"finding": finding}), preview)

    def _form(self, data: Any, **options: Any) -> RecordCheckForm:
        return RecordCheckForm(data, born=self.person.date_of_birth, today=self.today, **options)

    def _finding_before(self, preview: CheckPreview) -> str:
        """Return the finding that the checker had already changed before they went back, or ""."""
        written = self.request.POST.get("finding", "").replace("\r\n", "\n")
        drafted = self.request.POST.get("drafted", "").replace("\r\n", "\n")
        return "" if written == drafted else written.replace("\x00", "")

    def _save(self, form: RecordCheckForm) -> HttpResponse:
        finding = FindingForm(self.request.POST)
        looks = form.looks()
        if not finding.is_valid():
            return self._finding_page(form, finding, preview_check(self.data, looks, self.now))
        try:
            actions.record_round(
                visit=self.data.visit,
                person=self.person,
                looks=looks,
                finding=finding.cleaned_data["finding"],
                client_uuid=uuid_or_new(self.request.POST.get("client_uuid", "")),
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            number, source = refusal.details.get("dose"), refusal.details.get("source")
            lines = form.lines_of(source) if isinstance(source, str) else []
            if isinstance(number, int) and number < len(lines):
                lines[number].add_error("given_on", str(refusal))
            else:
                form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(self.request, _("Record check saved."))
        return redirect(self.person_url())

    def _page(self, form: RecordCheckForm, *, known: bool = False, status: int = 200) -> HttpResponse:
        context = {
            "check_form": form,
            "client_uuid": uuid_or_new(self.request.POST.get("client_uuid", "")),
            "finding": self.request.POST.get("finding", "").replace("\x00", ""),
            "drafted": self.request.POST.get("drafted", "").replace("\x00", ""),
            "summary": render_error_summary(*form.parts()) if form.is_bound else "",
            "has_errors": form.has_errors,
            "known": known,
            "back_url": self.person_url(),
        }
        return self.page("record_check.html", context, status=422 if form.has_errors and status == 200 else status)

    def _finding_page(self, form: RecordCheckForm, finding: FindingForm, preview: CheckPreview) -> HttpResponse:
        context = {
            "form": finding,
            "preview": preview,
            "carried": form.carried(),
            "client_uuid": uuid_or_new(self.request.POST.get("client_uuid", "")),
        }
        return self.page("record_finding.html", context)


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
                visit=self.data.visit,
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
