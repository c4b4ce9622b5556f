"""Where a booking can be moved to: the clinics of its team."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from clinics.finder import position_of_venue
from clinics.models import ClinicSession, Venue
from clinics.queries import to_come
from clinics.times import london_day
from clinics.words import miles

VENUES_ON_A_PAGE = 10


@dataclass(frozen=True)
class VenueToGo:
    """A venue at which a team's next clinic takes bookings."""

    venue: Venue
    next_session: ClinicSession
    more: int
    # How far it is from where the family is booked, in miles and in words; None where that is not known.
    miles: float | None

    @property
    def miles_words(self) -> str:
        """How far it is, in words."""
        return miles(self.miles) if self.miles is not None else ""


def venues_of_team(team: Team | int, *, near: Venue, at: datetime, page: int = 1) -> tuple[list[VenueToGo], int]:
    """Return a page of a team's venues with clinics to come that take bookings, and how many pages there are.

    Those nearest to ``near`` come first; of those whose distance is not known, the soonest. One query.
    """
    here = position_of_venue(near)
    sessions = (
        to_come(ClinicSession.objects.bookable(london_day(at)), at)
        .filter(team=team)
        .select_related("venue")
        .order_by("date", "pk")
    )
    by_venue: dict[int, list[ClinicSession]] = {}
    for session in sessions:
        by_venue.setdefault(session.venue_id, []).append(session)
    found = []
    for of_venue in by_venue.values():
        venue = of_venue[0].venue
        there = position_of_venue(venue)
        away = here.miles_to(there) if here is not None and there is not None else None
        found.append(VenueToGo(venue, of_venue[0], len(of_venue) - 1, away))
    found.sort(key=lambda each: (each.miles is None, each.miles or 0, each.next_session.date))
    pages = max(1, -(-len(found) // VENUES_ON_A_PAGE))
    page = min(max(1, page), pages)
    return found[(page - 1) * VENUES_ON_A_PAGE : page * VENUES_ON_A_PAGE], pages
