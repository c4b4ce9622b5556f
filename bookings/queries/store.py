"""A team's stock: what of each batch is in the store, at clinics, given and wasted; and what happened to one batch."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinics.models import Batch, ClinicSession, MovementKind, Product, StockMovement, WasteReason
from clinics.stock import AtClinic, InStore, ledger
from immunisations.models import Vaccination

# Batches that expired longer ago than this are shown only to whoever asks for them.
STILL_SHOWN = timedelta(days=60)


@dataclass(frozen=True)
class BatchStock:
    """Where the doses of one batch are."""

    batch: Batch
    store: InStore
    # Doses given, counted from the records that stand, by the key of the clinic.
    given_at: dict[int, int]
    today: date

    @property
    def given(self) -> int:
        return sum(self.given_at.values())

    @property
    def in_store(self) -> int:
        return self.store.in_store

    @property
    def at_clinics(self) -> int:
        """The doses that were taken to clinics and not counted back, given or wasted there."""
        return sum(
            max(0, there.taken - there.all_wasted - self.given_at.get(session, 0))
            for session, there in self.store.clinics.items()
            if there.back is None
        )

    @property
    def wasted(self) -> list[tuple[str | Promise, int]]:
        """How many doses were wasted, anywhere, by the word for why."""
        found: dict[str, int] = defaultdict(int)
        for wasted in (self.store.wasted, *(there.wasted for there in self.store.clinics.values())):
            for reason, doses in wasted.items():
                found[reason] += doses
        return [(WasteReason(reason).label, doses) for reason, doses in found.items() if doses]

    @property
    def wasted_doses(self) -> int:
        return sum(doses for _why, doses in self.wasted)

    @property
    def held(self) -> int:
        """The doses that may not be given: of a whole batch in quarantine, or held since a clinic."""
        if self.batch.quarantined_at is not None:
            return max(0, self.in_store) + self.at_clinics
        at_clinics = sum(
            max(0, there.taken - there.all_wasted - self.given_at.get(session, 0))
            for session, there in self.store.clinics.items()
            if there.hold is not None and there.back is None
        )
        return self.store.held_in_store + at_clinics

    @property
    def expired(self) -> bool:
        return self.batch.expires_on < self.today

    @property
    def expires_soon(self) -> bool:
        last = self.today + timedelta(days=settings.STOCK_EXPIRES_SOON_DAYS)
        return not self.expired and self.batch.expires_on <= last

    @property
    def usable(self) -> int:
        """The doses in the store that may be taken to a clinic today."""
        if self.expired or self.batch.quarantined_at is not None:
            return 0
        return max(0, self.store.free)

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """What whoever looks at it has to know, in words, with the colour of its tag."""
        found = []
        if self.batch.quarantined_at is not None:
            found.append((_("Quarantined"), "red"))
        elif self.held:
            found.append((_("%(count)s held") % {"count": self.held}, "red"))
        if self.expired:
            found.append((_("Expired"), "red"))
        elif self.expires_soon:
            found.append((_("Expires soon"), "orange"))
        if self.in_store < 0:
            found.append((_("%(count)s more taken than received") % {"count": -self.in_store}, "yellow"))
        return found

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left of it that anybody has to think of."""
        return self.in_store == 0 and self.at_clinics == 0 and not self.held


@dataclass(frozen=True)
class ProductStock:
    """The batches of one product, soonest to expire first."""

    product: Product
    batches: list[BatchStock]

    @property
    def usable(self) -> int:
        return sum(each.usable for each in self.batches)

    @property
    def is_low(self) -> bool:
        return self.usable < settings.STOCK_LOW_DOSES

    @property
    def low_words(self) -> str:
        """That there is little left, in words; "" where there is enough."""
        if self.usable == 0:
            return _("None left")
        return _("Low: fewer than %(count)s doses") % {"count": settings.STOCK_LOW_DOSES} if self.is_low else ""


def _stock_of(batches: Sequence[Batch], today: date) -> list[BatchStock]:
    """Return where the doses of these batches are. Two queries."""
    stores = ledger(batches)
    given: dict[int, dict[int, int]] = defaultdict(dict)
    counts = (
        Vaccination.objects.given()
        .filter(batch__in=[batch.pk for batch in batches])
        .order_by()
        .values_list("batch", "session")
        .annotate(doses=Count("pk"))
    )
    for batch, session, doses in counts:
        given[batch][session] = doses
    return [BatchStock(batch, stores[batch.pk], given[batch.pk], today) for batch in batches]


def team_stock(team_id: int, *, today: date, older: bool = False) -> list[ProductStock]:
    """Return a team's stock by product. Three queries, however many batches there are.

    Batches that expired some time ago are in it only with ``older``.
    """
    batches = Batch.objects.filter(team=team_id).select_related("product")
    if not older:
        batches = batches.filter(expires_on__gte=today - STILL_SHOWN)
    ordered = batches.order_by("product__vaccine", "product__name", "expires_on", "number", "pk")
    products: dict[int, ProductStock] = {}
    for each in _stock_of(list(ordered), today):
        if each.expired and each.is_over and not older:
            continue
        products.setdefault(each.batch.product_id, ProductStock(each.batch.product, [])).batches.append(each)
    return list(products.values())


def takeable(session: ClinicSession, *, today: date) -> list[BatchStock]:
    """Return the batches that may be taken to a clinic, soonest to expire first within a product: of the vaccines it
    offers, in date on its day, in no quarantine as a whole or at this clinic. Four queries with the clinic's offers.
    """
    batches = (
        Batch.objects.filter(
            team=session.team_id,
            product__vaccine__in=session.vaccine_codes(),
            expires_on__gte=session.date,
            quarantined_at__isnull=True,
        )
        .select_related("product")
        .order_by("product__vaccine", "product__name", "expires_on", "number", "pk")
    )
    found = _stock_of(list(batches), today)
    return [each for each in found if not (each.store.clinics.get(session.pk) or AtClinic()).hold]


@dataclass(frozen=True)
class ClinicOfBatch:
    """What became of a batch at one clinic."""

    session: ClinicSession
    there: AtClinic
    given: int

    @property
    def expected(self) -> int:
        return self.there.taken - self.there.all_wasted - self.given

    @property
    def difference(self) -> int | None:
        """What was counted back less what was expected; None while nobody counted."""
        return self.there.back.doses - self.expected if self.there.back else None


@dataclass(frozen=True)
class BatchPage:
    """One batch: where its doses are, clinic by clinic, and every row of its ledger, newest first."""

    stock: BatchStock
    clinics: list[ClinicOfBatch]
    movements: list[StockMovement]


def batch_page(batch: Batch, *, today: date) -> BatchPage:
    """Return everything about one batch. Four queries."""
    (stock,) = _stock_of([batch], today)
    keys = {*stock.store.clinics, *stock.given_at}
    sessions = ClinicSession.objects.filter(pk__in=keys).select_related("venue").order_by("-date", "name", "pk")
    movements = (
        StockMovement.objects.filter(batch=batch).select_related("session", "replaces", "replaced_by").order_by("-pk")
    )
    return BatchPage(
        stock,
        [
            ClinicOfBatch(session, stock.store.clinics.get(session.pk) or AtClinic(), stock.given_at.get(session.pk, 0))
            for session in sessions
        ],
        list(movements),
    )


def is_replaced(row: StockMovement) -> bool:
    """Whether a further row put this one right. ``replaced_by`` is loaded."""
    return hasattr(row, "replaced_by")


def movement_words(row: StockMovement) -> str:
    """Return a row of the ledger in one sentence."""
    if row.kind == MovementKind.WASTED:
        return _("%(what)s: %(why)s") % {"what": row.get_kind_display(), "why": row.get_reason_display()}
    return str(row.get_kind_display())
