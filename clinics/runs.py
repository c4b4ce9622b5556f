"""Which free places a family can sit in. Pure: rows in, choices out, no database and no clock.

A *run* is one person after the other without a gap, in one period, never two at one minute. Each person has one
vaccinator for their whole time; the same one for the whole family is preferred, but any will do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Need:
    """What one person needs: one place, or two in a row with the same vaccinator where extra time was asked for."""

    extra_time: bool = False

    @property
    def slots(self) -> int:
        return 2 if self.extra_time else 1


@dataclass(frozen=True, slots=True)
class FreePlace:
    """A place nobody has taken."""

    id: int
    starts_at: datetime
    lane: int
    period_id: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one person would sit: from when, with which vaccinator, on which places, for how many minutes."""

    starts_at: datetime
    lane: int
    place_ids: tuple[int, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Run:
    """A whole family's seats, in the family's order."""

    seats: tuple[Seat, ...]

    @property
    def starts_at(self) -> datetime:
        return self.seats[0].starts_at

    @property
    def ends_at(self) -> datetime:
        last = self.seats[-1]
        return last.starts_at + timedelta(minutes=last.minutes)

    @property
    def together(self) -> bool:
        """Whether each person follows directly after the one before."""
        return all(
            before.starts_at + timedelta(minutes=before.minutes) == after.starts_at
            for before, after in zip(self.seats, self.seats[1:], strict=False)
        )


class Grid:
    """The free places of one clinic, arranged for choosing."""

    def __init__(self, places: Iterable[FreePlace], *, minutes: int) -> None:
        """``minutes`` is the length of one place."""
        self.minutes = minutes
        self.step = timedelta(minutes=minutes)
        self._lanes: dict[datetime, dict[int, FreePlace]] = defaultdict(dict)
        for place in places:
            self._lanes[place.starts_at][place.lane] = place
        self.starts = sorted(self._lanes)

    def _lanes_for(self, start: datetime, slots: int, period_id: int | None) -> dict[int, tuple[FreePlace, ...]]:
        """The vaccinators free for ``slots`` places in a row from ``start``, with those places."""
        found = {}
        for lane, first in self._lanes.get(start, {}).items():
            if period_id is not None and first.period_id != period_id:
                continue
            row = [first]
            for n in range(1, slots):
                following = self._lanes.get(start + n * self.step, {}).get(lane)
                if following is None or following.period_id != first.period_id:
                    break
                row.append(following)
            if len(row) == slots:
                found[lane] = tuple(row)
        return found

    def _seat(self, start: datetime, places: tuple[FreePlace, ...]) -> Seat:
        return Seat(start, places[0].lane, tuple(place.id for place in places), self.minutes * len(places))

    def run_at(self, start: datetime, needs: Sequence[Need]) -> Run | None:
        """Return the family's run that begins at ``start``, or None where they do not fit there."""
        periods = {place.period_id for place in self._lanes.get(start, {}).values()}
        for period_id in sorted(periods):
            options = []
            at = start
            for need in needs:
                lanes = self._lanes_for(at, need.slots, period_id)
                if not lanes:
                    break
                options.append((at, lanes))
                at += need.slots * self.step
            if len(options) < len(needs):
                continue
            shared = set.intersection(*(set(lanes) for _, lanes in options))
            return Run(
                tuple(
                    self._seat(begins, lanes[min(shared)] if shared else lanes[min(lanes)]) for begins, lanes in options
                )
            )
        return None

    def runs(self, needs: Sequence[Need]) -> Iterator[Run]:
        """Every start at which the whole family fits one after the other, earliest first."""
        for start in self.starts:
            if (run := self.run_at(start, needs)) is not None:
                yield run

    def split_from(self, start: datetime, needs: Sequence[Need]) -> Run | None:
        """Seat the family from ``start`` on with the shortest waits, each person after the one before."""
        seats = []
        earliest = start
        for need in needs:
            for begins in self.starts:
                if begins < earliest:
                    continue
                if lanes := self._lanes_for(begins, need.slots, None):
                    seats.append(self._seat(begins, lanes[min(lanes)]))
                    earliest = begins + need.slots * self.step
                    break
            else:
                return None
        return Run(tuple(seats))

    def nearest_split(self, needs: Sequence[Need], near: datetime | None = None) -> Run | None:
        """Return the seating that keeps the family at the clinic for the shortest time.

        Of equally short ones, the nearest to ``near``, else the earliest. None where there is no room for all.
        """
        best: tuple[tuple[timedelta, timedelta], Run] | None = None
        for start in self.starts:
            run = self.split_from(start, needs)
            if run is None:
                break
            if run.starts_at != start:
                continue
            away = abs(run.starts_at - near) if near else run.starts_at - self.starts[0]
            rank = (run.ends_at - run.starts_at, away)
            if best is None or rank < best[0]:
                best = (rank, run)
        return best[1] if best else None

    def nearest(self, runs: Iterable[Run], to: datetime, count: int = 3) -> list[Run]:
        """Return the ``count`` runs nearest in time to ``to``, in order of time."""
        return sorted(sorted(runs, key=lambda run: abs(run.starts_at - to))[:count], key=lambda run: run.starts_at)


def minutes_of(start: datetime, needs: Sequence[Need], *, minutes: int) -> list[datetime]:
    """Return every start that a run from ``start`` uses."""
    return [start + timedelta(minutes=minutes) * n for n in range(sum(need.slots for need in needs))]
