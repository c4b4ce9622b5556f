"""Vaccines without gelatine from pigs: where the wish matters, and how many of them can still be promised.

MMR and MMRV each come with and without gelatine. A promise is an appointment with the wish: nothing is kept that can be
counted. The doses without gelatine that were taken to a clinic are for its people; those in the team's store are for
whichever of its clinics asks first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from django.db import OperationalError, connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.errors import Refused
from bookings.models import Appointment
from bookings.queries.store import BatchStock, takeable
from clinics.models import Batch, ClinicSession
from clinics.places import TooBusy
from clinics.queries import places_free
from clinics.stock import lock_batches
from clinics.times import london_day
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.schedule import ScheduleError, forecast

# Where gelatine makes a difference: the reviewed products of these come with it and without.
WITH_AND_WITHOUT = frozenset({Vaccine.MMR, Vaccine.MMRV})
LOOKED_AT = 12
# The code of PostgreSQL for a lock that was waited for in vain.
LOCK_NOT_AVAILABLE = "55P03"
STILL_TO_COME = (ClinicSession.State.PUBLISHED, ClinicSession.State.BOOKINGS_CLOSED)


class GelatineFreeGone(Refused):
    """More doses without gelatine are wanted than are left to promise. ``details["left"]`` says how many are."""

    code = "gelatine_free_gone"


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody who may want a vaccine without gelatine: when they were born, and what they come for (none: a check)."""

    born: date
    vaccines: Collection[str] = ()


@lru_cache(maxsize=4096)
def _by_age(born: date, on: date) -> str:
    """Return the measles vaccine of somebody born then: MMR or MMRV."""
    try:
        results = forecast(born, [], on, set())
    except ScheduleError:
        return Vaccine.MMRV
    return next((each.vaccine for each in results if each.series == Series.MEASLES), None) or Vaccine.MMRV


def vaccine_of(session: ClinicSession, wish: Wish) -> str | None:
    """Return the vaccine that somebody would have at a clinic where gelatine matters for it; None where it does not."""
    offered = [code for code in session.vaccine_codes() if code in WITH_AND_WITHOUT]
    if wish.vaccines and not any(series_of(code) == Series.MEASLES for code in wish.vaccines):
        return None
    if len(offered) < 2:
        return offered[0] if offered else None
    return _by_age(wish.born, session.date)


@dataclass
class Doses:
    """The doses of one clinic by vaccine, with gelatine and without, and what is promised of them already."""

    # Those that may be given there, in the store or taken there.
    with_gelatine: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    promised: Counter[str] = field(default_factory=Counter)

    def left(self, vaccine: str) -> int:
        """Return how many more can be promised."""
        return max(0, self.without[vaccine] - self.promised[vaccine])


def may_matter(session: ClinicSession, vaccines: Collection[str]) -> bool:
    """Whether the team has any batch with gelatine of these vaccines that is good on the clinic's day. One query."""
    return Batch.objects.filter(
        team=session.team_id,
        product__vaccine__in=WITH_AND_WITHOUT.intersection(vaccines),
        product__contains_gelatine=True,
        expires_on__gte=session.date,
        quarantined_at__isnull=True,
    ).exists()


def doses_of(session: ClinicSession, *, at: datetime) -> Doses:
    """Return what can be given at a clinic and what is promised of it. Six queries."""
    found = Doses()
    store: Counter[str] = Counter()
    there: dict[int, Counter[str]] = defaultdict(Counter)
    for each in takeable(session, today=london_day(at)):
        vaccine = each.batch.product.vaccine
        if vaccine not in WITH_AND_WITHOUT:
            continue
        here = _at(each, session.pk)
        if each.batch.product.contains_gelatine:
            found.with_gelatine[vaccine] += each.usable + here
            continue
        found.without[vaccine] += each.usable + here
        store[vaccine] += each.usable
        for key in each.store.clinics:
            there[key][vaccine] += _at(each, key)
    for clinic, promised in _promised(session, at).items():
        for vaccine, count in promised.items():
            if clinic == session.pk:
                found.promised[vaccine] += count
            else:
                # Another clinic's promises are kept from what was taken there, and beyond that from the same store.
                found.promised[vaccine] += min(store[vaccine], max(0, count - there[clinic][vaccine]))
    return found


def _at(stock: BatchStock, clinic: int) -> int:
    """Return the doses of a batch that are at a clinic still."""
    there = stock.store.clinics.get(clinic)
    if there is None or there.back is not None or there.hold is not None:
        return 0
    return max(0, there.taken - there.all_wasted - stock.given_at.get(clinic, 0))


def _promised(session: ClinicSession, at: datetime) -> dict[int, Counter[str]]:
    """Return how many doses without gelatine are promised at each clinic of the team to come, by vaccine."""
    rows = (
        Appointment.objects.filter(
            Q(visit__isnull=True) | Q(visit__left_at__isnull=True),
            gelatine_free=True,
            state=Appointment.State.BOOKED,
            session__team=session.team_id,
            session__state__in=STILL_TO_COME,
            session__date__gte=london_day(at),
        )
        .select_related("session")
        .prefetch_related("session__offers")
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        vaccine = vaccine_of(row.session, Wish(row.date_of_birth, row.wanted))
        if vaccine is not None:
            found[row.session_id][vaccine] += 1
    return found


def matters(session: ClinicSession, wishes: Iterable[Wish], *, at: datetime) -> list[bool]:
    """Return for each whether a product with gelatine is on offer at the clinic for what they would have.

    One query where the team has none; where nothing is left of it, it is not on offer.
    """
    vaccines = [vaccine_of(session, wish) for wish in wishes]
    if not any(vaccines) or not may_matter(session, [each for each in vaccines if each]):
        return [False for _vaccine in vaccines]
    doses = doses_of(session, at=at)
    return [vaccine is not None and doses.with_gelatine[vaccine] > 0 for vaccine in vaccines]


def settled(session: ClinicSession, wishes: Sequence[Wish], answers: Sequence[bool | None], *, at: datetime) -> bool:
    """Whether nothing has to be asked: it matters to nobody, or each has answered and what they wish can be promised.

    ``answers`` has for each of ``wishes`` whether it is one for a vaccine without gelatine; None where nobody asked.
    """
    mattering = matters(session, wishes, at=at)
    if not any(mattering):
        return True
    if any(each and answer is None for each, answer in zip(mattering, answers, strict=True)):
        return False
    wished = [wish for wish, answer in zip(wishes, answers, strict=True) if answer]
    return not wished or can_promise(session, wished, at=at)


def can_promise(session: ClinicSession, wishes: Sequence[Wish], *, at: datetime) -> bool:
    """Whether everybody with the wish can be promised a vaccine without gelatine at the clinic, as things stand."""
    return not _short(session, wishes, at)


def _short(session: ClinicSession, wishes: Sequence[Wish], at: datetime) -> dict[str, int]:
    """Return the vaccines of which too few can be promised, each with how many can."""
    wanted = Counter(vaccine for vaccine in (vaccine_of(session, wish) for wish in wishes) if vaccine is not None)
    # Without gelatine on offer there is nothing else that anybody could be given: the wish is noted, and packed for.
    if not wanted or not may_matter(session, list(wanted)):
        return {}
    doses = doses_of(session, at=at)
    return {
        vaccine: doses.left(vaccine)
        for vaccine, count in wanted.items()
        if doses.with_gelatine[vaccine] > 0 and doses.left(vaccine) < count
    }


def promise(session: ClinicSession, wishes: Sequence[Wish], *, at: datetime) -> None:
    """Make sure that a vaccine without gelatine is left for each of the wishes, and stays so until they are booked.

    Must run in the booking's transaction, before its appointments are written. Whoever else wants one waits at the
    batches without gelatine; nobody else does. Locks them last of all. Raises GelatineFreeGone, and TooBusy where the
    batches stayed locked for ten seconds.
    """
    vaccines = {vaccine for vaccine in (vaccine_of(session, wish) for wish in wishes) if vaccine is not None}
    if not vaccines:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Each who waits here goes on once the one before has booked: longer than for a place that may be another's.
            cursor.execute("SET LOCAL lock_timeout = '10s'")
    try:
        lock_batches(
            Batch.objects.filter(team=session.team_id, product__vaccine__in=vaccines, product__contains_gelatine=False)
        )
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise TooBusy(_("Many people are booking at this moment. Try again.")) from error
    short = _short(session, wishes, at)
    if short:
        raise GelatineFreeGone(
            _("There are not enough vaccines without gelatine left at this clinic."), left=sum(short.values())
        )


def clinics_that_can(
    wishes: Sequence[Wish], *, leave_out: ClinicSession, at: datetime, most: int = 5, team: int | None = None
) -> list[ClinicSession]:
    """Return up to ``most`` clinics with free places at which everybody can be promised one, soonest first.

    Looks at the next LOOKED_AT clinics that have the vaccine: of every team, or of the one with this key.
    """
    sessions = (
        ClinicSession.objects.bookable(london_day(at))
        .filter(Exists(places_free(OuterRef("pk"), at)), offers__vaccine__in=WITH_AND_WITHOUT)
        .exclude(pk=leave_out.pk)
        .select_related("venue")
        .prefetch_related("offers")
        .distinct()
        .order_by("date", "pk")
    )
    if team is not None:
        sessions = sessions.filter(team=team)
    found: list[ClinicSession] = []
    for session in sessions[:LOOKED_AT]:
        if all(vaccine_of(session, wish) for wish in wishes) and can_promise(session, wishes, at=at):
            found.append(session)
            if len(found) == most:
                break
    return found
