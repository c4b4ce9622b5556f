"""Postcodes, and parts of them, as people type them; where an outward code lies."""

import csv
import re
import unicodedata
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "data" / "outcodes.csv"
EARTH_RADIUS_MILES = 3958.8
# A full postcode, or one that lacks its last letters: outward code, then digit and up to two letters.
FULL = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", re.ASCII)
SECTOR = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]?)", re.ASCII)
# A full postcode at the end of an address, written with its usual gap or without.
AT_THE_END = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}\W*$", re.ASCII)
PART = re.compile(r"[A-Z]{1,2}(\d[A-Z\d]?)?", re.ASCII)


class Position(NamedTuple):
    """A point on the map, in degrees."""

    latitude: float
    longitude: float

    def miles_to(self, other: "Position") -> float:
        """Return the distance as the crow flies, in miles."""
        lat, other_lat = radians(self.latitude), radians(other.latitude)
        half_lat, half_long = (other_lat - lat) / 2, radians(other.longitude - self.longitude) / 2
        chord = sin(half_lat) ** 2 + cos(lat) * cos(other_lat) * sin(half_long) ** 2
        return 2 * EARTH_RADIUS_MILES * asin(sqrt(chord))


@cache
def outward_codes() -> dict[str, Position]:
    """Return every outward code of the United Kingdom with the middle of its postcodes."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            row["outward_code"]: Position(float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(lines)
        }


@lru_cache(maxsize=4096)
def position_of(part: str) -> Position | None:
    """Return where an outward code lies, or the middle of those that a shorter part (“WR”, “EC1”) stands for.

    ``part`` is as ``outward_part`` returns it. None for one that does not exist.
    """
    codes = outward_codes()
    if part in codes:
        return codes[part]
    # “WR” stands for WR1 and the like, “EC1” for EC1A: what follows is of the other kind, letter or digit.
    inside = [
        position
        for code, position in codes.items()
        if code.startswith(part) and code[len(part)].isdigit() != part[-1].isdigit()
    ]
    if not inside:
        return None
    return Position(
        sum(position.latitude for position in inside) / len(inside),
        sum(position.longitude for position in inside) / len(inside),
    )


def _capitals(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf"))


def outward_part(text: str) -> str | None:
    """Return the outward code, or the shorter part, that ``text`` holds, in capitals; None where it holds none.

    Takes a postcode in any case and spacing (“wr11 4bs”), one that stops early (“WR11 4”), an address that ends in
    one, an outward code, or an area (“WR”). Whether the part exists is asked of ``position_of``.
    """
    capitals = _capitals(text)
    # Short words such as “Ely” are no postcodes; a gap inside a part is not how anybody writes one.
    joined = re.sub(r"[\W_]+", "", capitals)
    if found := FULL.fullmatch(joined):
        return found[1]
    if found := AT_THE_END.search(capitals.strip()):
        return found[1]
    words = [re.sub(r"[\W_]+", "", word) for word in capitals.split()]
    if len(words) == 2 and _is_outward(words[0]) and re.fullmatch(r"\d[A-Z]?", words[1], re.ASCII):
        return words[0]
    if PART.fullmatch(joined):
        if position_of(joined) is None and (cut := SECTOR.fullmatch(joined)):
            return cut[1]
        return joined
    if (found := SECTOR.fullmatch(joined)) and position_of(found[1]):
        return found[1]
    # “Evesham WR11”
    return words[-1] if len(words) > 1 and _is_outward(words[-1]) else None


def _is_outward(word: str) -> bool:
    return bool(PART.fullmatch(word)) and any(c.isdigit() for c in word) and position_of(word) is not None
