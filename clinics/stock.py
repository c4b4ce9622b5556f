"""What the ledger of stock says: what is in the team's store, what was taken to a clinic, and what is held.

Nothing is kept here that can be counted. The rows of the ledger that stand are those that no other row replaces. Which
doses were given is counted from the records of people, in the app that keeps those.

Whoever writes to the ledger locks in this order: the clinic, where it is about one, and then the batches by their keys.
A dose given takes the clinic, the person and the visit, and last the one batch. So a quarantine and a dose of the same
batch take turns: either the dose sees the quarantine, or the quarantine counts the dose.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    Exists,
    Field,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.recurring import Recurring
from clinics.models import Batch, ClinicSession, CoolBoxReading, MovementKind, StockMovement
from clinics.models.movement import COLDEST, SAYS_WHY, WARMEST
from clinics.times import london_day
from clinics.vaccines import Vaccine


def excursions(session: Any) -> "QuerySet[CoolBoxReading]":
    """Return the readings of a clinic that stand and are outside +2 to +8 °C (Green Book chapter 3)."""
    return CoolBoxReading.objects.filter(session=session, replaced_by__isnull=True).filter(
        Q(celsius__lt=COLDEST) | Q(celsius__gt=WARMEST)
    )


def _last_word(batch: Any, session: Any) -> Coalesce:
    """Whether a batch was last quarantined or last released at a clinic; "" where neither."""
    words = StockMovement.objects.filter(batch=batch, session=session, kind__in=SAYS_WHY)
    return Coalesce(Subquery(words.order_by("-pk").values("kind")[:1]), Value(""))


def _last_said_at(batch: Any, session: Any) -> Subquery:
    """When that last word was said."""
    words = StockMovement.objects.filter(batch=batch, session=session, kind__in=SAYS_WHY)
    return Subquery(words.order_by("-pk").values("at")[:1])


def _first_excursion(session: Any) -> Subquery:
    """When a cool box was first found too warm or too cold at a clinic, by the readings that stand; None for never."""
    first = excursions(session).order_by().values("session").annotate(first=Min("at"))
    return Subquery(first.values("first"))


def _taken(batch: Any, session: Any) -> Exists:
    return Exists(
        StockMovement.objects.filter(batch=batch, session=session, kind=MovementKind.OUT, replaced_by__isnull=True)
    )


@dataclass(frozen=True)
class Hold:
    """Why a batch that is fine as a whole may not be given at one clinic."""

    # Its doses there are in quarantine.
    held: bool
    # A cool box there was too warm or too cold, and nobody said that this batch was taken there.
    unknown_after_excursion: bool
    # From when that is so: a dose that was given earlier was given before anybody knew.
    since: datetime | None = None

    def __bool__(self) -> bool:
        return self.held or self.unknown_after_excursion

    def stops(self, given_at: datetime) -> bool:
        """Whether it speaks against a dose given at that moment."""
        return bool(self) and (self.since is None or given_at >= self.since)


def hold_of(*, session: ClinicSession, batch: Batch) -> Hold:
    """Return what stands against giving a batch at a clinic. One query."""
    word, said_at, taken, excursion_at = (
        ClinicSession.objects.filter(pk=session.pk)
        .annotate(
            last_word=_last_word(batch, OuterRef("pk")),
            last_said_at=_last_said_at(batch, OuterRef("pk")),
            was_taken=_taken(batch, OuterRef("pk")),
            excursion_at=_first_excursion(OuterRef("pk")),
        )
        .values_list("last_word", "last_said_at", "was_taken", "excursion_at")
        .get()
    )
    return _hold(word, said_at, taken, excursion_at)


def _hold(word: str, said_at: datetime | None, taken: bool, excursion_at: datetime | None) -> Hold:
    held = word == MovementKind.QUARANTINED
    unknown = excursion_at is not None and not taken and word != MovementKind.RELEASED
    return Hold(
        held=held,
        unknown_after_excursion=unknown,
        since=min((at for at in (said_at if held else None, excursion_at if unknown else None) if at), default=None),
    )


# As many as there are, so that the text of the statement stays the same whichever are asked for.
_VACCINES = [f"vaccine_{number}" for number in range(len(Vaccine.values))]


def _in_date(session: Any, team: Any, on: Any, **vaccines: Any) -> "QuerySet[Any]":
    return (
        Batch.objects.filter(team=team, product__vaccine__in=list(vaccines.values()), expires_on__gte=on)
        .annotate(
            last_word=_last_word(OuterRef("pk"), session),
            last_said_at=_last_said_at(OuterRef("pk"), session),
            was_taken=_taken(OuterRef("pk"), session),
            excursion_at=_first_excursion(session),
        )
        .select_related("product")
        .order_by("-was_taken", "expires_on", "number", "pk")
    )


_GIVEN: "dict[str, Field[Any, Any]]" = {
    "session": BigIntegerField(),
    "team": BigIntegerField(),
    "on": DateField(),
    **{name: CharField() for name in _VACCINES},
}
_IN_DATE: Recurring[Any] = Recurring(_in_date, **_GIVEN)
_NOT_QUARANTINED: Recurring[Any] = Recurring(
    lambda **given: _in_date(**given).filter(quarantined_at__isnull=True), **_GIVEN
)


def _batches(query: Recurring[Any], session: ClinicSession, vaccines: Collection[str], on: date) -> list[Any]:
    wanted = sorted(set(vaccines))
    each = {name: wanted[number] if number < len(wanted) else "" for number, name in enumerate(_VACCINES)}
    return query.all(session=session.pk, team=session.team_id, on=on, **each)


def batches_for(
    *, session: ClinicSession, vaccines: Collection[str], on: date
) -> tuple[list[Batch], list[tuple[Batch, str]]]:
    """Return the batches of these vaccines that may be given at a clinic on a day, and those that may not for what
    happened at this clinic, each with why.

    Batches that expired, or are quarantined as a whole, are in neither. Those taken to the clinic come first, and of
    all the soonest to expire. Each row says in ``was_taken`` whether it was taken there. One query.
    """
    usable: list[Batch] = []
    held: list[tuple[Batch, str]] = []
    for batch in _batches(_NOT_QUARANTINED, session, vaccines, on):
        hold = _hold(batch.last_word, batch.last_said_at, batch.was_taken, batch.excursion_at)
        if hold.held:
            held.append((batch, _("its doses at this clinic are quarantined.")))
        elif hold.unknown_after_excursion:
            held.append(
                (batch, _("a cool box was too warm or too cold, and nobody wrote down that this batch was taken here."))
            )
        else:
            usable.append(batch)
    return usable, held


def batches_until(*, session: ClinicSession, vaccines: Collection[str], on: date) -> list[tuple[Batch, datetime]]:
    """Return the batches of these vaccines that may not be given at a clinic now, but could until a moment of that day:
    each with that moment. What was given before is still to be written down. One query.
    """
    found: list[tuple[Batch, datetime]] = []
    for batch in _batches(_IN_DATE, session, vaccines, on):
        hold = _hold(batch.last_word, batch.last_said_at, batch.was_taken, batch.excursion_at)
        since = [at for at in (batch.quarantined_at, hold.since) if at is not None]
        if since and london_day(min(since)) >= on:
            found.append((batch, min(since)))
    return found


@dataclass
class AtClinic:
    """What the ledger says of one batch at one clinic."""

    taken: int = 0
    # Whether somebody said that it was taken there, if only by adding it on the page of a dose.
    was_taken: bool = False
    wasted: dict[str, int] = field(default_factory=dict)
    back: StockMovement | None = None
    hold: StockMovement | None = None
    released: StockMovement | None = None

    @property
    def all_wasted(self) -> int:
        return sum(self.wasted.values())


@dataclass
class InStore:
    """What the ledger says of one batch in the team's store, and at each clinic it went to (by the clinic's key)."""

    received: int = 0
    was_received: bool = False
    wasted: dict[str, int] = field(default_factory=dict)
    clinics: dict[int, AtClinic] = field(default_factory=lambda: defaultdict(AtClinic))

    @property
    def taken(self) -> int:
        return sum(each.taken for each in self.clinics.values())

    @property
    def back(self) -> int:
        return sum(each.back.doses for each in self.clinics.values() if each.back)

    @property
    def in_store(self) -> int:
        """The doses that must be in the store. Less than 0 where the ledger lacks something."""
        return self.received - self.taken + self.back - sum(self.wasted.values())

    @property
    def held_in_store(self) -> int:
        """Those of them that came back from a clinic where they were quarantined, and have not been released."""
        return sum(each.back.doses for each in self.clinics.values() if each.back and each.hold)

    @property
    def free(self) -> int:
        """The doses in the store that may be taken to a clinic."""
        return self.in_store - self.held_in_store


def ledger(batches: Iterable[Batch] | Iterable[int]) -> dict[int, InStore]:
    """Return what the ledger says of these batches, by their keys. One query."""
    keys = [batch.pk if isinstance(batch, Batch) else batch for batch in batches]
    found: dict[int, InStore] = {key: InStore() for key in keys}
    for row in StockMovement.objects.filter(batch__in=keys, replaced_by__isnull=True).order_by("pk"):
        store = found[row.batch_id]
        if row.session_id is not None:
            _add(store.clinics[row.session_id], row)
        elif row.kind == MovementKind.RECEIVED:
            store.received += row.doses
            store.was_received = True
        elif row.kind == MovementKind.WASTED:
            store.wasted[row.reason] = store.wasted.get(row.reason, 0) + row.doses
    return found


def at_clinic(session: ClinicSession) -> dict[int, AtClinic]:
    """Return what the ledger says of each batch that it names at a clinic, by the batch's key. One query."""
    found: dict[int, AtClinic] = defaultdict(AtClinic)
    for row in StockMovement.objects.filter(session=session, replaced_by__isnull=True).order_by("pk"):
        _add(found[row.batch_id], row)
    return dict(found)


def _add(there: AtClinic, row: StockMovement) -> None:
    if row.kind == MovementKind.OUT:
        there.taken += row.doses
        there.was_taken = True
    elif row.kind == MovementKind.WASTED:
        there.wasted[row.reason] = there.wasted.get(row.reason, 0) + row.doses
    elif row.kind == MovementKind.BACK:
        there.back = row
    elif row.kind == MovementKind.QUARANTINED:
        there.hold, there.released = row, None
    elif row.kind == MovementKind.RELEASED:
        there.hold, there.released = None, row


def lock_clinic(session: ClinicSession) -> ClinicSession:
    """Lock the clinic against everybody who records anything there until the transaction ends; return it as it is."""
    return ClinicSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def lock_batches(batches: Iterable[Batch]) -> dict[int, Batch]:
    """Lock the batches in the order of their keys until the transaction ends; return them as they are, by key."""
    keys = {batch.pk for batch in batches}
    # Not against those who only point to a batch: a correction does, and may be waiting for the clinic.
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    return {batch.pk: batch for batch in rows.filter(pk__in=keys).order_by("pk")}
