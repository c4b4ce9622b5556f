"""A known person's dose on the person's own page: finding, consent, health, site, save."""

from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import ConsentHealthForm
from bookings.forms.clinic_day.at_once import AtOnce, Look, LookForm
from bookings.queries import PersonPage
from bookings.queries.checking import preview_check
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import remembered
from bookings.views.clinic_day.checking import uuid_or_new
from bookings.views.clinic_day.consenting import consent_form, form_as_sent, record_answers
from bookings.views.clinic_day.giving import DoseGive
from immunisations import actions
from immunisations.actions import SourceLook
from immunisations.actions.record_checks import FoundDose
from immunisations.meanwhile import changed_meanwhile, changes_since
from immunisations.models import RecordCheck, Visit
from immunisations.policies import can_record
from immunisations.queries import HistoryDose
from immunisations.sources import source_words

# The sources that are at hand in a hall or can be looked up there.
SOURCES = (RecordCheck.Source.RED_BOOK, RecordCheck.Source.GP_RECORD, RecordCheck.Source.CHIS)
# A record is about to be checked on the same page: that none was is then no reason to stop.
ANSWERED_HERE = "no_record_check"
GIVE, ANSWERS_ONLY, CHANGE = "dose", "answers", "change"


class DoseAtOnce(DoseGive):
    """Everything that one dose needs, on one page and in one press, where nothing has to be looked into first.

    That is: the vaccinator has a batch in use, one direction is in force, nothing speaks against the dose, no two
    entries wait for a decision, and the record either shows nothing or what is known already. Else the steps follow
    one another on pages of their own.
    """

    page_name = "dose-at-once"

    @classmethod
    def offered(cls, asked: PersonPageBase) -> AtOnce | None:
        """Return the parts for what is due first, for the person's page; None where it is done in steps."""
        if not remembered(asked.request, asked.clinic):
            return None
        for result in asked.data.due:
            page = cls()
            page.setup(asked.request, **asked.kwargs, series=result.series)
            # What the page has read already.
            page.clinic, page.data = asked.clinic, asked.data
            parts = page.parts()
            if parts is not None:
                return parts
        return None

    def parts(self, post: Any = None, typed: Any = None) -> AtOnce | None:
        """Return the page's forms; bound to ``post``, or filled in with what was ``typed`` and not judged yet."""
        data, visit = self.data, self.data.visit
        result = data.outlook.of(self._series())
        if (
            visit is None
            or not can_record(self.clinic)
            or not (self.may(Permission.VACCINATE) and self.may(Permission.CHECK_RECORDS))
            or self._series() not in {each.series for each in data.due}
            or result is None
            or result.status == "blocked"
            or data.outlook.problem
            or data.questions
            or data.disagreements
            or self.directions.problem
        ):
            return None
        questions = consent_form(data, visit, self.today, post)
        looks = [] if data.checked_today else looks_at(data, self.now)
        if not questions.fields or self.agreed[0] not in {*questions.vaccines, *questions.screen}:
            return None
        dose = self._form(post)
        batch = dose.remembered or (self._batch_in_use() if self.changes_batch else None)
        speaks_against = [caution for caution in self._expected(batch) if caution.code != ANSWERED_HERE]
        if batch is None or dose.asks_direction or speaks_against or not (looks or data.checked_today):
            return None
        look = LookForm(post, looks=looks) if looks else None
        found = AtOnce(self._series(), self._vaccine_name(), look, questions, dose)
        if typed is not None:
            for form in found.forms:
                form.initial = {**form.initial, **{name: typed[name] for name in form.fields if name in typed}}
        return found

    def _batch_in_use(self) -> Any:
        """The batch that the vaccinator used so far, while they choose another."""
        return next((batch for batch in self.in_use if batch.product.vaccine == self.agreed[0]), None)

    @property
    def changes_batch(self) -> bool:
        """Whether the page asks for another batch, or answers that it asked."""
        return CHANGE in self.request.GET or self.request.POST.get("does") == CHANGE or "batch" in self.request.POST

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the page by itself, for whoever reloads it; else the steps."""
        parts = self.parts()
        return self._parts_page(parts) if parts is not None else super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the record check and the answers, then the dose, each as its own page does."""
        visit = self.data.visit
        changed = changes_since(self.person, request.POST.get("seen", ""), by=self.user)
        if changed:
            # Before the forms are read: what others have answered meanwhile would not even be asked any more.
            messages.error(request, str(changed_meanwhile(changed)))
            again = self.parts(typed=request.POST)
            return self._parts_page(again, status=409) if again is not None else redirect(self.person_url())
        changing = request.POST.get("does") == CHANGE
        parts = self.parts(None if changing else request.POST, request.POST if changing else None)
        if visit is None:
            return super().post(request, **kwargs)
        if parts is None:
            # All is answered, or something has to be looked into first: what is left is the dose alone.
            return self._later_word(visit) or super().post(request, **kwargs)
        if changing:
            return self._parts_page(parts)
        gives = self._gives
        asked = parts.forms if gives else parts.forms[:-1]
        # Each is asked, so that each says what is wrong with it.
        if False in [form.is_valid() for form in asked]:
            return self._parts_page(parts, asked)
        try:
            self._save_answers(parts.look, parts.questions, visit)
        except Refused as refusal:
            parts.questions.add_error(None, str(refusal))
            return self._parts_page(parts, asked, status=refusal.status)
        return self._only_answers(parts.questions) or super().post(request, **kwargs)

    @property
    def _gives(self) -> bool:
        return bool(self.request.POST.get("does", GIVE) == GIVE)

    def _later_word(self, visit: Visit) -> HttpResponse | None:
        """Save what a page says that was still open after all was answered; None where the dose is next.

        The same said again, as by a second press, is the word that stands.
        """
        data, post = self.data, self.request.POST
        given = any(str(row.client_uuid) == post.get("client_uuid") for row in data.history_rows)
        if given or not ({"decides", "health"} & post.keys()):
            return None
        questions, address = form_as_sent(data, visit, self.today, post)
        if not questions.fields:
            return None
        looks = [] if data.checked_today else looks_at(data, self.now)
        look = LookForm(post, looks=looks) if looks else None
        status, taken = 422, False
        if questions.is_valid():
            try:
                self._save_answers(look if look is not None and look.is_valid() else None, questions, visit)
            except Refused as refusal:
                questions.add_error(None, str(refusal))
                status, taken = refusal.status, refusal.code == "in_progress"
            else:
                return self._only_answers(questions)
        url = reverse("consent-and-health", args=[self.clinic.public_id, self.person.public_id])
        context = {"form": questions, "action": url + address, "taken": taken, "back_url": self.person_url()}
        return self.page("consent.html", context, status=status)

    def _only_answers(self, questions: ConsentHealthForm) -> HttpResponse | None:
        """Say that the answers were saved and the dose was not; None where the dose is next."""
        self._read_again()
        if self._gives and self._may_go_on(questions):
            return None
        messages.success(self.request, _("The answers are saved. The dose is not."))
        return redirect(self.person_url())

    @transaction.atomic
    def _save_answers(self, look_form: LookForm | None, questions: ConsentHealthForm, visit: Visit) -> None:
        by, at, post = self.user, self.now, self.request.POST
        self.check_unchanged()
        actions.start_visit(visit=visit, take_over="take_over" in post, by=by, at=at)
        if look_form is not None:
            look = look_form.chosen()
            # Made of the dose's own id: pressing twice is one record check, too.
            sent = uuid5(uuid_or_new(post.get("client_uuid", "")), "record check")
            actions.record_round(
                visit=visit,
                person=self.person,
                looks=look.sources,
                finding=look.finding,
                client_uuid=sent,
                by=by,
                at=at,
            )
        record_answers(questions, visit, by=by, at=at)

    def _read_again(self) -> None:
        """Forget what was read before the answers were saved."""
        for name in ("data", "agreed", "offer", "directions"):
            self.__dict__.pop(name, None)

    def _may_go_on(self, questions: ConsentHealthForm) -> bool:
        """Whether nothing in the answers has to be looked at, and they agree to this vaccine."""
        screening = questions.screening()
        fine = screening is None or (
            screening["well_today"]
            and screening["not_pregnant"] is not False
            and not any(answer["answer"] == "yes" for answer in screening["answers"].values())
        )
        return fine and not questions.disagreed and any(self.data.cleared(code) for code in self.agreed)

    def _parts_page(self, parts: AtOnce, asked: Any = (), *, status: int = 200) -> HttpResponse:
        wrong = any(form.errors for form in asked)
        context = {
            "at_once": parts,
            "wrong": list(asked),
            "has_errors": wrong,
            "vaccine_name": parts.vaccine_name,
            "back_url": self.person_url(),
        }
        return self.page("at_once.html", context, status=422 if wrong and status == 200 else status)


def looks_at(data: PersonPage, at: Any) -> list[Look]:
    """Return what a source may show that changes nothing: the doses on record, or none where there are none.

    Empty where a dose is known from our own records alone: a source that does not show it has to be written down.
    """
    doses = [entry.dose for entry in data.timeline]
    found = tuple(dose for dose in map(_as_found, doses) if dose is not None)
    if len(found) < len(doses):
        return []
    outcome = RecordCheck.Outcome.DOSES_FOUND if found else RecordCheck.Outcome.NOTHING_RECORDED
    sources = [(source.value, (SourceLook(source.value, outcome.value, doses=found),)) for source in SOURCES]
    if not found:
        nowhere = RecordCheck.Source.NONE.value
        sources.append((nowhere, (SourceLook(nowhere, RecordCheck.Outcome.NOT_AVAILABLE.value),)))
    looks = []
    for code, looked in sources:
        words = source_words(code)
        if code != RecordCheck.Source.NONE:
            words = (
                _("%(source)s: the doses on record, and no others") if found else _("%(source)s: nothing recorded")
            ) % {"source": words}
        looks.append(Look(code, words, looked, preview_check(data, looked, at).finding))
    return looks


def _as_found(dose: HistoryDose) -> FoundDose | None:
    mention = next((each for each in reversed(dose.mentions) if each.vaccination is None), None)
    if mention is None:
        return None
    return FoundDose(mention.vaccine, mention.given_on, mention.country, mention.batch_number, mention.as_written)
