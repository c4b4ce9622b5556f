"""The API."""

from tests.integration.walk.table import Entry

TABLE: dict[str, Entry] = {}
