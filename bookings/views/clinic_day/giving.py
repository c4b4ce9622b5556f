"""The dose: batch, site, save."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import DoseForm
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import REMEMBERED, batches_in_use, remembered
from clinics.actions import add_batch
from clinics.models import Batch, Product
from clinics.times import wall_time
from clinics.vaccines import Series, Vaccine, series_of
from immunisations import actions
from immunisations.health_questions import yes_first
from immunisations.models import Vaccination, Visit
from immunisations.policies import Caution, NeedsReason, cautions
from immunisations.queries import still_due


class DoseGive(PersonPageBase):
    """The dose of one series: batch, site, save."""

    needs = Permission.VACCINATE
    page_name = "give-dose"

    def _series(self) -> str:
        series = self.kwargs["series"]
        if series not in {series_of(code).value for code in self.clinic.vaccine_codes()}:
            raise Http404
        return str(series)

    def _agreed(self) -> list[str]:
        """The vaccines of the series that the clinic offers, those consented to first and alone if there are any."""
        offered = [code for code in self.clinic.vaccine_codes() if series_of(code) == self._series()]
        agreed = [code for code in offered if self.data.consent_given(code)]
        return agreed or offered

    def _remember(self, batch: Batch, legal_mechanism: str) -> None:
        own = remembered(self.request, self.clinic)
        batches = {**own.get("batches", {}), batch.product.vaccine: str(batch.public_id)}
        # Only this clinic's: nothing is carried into the next one.
        self.request.session[REMEMBERED] = {
            str(self.clinic.public_id): {"batches": batches, "legal_mechanism": legal_mechanism}
        }

    def _form(self, post: Any = None) -> DoseForm:
        agreed = self._agreed()
        batches = batches_in_use(self.clinic.team_id, agreed, self.clinic.date)
        own = remembered(self.request, self.clinic)
        in_use = None
        if "change" not in self.request.GET:
            wanted = {own.get("batches", {}).get(code) for code in agreed}
            in_use = next((batch for batch in batches if str(batch.public_id) in wanted), None)
        record = self.data.record
        used = [row.body_site for row in record.recorded.values() if row.body_site] if record else []
        self.expected = self._cautions(agreed[0], in_use)
        return DoseForm(
            post,
            today=self.today,
            batches=batches,
            products=list(Product.objects.filter(vaccine__in=agreed, in_use=True)),
            remembered=in_use,
            used_sites=used,
            another_day=self.clinic.date != self.today,
            initial={
                "client_uuid": uuid4(),
                "legal_mechanism": own.get("legal_mechanism", Vaccination.LegalMechanism.PGD),
            },
        )

    def _cautions(self, vaccine: str, batch: Batch | None) -> list[Caution]:
        """What is known to speak against the dose before a batch and a site are chosen."""
        product = batch.product if batch else Product(vaccine=vaccine)
        return cautions(
            person=self.person,
            product=product,
            body_site=Vaccination.BodySite.LEFT_THIGH,
            on=self.clinic.date,
            was_checked=self.data.checked_today,
            verdict=self.data.outlook.of(self._series()),
            gelatine_free=self.data.gelatine_free,
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form; first the consent where it is missing."""
        series = self._series()
        data = self.data
        if data.visit is None or data.record is None:
            return redirect(self.person_url())
        done = data.record.recorded.get(series)
        if done is not None and done.status == Vaccination.Status.COMPLETED:
            return redirect(self.person_url())
        if not any(data.cleared(code) for code in self._agreed()):
            result = data.outlook.of(series)
            offered = self._agreed()
            vaccine = result.vaccine if result and result.vaccine in offered else offered[0]
            address = reverse("consent-and-health", args=[self.clinic.public_id, self.person.public_id])
            return redirect(f"{address}?vaccine={vaccine}")
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the dose."""
        series = self._series()
        visit = self.data.visit
        if visit is None:
            return redirect(self.person_url())
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            row, batch = self._save(form, visit, series)
        except NeedsReason as refusal:
            self.expected = [Caution(**warning) for warning in refusal.details["warnings"]]
            form.add_error("override_reason", _("Enter why you give it all the same"))
            return self._page(form, status=refusal.status)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        self._remember(batch, row.legal_mechanism)
        return self._after(row)

    @transaction.atomic
    def _save(self, form: DoseForm, visit: Visit, series: str) -> tuple[Vaccination, Batch]:
        data = form.cleaned_data
        batch = form.chosen_batch()
        if batch is None:
            product, number, expires_on = form.new_batch()
            batch = add_batch(
                team_id=self.clinic.team_id,
                product=product,
                number=number,
                expires_on=expires_on,
                by=self.user,
                at=self.now,
                source="staff",
            )
        row = actions.record_vaccination(
            visit=visit,
            series=series,
            batch=batch,
            body_site=data["body_site"],
            route=data["route"],
            legal_mechanism=data["legal_mechanism"] or Vaccination.LegalMechanism.PGD,
            client_uuid=data["client_uuid"],
            given_at=wall_time(self.clinic.date, data["given_time"]) if data["given_time"] else None,
            override_reason=data["override_reason"],
            gelatine_free=self.data.gelatine_free,
            note=data["note"],
            by=self.user,
            at=self.now,
        )
        return row, batch

    def _after(self, row: Vaccination) -> HttpResponse:
        """Stay with the person while more is due; nurses are interrupted, and the second dose is forgotten."""
        del self.data
        saved = Vaccine(row.vaccine).label
        record = self.data.record
        if row.parents_not_told:
            messages.warning(self.request, _("Tell the GP practice. Parents are not to be told."))
        rest = still_due(record, self.data.outlook, self.clinic) if record else []
        if rest:
            names = [str(Vaccine(each.vaccine).label if each.vaccine else Series(each.series).label) for each in rest]
            messages.success(
                self.request, _("%(saved)s saved. %(rest)s still due.") % {"saved": saved, "rest": ", ".join(names)}
            )
            return redirect(self.person_url())
        messages.success(
            self.request, _("%(saved)s saved for %(name)s.") % {"saved": saved, "name": self.person.list_name}
        )
        return redirect(self.day_url())

    def _page(self, form: DoseForm, *, status: int = 200) -> HttpResponse:
        record = self.data.record
        agreed = self._agreed()
        screening = record.screening_for(agreed[0]) if record else None
        result = self.data.outlook.of(self._series())
        context = {
            "form": form,
            "series": Series(self._series()),
            "vaccine_name": Vaccine(agreed[0]).label,
            "result": result,
            "cautions": self.expected,
            "yes_answers": [pair for pair in yes_first(screening.answers) if pair[1]["answer"] == "yes"]
            if screening
            else [],
            "consent": record.consent_for(agreed[0]) if record else None,
            "back_url": self.person_url(),
        }
        return self.page("dose.html", context, status=status)
