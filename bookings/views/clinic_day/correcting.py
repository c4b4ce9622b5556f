"""Correcting one saved record: what is wrong, what is right and why, and both side by side before it is saved."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.correct import (
    CorrectBatchForm,
    CorrectForm,
    CorrectVaccineForm,
    Mistake,
    mistakes_of,
)
from bookings.queries.records import RecordChain, record_chains, record_lines
from bookings.views.clinic_day.answers import answers_before, forget_answers, id_in, keep_answers
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import add_if_new, batches_of_the_day
from clinics.models import Product
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.actions.corrections import Planned, plan
from immunisations.actions.corrections.single import LOADED
from immunisations.models import Vaccination
from immunisations.policies import can_correct, notes_on_correction


class RecordPage(PersonPageBase):
    """A page about one record that stands, for those who may correct it."""

    needs = Permission.VACCINATE
    page_name = "record-correct"

    @cached_property
    def row(self) -> Vaccination:
        """The record of the address: 404 where it is not this person's; 403 for whoever may not correct it."""
        row = get_object_or_404(
            Vaccination.objects.select_related(*LOADED, "product"),
            person__in=self.data.rows,
            public_id=self.kwargs["vaccination"],
        )
        if not can_correct(row, self.user, self.today):
            raise PermissionDenied
        return row

    def stands(self) -> bool:
        """Whether nobody corrected the record meanwhile."""
        return Vaccination.objects.current().filter(pk=self.row.pk).exists()

    def corrected_meanwhile(self) -> HttpResponse:
        """Go back to the person, where the record stands as it is now."""
        messages.error(self.request, _("This record was corrected meanwhile. See below how it stands now."))
        return redirect(self.person_url() + "#records")

    def record_url(self, name: str, *args: Any) -> str:
        """The address of a page about this record."""
        return reverse(name, args=[self.clinic.public_id, self.person.public_id, self.row.public_id, *args])

    def saved_before(self, client_uuid: UUID | None) -> bool:
        """Whether this very form corrected this very record already."""
        record = Q(replaces__public_id=self.kwargs["vaccination"]) | Q(moved_from__public_id=self.kwargs["vaccination"])
        return (
            client_uuid is not None
            and Vaccination.objects.filter(record, client_uuid=client_uuid, session__team=self.clinic.team_id).exists()
        )

    def chain(self) -> RecordChain | None:
        """The record with what it replaced."""
        return next((chain for chain in record_chains(self.data.history_rows) if chain.row.pk == self.row.pk), None)

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page about the record."""
        return self.page(template, {"row": self.row, "chain": self.chain(), **context}, status=status)


class RecordCorrect(RecordPage):
    """What is wrong with it?"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the record, what was corrected before, and the kinds of mistakes."""
        if not self.stands():
            return self.corrected_meanwhile()
        choices = [(mistake, self._url(mistake)) for mistake in mistakes_of(self.row)]
        return self.show("correct.html", {"choices": choices, "back_url": self.person_url()})

    def _url(self, mistake: Mistake) -> str:
        if mistake.form is None:
            return self.record_url("record-move")
        return self.record_url("record-correct-what", mistake.code)


class CorrectionPage(RecordPage):
    """A page about one kind of mistake in one record."""

    @cached_property
    def mistake(self) -> Mistake:
        """The kind of mistake of the address."""
        for mistake in mistakes_of(self.row):
            if mistake.code == self.kwargs["what"] and mistake.form is not None:
                return mistake
        raise Http404

    @property
    def about(self) -> str:
        """What the answers are kept under."""
        return f"{self.row.public_id} {self.mistake.code}"

    def form(self, answers: QueryDict | None = None, **initial: Any) -> CorrectForm:
        """Return the form of this kind of mistake."""
        kind = self.mistake.form or CorrectForm
        more: dict[str, Any] = {}
        if issubclass(kind, (CorrectBatchForm, CorrectVaccineForm)):
            more = self._batches(same_vaccine=kind is CorrectBatchForm)
        return kind(
            answers,
            today=self.today,
            vaccination=self.row,
            initial={"client_uuid": uuid4(), **initial},
            **more,
        )

    def _batches(self, *, same_vaccine: bool) -> dict[str, Any]:
        row, session = self.row, self.row.session
        batches = batches_of_the_day(session, without=row.batch)
        products = Product.objects.filter(in_use=True)
        if same_vaccine:
            batches = [batch for batch in batches if batch.product.vaccine == row.vaccine]
            batches.sort(key=lambda each: each.product_id != row.product_id)
            products = products.filter(vaccine=row.vaccine)
        else:
            # Of another product first of all: the same one under another number is the batch that was wrong.
            offered = set(session.vaccine_codes())
            batches = [batch for batch in batches if batch.product_id != row.product_id]
            batches.sort(
                key=lambda each: (series_of(each.product.vaccine) != row.series, each.product.vaccine not in offered)
            )
            products = products.exclude(pk=row.product_id or 0)
        return {
            "batches": batches,
            "products": list(products),
            "team_id": session.team_id,
            "on": session.date,
        }

    def planned(self, form: CorrectForm) -> Planned:
        """Return what a valid form comes to, without saving it. Raises Refused."""
        correction = form.correction()
        return plan(self.row, at=self.now, **correction)


class RecordCorrectWhat(CorrectionPage):
    """What is right, and why is it corrected?"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, with what was answered before if somebody comes back to it."""
        if not self.stands():
            return self.corrected_meanwhile()
        before = answers_before(request, self.about)
        if before is None:
            return self._page(self.form())
        form = self.form(before)
        # Only what was typed: it was right when it was checked.
        return self._page(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Go on to the check page, unless it cannot stand like this."""
        if not self.stands():
            return self.corrected_meanwhile()
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            self.planned(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        keep_answers(request, self.about)
        return redirect(self.record_url("record-correct-check", self.mistake.code))

    def _page(self, form: CorrectForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "mistake": self.mistake, "back_url": self.record_url("record-correct")}
        return self.show("correct_what.html", context, status=status)


class RecordCorrectCheck(CorrectionPage):
    """The record before and after, side by side, before it is saved."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show both."""
        if not self.stands():
            return self.corrected_meanwhile()
        form = self.form(answers_before(request, self.about))
        if not form.is_valid():
            return redirect(self.record_url("record-correct-what", self.mistake.code))
        return self._page(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it; pressed twice, it is saved once."""
        sent, kept = id_in(request.POST), answers_before(request, self.about)
        if self.saved_before(sent):
            return self._saved()
        if not self.stands():
            return self.corrected_meanwhile()
        form = self.form(kept)
        if not form.is_valid() or sent is None:
            return redirect(self.record_url("record-correct-what", self.mistake.code))
        if sent != form.cleaned_data["client_uuid"]:
            # Another page of the same user changed the answers since this one was shown.
            messages.error(request, _("Your answers changed on another page. Check them again."))
            return redirect(request.path)
        try:
            self._save(form)
        except Refused as refusal:
            if refusal.code == "not_current":
                messages.error(request, str(refusal))
                return redirect(self.person_url() + "#records")
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        return self._saved()

    @transaction.atomic
    def _save(self, form: CorrectForm) -> None:
        correction = add_if_new(form.correction(), by=self.user, at=self.now)
        actions.correct_vaccination(
            vaccination=self.row,
            reason=form.cleaned_data["reason"],
            client_uuid=form.cleaned_data["client_uuid"],
            by=self.user,
            at=self.now,
            **correction,
        )

    def _saved(self) -> HttpResponse:
        forget_answers(self.request, self.about)
        messages.success(self.request, _("The record was corrected. The old one is kept below."))
        return redirect(self.person_url() + "#records")

    def _page(self, form: CorrectForm, *, status: int = 200) -> HttpResponse:
        what_url = self.record_url("record-correct-what", self.mistake.code)
        try:
            planned = self.planned(form)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect(what_url)
        context = {
            "form": form,
            "mistake": self.mistake,
            "planned": planned,
            "lines": record_lines(self.row, planned.row),
            "notes": notes_on_correction(self.row, planned.row),
            "gelatine_wish": self.data.gelatine_free and planned.row.product and planned.row.product.contains_gelatine,
            "what_url": what_url,
            "back_url": what_url,
        }
        return self.show("correct_check.html", context, status=status)
