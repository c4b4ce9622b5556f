"""A clinic this morning, with everything a record needs."""

import pytest

from tests.support.records import Room, make_room


@pytest.fixture
def room(db: None) -> Room:
    """A clinic with its people."""
    return make_room()
