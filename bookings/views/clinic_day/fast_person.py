"""One person of fast entry: everything that is asked on one page, saved in one press, and on to the next."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from bookings.forms.clinic_day.consent import ConsentHealthForm
from bookings.forms.clinic_day.fast import DECLINED, EVERYBODY, NOT_PRODUCED, PAPER, FastForm
from bookings.forms.clinic_day.record_check import RecordCheckForm
from bookings.queries import preview_check
from bookings.queries.lists import ListReport, ListRow, list_report
from bookings.queries.planned import planned
from bookings.views.clinic_day.base import PersonPageBase
from bookings.views.clinic_day.checking import uuid_or_new
from bookings.views.clinic_day.consenting import consent_form, form_as_sent, record_answers
from bookings.views.clinic_day.fast import FastPage
from clinics.models import Batch, Product, Venue
from clinics.times import wall_time
from clinics.vaccines import Vaccine, series_of
from immunisations import actions
from immunisations.meanwhile import changed_meanwhile, changes_since
from immunisations.models import Offer, Vaccination, Visit
from immunisations.policies import NeedsReason, already_recorded
from nhsuk.forms.rendering import render_error_summary

# They were asked, and may still say yes.
ASKED = frozenset({Vaccination.Reason.UNWELL, Vaccination.Reason.NEEDS_ADVICE, Vaccination.Reason.RECORD_UNCLEAR})


class FastPerson(FastPage, PersonPageBase):
    """One person: who they are, what is known, and everything that is asked, on one page and saved in one press."""

    needs = Permission.VACCINATE
    page_name = "fast-person"

    # --- what stands

    @cached_property
    def product(self) -> Product:
        """What is being given."""
        if self.batch is None:
            raise ValueError("nothing is set up")
        return self.batch.product

    @cached_property
    def row(self) -> ListRow | None:
        """Where the person stands on the list."""
        return next((row for row in self.report.rows if row.person.pk == self.person.pk), None)

    @cached_property
    def report(self) -> ListReport:
        """The list."""
        return list_report(self.clinic)

    @property
    def series(self) -> str:
        """The series of the vaccine."""
        return series_of(self.product.vaccine).value

    @property
    def recorded(self) -> Vaccination | None:
        """What is recorded of them in this series here."""
        return self.data.record.recorded.get(self.series) if self.data.record else None

    @property
    def paper(self) -> bool:
        """Whether it is entered from paper."""
        return bool(self.kept.get("times") == PAPER)

    def _next(self) -> HttpResponse:
        return redirect("fast-next", self.clinic.public_id)

    # --- forms

    def _fast(self, post: Any = None) -> FastForm:
        return FastForm(
            post,
            clinic=self.clinic,
            oral=self.product.route == Product.Route.ORAL,
            prison=self.clinic.venue.kind == Venue.Kind.PRISON,
            paper=self.paper,
            staff=self.staff,
            user=self.user,
            vaccinator=self.kept.get("given_by", ""),
            initial={"client_uuid": uuid4()},
        )

    def _check(self, post: Any = None) -> RecordCheckForm | None:
        if self.data.checked_today:
            return None
        return RecordCheckForm(post, born=self.person.date_of_birth, today=self.today)

    def _consent(self, post: Any = None) -> ConsentHealthForm:
        visit = self.data.visit or Visit(session=self.clinic, person=self.person)
        return consent_form(self.data, visit, self.today, post, [self.product.vaccine])

    # --- requests

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        if self.batch is None or self.direction is None:
            return redirect("fast", self.clinic.public_id)
        return self._page(self._fast(), self._check(), self._consent())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save and go on; skip; or show what is wrong."""
        if self.batch is None or self.direction is None:
            return redirect("fast", self.clinic.public_id)
        if request.POST.get("does") == "skip":
            skipped = [*self.kept.get("skipped", ()), str(self.person.public_id)]
            self.keep(skipped=skipped[-2000:])
            return self._next()
        fast = self._fast(request.POST)
        there = self.recorded
        sent_now = there is not None and str(there.client_uuid) == request.POST.get("client_uuid", "")
        if there is not None and there.status == Vaccination.Status.COMPLETED and not sent_now:
            return self._again(fast, already_recorded(there))
        if request.POST.get("set_up", "") != self.set_up_token:
            # Of two pages open at once one may have changed it: a page saves only what it showed.
            return self._again(fast, _("The set-up was changed on another page. See how it is now, and save again."))
        # Before the rest is read: what others have answered meanwhile would not even be asked any more.
        changed = [] if sent_now else changes_since(self.person, request.POST.get("seen", ""), by=self.user)
        if changed:
            return self._again(fast, changed_meanwhile(changed))
        if not fast.vaccinated:
            return self._not_given(fast)
        return self._vaccinated(fast, sent_now=sent_now)

    def _again(self, fast: FastForm, why: object) -> HttpResponse:
        """Show the page again as everything is now, with what was typed and why nothing was saved."""
        fast.full_clean()
        fast.errors.clear()
        fast.add_error(None, str(why))
        return self._page(fast, self._check(self.request.POST), self._consent(self.request.POST), status=409)

    # --- saving

    def _moment(self, fast: FastForm) -> datetime:
        """When it happened: now, or the time on the paper."""
        typed = fast.cleaned_data.get("given_time")
        if not typed:
            return self.now
        moment = wall_time(self.clinic.date, typed)
        if moment > self.now:
            raise Refused(_("This time has not come yet."), code="in_the_future")
        return moment

    def _arrive(self, moment: datetime) -> Visit:
        """Their visit; it begins with what is entered, and never later than that."""
        return actions.arrive(
            session=self.clinic,
            person=self.person,
            how=Visit.How.LIST if self.row is not None else Visit.How.WALK_IN,
            arrived_at=moment,
            by=self.user,
            at=self.now,
        )

    def _not_given(self, fast: FastForm) -> HttpResponse:
        if not fast.is_valid():
            return self._page(fast, self._check(self.request.POST), self._consent(self.request.POST))
        try:
            self._save_not_given(fast)
        except Refused as refusal:
            fast.add_error(None, str(refusal))
            return self._page(
                fast, self._check(self.request.POST), self._consent(self.request.POST), status=refusal.status
            )
        messages.success(
            self.request,
            _("%(name)s: %(reason)s. Saved.")
            % {"name": self.named(self.person), "reason": Vaccination.Reason(fast.not_given_reason).label},
        )
        return self._next()

    @transaction.atomic
    def _save_not_given(self, fast: FastForm) -> None:
        reason, note = fast.not_given_reason, fast.cleaned_data["note"]
        client_uuid = fast.cleaned_data["client_uuid"] or uuid4()
        moment = self._moment(fast)
        self.check_unchanged()
        visit = self._arrive(moment)
        actions.record_not_given(
            visit=visit,
            series=[self.series],
            reason=reason,
            note=note,
            client_uuid=client_uuid,
            by=self.user,
            at=self.now,
        )
        if reason == DECLINED or reason in ASKED:
            actions.record_offer(
                session=self.clinic,
                person=self.person,
                vaccines=[self.product.vaccine],
                answer=Offer.Answer.DECLINED if reason == DECLINED else Offer.Answer.UNDECIDED,
                note=note,
                client_uuid=uuid5(client_uuid, "offer"),
                by=self.user,
                at=self.now,
            )
        if reason == NOT_PRODUCED:
            # Nobody waits for them any more.
            actions.end_visit(visit=visit, by=self.user, at=self.now)

    def _vaccinated(self, fast: FastForm, *, sent_now: bool) -> HttpResponse:
        check, consent = self._check(self.request.POST), self._consent(self.request.POST)
        if not consent.fields and self.data.visit is not None and not sent_now:
            # All was answered since: what this page says is the later word.
            consent, _address = form_as_sent(self.data, self.data.visit, self.today, self.request.POST)
        # Each is asked, so that each says what is wrong with it.
        fine = [fast.is_valid(), check is None or check.is_valid(), not consent.fields or consent.is_valid()]
        if not all(fine):
            return self._page(fast, check, consent)
        try:
            row, refusal = self._save(fast, check, consent)
        except Refused as stop:
            fast.add_error(None, str(stop))
            return self._page(fast, check, consent, status=stop.status)
        if row is not None:
            messages.success(
                self.request,
                _("%(vaccine)s saved for %(name)s.")
                % {"vaccine": Vaccine(row.vaccine).label, "name": self.named(self.person)},
            )
            return self._next()
        messages.warning(
            self.request,
            _("Stop and check: %(why)s The dose is not saved yet; the record check and the answers are.")
            % {"why": refusal},
        )
        return redirect(self._ordinary(consent))

    def _ordinary(self, consent: ConsentHealthForm) -> str:
        """Where it goes on by the person's own pages."""
        if consent.fields and consent.disagreed:
            return self.person_url()
        return reverse("give-dose", args=[self.clinic.public_id, self.person.public_id, self.series])

    @transaction.atomic
    def _save(
        self, fast: FastForm, check: RecordCheckForm | None, consent: ConsentHealthForm
    ) -> tuple[Vaccination | None, str]:
        """Save everything; where something speaks against the dose, all but the dose, and return what it is."""
        batch = self.batch
        if batch is None:
            raise ValueError("nothing is set up")
        client_uuid: UUID = fast.cleaned_data["client_uuid"] or uuid4()
        moment = self._moment(fast)
        drafted = preview_check(self.data, check.looks(), self.now).finding if check is not None else ""
        self.check_unchanged()
        visit = self._arrive(moment)
        actions.start_visit(visit=visit, by=self.user, at=self.now)
        if check is not None:
            actions.record_round(
                visit=visit,
                looks=check.looks(),
                finding=drafted,
                client_uuid=uuid5(client_uuid, "check"),
                by=self.user,
                at=self.now,
            )
        if consent.fields:
            record_answers(consent, visit, by=self.user, at=self.now)
        against = self._against(consent, consent.screening() if consent.fields else None)
        if against:
            return None, against
        try:
            with transaction.atomic():
                return self._dose(fast, visit, batch, client_uuid, moment), ""
        except NeedsReason as refusal:
            return None, " ".join(warning["message"] for warning in refusal.details["warnings"])

    def _against(self, consent: ConsentHealthForm, answers: dict[str, Any] | None) -> str:
        """Return what was answered, here or earlier on this visit, that somebody has to look at first; "" for nothing.

        What was answered earlier is read on the person's own page of the dose, and is not seen here.
        """
        if consent.fields and consent.disagreed:
            return _("those with parental responsibility disagree.")
        if answers is None:
            record = self.data.record
            earlier = record.screening_for(self.product.vaccine) if record else None
            if earlier is None:
                return ""
            answers = {
                "well_today": earlier.well_today,
                "not_pregnant": earlier.not_pregnant,
                "answers": earlier.answers,
            }
        if not answers["well_today"]:
            return _("they are not well.")
        if answers["not_pregnant"] is False:
            return _("they are pregnant, or may be.")
        if any(answer["answer"] == "yes" for answer in answers["answers"].values()):
            return _("a health question was answered yes.")
        return ""

    def _dose(self, fast: FastForm, visit: Visit, batch: Batch, client_uuid: UUID, moment: datetime) -> Vaccination:
        giver: User | None = fast.giver(self.kept.get("given_by", ""))
        return actions.record_vaccination(
            visit=visit,
            series=self.series,
            batch=batch,
            body_site=fast.cleaned_data["body_site"],
            direction=self.direction,
            given_at=moment if self.paper else None,
            given_by=giver,
            client_uuid=client_uuid,
            gelatine_free=self.data.gelatine_free,
            note=fast.cleaned_data["note"],
            by=self.user,
            at=self.now,
        )

    # --- the page

    def _page(
        self, fast: FastForm, check: RecordCheckForm | None, consent: ConsentHealthForm, *, status: int = 200
    ) -> HttpResponse:
        data = self.data
        post = self.request.POST
        waiting = self.waiting(self.report)
        skipped = set(self.kept.get("skipped", ()))
        left = [row for row in waiting if str(row.person.public_id) not in skipped and row.person.pk != self.person.pk]
        asked = fast.is_bound and fast.vaccinated
        parts: list[Any] = [fast]
        if asked:
            parts += [*(check.parts() if check is not None else []), consent]
        else:
            # What belongs to a dose is neither wrong nor asked for where none was given.
            check = self._quiet(check, post)
            if consent.is_bound:
                consent.full_clean()
                consent.errors.clear()
        wrong = fast.is_bound and any(part.errors for part in parts)
        context = {
            "fast": fast,
            "check_form": check,
            "consent_form": consent,
            "summary": render_error_summary(*parts) if wrong else "",
            "has_errors": wrong,
            "client_uuid": uuid_or_new(post.get("client_uuid", "")),
            "row": self.row,
            "left": len(left),
            "left_words": ngettext("%(count)s person after this", "%(count)s people after this", len(left))
            % {"count": len(left)},
            "group": self.kept.get("group", EVERYBODY).removeprefix("=") if self.kept.get("group") != EVERYBODY else "",
            "set_up_token": self.set_up_token,
            "batch": self.batch,
            "direction": self.direction,
            "giver": self.staff.vaccinators.get(self.kept.get("given_by", ""), self.user),
            "paper": self.paper,
            "card": next((card for card in data.cards if card.result.series == self.series), None),
            "plan": planned(data),
            "recorded": self.recorded,
            "vaccine_name": Vaccine(self.product.vaccine).label,
            # The keyboard is at the first question; what was saved of the one before is said without taking it away.
            "keeps_focus": True,
            "lines_open": check is not None and bool(check.filled()),
        }
        return self.page("fast_person.html", context, status=status)

    def _quiet(self, check: RecordCheckForm | None, post: Any) -> RecordCheckForm | None:
        if check is None or not post:
            return check
        return RecordCheckForm(post, born=self.person.date_of_birth, today=self.today, quiet=True)
