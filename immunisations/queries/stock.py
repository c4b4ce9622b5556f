"""What became of the doses of each batch: the ledger of stock, beside the doses given, counted from the records."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils.functional import Promise

from clinics.models import Batch, ClinicSession, CoolBoxReading, StockMovement, WasteReason
from clinics.stock import AtClinic, at_clinic
from immunisations.models import Vaccination


@dataclass(frozen=True)
class StockLine:
    """One batch at one clinic: taken, given, wasted, expected back, counted back."""

    batch: Batch
    # Doses taken to the clinic; 0 where ``was_taken`` is False, or where the batch was found there and nobody counted.
    taken: int
    was_taken: bool
    # Counted from the records of doses given that stand.
    given: int
    wasted: int
    # Doses by the word for why they were wasted.
    wasted_why: list[tuple[str | Promise, int]]
    # The count at the end, or None while nobody counted.
    back: int | None
    back_note: str
    back_by_name: str
    back_at: datetime | None
    # The row that says why its doses here are in quarantine, and the one that released them; None where there is none.
    hold: StockMovement | None
    released: StockMovement | None

    @property
    def expected(self) -> int:
        """The doses that should come back: taken, less those given and wasted. Less than 0 where more was given."""
        return self.taken - self.given - self.wasted

    @property
    def difference(self) -> int | None:
        """The count at the end less what was expected; None while nobody counted."""
        return None if self.back is None else self.back - self.expected

    @property
    def held(self) -> bool:
        """Whether its doses may not be given here: the batch is in quarantine as a whole, or here."""
        return self.hold is not None or self.batch.quarantined_at is not None

    @property
    def held_doses(self) -> int:
        """How many doses of it are held and not destroyed yet."""
        if not self.held:
            return 0
        return max(0, self.expected if self.back is None else self.back)

    @property
    def given_without_taking(self) -> bool:
        """Whether doses of it were given here that nobody had taken to the clinic."""
        return self.given > 0 and not self.was_taken

    @property
    def not_counted_out(self) -> bool:
        """Whether it was found at the clinic: nobody counted how many doses were taken."""
        return self.was_taken and self.taken == 0


@dataclass(frozen=True)
class ClinicStock:
    """The stock of one clinic by batch, and the readings of its cool boxes, oldest first."""

    lines: list[StockLine] = field(default_factory=list)
    readings: list[CoolBoxReading] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(line.taken for line in self.lines)

    @property
    def given(self) -> int:
        return sum(line.given for line in self.lines)

    @property
    def wasted(self) -> int:
        return sum(line.wasted for line in self.lines)

    @property
    def held(self) -> list[StockLine]:
        """The batches whose doses may not be given at this clinic."""
        return [line for line in self.lines if line.held]

    @property
    def to_settle(self) -> list[StockLine]:
        """Those of them with doses that are neither released nor destroyed, or held here and counted by nobody."""
        return [line for line in self.held if line.held_doses or (line.hold and not line.taken and line.back is None)]

    @property
    def not_counted_back(self) -> list[StockLine]:
        """The batches that nobody has counted back yet."""
        return [line for line in self.lines if line.back is None]

    @property
    def differences(self) -> list[StockLine]:
        """The batches whose count at the end differs from what was expected."""
        return [line for line in self.lines if line.difference]


def given_at(session: ClinicSession) -> dict[int, int]:
    """Return how many doses of each batch were given at a clinic and stand, by the batch's key. One query."""
    rows = Vaccination.objects.given().filter(session=session).order_by().values("batch").annotate(doses=Count("pk"))
    return {row["batch"]: row["doses"] for row in rows}


def stock_of(session: ClinicSession) -> ClinicStock:
    """Return the stock of a clinic, by batch in the order of vaccine, brand, expiry and number.

    A batch is on it where somebody took it there, or gave or wasted a dose of it there. Four queries, however many
    batches and doses there are.
    """
    there, given = at_clinic(session), given_at(session)
    batches = (
        Batch.objects.filter(pk__in={*there, *given})
        .select_related("product")
        .order_by("product__vaccine", "product__name", "expires_on", "number", "pk")
    )
    return ClinicStock(
        [_line(batch, there.get(batch.pk) or AtClinic(), given.get(batch.pk, 0)) for batch in batches],
        list(CoolBoxReading.objects.filter(session=session, replaced_by__isnull=True).order_by("at", "pk")),
    )


def _line(batch: Batch, there: AtClinic, given: int) -> StockLine:
    return StockLine(
        batch=batch,
        taken=there.taken,
        was_taken=there.was_taken,
        given=given,
        wasted=there.all_wasted,
        wasted_why=[(WasteReason(reason).label, doses) for reason, doses in there.wasted.items() if doses],
        back=there.back.doses if there.back else None,
        back_note=there.back.note if there.back else "",
        back_by_name=there.back.by_name if there.back else "",
        back_at=there.back.at if there.back else None,
        hold=there.hold,
        released=there.released,
    )
