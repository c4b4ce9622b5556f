"""Whether a name fits what was typed, and in which way: as spelt, by its sound, or with a slip."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from immunisations.models import PersonSearchKey
from immunisations.search.keys import keys_of
from immunisations.search.names import sound
from immunisations.search.slips import one_slip_apart

# Four words and every way to take two neighbours of them for one are enough for a name.
MOST_NAME_WORDS = 4


def readings_of(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return every way to read the words, where two neighbours may be one word of a name: al hassan, alhassan."""
    if not words:
        return [()]
    readings = [(words[0], *rest) for rest in readings_of(words[1:])]
    if len(words) > 1:
        readings += [(words[0] + words[1], *rest) for rest in readings_of(words[2:])]
    return readings


def _spelt_and_heard(first_name: str, last_name: str) -> tuple[set[str], set[str]]:
    """Return the search keys of a name, those of its words as spelt and those of their sounds."""
    own = keys_of(first_name, last_name)
    kinds = PersonSearchKey.Kind
    return {key for kind, key in own if kind == kinds.NAME}, {key for kind, key in own if kind == kinds.SOUND}


def fits_name(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name as it is spelt."""
    names, _heard = _spelt_and_heard(first_name, last_name)
    return all(any(key.startswith(word) for key in names) for word in words)


def sounds_like(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name, or sounds like one."""
    names, heard = _spelt_and_heard(first_name, last_name)
    return all(any(key.startswith(word) for key in names) or (sound(word) in heard) for word in words)


def slipped(words: Iterable[str], first_name: str, last_name: str) -> bool:
    """Whether each of the folded words begins some word of the name, sounds like one, or is one with a slip."""
    names, heard = _spelt_and_heard(first_name, last_name)
    return all(
        any(key.startswith(word) or one_slip_apart(word, key) for key in names) or (sound(word) in heard)
        for word in words
    )


def fits_somehow(words: tuple[str, ...], first_name: str, last_name: str) -> bool:
    """Whether a name fits the folded words in any way, where two neighbours may be one word of it."""
    readings = readings_of(words[:MOST_NAME_WORDS])
    return any(
        sounds_like(reading, first_name, last_name) or slipped(reading, first_name, last_name) for reading in readings
    )


def why_named(words: tuple[str, ...], first_name: str, last_name: str) -> str | Promise | None:
    """Return how a name fits the folded words, the closest way first; None where it does not."""
    readings = readings_of(words[:MOST_NAME_WORDS])
    for fits, reason in (
        (fits_name, _("name")),
        (sounds_like, _("name sounds alike")),
        (slipped, _("name spelt nearly so")),
    ):
        if any(fits(reading, first_name, last_name) for reading in readings):
            return reason
    return None
