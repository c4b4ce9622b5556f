"""Which vaccine somebody means by what they type: its name, code or brand in this country, or the start of one."""

import re
import unicodedata

from django.utils.translation import gettext as _

from immunisations.models import SeenVaccine

# What else each is called. Brands are those supplied in England; source: Green Book, the chapters on each disease.
ALSO: dict[str, tuple[str, ...]] = {
    "MMR": ("Priorix", "M-M-RVAXPRO", "MMR II"),
    "MMRV": ("Priorix-Tetra", "ProQuad"),
    "6IN1": ("6-in-1", "Hexavalent", "Infanrix hexa", "Vaxelis", "DTaP/IPV/Hib/HepB"),
    "5IN1": ("5-in-1", "Pentavalent", "Pediacel", "Infanrix-IPV+Hib", "DTaP/IPV/Hib"),
    "4IN1": ("4-in-1", "Pre-school booster", "Boostrix-IPV", "Repevax", "dTaP/IPV"),
    "3IN1": ("Td/IPV", "3-in-1", "Teenage booster", "Revaxis"),
    "MENB": ("MenB", "Bexsero"),
    "PNEUMOCOCCAL": ("Pneumococcal", "PCV", "Prevenar", "Prevenar 13"),
    "ROTAVIRUS": ("Rotavirus", "Rotarix"),
    "HPV": ("Gardasil", "Gardasil 9"),
    "MENACWY": ("MenACWY", "MenQuadfi", "Nimenrix", "Menveo"),
    "HIBMENC": ("Hib/MenC", "Menitorix"),
    "VARICELLA": ("Chickenpox", "Varivax", "Varilrix"),
    "YELLOWFEVER": ("Yellow fever", "Stamaril"),
    "OPV": ("Polio by mouth", "Oral polio"),
    "MEASLES_ONLY": ("Measles", "Measles alone", "Measles and rubella", "MR"),
}
OTHER = re.compile(r"(?:another vaccine|another|other)\b[\s:,-]*(.*)", re.IGNORECASE | re.DOTALL)


class UnknownVaccine(ValueError):
    """What was typed names no vaccine, or several: ``could_be``. The message is a sentence for staff."""

    def __init__(self, message: str, *, could_be: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.could_be = could_be


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def names() -> dict[str, str]:
    """Return every name that is understood, without blanks and signs, with the code it stands for."""
    found = {_plain(code): code for code in SeenVaccine.values}
    found |= {_plain(str(label)): str(code) for code, label in SeenVaccine.choices}
    return found | {_plain(name): code for code, more in ALSO.items() for name in more}


def read_vaccine(typed: str) -> tuple[str, str]:
    """Return the code of the vaccine that was typed, and the name as written where it is one of no list of ours.

    A name counts whole, or by its start where only one vaccine starts like it: "MMR" is MMR, never MMRV. Raises
    UnknownVaccine.
    """
    other = OTHER.fullmatch(typed.strip())
    if other is not None:
        return SeenVaccine.OTHER.value, other[1].strip()
    plain, known = _plain(typed), names()
    if plain in known:
        return known[plain], ""
    starting = sorted({code for name, code in known.items() if plain and name.startswith(plain)})
    if len(starting) == 1:
        return starting[0], ""
    if starting:
        labels = tuple(str(SeenVaccine(code).label) for code in starting)
        words = _("Type more of the name: it could be %(vaccines)s") % {"vaccines": ", ".join(labels)}
        raise UnknownVaccine(words, could_be=labels)
    raise UnknownVaccine(_("Choose a vaccine on the list. For any other, type Other and its name, like Other BCG"))


def read_line(typed: str) -> tuple[str, str]:
    """Return a vaccine and a date typed as one, like "MMR 3/2/21", in two; without a date, what was typed and ""."""
    known = names()
    parts = typed.split()
    for length in range(len(parts) - 1, 0, -1):
        name, rest = " ".join(parts[:length]), " ".join(parts[length:])
        if _plain(typed) not in known and _plain(name) in known and any(character.isdigit() for character in rest):
            return name, rest
    return typed, ""
