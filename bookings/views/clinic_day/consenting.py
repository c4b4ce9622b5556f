"""Consent and the health questions, for everything due or the one vaccine asked for."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from bookings.forms.clinic_day import ConsentHealthForm
from bookings.forms.clinic_day.consent import Accompanied, AtHome, Carried
from bookings.privacy import booked_for_themselves
from bookings.queries import PersonPage
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.batches import batches_in_use
from bookings.views.clinic_day.gone import arrival_undone
from clinics.models import ClinicSession
from clinics.vaccines import series_of
from clinics.words import clock
from immunisations import actions
from immunisations.health_questions import questions_for, yes_first
from immunisations.meanwhile import ChangedMeanwhile, changed_meanwhile, changes_since
from immunisations.models import Visit
from immunisations.policies import asked_again_because, parents_not_told, standing_answers


def consent_form(
    data: PersonPage,
    visit: Visit,
    today: date,
    post: Any = None,
    vaccines: list[str] | None = None,
    *,
    again: bool = False,
    screen_again: Sequence[str] = (),
) -> ConsentHealthForm:
    """Return the form about consent and health for what is due at this visit, or for the ``vaccines`` named.

    What was agreed to is asked only ``again`` where somebody says so, as are the health questions for
    ``screen_again``.
    """
    if vaccines is None:
        asked = data.vaccines_to_ask
    else:
        asked = [code for code in vaccines if again or not data.consent_given(code)]
    default = data.vaccines_to_screen if vaccines is None else vaccines
    screen = list(screen_again) or [code for code in default if not data.screened_for(code)]
    held = batches_in_use(data.session.team_id, screen, data.session.date)
    return ConsentHealthForm(
        post,
        today=today,
        person=data.person,
        vaccines=asked,
        screen=screen,
        accompanied=accompanied(data, visit),
        at_home=at_home(data),
        questions=questions_for(screen, gelatine=any(batch.product.contains_gelatine for batch in held)),
        carried=carried(data),
        reasons=[why for code in asked if (why := asked_again_because(data.consents, code, data.dose_number(code)))],
        on=data.session.date,
        doses={code: data.dose_number(code) for code in asked},
        private=any(parents_not_told(data.consents, code) for code in asked),
    )


def offered(session: ClinicSession, named: Collection[str]) -> list[str]:
    """Return those of the vaccines named that a clinic offers, in its order."""
    return [code for code in session.vaccine_codes() if code in named]


def form_as_sent(data: PersonPage, visit: Visit, today: date, post: Any) -> tuple[ConsentHealthForm, str]:
    """Return the form that asks what the sent page asked, whatever was answered since, and where it is sent.

    It has no fields where the page asked nothing.
    """
    agreed, screened = (post.get("asked_about", "").split(" ") + ["", ""])[:2]
    vaccines = offered(data.session, {part.partition(":")[0] for part in agreed.split(",")})
    screen = offered(data.session, screened.split(","))
    form = consent_form(data, visit, today, post, vaccines, again=True, screen_again=screen)
    return form, "?" + urlencode({"vaccine": vaccines, "again": 1, "screen": screen}, doseq=True)


def record_answers(form: ConsentHealthForm, visit: Visit, *, by: User, at: datetime) -> None:
    """Write down what a valid form says; the same said again is the row that is there.

    Must run in the caller's transaction. Raises Refused.
    """
    consent, screening = form.consent(), form.screening()
    if consent is not None:
        actions.record_consent(visit=visit, by=by, at=at, **consent)
    if screening is not None:
        actions.record_screening(visit=visit, by=by, at=at, **screening)


def accompanied(data: PersonPage, visit: Visit) -> Accompanied | None:
    """Return who came with the person, where somebody did: whoever booked for themselves came alone."""
    if not visit.accompanied_by or (data.appointment is not None and booked_for_themselves(data.appointment)):
        return None
    return Accompanied(visit.accompanied_by, visit.accompanied_as)


def at_home(data: PersonPage) -> AtHome | None:
    """Return who booked, where that was somebody else."""
    appointment = data.appointment
    if appointment is None or booked_for_themselves(appointment):
        return None
    booking = appointment.booking
    return AtHome(booking.contact_name, booking.relationship, booking.phone)


def carried(data: PersonPage) -> Carried | None:
    """Return what the latest answers of this visit say about the person on the day: it holds for a further vaccine."""
    if not data.screenings:
        return None
    last = data.screenings[-1]
    parts = [_("well today")] if last.well_today else []
    parts += [_("not pregnant")] if last.not_pregnant else []
    words = _("Confirmed at %(at)s and still true: %(parts)s.") % {
        "at": clock(timezone.localtime(last.at)),
        "parts": ", ".join(parts),
    }
    return Carried(last.well_today, bool(last.not_pregnant), last.identity_confirmed_by, words if parts else "")


class ConsentAndHealth(PersonPageBase):
    """Consent and the health questions on one page, for everything due today or the one vaccine asked for."""

    needs = Permission.VACCINATE
    page_name = "consent-and-health"

    def _vaccines(self) -> list[str] | None:
        """Return the vaccines that the address asks about, where it does."""
        named = self.request.GET.getlist("vaccine")
        if not named:
            return None
        asked = offered(self.clinic, named)
        if not asked:
            raise Http404
        return asked

    def _form(self, visit: Visit, post: Any = None) -> ConsentHealthForm:
        screen = offered(self.clinic, self.request.GET.getlist("screen"))
        again = "again" in self.request.GET
        return consent_form(self.data, visit, self.today, post, self._vaccines(), again=again, screen_again=screen)

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
            return arrival_undone(self)
        # Before the form is read: what others have answered meanwhile would not even be asked any more.
        if changes_since(self.person, request.POST.get("seen", ""), by=self.user):
            return self._again(visit)
        form, address = self._form(visit, request.POST), ""
        if not form.fields:
            # This user has answered it all: a second press, or another word on it from a page that was still open.
            form, address = form_as_sent(self.data, visit, self.today, self.request.POST)
        if not form.fields:
            return redirect(self._next())
        if not form.is_valid():
            return self._page(form, action=address)
        try:
            self._save(form, visit)
        except ChangedMeanwhile:
            return self._again(visit)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status, taken=refusal.code == "in_progress", action=address)
        return redirect(self._next(form))

    def _again(self, visit: Visit) -> HttpResponse:
        """Show what was typed although somebody else did something meanwhile: it may be sent again, knowing that."""
        refusal = changed_meanwhile(changes_since(self.person, self.request.POST.get("seen", ""), by=self.user))
        # As it stands now, so that sending it again is not refused for the same.
        del self.data
        form, address = form_as_sent(self.data, visit, self.today, self.request.POST)
        form.errors.pop(NON_FIELD_ERRORS, None)
        form.add_error(None, str(refusal))
        return self._page(form, status=refusal.status, action=address)

    @transaction.atomic
    def _save(self, form: ConsentHealthForm, visit: Visit) -> None:
        self.check_unchanged()
        actions.start_visit(visit=visit, take_over="take_over" in self.request.POST, by=self.user, at=self.now)
        record_answers(form, visit, by=self.user, at=self.now)

    def _next(self, form: ConsentHealthForm | None = None) -> str:
        """Return where to go: to the dose when all is clear, to the person's page when something needs a look."""
        screening = form.screening() if form is not None else None
        needs_look = screening is not None and (
            not screening["well_today"]
            or screening["not_pregnant"] is False
            or any(answer["answer"] == "yes" for answer in screening["answers"].values())
        )
        consent = form.consent() if form is not None else None
        asked = form.screen if form is not None else self._vaccines() or self.data.vaccines_due
        vaccines = consent["vaccines"] if consent else asked
        if needs_look or not vaccines or (form is not None and form.disagreed):
            return self.person_url()
        return reverse("give-dose", args=[self.clinic.public_id, self.person.public_id, series_of(vaccines[0]).value])

    def _page(
        self, form: ConsentHealthForm, *, status: int = 200, taken: bool = False, action: str = ""
    ) -> HttpResponse:
        answered = standing_answers(self.data.screenings)
        context = {
            # Whether somebody else is seeing them, and where a form goes that came again.
            "taken": taken,
            "action": action,
            "form": form,
            "back_url": self.person_url(),
            "said_yes": [pair for pair in yes_first(answered) if pair[1].get("answer") == "yes"],
        }
        return self.page("consent.html", context, status=status)
