"""From what a person types to a point on the map: a town or village, those where clinics are held first, or a postcode.

Only the outward code or the town's name ever leaves this module: nothing finer is shown, logged or put in an address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinics.models import Venue
from clinics.postcodes import Position, outward_part, position_of
from clinics.towns import known_towns, plain

# Longer than any place's name: what is longer is not looked at.
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Where:
    """A place that was found: what it is called (“WR11”, “Evesham”) and where it lies."""

    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search: one place, several to choose from, or neither."""

    where: Where | None = None
    choices: tuple[str, ...] = ()


def venue_position(latitude: float | None, longitude: float | None, postcode: str) -> Position | None:
    """Return where a venue lies: its own position, or else the middle of its outward code."""
    if latitude is not None and longitude is not None:
        return Position(latitude, longitude)
    part = outward_part(postcode)
    return position_of(part) if part else None


def position_of_venue(venue: Venue) -> Position | None:
    """Return where ``venue`` lies, or None where neither its position nor its postcode says so."""
    return venue_position(venue.latitude, venue.longitude, venue.postcode)


def find(text: str, towns: Mapping[str, Position]) -> Found:
    """Return the place that ``text`` means, by its whole name or part of it, or a postcode.

    ``towns`` are those in which clinics are held; they go before any other. A town goes before a postcode: nobody who
    types “Ely” means the area EL. Whatever follows a comma is left out.
    """
    if not text.strip() or len(text) > LONGEST:
        return Found()
    names = {plain(town): town for town in sorted(towns)}
    wanted = plain(text)
    for phrase in (wanted, plain(text.split(",")[0])):
        if phrase in names:
            town = names[phrase]
            return Found(Where(town, towns[town]))
    part = outward_part(text)
    if part is not None and (position := position_of(part)) is not None:
        return Found(Where(part, position))
    phrase = plain(text.split(",")[0])
    if not any(f" {phrase} " in f" {name} " for name in names) and phrase in known_towns():
        return Found(Where(*known_towns()[phrase]))
    found = {names[name]: towns[names[name]] for name in _begun(phrase, names)}
    if not found and len(phrase) > 2:
        found = dict(known_towns()[name] for name in _begun(phrase, known_towns()))
    if len(found) == 1:
        return Found(Where(*found.popitem()))
    return Found(choices=tuple(found)[:10])


def _begun(phrase: str, names: Iterable[str]) -> list[str]:
    """Return those of the plain ``names`` in which ``phrase`` begins a word."""
    return [name for name in names if len(phrase) > 1 and f" {phrase}" in f" {name}"]
