"""From what a person types to a point on the map: a town or village where clinics are held, or a postcode.

Only the outward code or the town's name ever leaves this module: nothing finer is shown, logged or put in an address.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from clinics.models import Venue
from clinics.postcodes import Position, outward_part, position_of

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


def plain(text: str) -> str:
    """Return a place's name for comparing: small letters without accents and punctuation, “saint” as “st”."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"['’.]", "", "".join(letters))).casefold().split()
    return " ".join("st" if word == "saint" else word for word in words)


def find(text: str, towns: Mapping[str, Position]) -> Found:
    """Return the place that ``text`` means: one of ``towns``, by its whole name or part of it, or a postcode.

    A town goes before a postcode: nobody who types “Ely” means the area EL. Whatever follows a comma is left out.
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
    matches = [town for name, town in names.items() if len(phrase) > 1 and f" {name}".find(f" {phrase}") >= 0]
    if len(matches) == 1:
        return Found(Where(matches[0], towns[matches[0]]))
    return Found(choices=tuple(matches[:10]))
