"""Fast entry, "same vaccine, next person": set up once, then one page a person in the list's order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from bookings.forms.clinic_day.fast import EVERYBODY, PAPER, FastSetUpForm
from bookings.queries.dose import Staff, staff_of_team
from bookings.queries.lists import ListReport, ListRow, Standing, arrived_rows, list_report
from bookings.views.clinic_day.base import ClinicDayPage
from bookings.views.clinic_day.batches import REMEMBERED, remembered
from clinics.directions import directions_for, in_force
from clinics.models import Batch, Direction
from clinics.stock import batches_for, batches_until
from clinics.vaccines import series_of
from immunisations.models import Visit
from immunisations.policies import can_record

KEPT = "fast_entry"


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
        """The batch that was chosen, where it may still be given; from paper, where it could be earlier that day."""
        codes = self.clinic.vaccine_codes()
        wanted = self.kept.get("batch", "")
        found, _held = batches_for(session=self.clinic, vaccines=codes, on=self.clinic.date)
        if self.kept.get("times") == PAPER:
            found += [
                batch for batch, _until in batches_until(session=self.clinic, vaccines=codes, on=self.clinic.date)
            ]
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

    @property
    def set_up_token(self) -> str:
        """What a page that shows what was set up sends along: the batch, the direction, who gives, and the times."""
        named = [str(each.public_id) if each is not None else "" for each in (self.batch, self.direction)]
        return " ".join([*named, self.kept.get("given_by", ""), self.kept.get("times", "")])

    def others(self, report: ListReport) -> list[ListRow]:
        """Those who are here and on no list: who walked in, and who booked; nobody whom a colleague is seeing now."""
        rows = arrived_rows(self.clinic, but={row.person.pk for row in report.rows})
        if self.kept.get("times") == PAPER:
            return rows
        return [row for row in rows if row.visit is None or not self._with_a_colleague(row.visit)]

    def _with_a_colleague(self, visit: Visit) -> bool:
        return visit.started_at is not None and visit.paused_at is None and visit.started_by_id != self.user.pk

    def waiting(self, report: ListReport) -> list[ListRow]:
        """Return those of the chosen wing of whom nothing is recorded yet, in the list's order, then of others here."""
        if self.batch is None:
            return []
        series, group = series_of(self.batch.product.vaccine).value, self.kept.get("group", EVERYBODY)
        return [
            row
            for row in (*report.rows, *self.others(report))
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
            until=batches_until(session=clinic, vaccines=codes, on=clinic.date),
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
        if data["batch"] in form.held:
            # Nobody gives from it any more.
            return redirect("fast-next", self.clinic.public_id)
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
        context = {
            "form": form,
            "report": self.report,
            "others": len(self.others(self.report)),
            "may_add": self.may(Permission.ADD_LISTS),
        }
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
