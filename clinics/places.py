"""Take places in a clinic so that none is ever sold twice, and none is refused while it is free.

The way through, found by trying it with sixteen processes at once:

1. the clinic's row is read with the weakest lock there is (KEY SHARE): cancelling the clinic waits for those who are
   booking and they for it, while bookings never wait for each other here;
2. all free places of the wanted minutes are locked, in the order of their ids, and waited for;
3. what is still free is read *again*, in a statement of its own: PostgreSQL would otherwise judge a reservation by
   the moment before the wait;
4. the family is seated among the locked places, or the locks are given back and another try made;
5. the last tries queue at the clinic's row, so that somebody always gets on.

Every lock is taken in this order: clinic, appointments, places by id. SQLite ignores row locks: there one writer at a
time stands in for all of this.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from clinics.models import ClinicSession, Place, Reservation
from clinics.runs import FreePlace, Grid, Need, Run, minutes_of

__all__ = [
    "FreeTime",
    "Need",
    "NotTakingBookings",
    "Run",
    "Taken",
    "TimesTaken",
    "TooBusy",
    "confirm_held",
    "confirm_with_own",
    "extend_kept",
    "free_grid",
    "free_times",
    "share_session",
    "take_places",
]

TRIES = 6
# The last tries stand in a queue at the clinic's row: each that fails means that somebody else got on.
TRIES_IN_QUEUE = 60
# A family would rather wait ten seconds than be turned away while there is room.
LONGEST_WAITS = 5


class TimesTaken(Refused):
    """The wanted time has gone. ``details["nearest"]`` has the nearest free starts, as ISO 8601 in UTC."""

    code = "times_taken"


class NotTakingBookings(Refused):
    """The clinic is cancelled, closed for bookings, not published, or over."""

    code = "not_taking_bookings"


class TooBusy(Refused):
    """Others held the wanted places for longer than anyone should wait."""

    code = "busy"


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A start, and how many people could be vaccinated then."""

    starts_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class Taken:
    """One person's reservation, with when it begins and for how long.

    None where nothing was taken: a family that changes its times is to sit at a time that is its own already.
    """

    reservation: Reservation | None
    starts_at: datetime
    minutes: int


def _free_or_mine(
    places: "models.QuerySet[Place]", *, at: datetime, holder: uuid.UUID | None, own: Sequence[int] = ()
) -> "models.QuerySet[Place]":
    condition = models.Q(reservation__isnull=True) | models.Q(reservation__expires_at__lte=at)
    if holder is not None:
        condition |= _kept_by(holder)
    if own:
        condition |= models.Q(reservation__in=own)
    return places.filter(condition)


def _kept_by(holder: uuid.UUID) -> models.Q:
    """What ``holder`` keeps and has not booked: a booked place is nobody's to take again, its own holder's least."""
    return models.Q(reservation__holder=holder, reservation__expires_at__isnull=False)


def _on_offer(session: ClinicSession, at: datetime) -> "models.QuerySet[Place]":
    return Place.objects.on_offer().filter(session=session, starts_at__gt=at)


def _read(places: "models.QuerySet[Place]") -> list[FreePlace]:
    return [FreePlace(*row) for row in places.order_by().values_list("id", "starts_at", "lane", "period_id")]


def free_grid(
    *, session: ClinicSession, at: datetime, holder: uuid.UUID | None = None, own: Sequence[int] = ()
) -> Grid:
    """Return the places of ``session`` that are free at ``at``, or held by ``holder``: one query, no locks.

    ``own`` has the keys of the reservations of whoever would give up theirs for new ones: their places count as free.
    """
    places = _free_or_mine(_on_offer(session, at), at=at, holder=holder, own=own)
    return Grid(_read(places), minutes=session.appointment_minutes)


def free_times(*, session: ClinicSession, at: datetime, holder: uuid.UUID | None = None) -> list[FreeTime]:
    """Return each start still to come that has a free place, with how many, in order of time."""
    rows = (
        _free_or_mine(_on_offer(session, at), at=at, holder=holder)
        .values_list("starts_at")
        .annotate(free=models.Count("id"))
        .order_by("starts_at")
    )
    return [FreeTime(starts_at, free) for starts_at, free in rows]


def take_places(
    *,
    session: ClinicSession,
    needs: Sequence[Need],
    starts_at: datetime | None,
    kind: str,
    holder: uuid.UUID | None,
    expires_at: datetime | None,
    at: datetime,
    split: bool = False,
    own: Sequence[int] = (),
) -> list[Taken]:
    """Take places for a whole family, all or nothing, and return one reservation for each of ``needs``, in order.

    ``starts_at`` is the first minute wanted; None takes any run, chosen at random so that people who come at once do
    not all reach for the same. With ``split`` a family that fits nowhere in one run is seated apart, from
    ``starts_at`` on. What ``holder`` held before is replaced (None: nobody who holds anything yet). ``expires_at`` is
    None for kind "appointment" and a moment for every other kind. Must run in the caller's transaction.

    ``own`` has the keys of the reservations that the same people have and would give up for the new ones: what they
    hold may be among the new places. While the new ones are only kept, those stay as they are, and only what they lack
    is taken; with kind "appointment" they change hands, and the caller releases what is left of the old reservations.

    Raises TimesTaken where they do not fit (any more), NotTakingBookings where the clinic does not take bookings,
    TooBusy where the places stayed locked for ten seconds.
    """
    attempt = partial(
        _attempt,
        session=session,
        needs=needs,
        starts_at=starts_at,
        kind=kind,
        holder=holder,
        expires_at=expires_at,
        at=at,
        split=split,
        own=own,
    )
    waits = 0
    for number in range(TRIES + TRIES_IN_QUEUE):
        try:
            with transaction.atomic():
                taken = attempt(in_queue=number >= TRIES)
                if taken is None:
                    # Gives the locks back, so that nobody waits for a try that failed.
                    transaction.set_rollback(True)
        except OperationalError as error:
            if not _is_lock_timeout(error):
                raise
            waits += 1
            if waits == LONGEST_WAITS:
                break
            continue
        if taken is not None:
            return taken
    raise TooBusy(_("Many people are booking at this moment. Try again."))


def _attempt(
    *,
    session: ClinicSession,
    needs: Sequence[Need],
    starts_at: datetime | None,
    kind: str,
    holder: uuid.UUID | None,
    expires_at: datetime | None,
    at: datetime,
    split: bool,
    own: Sequence[int],
    in_queue: bool,
) -> list[Taken] | None:
    """Make one try. None asks for another; TimesTaken is final."""
    _lock_session(session, in_queue=in_queue)
    wanted: list[datetime]
    first = starts_at
    if starts_at is not None and not split:
        wanted = minutes_of(starts_at, needs, minutes=session.appointment_minutes)
    else:
        grid = free_grid(session=session, at=at, holder=holder, own=own)
        run = _choose(grid, needs, starts_at, split)
        if run is None:
            raise _times_taken(grid, needs, starts_at)
        wanted = [
            moment
            for seat, need in zip(run.seats, needs, strict=True)
            for moment in minutes_of(seat.starts_at, [need], minutes=session.appointment_minutes)
        ]
        # Whoever takes any run looks for the one just chosen, and asks for another where it has gone.
        first = starts_at or run.starts_at
    locked = _lock_places(session, wanted, at=at, holder=holder, own=own)
    still_free = _read(
        _free_or_mine(
            Place.objects.on_offer().filter(pk__in=locked, starts_at__in=wanted), at=at, holder=holder, own=own
        )
    )
    run = _choose(Grid(still_free, minutes=session.appointment_minutes), needs, first, split)
    if run is not None:
        return _seat(run, session=session, kind=kind, holder=holder, expires_at=expires_at, own=own)
    grid = free_grid(session=session, at=at, holder=holder, own=own)
    if _choose(grid, needs, starts_at, split) is None:
        raise _times_taken(grid, needs, starts_at)
    return None


def _choose(grid: Grid, needs: Sequence[Need], starts_at: datetime | None, split: bool) -> Run | None:
    if starts_at is not None:
        return grid.split_from(starts_at, needs) if split else grid.run_at(starts_at, needs)
    runs = list(grid.runs(needs))
    if runs:
        # Spreads people out; nobody's secret hangs on it.
        return random.choice(runs)  # noqa: S311
    return grid.nearest_split(needs) if split else None


def _times_taken(grid: Grid, needs: Sequence[Need], starts_at: datetime | None) -> TimesTaken:
    nearest = grid.nearest(grid.runs(needs), starts_at) if starts_at else []
    return TimesTaken(
        _("That time has just been taken. Choose another time.")
        if starts_at
        else _("There are no times left at this clinic for everybody together."),
        nearest=[run.starts_at.isoformat() for run in nearest],
    )


def _lock_session(session: ClinicSession, *, in_queue: bool) -> None:
    """Make sure that the clinic takes bookings, and goes on doing so until this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
    if in_queue:
        ClinicSession.objects.select_for_update(no_key=True).filter(pk=session.pk).values_list("pk").first()
    if share_session(session) != ClinicSession.State.PUBLISHED:
        raise NotTakingBookings(_("This clinic is not taking bookings."))


def share_session(session: ClinicSession) -> str:
    """Return the clinic's state as it is now, and keep it so until this transaction ends.

    Cancelling or closing the clinic waits for everybody who shares it, and they for it; they never wait for each
    other. Whoever locks appointments or places of a clinic shares it first.
    """
    query = "SELECT state FROM clinics_clinicsession WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(query + (" FOR KEY SHARE" if connection.vendor == "postgresql" else ""), [session.pk])
        (state,) = cursor.fetchone()
    return str(state)


def _lock_places(
    session: ClinicSession,
    wanted: list[datetime],
    *,
    at: datetime,
    holder: uuid.UUID | None,
    own: Sequence[int] = (),
) -> list[int]:
    """Lock the free places of the wanted minutes and whatever the holder has, in id order, waiting for each.

    Of those that the people have already (``own``), the ones in the wanted minutes too.
    """
    which = models.Q(starts_at__in=wanted, starts_at__gt=at, withdrawn_at__isnull=True, kept_for="")
    if holder is not None:
        which |= _kept_by(holder)
    places = _free_or_mine(Place.objects.filter(session=session).filter(which), at=at, holder=holder, own=own)
    return list(places.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))


def _seat(
    run: Run,
    *,
    session: ClinicSession,
    kind: str,
    holder: uuid.UUID | None,
    expires_at: datetime | None,
    own: Sequence[int] = (),
) -> list[Taken]:
    """Point the run's places, which are locked, to a reservation for each person."""
    staying: set[int] = set()
    if own and expires_at is not None:
        # What is only kept may still be given up: until it is certain, nobody's appointment loses its place.
        seated = [key for seat in run.seats for key in seat.place_ids]
        staying = set(Place.objects.filter(pk__in=seated, reservation__in=own).values_list("id", flat=True))
    if holder is not None:
        before = list(Reservation.objects.filter(holder=holder, expires_at__isnull=False).values_list("id", flat=True))
        Place.objects.filter(reservation__in=before).update(reservation=None)
        Reservation.objects.filter(pk__in=before).delete()
    else:
        holder = uuid.uuid4()
    lacking = [[key for key in seat.place_ids if key not in staying] for seat in run.seats]
    reservations = iter(
        Reservation.objects.bulk_create(
            [Reservation(session=session, kind=kind, holder=holder, expires_at=expires_at) for keys in lacking if keys]
        )
    )
    taken = []
    for seat, keys in zip(run.seats, lacking, strict=True):
        reservation = next(reservations) if keys else None
        if keys:
            Place.objects.filter(pk__in=keys).update(reservation=reservation)
        taken.append(Taken(reservation, seat.starts_at, seat.minutes))
    return taken


def confirm_held(
    *,
    session: ClinicSession,
    needs: Sequence[Need],
    holder: uuid.UUID,
    at: datetime,
    starts_at: datetime | None = None,
) -> list[Taken] | None:
    """Turn everything that ``holder`` holds for ``needs`` into appointments' reservations, even if it has expired.

    Returns them in the family's order, or None where anything of it was taken over meanwhile, or where it does not
    begin at ``starts_at`` (None: wherever it begins). Must run in the caller's transaction. Raises NotTakingBookings as
    take_places does.
    """
    _lock_session(session, in_queue=False)
    kept = Place.objects.filter(_kept_by(holder), session=session, starts_at__gt=at, withdrawn_at__isnull=True)
    locked = list(kept.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    # Read again under the lock, as take_places does: somebody may have taken over between the two.
    rows = kept.filter(pk__in=locked).select_related("reservation").order_by("reservation_id", "starts_at")
    seats: dict[int, list[Place]] = {}
    for place in rows:
        seats.setdefault(place.reservation_id or 0, []).append(place)
    if starts_at is not None and [places[0].starts_at for places in seats.values()][:1] != [starts_at]:
        return None
    if [len(places) for places in seats.values()] != [need.slots for need in needs]:
        return None
    Reservation.objects.filter(pk__in=seats).update(kind=Reservation.Kind.APPOINTMENT, expires_at=None)
    return [
        Taken(places[0].reservation, places[0].starts_at, session.appointment_minutes * len(places))
        for places in seats.values()
        if places[0].reservation is not None
    ]


def confirm_with_own(
    *,
    session: ClinicSession,
    needs: Sequence[Need],
    starts_at: datetime,
    holder: uuid.UUID,
    own: Sequence[int],
    at: datetime,
) -> list[Taken] | None:
    """Seat a family that changes its times on what ``holder`` keeps for it and on its ``own`` places together.

    ``own`` has the keys of the reservations that they give up; whoever calls has locked their appointments, and
    releases afterwards what is left of them. Returns reservations for appointments in the family's order, or None
    where anything of it has gone meanwhile: then nothing is changed. Must run in the caller's transaction. Raises
    NotTakingBookings as take_places does.
    """
    _lock_session(session, in_queue=False)
    theirs = _on_offer(session, at).filter(_kept_by(holder) | models.Q(reservation__in=own))
    locked = list(theirs.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    # Read again under the lock, as take_places does.
    run = Grid(_read(theirs.filter(pk__in=locked)), minutes=session.appointment_minutes).run_at(starts_at, needs)
    if run is None:
        return None
    return _seat(run, session=session, kind=Reservation.Kind.APPOINTMENT, holder=holder, expires_at=None, own=own)


def extend_kept(*, holder: uuid.UUID, expires_at: datetime, at: datetime) -> int:
    """Let ``holder`` keep until ``expires_at`` what it keeps, even what has expired where nobody took it since.

    Returns how many places still to come it keeps. Must run in the caller's transaction.
    """
    kept = Place.objects.filter(_kept_by(holder), starts_at__gt=at, withdrawn_at__isnull=True)
    locked = list(kept.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    # Read again under the lock: somebody may have taken over what had expired.
    rows = list(kept.filter(pk__in=locked).values_list("reservation_id", flat=True))
    Reservation.objects.filter(pk__in=rows, expires_at__isnull=False).update(expires_at=expires_at)
    return len(rows)


def _is_lock_timeout(error: OperationalError) -> bool:
    """Whether a lock was waited for too long (55P03) or a deadlock was broken (40P01)."""
    return getattr(error.__cause__, "sqlstate", None) in {"55P03", "40P01"}
