"""Queries that come again on page after page: their SQL is made once, and later runs only bring other values.

Making SQL of a query set costs several times what sending it does. So a query that every page asks, or that is large,
is described once, as a function of the values that differ from run to run::

    open_drafts = Recurring(
        lambda public_id, at: Draft.objects.filter(public_id=public_id, expires_at__gt=at),
        public_id=models.UUIDField(),
        at=models.DateTimeField(),
    )
    open_drafts.all(public_id=..., at=...)

What is kept depends on the models and on the kind of database, which do not change while a process runs: never on data,
languages or settings. Only the values may differ; a query whose filters come and go is several queries.
"""

from collections.abc import Callable
from copy import copy
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Given(Expression):
    """Stands in a query for a value that is given when it runs, of the kind that ``output_field`` says."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """Return a placeholder, with this in place of the value."""
        return "%s", [self]


class Recurring(Generic[Row]):
    """A query that is made once for each database and runs with other values each time."""

    def __init__(self, build: "Callable[..., models.QuerySet[Any, Row]]", **given: "models.Field[Any, Any]") -> None:
        """``build`` takes what ``given`` names and returns the query set; ``given`` says of what kind each value is."""
        self.build, self.given = build, given
        self._made: dict[str, tuple[models.QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]] = {}

    def _make(self, alias: str) -> "tuple[models.QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]":
        query_set = self.build(**{name: Given(name, field) for name, field in self.given.items()})
        compiler = query_set.query.get_compiler(using=alias)
        sql, params = compiler.as_sql()
        compiler.connection = None
        self._made[alias] = query_set, compiler, sql, tuple(params)
        return self._made[alias]

    def all(self, **values: Any) -> list[Row]:
        """Return the rows for these values. Raises ``KeyError`` where one that the query needs is not given."""
        alias = "default"
        query_set, made, sql, params = self._made.get(alias) or self._make(alias)
        # A connection belongs to its thread, so each run has a compiler of its own, which knows its SQL already.
        compiler: Any = copy(made)
        compiler.connection = connection = connections[alias]
        filled = tuple(
            each.output_field.get_db_prep_value(values[each.name], connection) if isinstance(each, Given) else each
            for each in params
        )
        compiler.as_sql = lambda *args, **kwargs: (sql, filled)
        run: Any = query_set._chain()  # type: ignore[attr-defined]
        run.query.get_compiler = lambda *args, **kwargs: compiler
        return list(run)

    def one(self, **values: Any) -> Row | None:
        """Return the only row for these values, or None. Raises ``ValueError`` where there are several."""
        rows = self.all(**values)
        if len(rows) > 1:
            raise ValueError(f"{len(rows)} rows instead of one")
        return rows[0] if rows else None
