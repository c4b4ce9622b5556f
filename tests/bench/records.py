"""People with the records that a county has of its children, as many as are asked for, written by the database."""

from datetime import date

import psycopg
from django.db import models

from immunisations.models import DoseSeen, Person, RecordCheck, Vaccination
from tests.support.records import Room

# What a record shows: vaccine, age in days at which it is given, and the share of children who have it.
PLAN = (
    ("6IN1", 56, 0.96),
    ("6IN1", 84, 0.95),
    ("6IN1", 112, 0.94),
    ("MENB", 56, 0.94),
    ("MENB", 112, 0.93),
    ("ROTAVIRUS", 56, 0.92),
    ("ROTAVIRUS", 84, 0.9),
    ("PNEUMOCOCCAL", 84, 0.94),
    ("HIBMENC", 366, 0.9),
    ("PNEUMOCOCCAL", 366, 0.9),
    ("MENB", 366, 0.89),
    ("MMR", 366, 0.91),
    ("MMR", 1220, 0.86),
    ("4IN1", 1220, 0.84),
    ("HPV", 4500, 0.7),
    ("3IN1", 5115, 0.75),
    ("MENACWY", 5115, 0.75),
)
# Of how many hundred people one dose is known by its month only; who had a measles vaccine at a clinic of ours.
BY_MONTH, GIVEN_HERE = 6, 10
AGES = 18 * 365


def make_people(url: str, *, people: int, room: Room, given: Vaccination, today: date) -> None:
    """Write so many people of the room's team, born in the 18 years before ``today``, with what records show of them.

    ``given`` is a dose recorded in the room: what stands in it is copied for doses given here.
    """
    with psycopg.connect(url, autocommit=True) as database:
        with database.transaction():
            # Rows that point to what is there need no check of every key.
            database.execute("SET LOCAL session_replication_role = replica")
            database.execute("SELECT setseed(0.5)")
            (first,) = database.execute(f"SELECT coalesce(max(id), 0) FROM {_table(Person)}").fetchone() or (0,)
            database.execute(_people(), {"team": room.team.pk, "people": people, "today": today, "ages": AGES})
            database.execute(_checks(), {"first": first, "nurse": room.nurse.pk, "name": str(room.nurse)})
            for number, (vaccine, age, share) in enumerate(PLAN):
                values = {"vaccine": vaccine, "age": age, "share": share, "first": first, "today": today}
                database.execute(_seen(), {**values, "number": number, "by_month": BY_MONTH})
            database.execute(_given(), {"given": given.pk, "first": first, "today": today, "share": GIVEN_HERE})
            for model in (Person, RecordCheck, DoseSeen, Vaccination):
                table = _table(model)
                database.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        database.execute("VACUUM ANALYZE")


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _people() -> str:
    return f"""
        INSERT INTO {_table(Person)} (
            public_id, team_id, first_name, last_name, date_of_birth, date_of_birth_is_approximate, sex, nhs_number,
            address, postcode, no_fixed_abode, gp_registration, phone, language, interpreter_needed, note, created_at
        )
        SELECT gen_random_uuid(), %(team)s, 'Child', 'Number ' || n, %(today)s::date - (random() * %(ages)s)::int,
            false, (ARRAY['female', 'male', ''])[1 + (random() * 2.1)::int %% 3], '', '', '', false, 'unknown', '', '',
            false, '', now()
        FROM generate_series(1, %(people)s) AS n
    """


def _checks() -> str:
    return f"""
        INSERT INTO {_table(RecordCheck)} (
            public_id, person_id, source, source_name, outcome, how_seen, finding, checked_by_id, checked_by_name,
            checked_at, client_uuid
        )
        SELECT gen_random_uuid(), id, 'chis', '', 'doses_found', '', 'What CHIS shows.', %(nurse)s, %(name)s, now(),
            gen_random_uuid()
        FROM {_table(Person)} WHERE id > %(first)s AND random() < 0.97 ORDER BY id
    """


def _seen() -> str:
    # The first dose of measles vaccine of some is known by its month only.
    return f"""
        INSERT INTO {_table(DoseSeen)} (record_check_id, vaccine, given_on, as_written, country, batch_number)
        SELECT id, %(vaccine)s, CASE WHEN %(number)s = 11 AND id %% 100 < %(by_month)s
            THEN to_char(day, 'YYYY-MM') ELSE to_char(day, 'YYYY-MM-DD') END, '', '', ''
        FROM (
            SELECT seen.id, person.date_of_birth + %(age)s::int + (random() * 25)::int AS day
            FROM {_table(RecordCheck)} AS seen JOIN {_table(Person)} AS person ON person.id = seen.person_id
            WHERE person.id > %(first)s AND random() < %(share)s ORDER BY seen.id
        ) AS given WHERE day <= %(today)s
    """


def _given() -> str:
    columns, values = [], []
    own = {
        "id": None,
        "public_id": "gen_random_uuid()",
        "client_uuid": "gen_random_uuid()",
        "person_id": "person.id",
        "given_on": "given.given_on",
    }
    for field in Vaccination._meta.concrete_fields:
        value = own.get(field.column, f'given."{field.column}"')
        if value is not None:
            columns.append(f'"{field.column}"')
            values.append(value)
    return f"""
        INSERT INTO {_table(Vaccination)} ({", ".join(columns)}) SELECT {", ".join(values)}
        FROM {_table(Vaccination)} AS given, {_table(Person)} AS person
        WHERE given.id = %(given)s AND person.id > %(first)s AND person.id %% 100 < %(share)s
            AND person.date_of_birth < %(today)s::date - 500 ORDER BY person.id
    """
