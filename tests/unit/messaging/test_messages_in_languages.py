"""Messages are in one language throughout, with dates as that language writes them."""

import pytest

from tests.support.pseudo import still_english, translated_into_nonsense
from tests.unit.messaging.test_message_templates import FILES, LINK, STOP_LINK, VENUE, written

# To staff, who read English.
FOR_STAFF = "emergency_access."


def test_no_message_to_the_public_mixes_languages() -> None:
    english = {}
    with translated_into_nonsense("ur"):
        for name in FILES:
            if name.startswith(FOR_STAFF):
                continue
            envelope = written(*name.split(".")[:2], language="ur")
            said = f"{envelope.subject}\n{envelope.body}".replace(LINK, "").replace(STOP_LINK, "")
            # A line of its own that staff wrote, such as how to find the room.
            lines = [line for line in said.splitlines() if line != VENUE.room]
            english |= {line: name for line in lines if still_english(line)}
    assert not english


@pytest.mark.parametrize(("language", "day"), [("pl", "4 kwietnia 2026"), ("ar", "4 إبريل 2026")])
def test_a_message_writes_the_day_as_its_language_does(language: str, day: str) -> None:
    assert day in written("booking_confirmation", "email", language=language).body
