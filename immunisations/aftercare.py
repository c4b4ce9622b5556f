"""What a person is told to take home: what a vaccine protects against, and what may be felt after it.

Reviewed data, in plain words. Sources: Green Book chapters 8 (safety), 16, 18a, 21, 22, 25, 27b and 34, and the product
information of the vaccines that ``clinics`` holds. The service's clinical lead signs the wording off.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

PROTECTS_AGAINST: dict[str, Words] = {
    "MMR": _("measles, mumps and rubella"),
    "MMRV": _("measles, mumps, rubella and chickenpox"),
    "6IN1": _("diphtheria, tetanus, whooping cough, polio, Hib and hepatitis B"),
    "4IN1": _("diphtheria, tetanus, whooping cough and polio"),
    "3IN1": _("tetanus, diphtheria and polio"),
    "MENB": _("meningitis and blood poisoning from meningococcal group B"),
    "PNEUMOCOCCAL": _("pneumonia, meningitis and blood poisoning from pneumococcal bacteria"),
    "ROTAVIRUS": _("rotavirus, a cause of severe diarrhoea in babies"),
    "HPV": _("cancers and warts from human papillomavirus"),
    "MENACWY": _("meningitis and blood poisoning from meningococcal groups A, C, W and Y"),
    "HIBMENC": _("meningitis and blood poisoning from Hib and meningococcal group C"),
}

_AT_THE_PLACE = _("Redness, swelling or pain where the injection went in, for 2 or 3 days.")
_SHORT_FEVER = _("A mild fever, being tired or off food, mostly in the first 2 days.")
_LATE_MEASLES = _(
    "About a week to 11 days later, a fever and a rash like mild measles, for 2 or 3 days. It does not spread."
)
_LATE_MUMPS = _("About 3 weeks later, swollen glands in the cheeks or neck, for a day or two.")

AFTERWARDS: dict[str, tuple[Words, ...]] = {
    "MMR": (_AT_THE_PLACE, _LATE_MEASLES, _LATE_MUMPS),
    "MMRV": (
        _AT_THE_PLACE,
        _LATE_MEASLES,
        _LATE_MUMPS,
        _("Up to a month later, a few chickenpox-like spots. Keep them covered until they are dry."),
    ),
    "6IN1": (_AT_THE_PLACE, _SHORT_FEVER),
    "4IN1": (_AT_THE_PLACE, _SHORT_FEVER),
    "3IN1": (_AT_THE_PLACE, _SHORT_FEVER),
    "MENB": (
        _AT_THE_PLACE,
        _("In babies a fever is common in the first day. Liquid paracetamol is advised: the leaflet says how much."),
    ),
    "PNEUMOCOCCAL": (_AT_THE_PLACE, _SHORT_FEVER),
    "ROTAVIRUS": (
        _("Loose stools or being sick for a few days. Wash your hands well after changing nappies for 2 weeks."),
    ),
    "HPV": (_AT_THE_PLACE, _("Headache or feeling faint on the day.")),
    "MENACWY": (_AT_THE_PLACE, _("Headache or being tired for a day or two.")),
    "HIBMENC": (_AT_THE_PLACE, _SHORT_FEVER),
}

GET_HELP: tuple[Words, ...] = (
    _(
        "Call 999 at once for trouble with breathing, swelling of the face or throat, a fit, or somebody who cannot be "
        "woken."
    ),
    _(
        "Call 111 or your GP surgery for a fever of 38°C or more in a baby under 3 months, of 39°C or more from 3 to 6 "
        "months, or if you are worried at any age."
    ),
)
# Green Book chapter 21: rare bruising after MMR and MMRV, in the six weeks after.
GET_HELP_MEASLES: Words = _(
    "In the 6 weeks after MMR or MMRV: a new rash of small bruise-like spots needs to be seen by a doctor the same day."
)
# Green Book chapters 6 and 21.
AVOID_PREGNANCY: Words = _("Avoid becoming pregnant for 1 month.")
MEASLES_VACCINES = frozenset({"MMR", "MMRV"})


@dataclass(frozen=True)
class Aftercare:
    """What may come after the vaccines of one day, each sentence once, and when to get help."""

    afterwards: tuple[Words, ...]
    get_help: tuple[Words, ...]


def aftercare(vaccines: Iterable[str], *, could_be_pregnant: bool) -> Aftercare:
    """Return what to tell somebody who was given ``vaccines`` (codes of Vaccine) on one day."""
    given = list(vaccines)
    afterwards = list(dict.fromkeys(sentence for vaccine in given for sentence in AFTERWARDS[vaccine]))
    measles = bool(MEASLES_VACCINES & set(given))
    if measles and could_be_pregnant:
        afterwards.append(AVOID_PREGNANCY)
    return Aftercare(tuple(afterwards), (*GET_HELP, GET_HELP_MEASLES) if measles else GET_HELP)
