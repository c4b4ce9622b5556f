"""The dose: batch, site, save; against warnings, one page that lists them all and asks why."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.clinic_day import AnywayForm, DoseForm
from bookings.queries.dose import DirectionsOffer, Offer, directions_offer, offer_of, staff_of_team, used_sites
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import REMEMBERED, remembered
from bookings.views.clinic_day.gone import arrival_undone
from clinics.actions import add_batch, note_added_at_clinic
from clinics.models import Batch, Product
from clinics.times import wall_time
from clinics.vaccines import Series, Vaccine, series_of
from immunisations import actions
from immunisations.ages import years_between
from immunisations.health_questions import yes_first
from immunisations.models import Vaccination, Visit
from immunisations.policies import Caution, NeedsReason, cautions, what_to_do_when_blocked
from immunisations.queries import still_due

# A device's clock that is further off than this is worth a word: its other programs will show wrong times too.
CLOCK_IS_OFF = timedelta(minutes=10)


class DoseGive(PersonPageBase):
    """The dose of one series: batch, site, save."""

    needs = Permission.VACCINATE
    page_name = "give-dose"

    def _series(self) -> str:
        series = self.kwargs["series"]
        if series not in {series_of(code).value for code in self.clinic.vaccine_codes()}:
            raise Http404
        return str(series)

    @cached_property
    def agreed(self) -> list[str]:
        """The vaccines of the series that the clinic offers, those consented to alone if there are any; the one that
        the schedule advises comes first.
        """
        offered = [code for code in self.clinic.vaccine_codes() if series_of(code) == self._series()]
        agreed = [code for code in offered if self.data.consent_given(code)] or offered
        result = self.data.outlook.of(self._series())
        advised = result.vaccine if result else None
        return sorted(agreed, key=lambda code: code != advised)

    @cached_property
    def offer(self) -> Offer:
        """The batches of what is agreed and due; of another agreed vaccine only where the clinic has none of that."""
        for vaccines in (self.agreed[:1], self.agreed):
            offer = offer_of(
                session=self.clinic,
                vaccines=vaccines,
                born=self.person.date_of_birth,
                facts=self.data.facts,
                gelatine_free=self.data.gelatine_free,
                despite_wish="gelatine" in self.request.GET,
            )
            if offer.batches:
                break
        return offer

    @cached_property
    def directions(self) -> DirectionsOffer:
        """What it can be given under."""
        return directions_offer(self.clinic.team_id, self.agreed, self.clinic.date)

    def _remember(self, batch: Batch, row: Vaccination) -> None:
        own = remembered(self.request, self.clinic)
        vaccine = batch.product.vaccine
        directions = own.get("directions", {})
        if row.direction is not None:
            directions = {**directions, vaccine: str(row.direction.public_id)}
        # Only this clinic's: nothing is carried into the next one.
        self.request.session[REMEMBERED] = {
            str(self.clinic.public_id): {
                "batches": {**own.get("batches", {}), vaccine: str(batch.public_id)},
                "directions": directions,
            }
        }

    @property
    def changes_batch(self) -> bool:
        """Whether another batch is asked for than the one in use."""
        return "change" in self.request.GET

    def _form(self, post: Any = None) -> DoseForm:
        own = remembered(self.request, self.clinic)
        in_use = None
        if not self.changes_batch:
            wanted = {own.get("batches", {}).get(code) for code in self.agreed}
            in_use = next((batch for batch in self.offer.batches if str(batch.public_id) in wanted), None)
        # Of two pages open at once, one may have changed the batch: a page sends only what it showed.
        if post is not None and in_use is not None and post.get("in_use") != str(in_use.public_id):
            in_use = None
        chosen = (self.directions.named(own.get("directions", {}).get(code, "")) for code in self.agreed)
        record = self.data.record
        return DoseForm(
            post,
            today=self.today,
            offer=self.offer,
            directions=self.directions,
            chosen_direction=next(filter(None, chosen), None),
            staff=staff_of_team(self.clinic.team_id, but=self.user),
            user=self.user,
            remembered=in_use,
            used_sites=used_sites(record.recorded.values() if record else ()),
            infant=years_between(self.person.date_of_birth, self.clinic.date) < 1,
            another_day=self.clinic.date != self.today,
            initial={"client_uuid": uuid4()},
        )

    def _expected(self, batch: Batch | None) -> list[Caution]:
        """What is known to speak against the dose before a batch and a site are chosen."""
        return cautions(
            person=self.person,
            product=batch.product if batch else Product(vaccine=self.agreed[0]),
            body_site=Vaccination.BodySite.LEFT_THIGH,
            on=self.clinic.date,
            was_checked=self.data.checked_today,
            verdict=self.data.outlook.of(self._series()),
            gelatine_free=self.data.gelatine_free,
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form; first the consent where it is missing; where nobody may give it, what to do instead."""
        series = self._series()
        data = self.data
        if data.visit is None or data.record is None:
            return redirect(self.person_url())
        done = data.record.recorded.get(series)
        if done is not None and done.status == Vaccination.Status.COMPLETED:
            return redirect(self.person_url())
        result = data.outlook.of(series)
        if result is not None and result.status == "blocked":
            return self._stop(result.reason)
        if not any(data.cleared(code) for code in self.agreed):
            address = reverse("consent-and-health", args=[self.clinic.public_id, self.person.public_id])
            return redirect(f"{address}?vaccine={self.agreed[0]}")
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the dose, unless something speaks against it that nobody has answered yet."""
        series = self._series()
        visit = self.data.visit
        if visit is None:
            return arrival_undone(self)
        form = self._form(request.POST)
        if not form.is_valid() or "go_back" in request.POST:
            return self._page(form)
        # The warnings that were shown when the reason was asked for; a reason speaks of those alone. "seen" is another
        # thing: the mark of what a page showed of the person.
        seen = request.POST.getlist("warned")
        anyway = AnywayForm(request.POST) if seen else None
        reason = anyway.cleaned_data["override_reason"] if anyway is not None and anyway.is_valid() else ""
        try:
            row, batch = self._save(form, visit, series, reason, seen)
        except NeedsReason as refusal:
            found = [Caution(**warning) for warning in refusal.details["warnings"]]
            return self._warn(form, found, seen, anyway)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        self._remember(batch, row)
        return self._after(row)

    @transaction.atomic
    def _save(
        self, form: DoseForm, visit: Visit, series: str, reason: str, seen: list[str]
    ) -> tuple[Vaccination, Batch]:
        data = form.cleaned_data
        batch = chosen = form.chosen_batch()
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
            direction=form.chosen_direction(),
            patient_direction=form.patient_direction(),
            given_at=wall_time(self.clinic.date, data["given_time"]) if data["given_time"] else None,
            given_by=form.chosen_giver(),
            supplied_by=form.chosen_supplier(),
            client_uuid=data["client_uuid"],
            device_at=data["device_at"],
            override_reason=reason,
            cautions_seen=seen,
            gelatine_free=self.data.gelatine_free,
            note=data["note"],
            by=self.user,
            at=self.now,
        )
        if chosen is None:
            # After the dose: what was found at the clinic is no answer to whether it was in a cool box that was cold.
            note_added_at_clinic(session=self.clinic, batch=batch, by=self.user, at=self.now)
        return row, batch

    # --- after it was saved

    def _after(self, row: Vaccination) -> HttpResponse:
        """Stay with the person while more is due; nurses are interrupted, and the second dose is forgotten."""
        del self.data
        record = self.data.record
        self._say_that_the_clock_is_off(row)
        rest = still_due(record, self.data.outlook, self.clinic) if record else []
        saved = Vaccine(row.vaccine).label
        if rest:
            names = [str(Vaccine(each.vaccine).label if each.vaccine else Series(each.series).label) for each in rest]
            words = _("%(saved)s saved. %(rest)s still due.") % {"saved": saved, "rest": ", ".join(names)}
        else:
            words = _("%(saved)s saved for %(name)s.") % {"saved": saved, "name": self.named(self.person)}
        if row.parents_not_told:
            words += " " + _("Tell the GP practice. Parents are not to be told.")
        correct = reverse("record-correct", args=[self.clinic.public_id, self.person.public_id, row.public_id])
        messages.success(
            self.request,
            format_html('{} {} <a href="{}">{}</a>', words, self._next_dose(), correct, _("Correct this record")),
        )
        # What is private is not said on a list that a queue may read.
        return redirect(self.person_url() if rest or row.parents_not_told else self.day_url())

    def _next_dose(self) -> str:
        """Return from when the next dose of the series can be given, or that the course is complete."""
        series = self._series()
        result = self.data.outlook.of(series)
        if result is None or self.data.outlook.problem:
            return ""
        name = Series(series).label
        if result.status == "complete":
            return _("%(vaccine)s complete.") % {"vaccine": name}
        days = [day for day in (result.due_on, result.earliest_on) if day is not None]
        if result.next_dose is None or not days:
            return ""
        return _("Next %(vaccine)s dose from %(date)s.") % {
            "vaccine": name,
            "date": date_format(max(days), "j F Y"),
        }

    def _say_that_the_clock_is_off(self, row: Vaccination) -> None:
        """Say that the device's clock is off: a hint, because what is kept is the service's time."""
        if row.device_at is None or abs(row.device_at - row.recorded_at) <= CLOCK_IS_OFF:
            return
        minutes = round(abs(row.device_at - row.recorded_at) / timedelta(minutes=1))
        words = (
            ngettext(
                "The clock of this device is %(count)s minute fast.",
                "The clock of this device is %(count)s minutes fast.",
                minutes,
            )
            if row.device_at > row.recorded_at
            else ngettext(
                "The clock of this device is %(count)s minute slow.",
                "The clock of this device is %(count)s minutes slow.",
                minutes,
            )
        )
        messages.warning(
            self.request,
            words % {"count": minutes}
            + " "
            + _("The dose was saved with the right time. Set the clock of the device."),
        )

    # --- pages

    def _vaccine_name(self) -> Any:
        return Vaccine(self.agreed[0]).label

    def _warn(self, form: DoseForm, found: list[Caution], seen: list[str], anyway: AnywayForm | None) -> HttpResponse:
        """Show every warning at once, with what was typed carried along; those that are new since are said to be."""
        new = [caution for caution in found if seen and caution.key not in seen]
        context = {
            "form": anyway if anyway is not None and anyway.errors else AnywayForm(initial=self._typed_reason(anyway)),
            "cautions": found,
            "new": new,
            "carried": form.carried(self.request.POST),
            "vaccine_name": self._vaccine_name(),
        }
        return self.page("dose_warnings.html", context)

    def _typed_reason(self, anyway: AnywayForm | None) -> dict[str, str]:
        return {"override_reason": anyway.typed("override_reason")} if anyway is not None else {}

    def _stop(self, reason: str) -> HttpResponse:
        """Show that nobody may give it, and what to do instead: there is no way on from here."""
        context = {
            "reason": reason,
            "instead": what_to_do_when_blocked(),
            "series": self._series(),
            "vaccine_name": self._vaccine_name(),
            "back_url": self.person_url(),
        }
        return self.page("dose_stop.html", context)

    def _page(self, form: DoseForm, *, status: int = 200) -> HttpResponse:
        record = self.data.record
        screening = record.screening_for(self.agreed[0]) if record else None
        context = {
            "form": form,
            "series": Series(self._series()),
            "vaccine_name": self._vaccine_name(),
            "result": self.data.outlook.of(self._series()),
            "cautions": self._expected(form.remembered),
            "offer": self.offer,
            "no_direction": self.directions.problem,
            "yes_answers": [pair for pair in yes_first(screening.answers) if pair[1]["answer"] == "yes"]
            if screening
            else [],
            "consent": record.consent_for(self.agreed[0]) if record else None,
            "back_url": self.person_url(),
        }
        return self.page("dose.html", context, status=status)
