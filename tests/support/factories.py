"""Things that tests need, made as the service makes them: by its own actions wherever there is one."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from accounts.models import Membership, Role, Team, User
from bookings.actions import Contact, Made, PersonDetails, make_booking
from clinics.actions import publish_session, save_periods
from clinics.models import Batch, ClinicSession, Direction, Product, VaccineOffer, Venue
from clinics.vaccines import Vaccine

# Everything in tests happens around this Saturday morning, whatever the day is outside.
DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery-staple"

_numbers = itertools.count(1)


def make_team(name: str = "") -> Team:
    """A team of a county's health and care trust."""
    number = next(_numbers)
    return Team.objects.create(
        name=name or f"Team {number}",
        organisation="Vale Health and Care Trust",
        ods_code=f"RX{number}",
        phone="01632 960 100",
        phone_hours="Monday to Friday, 9am to 5pm",
    )


def make_user(team: Team | None, role: str = Role.VACCINATOR, *, username: str = "", **details: Any) -> User:
    """A member of staff with PASSWORD, in ``team`` with ``role`` (or in no team)."""
    number = next(_numbers)
    user = User.objects.create_user(
        username=username or f"user{number}",
        password=PASSWORD,
        first_name=details.pop("first_name", "Rosa"),
        last_name=details.pop("last_name", f"Staff{number}"),
        **details,
    )
    if team is not None:
        Membership.objects.create(user=user, team=team, role=role)
    return user


def make_venue(team: Team, **details: Any) -> Venue:
    """A hall in Evesham, or wherever ``details`` say."""
    return Venue.objects.create(
        team=team,
        **{
            "name": f"Town Hall {next(_numbers)}",
            "kind": Venue.Kind.HALL,
            "address": "1 Market Place",
            "town": "Evesham",
            "postcode": "WR11 4RW",
            "room": "The main hall, through the doors on the left",
            "access": "No steps to the room\nFree parking outside",
            **details,
        },
    )


def make_session(
    team: Team | None = None,
    *,
    published: bool = True,
    periods: Sequence[tuple[time, time, int]] = ((time(10), time(12), 2),),
    vaccines: Sequence[str] = (Vaccine.MMR, Vaccine.MMRV, Vaccine.SIX_IN_ONE),
    venue: Venue | None = None,
    at: datetime = NOW,
    **details: Any,
) -> ClinicSession:
    """A clinic with its places: by default 10am to midday on DAY, two at a time, ten minutes each: 24 places.

    A team that has no direction yet gets one for every vaccine.
    """
    venue = venue or make_venue(team or make_team())
    if not Direction.objects.filter(team=venue.team).exists():
        make_direction(venue.team)
    number = next(_numbers)
    session = ClinicSession.objects.create(
        team=venue.team,
        venue=venue,
        **{
            "date": DAY,
            "name": f"{venue.town} clinic",
            "slug": f"clinic-{number}",
            **details,
        },
    )
    VaccineOffer.objects.bulk_create([VaccineOffer(session=session, vaccine=vaccine) for vaccine in vaccines])
    save_periods(session=session, periods=periods, by=None, at=at, source="test")
    if published:
        session = publish_session(session=session, by=None, at=at, source="test")
    return session


def child(
    first_name: str = "Amina", last_name: str = "Khan", born: date = date(2023, 3, 27), **details: Any
) -> PersonDetails:
    """Somebody to be booked."""
    return PersonDetails(first_name=first_name, last_name=last_name, date_of_birth=born, **details)


def contact(**details: Any) -> Contact:
    """Somebody who books: a mother with an email address and a mobile."""
    return Contact(
        **{
            "name": "Sara Khan",
            "relationship": "Mother",
            "phone": "+447700900982",
            "email": "sara@example.com",
            **details,
        }
    )


def book(
    session: ClinicSession,
    *people: PersonDetails,
    starts_at: datetime | None = None,
    at: datetime = NOW,
    submission_id: uuid.UUID | None = None,
    **details: Any,
) -> Made:
    """A booking made on the website, at any time that is free unless ``starts_at`` is given."""
    return make_booking(
        session=session,
        people=people or (child(),),
        contact=details.pop("contact", contact()),
        starts_at=starts_at,
        submission_id=submission_id or uuid.uuid4(),
        how="web",
        by=details.pop("by", None),
        source="public",
        at=at,
        **details,
    )


def make_batch(
    team: Team, product: str = "priorix", *, number: str = "", expires_on: date = date(2027, 6, 30)
) -> Batch:
    """A batch of a reviewed product, by the product's code."""
    return Batch.objects.create(
        team=team,
        product=Product.objects.get(code=product),
        number=number or f"AB{next(_numbers):04}",
        expires_on=expires_on,
    )


def make_direction(team: Team, **details: Any) -> Direction:
    """A patient group direction of a team, in force whenever tests happen, for every vaccine unless told."""
    return Direction.objects.create(
        team=team,
        **{
            "kind": Direction.Kind.PGD,
            "name": "Childhood vaccines direction",
            "version": "5",
            "vaccines": list(Vaccine.values),
            "valid_from": date(2020, 1, 1),
            "valid_until": date(2099, 12, 31),
            **details,
        },
    )
