"""A clinic's wrong batch, put right on all its records together."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day.correct import ClinicBatchForm
from bookings.queries.records import batches_used, records_of_batch
from bookings.views.clinic_day.answers import answers_before, forget_answers, id_in, keep_answers
from bookings.views.clinic_day.base import ClinicDayPage, uuids
from bookings.views.clinic_day.batches import added, batches_of_the_day
from clinics.models import Batch, Product
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.actions.corrections import batch_corrected_before, plan
from immunisations.models import Vaccination
from immunisations.people import root_of
from immunisations.policies import notes_on_correction


class BatchCorrect(ClinicDayPage):
    """Which batch of this clinic was recorded wrongly?"""

    needs = Permission.CORRECT_RECORDS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the batches on its records."""
        return self.page("batch.html", {"used": batches_used(self.clinic), "back_url": self.day_url()})


class BatchPage(ClinicDayPage):
    """A page about one batch on a clinic's records."""

    needs = Permission.CORRECT_RECORDS

    @cached_property
    def batch(self) -> Batch:
        """The batch as it was recorded."""
        batch = (
            Batch.objects.select_related("product")
            .filter(team=self.clinic.team_id, public_id=self.kwargs["batch"])
            .first()
        )
        if batch is None:
            raise Http404
        return batch

    @cached_property
    def rows(self) -> list[Vaccination]:
        """The records that show it, as they stand."""
        return records_of_batch(self.clinic, self.batch)

    @property
    def about(self) -> str:
        """What the answers are kept under."""
        return f"{self.clinic.public_id} {self.batch.public_id}"

    def url(self, name: str) -> str:
        """The address of a page about this batch."""
        return reverse(name, args=[self.clinic.public_id, self.batch.public_id])

    def form(self, answers: QueryDict | None = None) -> ClinicBatchForm:
        """Return the form, with the batches of the same course."""
        series = series_of(self.batch.product.vaccine)
        batches = batches_of_the_day(self.clinic, without=self.batch)
        batches.sort(key=lambda each: each.product_id != self.batch.product_id)
        products = Product.objects.filter(in_use=True)
        return ClinicBatchForm(
            answers,
            today=self.today,
            batches=[each for each in batches if series_of(each.product.vaccine) == series],
            products=[each for each in products if series_of(each.vaccine) == series],
            team_id=self.clinic.team_id,
            on=self.clinic.date,
            initial={"client_uuid": uuid4()},
        )

    def look(self, page: str) -> None:
        """Write down that everybody on the page was looked at."""
        self.note_looks((root_of(row.person) for row in self.rows), page)

    def saved_before(self, answers: QueryDict) -> bool:
        """Whether this very form was saved already."""
        client_uuid = id_in(answers)
        if client_uuid is None:
            return False
        return batch_corrected_before(session=self.clinic, wrong=self.batch, client_uuid=client_uuid)

    def none_left(self) -> HttpResponse:
        """Go back to the choice where no record shows the batch any more."""
        messages.error(self.request, _("No record of this clinic shows that batch any more."))
        return redirect("batch-correct", self.clinic.public_id)


class BatchCorrectWhich(BatchPage):
    """Which batch was it, on which records, and why are they corrected?"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, with what was answered before if somebody comes back to it."""
        if not self.rows:
            return self.none_left()
        before = answers_before(request, self.about)
        if before is None:
            return self._page(self.form(), {str(row.public_id) for row in self.rows})
        return self._page(self.form(before), set(before.getlist("record")))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Go on to the check page."""
        if not self.rows:
            return self.none_left()
        form, ticked = self.form(request.POST), set(request.POST.getlist("record"))
        uuids(list(ticked))
        valid = form.is_valid()
        chosen = [row for row in self.rows if str(row.public_id) in ticked]
        if not chosen:
            form.add_error(None, _("Select the records to correct"))
        if not valid or not chosen:
            return self._page(form, ticked)
        keep_answers(request, self.about)
        return redirect(self.url("batch-correct-check"))

    def _page(self, form: ClinicBatchForm, ticked: Collection[str]) -> HttpResponse:
        self.look("batch-correct")
        context = {
            "form": form,
            "batch": self.batch,
            "rows": [(row, str(row.public_id) in ticked) for row in self.rows],
            "back_url": reverse("batch-correct", args=[self.clinic.public_id]),
        }
        return self.page("batch_which.html", context)


class BatchCorrectCheck(BatchPage):
    """Each record before and after, before they are saved together."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        before = answers_before(request, self.about)
        form = self.form(before)
        if before is None or not form.is_valid():
            return redirect(self.url("batch-correct-which"))
        return self._page(form, before)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save them all, or none; pressed twice, they are saved once."""
        if self.saved_before(request.POST):
            return self._saved(len(request.POST.getlist("record")))
        before = answers_before(request, self.about)
        form = self.form(before)
        if before is None or not form.is_valid():
            return redirect(self.url("batch-correct-which"))
        # Exactly the records that were on the page that was checked.
        meant = uuids(request.POST.getlist("record"))
        if id_in(request.POST) != form.cleaned_data["client_uuid"] or set(map(str, meant)) != set(
            before.getlist("record")
        ):
            messages.error(request, _("Your answers changed on another page. Check them again."))
            return redirect(request.path)
        try:
            made = self._save(form, meant)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.url("batch-correct-which"))
        return self._saved(len(made))

    @transaction.atomic
    def _save(self, form: ClinicBatchForm, meant: list[Any]) -> list[Vaccination]:
        return actions.correct_batch(
            session=self.clinic,
            wrong=self.batch,
            right=added(form.right_batch, by=self.user, at=self.now),
            vaccinations=meant,
            reason=form.cleaned_data["reason"],
            client_uuid=form.cleaned_data["client_uuid"],
            by=self.user,
            at=self.now,
        )

    def _saved(self, count: int) -> HttpResponse:
        forget_answers(self.request, self.about)
        messages.success(
            self.request,
            ngettext("%(count)s record was corrected.", "%(count)s records were corrected.", count) % {"count": count},
        )
        return redirect("batch-correct", self.clinic.public_id)

    def _page(self, form: ClinicBatchForm, before: QueryDict) -> HttpResponse:
        ticked = set(before.getlist("record"))
        rows = [row for row in self.rows if str(row.public_id) in ticked]
        if len(rows) < len(ticked):
            messages.error(
                self.request, _("Some of these records were corrected meanwhile. Nothing was changed. Check the list.")
            )
            return redirect(self.url("batch-correct-which"))
        right = form.right_batch
        pairs = [(row, plan(row, at=self.now, changes={"batch": right}).row) for row in rows]
        self.look("batch-correct")
        notes: dict[str, int] = {}
        for old, new in pairs:
            for note in notes_on_correction(old, new):
                notes[note.message] = notes.get(note.message, 0) + 1
        context = {
            "form": form,
            "batch": self.batch,
            "right": right,
            "pairs": pairs,
            "notes": list(notes.items()),
            "back_url": self.url("batch-correct-which"),
        }
        return self.page("batch_check.html", context)
