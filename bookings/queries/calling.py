"""What whoever takes bookings on the phone sees: the team's clinics with room, calls not finished, bookings found."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bookings import calls
from bookings.models import Booking, Draft, WaitingListEntry
from bookings.references import LENGTH, clean_reference
from clinics import words
from clinics.finder import Found, find, position_of_venue
from clinics.models import ClinicSession, Venue
from clinics.postcodes import Position
from clinics.queries import ClinicDay, places_free, to_come

MOST_BOOKINGS = 20
MOST_CALLS = 20
VENUES_ON_A_PAGE = 10


@dataclass(frozen=True)
class DayForCaller:
    """One clinic of the team on one day, and how many places it has left."""

    day: ClinicDay[ClinicSession]
    free: int


@dataclass
class VenueForCaller:
    """A venue with the team's clinics there, soonest first."""

    venue: Venue
    miles: float | None = None
    days: list[DayForCaller] = field(default_factory=list)

    @property
    def distance(self) -> str:
        """How far it is, in words; "" where that is not known."""
        if self.miles is None:
            return ""
        shown = words.miles(self.miles)
        return _("About 1 mile away") if shown == "1" else _("About %(miles)s miles away") % {"miles": shown}


@dataclass(frozen=True)
class ClinicsForCaller:
    """A page of the venues, nearest first; what became of the search."""

    found: Found
    venues: list[VenueForCaller]
    count: int
    page: int
    pages: int


def bookable_by_staff(team_id: int, at: datetime) -> "QuerySet[ClinicSession]":
    """Return the team's clinics that take bookings, whoever else may book there: invited and closed ones too."""
    sessions = ClinicSession.objects.filter(team=team_id, state=ClinicSession.State.PUBLISHED)
    return to_come(sessions, at)


def clinics_for_caller(team_id: int, *, at: datetime, near: str = "", page: int = 1) -> ClinicsForCaller:
    """Return the team's clinics to come by venue, nearest to ``near`` first, else soonest first. Two queries."""
    free = places_free(OuterRef("pk"), at).order_by()
    counted = free.values("session").annotate(how_many=Count("pk")).values("how_many")
    rows = (
        bookable_by_staff(team_id, at)
        .select_related("venue")
        .prefetch_related("offers")
        .annotate(
            free=Coalesce(Subquery(counted), 0),
            first_free=Subquery(free.order_by("starts_at").values("starts_at")[:1]),
            last_free=Subquery(free.order_by("-starts_at").values("starts_at")[:1]),
        )
        .order_by("date", "pk")
    )
    venues: dict[int, VenueForCaller] = {}
    for row in rows:
        each = venues.setdefault(row.venue_id, VenueForCaller(row.venue))
        each.days.append(DayForCaller(ClinicDay(row, row.first_free, row.last_free), row.free))
    towns: dict[str, Position] = {}
    for each in venues.values():
        position = position_of_venue(each.venue)
        if position is not None:
            towns.setdefault(each.venue.town, position)
    found = find(near, towns) if near else Found()
    ordered = list(venues.values())
    if found.where is not None:
        here = found.where.position
        for each in ordered:
            position = position_of_venue(each.venue)
            each.miles = here.miles_to(position) if position else None
        ordered.sort(key=lambda each: (each.miles is None, each.miles or 0))
    pages = max(1, -(-len(ordered) // VENUES_ON_A_PAGE))
    page = min(max(1, page), pages)
    shown = ordered[(page - 1) * VENUES_ON_A_PAGE : page * VENUES_ON_A_PAGE]
    return ClinicsForCaller(found, shown, len(ordered), page, pages)


@dataclass(frozen=True)
class UnfinishedCall:
    """A call that has made no booking yet: whose it is, as far as anybody typed it."""

    draft: Draft
    call: calls.Call

    @property
    def names(self) -> str:
        """The names typed so far, "" where there are none."""
        typed = [
            " ".join(each for part in ("first_name", "last_name") for each in self.call.typed.get(f"{n}-{part}", []))
            for n in range(1, self.call.people + 1)
        ]
        return ", ".join(each.strip() for each in typed if each.strip())


def unfinished_calls(team_id: int, *, at: datetime) -> list[UnfinishedCall]:
    """Return the team's calls that are not finished, the latest first."""
    rows = (
        Draft.objects.filter(team=team_id, caller_for__isnull=False, booking__isnull=True, expires_at__gt=at)
        .filter(purpose=Draft.Purpose.BOOK)
        .select_related("session", "caller_for")
        .order_by("-updated_at")[:MOST_CALLS]
    )
    return [UnfinishedCall(row, calls.read(row)) for row in rows]


def bookings_like(team_id: int, *, typed: str, phone: str, email: str) -> list[Booking]:
    """Return the team's bookings with this reference, as typed, telephone number or email address, the latest first.

    ``phone`` is E.164; "" for whatever was not typed.
    """
    reference = clean_reference(typed)
    like = Q(reference=reference) if len(reference) == LENGTH else Q(pk__in=[])
    if phone:
        like |= Q(phone=phone)
    if email:
        like |= Q(email__iexact=email)
    return list(
        Booking.objects.filter(like, team=team_id)
        .prefetch_related("appointments__session__venue", "appointments__person")
        .order_by("-pk")[:MOST_BOOKINGS]
    )


def waiting_like(team_id: int, *, phone: str, email: str) -> list[WaitingListEntry]:
    """Return who waits for a first time of the team's and gave this telephone number (E.164) or email address, the
    longest wait first; "" for what was not typed.

    Whoever has a booking is found by that.
    """
    like = Q(pk__in=[])
    if phone:
        like |= Q(contact__phone=phone)
    if email:
        like |= Q(contact__email__iexact=email)
    waiting = WaitingListEntry.objects.filter(team=team_id, state=WaitingListEntry.State.WAITING, booking__isnull=True)
    return list(waiting.filter(like).order_by("pk")[:MOST_BOOKINGS])


def wait_of(booking: Booking) -> WaitingListEntry | None:
    """Return the wait of a booking for earlier times, None where they do not wait."""
    return WaitingListEntry.objects.filter(booking=booking, state=WaitingListEntry.State.WAITING).first()


def venues_to_wait_for(team_id: int, *, first: Venue | None = None) -> list[Venue]:
    """Return the team's venues to which a caller can come, by name; ``first`` is the one that was looked at."""
    rows = Venue.objects.filter(team=team_id).exclude(kind=Venue.Kind.PRISON).order_by("name", "pk")
    return sorted(rows, key=lambda each: each != first)
