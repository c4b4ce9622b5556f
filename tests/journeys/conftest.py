"""What the stories share: a clinic in Evesham with its staff, and a clock that a story can move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine

from accounts.models import Role, Team, User
from clinics.models import ClinicSession
from tests.support.factories import NOW, make_batch, make_session, make_team, make_user, make_venue


@dataclass
class Evesham:
    """The clinic, who works there, and the one after it, which is not published yet."""

    team: Team
    session: ClinicSession
    following: ClinicSession
    nurse: User
    co_ordinator: User


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A week before the clinic; ``clock.move_to(MORNING)`` goes on to its morning. It ticks: a browser waits."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def evesham(transactional_db: None, clock: time_machine.Traveller) -> Evesham:
    """Clinics in Evesham, Worcester and Great Malvern; in Evesham with all that a nurse needs."""
    team, elsewhere = make_team("Vale team"), make_team()
    hall = make_venue(team, name="Evesham Town Hall")
    session = make_session(venue=hall, slug="evesham", name="Evesham town hall clinic")
    for town, postcode in (("Worcester", "WR1 2EY"), ("Great Malvern", "WR14 2EX")):
        make_session(venue=make_venue(elsewhere, name=f"{town} Library", town=town, postcode=postcode))
    following = make_session(
        venue=hall, slug="evesham-again", name="Evesham Sunday clinic", date=date(2026, 12, 6), published=False
    )
    for product, number in (("priorix-tetra", "TET1"), ("priorix", "PRX1"), ("infanrix-hexa", "HEX1")):
        make_batch(team, product, number=number)
    return Evesham(
        team,
        session,
        following,
        nurse=make_user(team, Role.VACCINATOR, username="nora", first_name="Nora", last_name="Nurse"),
        co_ordinator=make_user(team, Role.COORDINATOR, username="cora", first_name="Cora", last_name="Planner"),
    )
