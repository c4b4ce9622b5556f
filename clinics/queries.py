"""What the public's screens of clinics show: the list, and one clinic."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinics import words
from clinics.finder import Found, find, venue_position
from clinics.models import ClinicSession, Place, VaccinationPeriod, Venue
from clinics.postcodes import Position
from clinics.times import LONDON, london_day

VENUES_ON_A_PAGE = 10
DATES_OF_A_VENUE = 4
DATES_TO_CHOOSE_FROM = 10
# What somebody may ask for in the list.
WEEK, LATE, DROP_IN = "week", "late", "drop-in"
WISHES = {
    WEEK: _lazy("Appointments in the next 7 days"),
    LATE: _lazy("After 4pm or at the weekend"),
    DROP_IN: _lazy("Drop in, no booking"),
}
# The hour, in England, from which children are out of school and many parents from work.
AFTER_FOUR = 16
# What a list shows of a clinic and its venue: half the columns, and the database's dates cost time to read.
LISTED = (
    "public_id",
    "name",
    "slug",
    "date",
    "state",
    "drop_in_from",
    "drop_in_until",
    "venue__public_id",
    "venue__name",
    "venue__address",
    "venue__town",
    "venue__postcode",
    "venue__access",
)


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """One clinic session as the public sees it: what is free on that day, and when it opens."""

    session: ClinicSession
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
    venue: Venue | None = None
    days: list[ClinicDay] = field(default_factory=list)

    @property
    def distance(self) -> str:
        """How far it is, in words; "" where that is not known."""
        if self.miles is None:
            return ""
        shown = words.miles(self.miles)
        return _("About 1 mile away") if shown == "1" else _("About %(miles)s miles away") % {"miles": shown}

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


def to_come(sessions: "QuerySet[ClinicSession]", at: datetime) -> "QuerySet[ClinicSession]":
    """Return those of ``sessions`` that are not over at ``at``: their last period and drop-in have not ended."""
    today, now = london_day(at), at.astimezone(LONDON).time()
    still_open = Exists(VaccinationPeriod.objects.filter(session=OuterRef("pk"), ends_at__gt=at))
    return sessions.filter(Q(date__gt=today) | Q(date=today) & (Q(still_open) | Q(drop_in_until__gt=now)))


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
    return sessions


def places_free(session: ClinicSession | OuterRef, at: datetime) -> "QuerySet[Place]":
    """Return the places of a clinic that anybody may book now."""
    return Place.objects.on_offer().free(at).filter(session=session, starts_at__gt=at)


def _days(sessions: "QuerySet[ClinicSession]", at: datetime) -> list[ClinicDay]:
    """Return the sessions with what is free, in one query; of them and their venues, what a list shows."""
    places = places_free(OuterRef("pk"), at)
    rows = sessions.annotate(
        first_free=Subquery(places.order_by("starts_at").values("starts_at")[:1]),
        last_free=Subquery(places.order_by("-starts_at").values("starts_at")[:1]),
    )
    return [
        ClinicDay(session, session.first_free, session.last_free)
        for session in rows.select_related("venue").only(*LISTED).order_by("date", "id")
    ]


def listed_towns(at: datetime) -> dict[str, Position]:
    """Return the towns and villages of clinics that the public may know of, each with a position."""
    return _towns_of(ClinicSession.objects.public(), at)


def _towns_of(sessions: "QuerySet[ClinicSession]", at: datetime) -> dict[str, Position]:
    rows = to_come(sessions, at).values_list("venue__town", "venue__latitude", "venue__longitude", "venue__postcode")
    return _towns(rows.order_by().distinct())


def _towns(rows: Iterable[tuple[str, float | None, float | None, str]]) -> dict[str, Position]:
    towns: dict[str, Position] = {}
    for town, latitude, longitude, postcode in rows:
        if town not in towns and (position := venue_position(latitude, longitude, postcode)) is not None:
            towns[town] = position
    return towns


def clinic_list(
    *,
    at: datetime,
    near: str = "",
    page: int = 1,
    wishes: Collection[str] = (),
    only_bookable: bool = False,
    around: Position | None = None,
    leave_out: int | None = None,
) -> ClinicList:
    """Return a page of the venues with clinics to come, nearest to ``near`` first, else soonest first.

    ``near`` is what a person typed; where it is not found, all are listed, soonest first. ``around`` sorts by
    distance from a known position instead. Only days that meet all ``wishes`` (codes of WISHES) are listed.
    ``only_bookable`` leaves out clinics that take no bookings; ``leave_out`` is a session's key. Two queries, three
    with both a place and wishes, however many clinics there are.
    """
    sessions = ClinicSession.objects.public()
    if only_bookable:
        sessions = sessions.bookable(london_day(at))
    if leave_out is not None:
        sessions = sessions.exclude(pk=leave_out)
    known = _towns_of(sessions, at) if near and wishes else None
    rows = list(
        only(to_come(sessions, at), wishes, at)
        .order_by("date", "id")
        .values_list(
            "id", "venue_id", "venue__town", "venue__latitude", "venue__longitude", "venue__postcode", named=False
        )
    )
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
    return ClinicList(found, shown, len(ordered), page, pages)


def _nearest_first(venues: list[ListedVenue], here: Position | None) -> list[ListedVenue]:
    if here is None:
        return venues
    for venue in venues:
        venue.miles = here.miles_to(venue.position) if venue.position else None
    # Venues without a position stand last; those equally far keep the order of their next dates.
    return sorted(venues, key=lambda venue: (venue.miles is None, venue.miles or 0))


def _fill(venues: Sequence[ListedVenue], at: datetime) -> None:
    wanted = [session_id for venue in venues for session_id in venue.session_ids[:DATES_OF_A_VENUE]]
    days: dict[int, list[ClinicDay]] = {}
    if wanted:
        for each in _days(ClinicSession.objects.filter(pk__in=wanted), at):
            days.setdefault(each.session.venue_id, []).append(each)
    for venue in venues:
        venue.days = days.get(venue.venue_id, [])
        venue.venue = venue.days[0].session.venue if venue.days else None


def days_at(*, venue: Venue, at: datetime, offset: int = 0) -> tuple[list[ClinicDay], bool]:
    """Return the bookable days at a venue, DATES_TO_CHOOSE_FROM from ``offset`` on, and whether there are more."""
    sessions = to_come(ClinicSession.objects.bookable(london_day(at)), at).filter(venue=venue).order_by("date", "id")
    keys = list(sessions.values_list("pk", flat=True)[offset : offset + DATES_TO_CHOOSE_FROM + 1])
    days = _days(ClinicSession.objects.filter(pk__in=keys[:DATES_TO_CHOOSE_FROM]), at)
    return days, len(keys) > DATES_TO_CHOOSE_FROM


def clinic_day(*, session: ClinicSession, at: datetime) -> ClinicDay:
    """Return ``session`` with its hours and what is free."""
    free = places_free(session, at).aggregate(first=Min("starts_at"), last=Max("starts_at"))
    hours = session.periods.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    return ClinicDay(session, free["first"], free["last"], hours["first"], hours["last"])


def visible_session(slug: str) -> ClinicSession | None:
    """Return the clinic with this address if the public may know of it, whatever became of it; else None.

    Drafts, clinics for invited people and closed lists do not exist for the public, and neither does a clinic that
    was cancelled before it was ever published.
    """
    states = [
        ClinicSession.State.PUBLISHED,
        ClinicSession.State.BOOKINGS_CLOSED,
        ClinicSession.State.FINISHED,
        ClinicSession.State.CLOSED_OFF,
        ClinicSession.State.CANCELLED,
    ]
    sessions = ClinicSession.objects.filter(who_may_book=ClinicSession.WhoMayBook.PUBLIC, state__in=states)
    try:
        session = sessions.select_related("venue").get(slug=slug)
    except ClinicSession.DoesNotExist:
        return None
    if session.state == ClinicSession.State.CANCELLED and not session.places.exists():
        return None
    return session
