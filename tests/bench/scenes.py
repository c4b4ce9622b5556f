"""What the databases of the bench hold: clinics to come, the clinic of today, and as much history as is asked for."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import psycopg
from django.db import models
from django.utils import timezone

from accounts.authentication import make_token
from accounts.models import Role, Team, User
from bookings.models import Appointment, Booking
from clinics.models import ClinicSession, Place, Reservation, VaccinationPeriod, VaccineOffer
from clinics.vaccines import Series
from immunisations.models import Person, Vaccination, Visit
from tests.support.factories import book, child, make_session, make_team, make_user, make_venue

APPOINTMENTS_A_CLINIC = 100
CLINICS_A_DAY = 5
# A clinic for bookings through the API: a long day of five vaccinators, ten minutes each.
LANES, STARTS = 5, 84
PLACES = LANES * STARTS
TOWNS = (
    ("Evesham", "WR11 4RW"),
    ("Pershore", "WR10 1AB"),
    ("Malvern", "WR14 2AA"),
    ("Droitwich", "WR9 8DS"),
    ("Redditch", "B97 4HJ"),
    ("Bromsgrove", "B61 8HA"),
    ("Tewkesbury", "GL20 5AL"),
    ("Broadway", "WR12 7AA"),
)


@dataclass(frozen=True)
class World:
    """The parts of the databases that are asked for by name."""

    team: Team
    desk: User
    token: str
    today: ClinicSession


def make_world() -> World:
    """Make a team with its clinics to come, at 24 venues on three days each, and one that is held today."""
    now = timezone.now()
    team = make_team("Bench team")
    desk = make_user(team, Role.VACCINATOR, username="bench")
    for number in range(24):
        town, postcode = TOWNS[number % len(TOWNS)]
        venue = make_venue(team, town=town, postcode=postcode)
        for week in range(3):
            make_session(
                venue=venue,
                date=now.date() + timedelta(days=2 + number % 5 + 7 * week),
                periods=[(time(10), time(15), 4)],
                at=now,
                slug=f"bench-{number}-{week}",
            )
    return World(team, desk, make_token(user=desk, at=now), make_day(team, desk, now))


def make_day(team: Team, desk: User, now: datetime) -> ClinicSession:
    """Make today's clinic of a hundred appointments: sixty people are here and have something recorded."""
    before = now - timedelta(days=14)
    session = make_session(
        team, date=now.date(), periods=[(time(9), time(17), 5)], at=before, slug="bench-today", name="Today’s clinic"
    )
    appointments = []
    for number in range(APPOINTMENTS_A_CLINIC):
        made = book(session, child(f"Child{number}", f"Bench{number // 2}"), at=before)
        appointments.append(made.booking.appointments.get())
    here = appointments[: APPOINTMENTS_A_CLINIC * 6 // 10]
    people = Person.objects.bulk_create(
        Person(
            team=team,
            first_name=each.first_name,
            last_name=each.last_name,
            date_of_birth=each.date_of_birth,
            created_at=before,
        )
        for each in here
    )
    visits = Visit.objects.bulk_create(
        Visit(session=session, person=person, how=Visit.How.BOOKED, arrived_at=now - timedelta(hours=1))
        for person in people
    )
    for appointment, person, visit in zip(here, people, visits, strict=True):
        appointment.person, appointment.visit = person, visit
    Appointment.objects.bulk_update(here, ["person", "visit"])
    Vaccination.objects.bulk_create(
        Vaccination(
            person=person,
            session=session,
            visit=visit,
            status=Vaccination.Status.NOT_DONE,
            series=Series.values[0],
            not_done_reason=Vaccination.Reason.values[0],
            place_name=session.venue.name,
            place_ods_code="X99999",
            recorded_by=desk,
            recorded_by_name=str(desk),
            recorded_at=now,
        )
        for person, visit in zip(people, visits, strict=True)
    )
    return session


def make_clinic(world: World) -> ClinicSession:
    """Make a clinic eight days from now with PLACES places, none of them taken."""
    now = timezone.now()
    return make_session(
        world.team,
        date=now.date() + timedelta(days=8),
        periods=[(time(7), time(21), LANES)],
        at=now,
        slug=f"bench-{uuid.uuid4()}",
    )


# What stands in history once for each appointment or clinic, each after what it points to.
HISTORY: tuple[type[models.Model], ...] = (
    ClinicSession,
    VaccineOffer,
    VaccinationPeriod,
    Reservation,
    Place,
    Person,
    Visit,
    Booking,
    Appointment,
    Vaccination,
)


def add_history(url: str, *, appointments: int, today: ClinicSession) -> None:
    """Copy today's clinic, with all that hangs on it, into the past until there are so many appointments.

    Written by the database itself: the service's own ways would take an hour for 200,000.
    """
    copies = appointments // APPOINTMENTS_A_CLINIC - 1
    with psycopg.connect(url, autocommit=True) as database:
        with database.transaction():
            # Copies of rows that were checked need no second check of every key.
            database.execute("SET LOCAL session_replication_role = replica")
            for model in HISTORY:
                database.execute(_copy(model, today), {"copies": copies, "session": today.pk})
        # As a database that has been at work for long: counted, and its rows marked as visible to all.
        database.execute("VACUUM ANALYZE")
        (count,) = database.execute("SELECT count(*) FROM bookings_appointment").fetchone() or (0,)
    assert count == appointments, f"{count} appointments instead of {appointments}"


# Far above every key that the seeds have.
STRIDE = 10_000_000
# A unique text of fewer characters is numbered, a longer one drawn by chance.
SHORT = 32


def _copy(model: type[models.Model], today: ClinicSession) -> str:
    """Return the statement that copies a model's rows of today's clinic once for each number n of copies."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        column = f'row."{field.column}"'
        if field.primary_key or (isinstance(field, models.ForeignKey) and field.related_model in HISTORY):
            value = f"{column} + n * {STRIDE}::bigint"
        elif isinstance(field, models.UUIDField):
            value = "gen_random_uuid()"
        elif isinstance(field, models.DateTimeField):
            value = f"{column} - ((n - 1) / {CLINICS_A_DAY} + 1) * interval '1 day'"
        elif isinstance(field, models.DateField) and model is ClinicSession:
            value = f"{column} - ((n - 1) / {CLINICS_A_DAY} + 1)"
        elif field.unique and field.max_length < SHORT:
            # Too short for chance: two alike among 200,000 would be found one time in fifty.
            value = f"lpad(to_hex(n * 1048576::bigint + row.id), {field.max_length}, '0')"
        elif field.unique:
            value = f"left(md5({column} || n::text) || md5(n::text || {column}), {field.max_length})"
        else:
            value = column
        columns.append(f'"{field.column}"')
        values.append(value)
    which = {
        ClinicSession: "row.id = %(session)s",
        Person: "row.id IN (SELECT person_id FROM immunisations_visit WHERE session_id = %(session)s)",
        Booking: "row.id IN (SELECT booking_id FROM bookings_appointment WHERE session_id = %(session)s)",
    }.get(model, "row.session_id = %(session)s")
    return (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT {", ".join(values)} '
        f'FROM "{model._meta.db_table}" AS row, generate_series(1, %(copies)s) AS n WHERE {which} ORDER BY n, row.id'
    )
