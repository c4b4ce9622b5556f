"""A clinic this morning, with staff of each role, batches, and a family that booked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Team, User
from bookings.models import Appointment
from clinics.models import Batch, ClinicSession
from immunisations.models import Person
from tests.support.factories import MORNING, book, child, contact, make_batch, make_session, make_team, make_user


@dataclass
class Clinic:
    """A clinic of this morning and what belongs to it."""

    team: Team
    session: ClinicSession
    nurse: User
    desk: User
    mmrv: Batch
    mmr: Batch
    six: Batch

    def url(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.session.public_id, *args])


@pytest.fixture(autouse=True)
def this_morning() -> Iterator[time_machine.Traveller]:
    """It is the morning of the clinic."""
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def clinic(db: None) -> Clinic:
    """A clinic that gives MMR, MMRV and 6-in-1, all day long."""
    team = make_team()
    session = make_session(team, periods=[(time(10), time(16), 4)])
    return Clinic(
        team,
        session,
        make_user(team, Role.VACCINATOR, first_name="Nora", last_name="Nurse"),
        make_user(team, Role.DESK, first_name="Dan", last_name="Desk"),
        make_batch(team, "priorix-tetra", number="TET1"),
        make_batch(team, "priorix", number="PRX1", expires_on=date(2027, 3, 31)),
        make_batch(team, "infanrix-hexa", number="HEX1"),
    )


def signed_in(user: User) -> Client:
    """Return a browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nurse(clinic: Clinic) -> Client:
    return signed_in(clinic.nurse)


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    return signed_in(clinic.desk)


def words(response: HttpResponse) -> str:
    """Return what a page says, without its markup."""
    text = re.sub(r"<(script|style|head).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def arrive_all(client: Client, clinic: Clinic) -> list[Person]:
    """Mark everybody who is booked as arrived, and return who they are, in the order of their times."""
    waiting = Appointment.objects.filter(session=clinic.session, visit__isnull=True)
    ids = [str(public_id) for public_id in waiting.values_list("public_id", flat=True)]
    client.post(clinic.url("clinic-day-arrive"), {"appointment": ids})
    done = Appointment.objects.filter(session=clinic.session, visit__isnull=False).order_by("starts_at", "position")
    return [appointment.person for appointment in done.select_related("person")]


@pytest.fixture
def amina(clinic: Clinic, desk: Client) -> Person:
    """A child of three and a half with nothing on record, here with her mother."""
    book(
        clinic.session,
        child("Amina", "Khan", date(2023, 3, 27)),
        contact=contact(name="Sara Khan", relationship="Mother"),
    )
    return arrive_all(desk, clinic)[0]


def check(client: Client, clinic: Clinic, person: Person, finding: str | None = None, **data: Any) -> HttpResponse:
    """Look at the red book, which shows nothing unless told, and save the finding as it is drafted unless told."""
    sent = {"red_book-outcome": "nothing_recorded", "rows": "3", **data}
    url = clinic.url("record-check", person.public_id)
    shown = client.post(url, sent, follow=True)
    if "preview" not in (shown.context or {}):
        return shown
    drafted = shown.context["preview"].finding
    saved = client.post(url, {**sent, "does": "save", "finding": drafted if finding is None else finding})
    return client.get(saved.url) if saved.status_code == 302 and saved.url.startswith(f"{url}?") else saved


def agree(client: Client, clinic: Clinic, person: Person, **data: Any) -> HttpResponse:
    """The mother agrees to everything that is due, and nothing speaks against it."""
    sent = {"decides": "contact", "which": "all", "health": "ok", **data}
    return client.post(clinic.url("consent-and-health", person.public_id), sent)


def give(client: Client, clinic: Clinic, person: Person, series: str = "MEASLES", **data: Any) -> HttpResponse:
    """Give the dose into the left arm."""
    batch = clinic.mmrv if series == "MEASLES" else clinic.six
    return post_dose(client, clinic, person, {"batch": str(batch.public_id), "body_site": "left_arm", **data}, series)


def post_dose(
    client: Client, clinic: Clinic, person: Person, data: dict[str, Any], series: str = "MEASLES", query: str = ""
) -> HttpResponse:
    """Send the dose's page, with the direction that it names; where it leads elsewhere by now, the team's only one."""
    url = clinic.url("give-dose", person.public_id, series) + query
    named = re.search(r'name="under" value="([^"]+)"', client.get(url).content.decode())
    only = clinic.team.directions.all()
    under = named[1] if named else str(only[0].public_id) if len(only) == 1 else ""
    return client.post(url, {"under": under, **data})
