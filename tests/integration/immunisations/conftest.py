"""A clinic this morning, with everything a record needs."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.support.records import Room, make_room
from tests.support.statuses import assert_statuses_are_right

# In these whatever was done to records is followed by a look at what is kept of every series.
FOLLOWED = frozenset({"test_corrections", "test_doses", "test_giving", "test_merges", "test_records"})


@pytest.fixture
def room(db: None, request: pytest.FixtureRequest) -> Iterator[Room]:
    """A clinic with its people."""
    yield make_room()
    if request.path.stem in FOLLOWED and not connection.needs_rollback:
        assert_statuses_are_right()
