"""The clinics of the demonstration: how one is planned, the clinic of today, and those to come."""

from datetime import date, datetime, time, timedelta
from typing import Any

from bookings.demo import lists, stock
from bookings.demo.families import book, bring_family
from bookings.demo.people import TODAY, Family, Somebody
from bookings.demo.places import VENUES
from bookings.demo.stage import SOURCE, Stage
from clinics.actions import free_slug, publish_session, save_periods, wall_time
from clinics.models import ClinicSession, VaccineOffer, Venue


def plan_clinic(stage: Stage, on: date, venue: str, details: dict[str, Any], at: datetime) -> ClinicSession:
    """Plan and publish a clinic at one of the demonstration's venues."""
    details = dict(details)
    periods = details.pop("periods")
    vaccines = details.pop("vaccines")
    place = Venue.objects.get(team=stage.team, name=VENUES[venue]["name"])
    session = ClinicSession.objects.create(
        team=stage.team,
        venue=place,
        date=on,
        name=f"{place.town} clinic" if venue not in ("mosque", "roadside", "prison") else f"Clinic at {place.name}",
        slug=free_slug(town=place.name if venue in ("mosque", "roadside") else place.town, day=on),
        **details,
    )
    VaccineOffer.objects.bulk_create([VaccineOffer(session=session, vaccine=vaccine) for vaccine in vaccines])
    save_periods(session=session, periods=periods, by=stage.coordinator, at=at, source=SOURCE)
    return publish_session(session=session, by=stage.coordinator, at=at, source=SOURCE)


def add_upcoming(stage: Stage, days: int, venue: str, details: dict[str, Any]) -> None:
    """Add the clinic in so many days: today's with its people, later ones with bookings or a list."""
    on = stage.today + timedelta(days=days)
    planned = min(stage.now, wall_time(on, time(12))) - timedelta(days=20)
    session = plan_clinic(stage, on, venue, details, planned)
    if days == 0:
        stock.take(session, by=stage.nurse, at=min(stage.now, wall_time(on, time(8, 30))))
        for family in TODAY:
            bring_family(stage, session, family)
        return
    if venue == "prison":
        lists.add_wing(session, by=stage.coordinator, at=planned + timedelta(days=1), source=SOURCE)
    if session.who_may_book == ClinicSession.WhoMayBook.PUBLIC:
        # Enough bookings for a list that looks like one, few enough that everybody can still book.
        book_strangers(stage, session, planned + timedelta(days=1), count=2 + days % 4)


def book_strangers(stage: Stage, session: ClinicSession, at: datetime, *, count: int) -> None:
    """Let so many families with one child each book at a clinic."""
    names = ["Ivy", "Theo", "Mia", "Arlo", "Nadia", "Kacper", "Erin", "Idris"]
    for number in range(count):
        name = names[(number + session.date.day) % len(names)]
        book(
            stage,
            session,
            Family((Somebody(name, "Field", 900 + 37 * number, postcode="WR9 7AA"),), slot=number * 2),
            at=at,
        )
