"""The team's store: what is in it, what comes in, what is wasted there, and a batch in quarantine."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import access
from accounts.errors import Refused
from accounts.models import Team
from accounts.permissions import Permission
from bookings.forms.stock import PutRightForm, QuarantineForm, ReceiveForm, ReleaseForm, WasteForm
from bookings.queries.store import is_replaced, movement_words, team_stock
from bookings.views.coordinate.base import BatchPageBase, CoordinatePage, StorePage
from clinics.actions import (
    add_batch,
    put_count_right,
    quarantine_batch,
    receive_stock,
    release_batch,
    waste_stock,
)
from clinics.actions.stock import COUNTED
from clinics.models import Product, StockMovement, WasteReason


class Stock(StorePage):
    """The team's stock by product and batch."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        older = "older" in request.GET
        context = {"products": team_stock(self.team.pk, today=self.today, older=older), "older": older}
        return self.page("stock.html", context)


class StockReceive(StorePage):
    """A delivery."""

    def _form(self, post: Any = None) -> ReceiveForm:
        products = Product.objects.filter(in_use=True)
        return ReceiveForm(
            post, today=self.today, products=list(products), on=self.today, initial={"client_uuid": uuid4()}
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add the batch where it is not known yet, and the doses."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        try:
            row = self._save(form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        words = ngettext("%(count)s dose of %(number)s received.", "%(count)s doses of %(number)s received.", row.doses)
        messages.success(request, words % {"count": row.doses, "number": row.batch.number})
        return redirect("stock")

    @transaction.atomic
    def _save(self, form: ReceiveForm) -> StockMovement:
        data = form.cleaned_data
        batch = add_batch(
            team_id=self.team.pk,
            product=form.products[data["product"]],
            number=data["number"],
            expires_on=data["expires_on"],
            by=self.user,
            at=self.now,
            source="staff",
        )
        return receive_stock(
            batch=batch,
            doses=data["doses"],
            note=data["note"],
            client_uuid=data["client_uuid"],
            by=self.user,
            at=self.now,
        )

    def _page(self, form: ReceiveForm, *, status: int = 200) -> HttpResponse:
        return self.page("receive.html", {"form": form, "back_url": reverse("stock")}, status=status)


class StockBatch(BatchPageBase):
    """One batch: where its doses are, and everything that happened to it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        movements = [
            (row, movement_words(row), is_replaced(row), row.kind in COUNTED and not is_replaced(row))
            for row in self.data.movements
        ]
        return self.page("batch.html", {"data": self.data, "movements": movements, "back_url": reverse("stock")})


class StoreWaste(BatchPageBase):
    """Doses wasted in the store."""

    def _form(self, post: Any = None) -> WasteForm:
        initial = {"client_uuid": uuid4(), "doses": 1, "batch": str(self.batch.public_id)}
        return WasteForm(post, today=self.today, batches=[self.batch], initial=initial)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write it down."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        try:
            row = waste_stock(
                batch=self.batch,
                session=None,
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
        words = ngettext("%(count)s dose wasted.", "%(count)s doses wasted.", row.doses)
        messages.success(request, words % {"count": row.doses})
        return redirect(self.batch_url())

    def _page(self, form: WasteForm, *, status: int = 200) -> HttpResponse:
        return self.page("waste.html", {"form": form, "reasons": WasteReason.choices}, status=status)


class CountRight(CoordinatePage):
    """A wrong count, put right by a further row."""

    permission = None

    @cached_property
    def movement(self) -> StockMovement:
        """The row of the address: 404 for another team's or one that is no count, 403 for the wrong role."""
        row = access(
            StockMovement.objects.select_related("batch__product", "batch__team", "session"),
            user=self.user,
            permission=Permission.KEEP_STOCK,
            team_field="batch__team",
            public_id=self.kwargs["movement"],
        )
        if row.kind not in COUNTED:
            raise Http404
        return row

    @property
    def team(self) -> Team:
        """The batch's team."""
        return self.movement.batch.team

    def _batch_url(self) -> str:
        return reverse("stock-batch", args=[self.movement.batch.public_id])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(PutRightForm(today=self.today, initial={"client_uuid": uuid4()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write the right count down."""
        form = PutRightForm(request.POST, today=self.today)
        if not form.is_valid():
            return self._page(form)
        data = form.cleaned_data
        try:
            put_count_right(
                movement=self.movement,
                doses=data["doses"],
                note=data["note"],
                client_uuid=data["client_uuid"],
                by=self.user,
                at=self.now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("The count is put right."))
        return redirect(self._batch_url())

    def _page(self, form: PutRightForm, *, status: int = 200) -> HttpResponse:
        row = self.movement
        context = {"form": form, "row": row, "what": movement_words(row), "back_url": self._batch_url()}
        return self.page("count_right.html", context, status=status)


class StockQuarantine(BatchPageBase):
    """Take a whole batch out of use, wherever its doses are."""

    needs = Permission.RELEASE_STOCK

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(QuarantineForm(today=self.today))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Quarantine it; who had it is the next question."""
        form = QuarantineForm(request.POST, today=self.today)
        if not form.is_valid():
            return self._page(form)
        quarantine_batch(batch=self.batch, reason=form.cleaned_data["note"], by=self.user, at=self.now, source="staff")
        messages.success(
            request,
            _("Batch %(number)s is in quarantine. No dose of it can be recorded as given.")
            % {"number": self.batch.number},
        )
        return redirect(self.batch_url())

    def _page(self, form: QuarantineForm, *, status: int = 200) -> HttpResponse:
        return self.page("quarantine.html", {"form": form, "data": self.data}, status=status)


class StockRelease(BatchPageBase):
    """Let a batch be given again, with the advice taken."""

    needs = Permission.RELEASE_STOCK

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._page(ReleaseForm(today=self.today))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Release it."""
        form = ReleaseForm(request.POST, today=self.today)
        if not form.is_valid():
            return self._page(form)
        try:
            release_batch(batch=self.batch, note=form.cleaned_data["note"], by=self.user, at=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._page(form, status=refusal.status)
        messages.success(request, _("Batch %(number)s is released.") % {"number": self.batch.number})
        return redirect(self.batch_url())

    def _page(self, form: ReleaseForm, *, status: int = 200) -> HttpResponse:
        return self.page("release.html", {"form": form}, status=status)
