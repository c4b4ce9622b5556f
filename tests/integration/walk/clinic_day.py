"""The clinic day: staff screens of one clinic and its people."""

from tests.integration.walk.table import Entry

TABLE: dict[str, Entry] = {}
