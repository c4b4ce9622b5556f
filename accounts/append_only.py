"""Make the database itself refuse to change or remove rows of append-only tables, on both engines.

The triggers are installed after every ``migrate`` for every model that is marked, never by a migration alone: SQLite
silently loses a table's triggers when a later migration remakes the table.
"""

from django.apps import AppConfig, apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "rows of {table} are never changed or removed"


def append_only_models() -> list[type[models.Model]]:
    """Return every concrete model whose rows may only be added."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def trigger_names(table: str, vendor: str) -> list[str]:
    """Return the names of the triggers that guard ``table`` on ``vendor`` ("sqlite" or "postgresql")."""
    events = ["update", "delete"] + (["truncate"] if vendor == "postgresql" else [])
    return [f"{table}_no_{event}" for event in events]


def arm(connection: BaseDatabaseWrapper, table: str) -> None:
    """Install the triggers on ``table``; harmless where they stand already."""
    message = REFUSAL.format(table=table)
    statements: list[str] = []
    if connection.vendor == "postgresql":
        statements.append(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for event in ("update", "delete", "truncate"):
            level = "STATEMENT" if event == "truncate" else "ROW"
            name = f"{table}_no_{event}"
            statements.append(
                f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" '
                f"FOR EACH {level} EXECUTE FUNCTION refuse_change()"
            )
    else:
        for event in ("update", "delete"):
            statements.append(
                f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{event}" BEFORE {event.upper()} ON "{table}" '
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            # params=None: with parameters the % of plpgsql would be read as a placeholder.
            cursor.execute(statement, None)


def disarm(connection: BaseDatabaseWrapper, table: str) -> None:
    """Remove the triggers from ``table``: only for a test database about to be emptied."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in trigger_names(table, connection.vendor):
            on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on_table}', None)


def arm_app(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After a migration of one app: guard each of its append-only tables that exists."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    for model in sender.get_models():
        if getattr(model, "append_only", False) and model._meta.db_table in existing:
            arm(connection, model._meta.db_table)
