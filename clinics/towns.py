"""Towns and larger villages by name, for those who come from where no clinic is held."""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

from clinics.postcodes import Position, outward_codes

TABLE = Path(__file__).parent / "data" / "towns.csv"


def plain(text: str) -> str:
    """Return a place's name for comparing: small letters without accents and punctuation, “saint” as “st”."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"['’.]", "", "".join(letters))).casefold().split()
    return " ".join("st" if word == "saint" else word for word in words)


@cache
def known_towns() -> dict[str, tuple[str, Position]]:
    """Return each town of the table under its plain name: as it is written, and the middle of its outward code.

    Raises KeyError for an outward code that does not exist.
    """
    codes = outward_codes()
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {plain(row["town"]): (row["town"], codes[row["outward_code"]]) for row in csv.DictReader(lines)}
