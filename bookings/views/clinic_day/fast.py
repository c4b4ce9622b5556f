"""Fast entry, "same vaccine, next person": set up once, then one page a person in the list's order."""

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
from bookings.forms.clinic_day.fast import DECLINED, EVERYBODY, NOT_PRODUCED, PAPER, FastForm, FastSetUpForm
from bookings.forms.clinic_day.record_check import RecordCheckForm
from bookings.queries import preview_check
from bookings.queries.dose import Staff, staff_of_team
from bookings.queries.lists import ListReport, ListRow, Standing, list_report
from bookings.queries.planned import planned
from bookings.views.clinic_day.base import ClinicDayPage, PersonPageBase
from bookings.views.clinic_day.batches import REMEMBERED, remembered
from bookings.views.clinic_day.checking import uuid_or_new
from bookings.views.clinic_day.consenting import consent_form
from clinics.directions import directions_for, in_force
from clinics.models import Batch, Direction, Product, Venue
from clinics.stock import batches_for
from clinics.times import wall_time
from clinics.vaccines import Vaccine, series_of
from immunisations import actions
from immunisations.models import Offer, Vaccination, Visit
from immunisations.policies import NeedsReason, already_recorded, can_record
from nhsuk.forms.rendering import render_error_summary

KEPT = "fast_entry"
# They were asked, and may still say yes.
ASKED = frozenset({Vaccination.Reason.UNWELL, Vaccination.Reason.NEEDS_ADVICE, Vaccination.Reason.RECORD_UNCLEAR})


class FastPage(ClinicDayPage):
    """A page of fast entry, with what was set up for this clinic in the user's own session."""

    needs = Permission.VACCINATE

    @property
    def kept(self) -> dict[str, Any]:
        """What was set up at this clinic, empty before."""
        found = self.request.session.get(KEPT, {}).get(str(self.clinic.public_id), {})
        return found if isinstance(found, dict) else {}

    def keep(self, **changes: Any) -> None:
        """Keep what was set up, for this clinic alone."""
        self.request.session[KEPT] = {str(self.clinic.public_id): {**self.kept, **changes}}

    @cached_property
    def staff(self) -> Staff:
        """The team's other members."""
        return staff_of_team(self.clinic.team_id, but=self.user)

    @cached_property
    def batch(self) -> Batch | None:
        """The batch that was chosen, where it may still be given."""
        codes = self.clinic.vaccine_codes()
        wanted = self.kept.get("batch", "")
        found, _held = batches_for(session=self.clinic, vaccines=codes, on=self.clinic.date)
        return next((each for each in found if str(each.public_id) == wanted), None)

    @cached_property
    def direction(self) -> Direction | None:
        """The direction that was chosen, or the only one in force; None where that has to be asked anew."""
        if self.batch is None:
            return None
        vaccine = self.batch.product.vaccine
        found = in_force(directions_for(self.clinic.team_id, [vaccine]), vaccine, self.clinic.date)
        wanted = self.kept.get("direction", "")
        chosen = [each for each in found if str(each.public_id) == wanted]
        one = chosen or found
        return one[0] if len(one) == 1 else None

    def waiting(self, report: ListReport) -> list[ListRow]:
        """Return those of the chosen wing of whom nothing is recorded yet, in the list's order."""
        if self.batch is None:
            return []
        series, group = series_of(self.batch.product.vaccine).value, self.kept.get("group", EVERYBODY)
        return [
            row
            for row in report.rows
            if (group in (EVERYBODY, f"={row.entry.group}"))
            and series not in row.recorded
            # Whoever declined everything that was offered was asked.
            and (row.recorded or row.standing != Standing.DECLINED)
        ]


class FastSetUp(FastPage):
    """Wing, batch, direction, vaccinator, and whether it is now or from paper."""

    def _form(self, post: Any = None) -> FastSetUpForm:
        clinic = self.clinic
        codes = clinic.vaccine_codes()
        known = directions_for(clinic.team_id, codes)
        batches, _held = batches_for(session=clinic, vaccines=codes, on=clinic.date)
        own = remembered(self.request, clinic).get("batches", {})
        in_use = [str(batch.public_id) for batch in batches if str(batch.public_id) in own.values()]
        return FastSetUpForm(
            post,
            groups=[(f"={group.name}", group.name or _("No wing or site")) for group in self.report.groups],
            batches=batches,
            directions={code: in_force(known, code, clinic.date) for code in codes},
            staff=self.staff,
            user=self.user,
            initial={"batch": in_use[0] if in_use else "", **self.kept},
        )

    @cached_property
    def report(self) -> ListReport:
        """The list."""
        return list_report(self.clinic)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep it and go to the first person."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        self.keep(**{name: data[name] for name in ("group", "batch", "direction", "given_by", "times")}, skipped=[])
        batch = form.batches[data["batch"]]
        own = remembered(request, self.clinic)
        request.session[REMEMBERED] = {
            str(self.clinic.public_id): {
                "batches": {**own.get("batches", {}), batch.product.vaccine: data["batch"]},
                "directions": own.get("directions", {}),
            }
        }
        return redirect("fast-next", self.clinic.public_id)

    def _page(self, form: FastSetUpForm) -> HttpResponse:
        context = {"form": form, "report": self.report, "may_add": self.may(Permission.ADD_LISTS)}
        return self.page("fast_set_up.html", context)


class FastNext(FastPage):
    """On to the next person of the list, or the end of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Go to whoever is next; at the end say what is left."""
        if self.batch is None or self.direction is None or not can_record(self.clinic):
            return redirect("fast", self.clinic.public_id)
        if "again" in request.GET:
            self.keep(skipped=[])
        report = list_report(self.clinic)
        waiting = self.waiting(report)
        skipped = set(self.kept.get("skipped", ()))
        for row in waiting:
            if str(row.person.public_id) not in skipped:
                return redirect("fast-person", self.clinic.public_id, row.person.public_id)
        self.note_looks((row.person for row in waiting), "fast-next")
        return self.page("fast_end.html", {"report": report, "skipped": waiting})


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
        sent = request.POST.get("client_uuid", "")
        if there is not None and there.status == Vaccination.Status.COMPLETED and str(there.client_uuid) != sent:
            fast.full_clean()
            fast.errors.clear()
            fast.add_error(None, str(already_recorded(there)))
            return self._page(fast, self._check(request.POST), self._consent(request.POST), status=409)
        if not fast.vaccinated:
            return self._not_given(fast)
        return self._vaccinated(fast)

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
            % {"name": self.person.list_name, "reason": Vaccination.Reason(fast.not_given_reason).label},
        )
        return self._next()

    @transaction.atomic
    def _save_not_given(self, fast: FastForm) -> None:
        reason, note = fast.not_given_reason, fast.cleaned_data["note"]
        client_uuid = fast.cleaned_data["client_uuid"] or uuid4()
        moment = self._moment(fast)
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

    def _vaccinated(self, fast: FastForm) -> HttpResponse:
        check, consent = self._check(self.request.POST), self._consent(self.request.POST)
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
                % {"vaccine": Vaccine(row.vaccine).label, "name": self.person.list_name},
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
        said, answers = (consent.consent(), consent.screening()) if consent.fields else (None, None)
        if said is not None:
            actions.record_consent(visit=visit, by=self.user, at=self.now, **said)
        if answers is not None:
            actions.record_screening(visit=visit, by=self.user, at=self.now, **answers)
        against = self._against(consent, answers)
        if against:
            return None, against
        try:
            with transaction.atomic():
                return self._dose(fast, visit, batch, client_uuid, moment), ""
        except NeedsReason as refusal:
            return None, " ".join(warning["message"] for warning in refusal.details["warnings"])

    def _against(self, consent: ConsentHealthForm, answers: dict[str, Any] | None) -> str:
        """Return what was answered that somebody has to look at first, "" where nothing was."""
        if consent.fields and consent.disagreed:
            return _("those with parental responsibility disagree.")
        if answers is None:
            return ""
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
