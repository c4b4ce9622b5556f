"""The stock of one clinic: taken there, wasted, counted back, and how cold it was kept."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Permission
from bookings.forms.stock import CountsForm, ReadingForm, SettleForm, TakeForm, WasteForm
from bookings.queries.packing import pack_list
from bookings.queries.store import takeable
from bookings.views.clinic_day.base import ClinicDayPage
from bookings.views.clinic_day.batches import remembered
from bookings.views.clinic_day.readings import excursion_words
from clinics.actions import release_at_clinic, take_stock, waste_stock
from clinics.models import CoolBoxReading, ReadingMoment, StockMovement, WasteReason
from clinics.policies import ClinicRefused, check_stock_open
from immunisations.actions import count_back, destroy_held, record_reading
from immunisations.queries import ClinicStock, StockLine, stock_of


class StockPage(ClinicDayPage):
    """A page about a clinic's stock."""

    needs = Permission.KEEP_STOCK

    @cached_property
    def stock(self) -> ClinicStock:
        """What became of each batch here."""
        return stock_of(self.clinic)

    def stock_url(self) -> str:
        """The address of the clinic's stock."""
        return reverse("clinic-stock", args=[self.clinic.public_id])

    def stock_open(self) -> bool:
        """Whether stock may be recorded here."""
        try:
            check_stock_open(self.clinic, leaving=True)
        except ClinicRefused:
            return False
        return True

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return a page that leads back to the clinic's stock."""
        shared = {"back_url": self.stock_url(), "may_release": self.may(Permission.RELEASE_STOCK)}
        return super().page(template, shared | context, status=status)


class StockOfClinic(StockPage):
    """Each batch: taken, given, wasted, expected back, counted back; the readings of the cool boxes."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        context = {
            "stock": self.stock,
            "stock_open": self.stock_open(),
            "moments_missing": self._moments_missing(),
            "back_url": self.day_url(),
        }
        return self.page("stock.html", context)

    def _moments_missing(self) -> list[str]:
        """Return the moments at which no temperature was read, of those at which it always is."""
        read = {reading.moment for reading in self.stock.readings}
        wanted = [ReadingMoment.START, *([ReadingMoment.END] if self.clinic.date < self.today else [])]
        return [str(moment.label).lower() for moment in wanted if moment not in read]


class StockTake(StockPage):
    """Which batches are taken to the clinic, and how many doses."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the batches in the store, soonest to expire first."""
        return self._page(self._form())

    def _form(self, post: Any = None) -> TakeForm:
        found = takeable(self.clinic, today=self.today)
        return TakeForm(
            post,
            today=self.today,
            things={each.batch: each for each in found},
            at_least=1,
            label=_("Doses of %(product)s, %(number)s"),
            initial={"client_uuid": uuid4()},
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write them down."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            rows = take_stock(
                session=self.clinic,
                counts=form.counts,
                confirmed=form.cleaned_data["confirmed"],
                client_uuid=form.cleaned_data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status, ask=refusal.code == "more_than_in_store")
        doses = sum(row.doses for row in rows)
        messages.success(request, ngettext("%(count)s dose taken.", "%(count)s doses taken.", doses) % {"count": doses})
        return redirect(self.stock_url())

    def _page(self, form: TakeForm, *, status: int = 200, ask: bool = False) -> HttpResponse:
        packing = pack_list(self.clinic, today=self.today)
        suggested = {each.stock.batch.pk: each.doses for line in packing.lines for each in line.batches}
        rows = [(row, suggested.get(row.thing.batch.pk)) for row in form.rows]
        return self.page("stock_take.html", {"form": form, "rows": rows, "ask": ask}, status=status)


class StockWaste(StockPage):
    """Doses that could not be given: the batch, and the button that says why saves."""

    def _form(self, post: Any = None) -> WasteForm:
        batches = [line.batch for line in self.stock.lines]
        asked = self.request.GET.get("batch", "")
        in_use = [*remembered(self.request, self.clinic).get("batches", {}).values()]
        known = {str(batch.public_id) for batch in batches}
        wanted = [each for each in [asked, *reversed(in_use)] if each in known]
        chosen = wanted[0] if wanted else (next(iter(known)) if len(known) == 1 else None)
        return WasteForm(
            post, today=self.today, batches=batches, initial={"client_uuid": uuid4(), "doses": 1, "batch": chosen}
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write it down."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        left = self._left(form)
        if left is not None and data["doses"] > left and not data["confirmed"]:
            form.add_error(
                "doses",
                ngettext(
                    "Only %(count)s dose of %(number)s should be left here. If there are more, say that you counted",
                    "Only %(count)s doses of %(number)s should be left here. If there are more, say that you counted",
                    left,
                )
                % {"count": left, "number": form.chosen.number},
            )
            return self._page(form, ask=True)
        try:
            row = waste_stock(
                batch=form.chosen,
                session=self.clinic,
                doses=data["doses"],
                reason=data["reason"],
                note=data["note"],
                client_uuid=data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        words = ngettext(
            "%(count)s dose of %(number)s wasted: %(why)s.", "%(count)s doses of %(number)s wasted: %(why)s.", row.doses
        ) % {"count": row.doses, "number": row.batch.number, "why": str(row.get_reason_display()).lower()}
        right = reverse("stock-count-right", args=[row.public_id])
        messages.success(request, format_html('{} <a href="{}">{}</a>', words, right, _("Put this count right")))
        return redirect(self.stock_url())

    def _left(self, form: WasteForm) -> int | None:
        """Return how many doses of the batch the list knows to be left here.

        None where nobody counted what was taken, and for the second press of a button: it is saved already.
        """
        line = next(line for line in self.stock.lines if line.batch == form.chosen)
        sent = form.cleaned_data["client_uuid"]
        if not line.taken or (sent and StockMovement.objects.filter(client_uuid=sent).exists()):
            return None
        return max(line.expected, 0)

    def _page(self, form: WasteForm, *, status: int = 200, ask: bool = False) -> HttpResponse:
        context = {"form": form, "reasons": WasteReason.choices, "ask": ask}
        return self.page("stock_waste.html", context, status=status)


class StockCountBack(StockPage):
    """How many doses of each batch came back; a difference says why."""

    def _form(self, post: Any = None) -> CountsForm:
        lines = self.stock.lines
        return CountsForm(
            post,
            today=self.today,
            things={line.batch: line for line in lines},
            at_least=0,
            label=_("Doses of %(product)s, %(number)s, counted back"),
            notes=True,
            before={line.batch: (line.back, line.back_note) for line in lines if line.back is not None},
            initial={"client_uuid": uuid4()},
        )

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write the counts down."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        if not form.counts:
            form.add_error(None, _("Enter how many doses of at least one batch came back."))
            return self._page(form)
        try:
            count_back(
                session=self.clinic,
                counts=form.counts,
                notes=form.notes,
                client_uuid=form.cleaned_data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            for public_id in refusal.details.get("batches", []):
                form.refuse_note(public_id, _("Say why the count differs"))
            if not refusal.details.get("batches"):
                form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("The stock is counted back."))
        return redirect(self.stock_url())

    def _page(self, form: CountsForm, *, status: int = 200) -> HttpResponse:
        return self.page("stock_count.html", {"form": form}, status=status)


class StockTemperature(StockPage):
    """The temperature of a cool box; outside +2 to +8 °C everything here is held at once."""

    @cached_property
    def wrong(self) -> CoolBoxReading | None:
        """The reading that is put right, where the address names one. Raises Http404 for one of another clinic."""
        asked = self.request.GET.get("instead")
        if not asked:
            return None
        found = next((each for each in self.stock.readings if str(each.public_id) == asked), None)
        if found is None:
            raise Http404
        return found

    def _form(self, post: Any = None) -> ReadingForm:
        readings = self.stock.readings
        last = self.wrong or (readings[-1] if readings else None)
        initial: dict[str, Any] = {"client_uuid": uuid4(), "box": last.box if last else _("Box 1")}
        if self.wrong:
            initial |= {"moment": self.wrong.moment, "note": self.wrong.note}
        elif not readings:
            initial["moment"] = ReadingMoment.START
        return ReadingForm(post, today=self.today, initial=initial)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write it down, and say what it means."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        try:
            made = record_reading(
                session=self.clinic,
                box=data["box"],
                moment=data["moment"],
                celsius=data["celsius"],
                note=data["note"],
                replaces=self.wrong,
                client_uuid=data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        if made.held or made.reading.is_excursion:
            messages.warning(request, excursion_words(made))
        else:
            words = {"celsius": number_format(made.reading.celsius, 1), "box": made.reading.box}
            messages.success(request, _("Saved: %(box)s at %(celsius)s °C.") % words)
        return redirect(self.stock_url())

    def _page(self, form: ReadingForm, *, status: int = 200) -> HttpResponse:
        return self.page("stock_temperature.html", {"form": form, "wrong": self.wrong}, status=status)


class StockSettle(StockPage):
    """What becomes of doses that are held since a cool box was too warm or too cold."""

    needs = Permission.RELEASE_STOCK

    @cached_property
    def line(self) -> StockLine | None:
        """The batch as it is held here; None where it is not. Raises Http404 for one that was never here."""
        found = next((each for each in self.stock.lines if each.batch.public_id == self.kwargs["batch"]), None)
        if found is None:
            raise Http404
        return found if found.hold is not None else None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        if self.line is None:
            return self._settled()
        return self._page(self._form())

    @cached_property
    def others(self) -> list[StockLine]:
        """What else the same reading holds here and is not settled yet: the advice is mostly one for all of it."""
        return [
            line
            for line in self.stock.lines
            if line.hold and self.line and self.line.hold and line.hold.at == self.line.hold.at
            if line.batch != self.line.batch and line.held_doses
        ]

    def _form(self, post: Any = None) -> SettleForm:
        return SettleForm(post, today=self.today, others=[line.batch for line in self.others])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Release them, or write down that they are destroyed."""
        if self.line is None:
            return self._settled()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        act = release_at_clinic if form.cleaned_data["becomes"] == form.RELEASE else destroy_held
        others = [line.batch for line in self.others] if form.cleaned_data.get("others") else []
        # By their keys, as batches are always locked.
        batches = sorted([self.line.batch, *others], key=lambda batch: batch.pk)
        try:
            with transaction.atomic():
                for batch in batches:
                    act(session=self.clinic, batch=batch, note=form.cleaned_data["note"], by=self.user, at=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        words = _("Released: %(number)s.") if act is release_at_clinic else _("Destroyed: %(number)s.")
        messages.success(request, words % {"number": ", ".join(batch.number for batch in batches)})
        return redirect(self.stock_url())

    def _settled(self) -> HttpResponse:
        messages.info(self.request, _("It is not held at this clinic any more."))
        return redirect(self.stock_url())

    def _page(self, form: SettleForm, *, status: int = 200) -> HttpResponse:
        return self.page("stock_settle.html", {"form": form, "line": self.line}, status=status)


class PackListOfClinic(StockPage):
    """What to pack the night before."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        spare = {"percent": settings.STOCK_SPARE_PERCENT, "least": settings.STOCK_SPARE_LEAST}
        context = {
            "packing": pack_list(self.clinic, today=self.today),
            "spare_words": _("Spare: %(percent)s%% more, and at least %(least)s of each vaccine that somebody needs.")
            % spare,
            "back_url": self.day_url(),
        }
        return self.page("pack_list.html", context)
