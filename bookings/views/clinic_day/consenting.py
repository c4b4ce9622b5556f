"""Consent and the health questions, for everything due or the one vaccine asked for."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import ConsentHealthForm
from bookings.forms.clinic_day.consent import Accompanied
from bookings.queries import PersonPage
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import batches_in_use
from clinics.vaccines import series_of
from immunisations import actions
from immunisations.health_questions import questions_for
from immunisations.models import Visit


def consent_form(
    data: PersonPage, visit: Visit, today: date, post: Any = None, vaccines: list[str] | None = None
) -> ConsentHealthForm:
    """Return the form about consent and health for what is due at this visit."""
    accompanied = Accompanied(visit.accompanied_by, visit.accompanied_as) if visit.accompanied_by else None
    asked = vaccines if vaccines is not None else data.vaccines_to_ask
    held = batches_in_use(data.session.team_id, data.session.vaccine_codes(), data.session.date)
    return ConsentHealthForm(
        post,
        today=today,
        person=data.person,
        vaccines=asked,
        accompanied=accompanied,
        questions=questions_for(
            asked or data.vaccines_due, gelatine=any(batch.product.contains_gelatine for batch in held)
        ),
        screened=not data.vaccines_to_screen,
        on=data.session.date,
    )


class ConsentAndHealth(PersonPageBase):
    """Consent and the health questions on one page, for everything due today or the one vaccine asked for."""

    needs = Permission.VACCINATE
    page_name = "consent-and-health"

    def _vaccines(self) -> list[str] | None:
        """Return the vaccine that the address asks about, where it does."""
        asked = self.request.GET.get("vaccine")
        if asked is None:
            return None
        if asked not in self.clinic.vaccine_codes():
            raise Http404
        return [asked]

    def _form(self, visit: Visit, post: Any = None) -> ConsentHealthForm:
        vaccines = self._vaccines()
        if vaccines is None and not self.data.vaccines_to_ask and self.data.vaccines_to_screen:
            vaccines = []
        return consent_form(self.data, visit, self.today, post, vaccines)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or go on where everything is answered."""
        visit = self.data.visit
        if visit is None:
            return redirect(self.person_url())
        form = self._form(visit)
        if not form.fields:
            return redirect(self._next())
        return self._page(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save both, and go on to the dose."""
        visit = self.data.visit
        if visit is None:
            return redirect(self.person_url())
        form = self._form(visit, request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            self._save(form, visit)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        return redirect(self._next(form))

    @transaction.atomic
    def _save(self, form: ConsentHealthForm, visit: Visit) -> None:
        consent, screening = form.consent(), form.screening()
        actions.start_visit(visit=visit, by=self.user, at=self.now)
        if consent is not None:
            actions.record_consent(visit=visit, by=self.user, at=self.now, **consent)
        if screening is not None:
            actions.record_screening(visit=visit, by=self.user, at=self.now, **screening)

    def _next(self, form: ConsentHealthForm | None = None) -> str:
        """Return where to go: to the dose when all is clear, to the person's page when something needs a look."""
        screening = form.screening() if form is not None and form.is_bound else None
        needs_look = screening is not None and (
            not screening["well_today"]
            or screening["not_pregnant"] is False
            or any(answer["answer"] == "yes" for answer in screening["answers"].values())
        )
        consent = form.consent() if form is not None and form.is_bound else None
        vaccines = consent["vaccines"] if consent else self.data.vaccines_due
        if needs_look or not vaccines:
            return self.person_url()
        return reverse("give-dose", args=[self.clinic.public_id, self.person.public_id, series_of(vaccines[0]).value])

    def _page(self, form: ConsentHealthForm, *, status: int = 200) -> HttpResponse:
        return self.page("consent.html", {"form": form, "back_url": self.person_url()}, status=status)
