"""What the public's screens of clinics show: the list, and one clinic."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    Field,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TimeField,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.recurring import Recurring
from clinics import words
from clinics.availability import lately
from clinics.finder import Found, find, venue_position
from clinics.models import ClinicSession, Place, VaccinationPeriod, VaccineOffer, Venue
from clinics.models.venue import facts_of, on_one_line
from clinics.postcodes import Position
from clinics.times import LONDON, london_day

VENUES_ON_A_PAGE = 10
DATES_OF_A_VENUE = 4
DATES_TO_CHOOSE_FROM = 10
# What somebody may ask for in the list.
WEEK, LATE, DROP_IN, NO_STEPS, QUIET = "week", "late", "drop-in", "no-steps", "quiet"
WISHES = {
    WEEK: _lazy("Appointments in the next 7 days"),
    LATE: _lazy("After 4pm or at the weekend"),
    DROP_IN: _lazy("Drop in, no booking"),
    NO_STEPS: _lazy("No steps to the room"),
    QUIET: _lazy("Longer or quieter appointments"),
}
# The hour, in England, from which children are out of school and many parents from work.
AFTER_FOUR = 16
# As far as most people go: beyond, the list says that nothing is near.
NEAR_ENOUGH = 15


@dataclass(frozen=True, slots=True)
class ListedSession:
    """What a list shows of a clinic session, by the names that these have in its model: a third of the columns."""

    slug: str
    name: str
    date: date
    state: str
    drop_in_from: time | None
    drop_in_until: time | None


# A day is shown of a whole session, or of what a list reads of one.
Shown = TypeVar("Shown", ClinicSession, ListedSession)


@dataclass(frozen=True, slots=True)
class ClinicDay(Generic[Shown]):
    """One clinic session as the public sees it: what is free on that day, and when it opens."""

    session: Shown
    first_free: datetime | None
    last_free: datetime | None
    # Read for one clinic's own page alone.
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def takes_bookings(self) -> bool:
        """Whether an appointment can be booked now."""
        return self.session.state == ClinicSession.State.PUBLISHED and self.first_free is not None

    @property
    def full(self) -> bool:
        """Whether it takes bookings but has no time left."""
        return self.session.state == ClinicSession.State.PUBLISHED and self.first_free is None

    def is_over(self, at: datetime) -> bool:
        """Whether the last period and the drop-in have ended (``to_come`` asks it of many)."""
        today, now, until = london_day(at), at.astimezone(LONDON).time(), self.session.drop_in_until
        if self.session.date != today:
            return self.session.date < today
        return not ((self.closes_at is not None and self.closes_at > at) or (until is not None and until > now))

    @property
    def offer(self) -> str:
        """What there is to have on that day, in one or two sentences."""
        if self.session.state == ClinicSession.State.BOOKINGS_CLOSED:
            sentences = [_("Bookings have closed.")]
        elif self.full:
            sentences = [_("All appointments are taken.")]
        elif not self.takes_bookings:
            sentences = []
        elif self.morning and self.afternoon:
            sentences = [_("Appointments in the morning and afternoon.")]
        else:
            sentences = [_("Appointments in the morning.") if self.morning else _("Appointments in the afternoon.")]
        start, end = self.session.drop_in_from, self.session.drop_in_until
        if start is not None and end is not None:
            sentences.append(_("Drop in %(hours)s, no booking.") % {"hours": words.hours(start, end)})
        return " ".join(sentences)

    @property
    def words(self) -> str:
        """The day in words."""
        return words.day(self.session.date)

    @property
    def morning(self) -> bool:
        """Whether a time before midday is free."""
        return self.first_free is not None and self.first_free.astimezone(LONDON).hour < 12

    @property
    def afternoon(self) -> bool:
        """Whether a time from midday on is free."""
        return self.last_free is not None and self.last_free.astimezone(LONDON).hour >= 12


@dataclass(slots=True)
class ListedVenue:
    """A venue with its next clinics and, where people said where they are, how far it is."""

    venue_id: int
    session_ids: list[int]
    position: Position | None
    miles: float | None = None
    public_id: uuid.UUID | None = None
    name: str = ""
    full_address: str = ""
    access_facts: list[str] = field(default_factory=list)
    days: list[ClinicDay[ListedSession]] = field(default_factory=list)

    @property
    def distance(self) -> str:
        """How far it is, in words; "" where that is not known."""
        if self.miles is None:
            return ""
        shown = words.miles(self.miles)
        return _("About 1 mile away") if shown == "1" else _("About %(miles)s miles away") % {"miles": shown}

    @property
    def next_day(self) -> ClinicDay[ListedSession]:
        """The soonest of its clinics."""
        return self.days[0]

    @property
    def more_days(self) -> int:
        """How many further dates are not listed."""
        return len(self.session_ids) - len(self.days)


@dataclass(slots=True)
class ClinicList:
    """The list of clinics near a place, or of all."""

    found: Found
    venues: list[ListedVenue]
    count: int
    page: int
    pages: int

    @property
    def nothing_near(self) -> bool:
        """Whether a place was found and none of the clinics within NEAR_ENOUGH miles can be booked or dropped in to."""
        if self.found.where is None or self.page > 1:
            return False
        near = [venue for venue in self.venues if venue.miles is not None and venue.miles <= NEAR_ENOUGH]
        return not any(day.takes_bookings or day.session.drop_in_from for venue in near for day in venue.days)


def to_come(sessions: "QuerySet[ClinicSession]", at: datetime) -> "QuerySet[ClinicSession]":
    """Return those of ``sessions`` that are not over at ``at``: their last period and drop-in have not ended."""
    return _to_come(sessions, **_moment(at))


def _to_come(sessions: "QuerySet[ClinicSession]", at: Any, today: Any, now: Any) -> "QuerySet[ClinicSession]":
    still_open = Exists(VaccinationPeriod.objects.filter(session=OuterRef("pk"), ends_at__gt=at))
    return sessions.filter(Q(date__gt=today) | Q(date=today) & (Q(still_open) | Q(drop_in_until__gt=now)))


def _moment(at: datetime) -> dict[str, Any]:
    """Return a moment with the day and the time that the clocks in England show then."""
    return {"at": at, "today": london_day(at), "now": at.astimezone(LONDON).time()}


MOMENT: "dict[str, Field[Any, Any]]" = {"at": DateTimeField(), "today": DateField(), "now": TimeField()}


def only(sessions: "QuerySet[ClinicSession]", wishes: Collection[str], at: datetime) -> "QuerySet[ClinicSession]":
    """Return those of ``sessions`` that fit every one of ``wishes``, which are codes of WISHES."""
    if WEEK in wishes:
        in_a_week = london_day(at) + timedelta(days=7)
        sessions = sessions.filter(Exists(places_free(OuterRef("pk"), at)), date__lte=in_a_week)
    if LATE in wishes:
        late = places_free(OuterRef("pk"), at).filter(starts_at__hour__gte=AFTER_FOUR)
        # Sunday is 1 and Saturday 7.
        sessions = sessions.filter(Q(date__week_day__in=[1, 7]) | Q(Exists(late)))
    if DROP_IN in wishes:
        sessions = sessions.filter(drop_in_from__isnull=False)
    if NO_STEPS in wishes:
        sessions = sessions.filter(venue__step_free=True)
    if QUIET in wishes:
        kept = Place.objects.filter(
            session=OuterRef("pk"), kept_for=Place.KeptFor.EXTRA_TIME, withdrawn_at__isnull=True, starts_at__gt=at
        )
        sessions = sessions.filter(Q(venue__quiet_space=True) | Exists(kept.free(at)))
    return sessions


def places_free(session: ClinicSession | OuterRef, at: Any) -> "QuerySet[Place]":
    """Return the places of a clinic that anybody may book now."""
    return Place.objects.on_offer().free(at).filter(session=session, starts_at__gt=at)


def _with_free(sessions: "QuerySet[ClinicSession]", at: Any) -> "QuerySet[Any]":
    """Return the sessions, soonest first, with the first and the last time that is free at each."""
    places = places_free(OuterRef("pk"), at)
    return sessions.annotate(
        first_free=Subquery(places.order_by("starts_at").values("starts_at")[:1]),
        last_free=Subquery(places.order_by("-starts_at").values("starts_at")[:1]),
    ).order_by("date", "id")


def listed_towns(at: datetime) -> dict[str, Position]:
    """Return the towns and villages of clinics that the public may know of, each with a position."""
    return _towns(lately("towns", lambda: _TOWNS.all(**_moment(at))))


def _towns_of(sessions: "QuerySet[ClinicSession]") -> "QuerySet[Any]":
    return sessions.values_list(*PLACE).order_by().distinct()


# Where a venue is.
PLACE = ("venue__town", "venue__latitude", "venue__longitude", "venue__postcode")
_TOWNS: Recurring[tuple[Any, ...]] = Recurring(
    lambda **moment: _towns_of(_to_come(ClinicSession.objects.public(), **moment)), **MOMENT
)


def _towns(rows: Iterable[tuple[str, float | None, float | None, str]]) -> dict[str, Position]:
    towns: dict[str, Position] = {}
    for town, latitude, longitude, postcode in rows:
        if town not in towns and (position := venue_position(latitude, longitude, postcode)) is not None:
            towns[town] = position
    return towns


def _soonest_first(sessions: "QuerySet[ClinicSession]") -> "QuerySet[Any]":
    return sessions.order_by("date", "id").values_list("id", "venue_id", *PLACE)


# The list as most people ask for it, without a wish.
_ALL_TO_COME: Recurring[tuple[Any, ...]] = Recurring(
    lambda **moment: _soonest_first(_to_come(ClinicSession.objects.public(), **moment)), **MOMENT
)


def clinic_list(
    *,
    at: datetime,
    near: str = "",
    page: int = 1,
    wishes: Collection[str] = (),
    only_bookable: bool = False,
    around: Position | None = None,
    leave_out: int | None = None,
    vaccines: Collection[str] = (),
) -> ClinicList:
    """Return a page of the venues with clinics to come, nearest to ``near`` first, else soonest first.

    ``near`` is what a person typed; where it is not found, all are listed, soonest first. ``around`` sorts by
    distance from a known position instead. Only days that meet all ``wishes`` (codes of WISHES) are listed.
    ``only_bookable`` leaves out clinics that take no bookings; ``leave_out`` is a session's key; with ``vaccines`` only
    clinics that offer any of these are listed. Two queries, three with both a place and wishes or vaccines, however
    many clinics there are.
    """
    known = None
    if not wishes and not only_bookable and leave_out is None and not vaccines:
        rows = lately("to-come", lambda: _ALL_TO_COME.all(**_moment(at)))
    else:
        sessions = ClinicSession.objects.public()
        if only_bookable:
            sessions = sessions.bookable(london_day(at))
        if leave_out is not None:
            sessions = sessions.exclude(pk=leave_out)
        coming = to_come(sessions, at)
        known = _towns(_towns_of(coming)) if near and (wishes or vaccines) else None
        if vaccines:
            coming = coming.filter(Exists(VaccineOffer.objects.filter(session=OuterRef("pk"), vaccine__in=vaccines)))
        rows = list(_soonest_first(only(coming, wishes, at)))
    found = Found()
    if near:
        found = find(near, _towns(row[2:] for row in rows) if known is None else known)
    venues: dict[int, ListedVenue] = {}
    for session_id, venue_id, _town, latitude, longitude, postcode in rows:
        if venue_id not in venues:
            venues[venue_id] = ListedVenue(venue_id, [], venue_position(latitude, longitude, postcode))
        venues[venue_id].session_ids.append(session_id)
    ordered = _nearest_first(list(venues.values()), found.where.position if found.where else around)
    pages = max(1, -(-len(ordered) // VENUES_ON_A_PAGE))
    page = min(max(1, page), pages)
    shown = ordered[(page - 1) * VENUES_ON_A_PAGE : page * VENUES_ON_A_PAGE]
    _fill(shown, at)
    return ClinicList(found, [venue for venue in shown if venue.days], len(ordered), page, pages)


def _nearest_first(venues: list[ListedVenue], here: Position | None) -> list[ListedVenue]:
    if here is None:
        return venues
    for venue in venues:
        venue.miles = here.miles_to(venue.position) if venue.position else None
    # Venues without a position stand last; those equally far keep the order of their next dates.
    return sorted(venues, key=lambda venue: (venue.miles is None, venue.miles or 0))


_KEYS = [f"key_{number}" for number in range(VENUES_ON_A_PAGE * DATES_OF_A_VENUE)]
# What a page of the list shows of its venues and their next clinics.
_LISTED: Recurring[tuple[Any, ...]] = Recurring(
    lambda at, **keys: _with_free(ClinicSession.objects.filter(pk__in=keys.values()), at).values_list(
        "venue_id",
        "venue__public_id",
        "venue__name",
        "venue__address",
        "venue__town",
        "venue__postcode",
        "venue__access",
        "venue__step_free",
        "venue__quiet_space",
        "first_free",
        "last_free",
        *(each.name for each in fields(ListedSession)),
    ),
    at=DateTimeField(),
    **{name: BigIntegerField() for name in _KEYS},
)


def _fill(venues: Sequence[ListedVenue], at: datetime) -> None:
    """Add what the list shows of the venues and their next clinics, in one query that makes no models of its rows."""
    wanted = [session_id for venue in venues for session_id in venue.session_ids[:DATES_OF_A_VENUE]]
    if not wanted:
        return
    listed = {venue.venue_id: venue for venue in venues}
    # Always as many keys, none of them 0: the text of the statement stays the same.
    keys = {name: wanted[number] if number < len(wanted) else 0 for number, name in enumerate(_KEYS)}
    for row in lately("listed", lambda: _LISTED.all(at=at, **keys), of=sorted(wanted)):
        venue_id, public_id, place, address, town, postcode, access, no_steps, quiet, *rest = row
        first_free, last_free, *session = rest
        venue = listed[venue_id]
        if not venue.days:
            venue.public_id, venue.name = public_id, place
            venue.access_facts = facts_of(access, step_free=no_steps, quiet_space=quiet)
            venue.full_address = on_one_line(place, address, town, postcode)
        venue.days.append(ClinicDay(ListedSession(*session), first_free, last_free))


def days_at(*, venue: Venue, at: datetime, offset: int = 0) -> tuple[list[ClinicDay[ClinicSession]], bool]:
    """Return the bookable days at a venue, DATES_TO_CHOOSE_FROM from ``offset`` on, and whether there are more."""
    sessions = to_come(ClinicSession.objects.bookable(london_day(at)), at).filter(venue=venue).order_by("date", "id")
    keys = list(sessions.values_list("pk", flat=True)[offset : offset + DATES_TO_CHOOSE_FROM + 1])
    rows = _with_free(ClinicSession.objects.filter(pk__in=keys[:DATES_TO_CHOOSE_FROM]), at)
    days = [ClinicDay(session, session.first_free, session.last_free) for session in rows]
    return days, len(keys) > DATES_TO_CHOOSE_FROM


def left_on(days: Iterable[ClinicDay[ClinicSession]], at: datetime) -> dict[int, int]:
    """Return how many places anybody may book on each of these days, by the key of the clinic. One query."""
    keys = [day.session.pk for day in days]
    rows = Place.objects.on_offer().free(at).filter(session__in=keys, starts_at__gt=at).order_by()
    return dict(rows.values_list("session").annotate(left=Count("pk")))


def _hours(at: Any, session: Any) -> "QuerySet[Any]":
    periods = VaccinationPeriod.objects.filter(session=OuterRef("pk"))
    return (
        _with_free(ClinicSession.objects.filter(pk=session), at)
        .annotate(
            opens_at=Subquery(periods.order_by("starts_at").values("starts_at")[:1]),
            closes_at=Subquery(periods.order_by("-ends_at").values("ends_at")[:1]),
        )
        .values_list("first_free", "last_free", "opens_at", "closes_at")
    )


_HOURS: Recurring[tuple[Any, ...]] = Recurring(_hours, at=DateTimeField(), session=BigIntegerField())


def clinic_day(*, session: ClinicSession, at: datetime) -> ClinicDay[ClinicSession]:
    """Return ``session`` with its hours and what is free."""
    hours = lately("hours", lambda: _HOURS.all(at=at, session=session.pk)[0], of=session.pk)
    return ClinicDay(session, *hours)


def visible_session(slug: str) -> ClinicSession | None:
    """Return the clinic with this address if the public may know of it, whatever became of it; else None.

    Drafts, clinics for invited people and closed lists do not exist for the public, and neither does a clinic that
    was cancelled before it was ever published.
    """
    session = _WITH_SLUG.one(slug=slug)
    if session is None or (session.state == ClinicSession.State.CANCELLED and not session.places.exists()):
        return None
    return session


_WITH_SLUG: Recurring[ClinicSession] = Recurring(
    lambda slug: ClinicSession.objects.filter(
        slug=slug,
        who_may_book=ClinicSession.WhoMayBook.PUBLIC,
        state__in=[
            ClinicSession.State.PUBLISHED,
            ClinicSession.State.BOOKINGS_CLOSED,
            ClinicSession.State.FINISHED,
            ClinicSession.State.CLOSED_OFF,
            ClinicSession.State.CANCELLED,
        ],
    ).select_related("venue"),
    slug=CharField(),
)
