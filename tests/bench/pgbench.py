"""The statements of one real booking, made into a script with which pgbench does nothing but the same SQL.

Each transaction of the script takes a place as a booking does: it locks the free places of a minute, reads them again
and takes one. What differs from booking to booking (ids, references, the minute) becomes a variable; what the database
itself hands out is read back with ``\\gset``.
"""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Model

from tests.support.postgres import find_programs

# Rows of the recorded booking have numbers so large that they are found again in the text of the statements.
FIRST_NUMBER = 7_000_000_000_000
UUIDS = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])")
LIST_OF_NUMBERS = re.compile(r"IN \(([0-9]+(?:, [0-9]+)*)\)")
DIGESTS = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class NoPgbench(RuntimeError):
    """pgbench is not installed beside PostgreSQL, or would not run the script."""


@dataclass(frozen=True)
class Statement:
    """One statement as it was sent, and whether in a transaction."""

    sql: str
    in_transaction: bool


def stand_out(*models: type[Model]) -> dict[type[Model], int]:
    """Let the next row of each model have a number that stands for nothing else; return the numbers."""
    numbers = {}
    with connection.cursor() as cursor:
        for position, model in enumerate(models, start=1):
            number = numbers[model] = FIRST_NUMBER + position * 100_000_000
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
            (sequence,) = cursor.fetchone()
            cursor.execute("SELECT setval(%s, %s, false)", [sequence, number])
    return numbers


def statements_of(act: Callable[[], None]) -> list[Statement]:
    """Return every statement that ``act`` sends, with its values in it."""
    seen: list[Statement] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        seen.append(Statement(connection.ops.compose_sql(sql, params), connection.in_atomic_block))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        act()
    return seen


@dataclass(frozen=True)
class Recorded:
    """What is known of the recorded booking: the values that must differ from one booking to the next."""

    statements: list[Statement]
    # Numbers of rows, and the variable for each.
    numbers: dict[int, str]
    # Values that stand between quotes, and what to write there.
    words: dict[str, str]
    # Ids that every booking shares.
    shared: set[UUID]
    place_numbers: range
    place: int
    # The recorded minute, and an expression for any.
    minute: tuple[str, str]


def script(recorded: Recorded) -> str:
    """Return the script. It expects :lanes, :total and :n, counts its own turns, and asks for each place once."""
    # A step that shares no factor with the number of places: every place's turn comes once, spread over the day.
    turns = ["\\set n :n + 1", "\\set minute ((:n * 8 + :client_id) * 7919) % :total / :lanes"]
    turns.append("\\set reference random(1000000000, 9999999999)")
    variables: dict[str, str] = {}

    def random_digits(text: str, length: int) -> str:
        if text not in variables:
            parts = [f"r{len(variables)}_{part}" for part in range(length // 16)]
            turns.extend(f"\\set {part} random(1000000000000000, 9999999999999999)" for part in parts)
            variables[text] = "".join(f":{part}" for part in parts)
        return variables[text]

    lines: list[str] = []
    inside = False
    # What comes next of the three steps of taking a place: lock the free ones, see them again, take one.
    ending = "locked"
    for statement in recorded.statements:
        if statement.in_transaction != inside:
            lines.append("BEGIN;" if statement.in_transaction else "COMMIT;")
            inside = statement.in_transaction
        sql = statement.sql
        for text, written in recorded.words.items():
            sql = sql.replace(text, written)
        sql = sql.replace(*recorded.minute)
        sql = DIGESTS.sub(lambda found: random_digits(found[0], 64), sql)
        sql = UUIDS.sub(
            lambda found: found[0] if UUID(found[0]) in recorded.shared else random_digits(str(UUID(found[0])), 32),
            sql,
        )
        if ending == "seen":
            sql = LIST_OF_NUMBERS.sub(lambda found: _locked_places(found, recorded.place_numbers), sql)
        sql = re.sub(rf"\b{recorded.place}\b", ":place", sql)
        for number, variable in recorded.numbers.items():
            sql = re.sub(rf"\b{number}\b", f":{variable}", sql)
        if ending == "locked" and "FOR UPDATE" in sql and '"clinics_place"' in sql:
            # The same rows locked by the same statement; their ids come back in one row.
            sql = f"WITH locked AS ({sql}) SELECT string_agg(id::text, ', ') AS locked FROM locked \\gset"
            ending = "seen"
        elif ending == "seen" and sql.startswith("SELECT") and '"clinics_place"' in sql:
            sql = f"WITH free AS ({sql}) SELECT min(id) AS place FROM free \\gset"
            ending = "taken"
        elif returned := re.search(r'RETURNING "(\w+)"\."id"', sql):
            sql += f" \\gset {returned[1]}_"
        else:
            sql += ";"
        lines.append(" ".join(sql.split()))
    if inside:
        lines.append("COMMIT;")
    if ending != "taken":
        raise NoPgbench("the recorded booking took no place")
    return "\n".join([*turns, *lines]) + "\n"


def _locked_places(found: re.Match[str], place_numbers: range) -> str:
    numbers = (int(each) for each in found[1].split(", "))
    return "IN (:locked)" if all(number in place_numbers for number in numbers) else found[0]


def run(url: str, file: Path, *, clients: int, turns: int, variables: dict[str, object]) -> float:
    """Run the script ``turns`` times for each client and return the transactions a second.

    Raises NoPgbench where it is missing or where any transaction failed.
    """
    programs = find_programs()
    program = programs / "pgbench" if programs else None
    if program is None or not program.exists():
        raise NoPgbench("pgbench is not installed beside PostgreSQL")
    where = psycopg.conninfo.conninfo_to_dict(url)
    done = subprocess.run(
        [
            *(str(program), "-h", str(where["host"]), "-U", str(where["user"]), "-n", "-f", str(file)),
            *("-c", str(clients), "-j", "2", "-t", str(turns)),
            *(argument for name, value in variables.items() for argument in ("-D", f"{name}={value}")),
            str(where["dbname"]),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    every = f"number of transactions actually processed: {clients * turns}/{clients * turns}"
    if done.returncode != 0 or rate is None or every not in done.stdout:
        raise NoPgbench(f"pgbench did not run the booking's statements:\n{done.stdout}{done.stderr}")
    return float(rate[1])
