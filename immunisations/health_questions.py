"""The health questions asked before a dose, in plain words, as reviewed data.

A "yes" never refuses anybody: a vaccinator reads it and decides. What they confirm (a severe reaction to neomycin, a
weakened immune system) becomes a fact that the schedule knows, and the schedule says what it forbids.

A question is asked where it matters for a vaccine at hand: each says for which, and by which source. For a further
vaccine they are asked again; only "well today" and "not pregnant" are carried over, because they are about the person
on the day and not about a vaccine. The wording is signed off by the service's clinical lead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.vaccines import Vaccine

EVERY_VACCINE: frozenset[str] = frozenset(Vaccine.values)
BY_INJECTION = EVERY_VACCINE - {Vaccine.ROTAVIRUS}
MEASLES_VACCINES: frozenset[str] = frozenset({Vaccine.MMR, Vaccine.MMRV})
WITH_POLIO: frozenset[str] = frozenset({Vaccine.SIX_IN_ONE, Vaccine.FOUR_IN_ONE, Vaccine.TD_IPV})


@dataclass(frozen=True)
class Question:
    """A health question.

    ``vaccines`` are those it matters for, by ``source``; ``facts`` are what a vaccinator may confirm behind a yes.
    """

    code: str
    text: str | Promise
    source: str
    vaccines: frozenset[str] = EVERY_VACCINE
    facts: tuple[str, ...] = ()
    # Asked only where a product that the clinic holds has pork gelatine in it.
    gelatine_only: bool = False


# What a vaccinator confirms, in words; the codes are those of ``immunisations.schedule``.
FACTS: dict[str, str | Promise] = {
    "low-platelets": _("Low platelets within 6 weeks of a first measles vaccine"),
    "blood-products": _("Immunoglobulin or blood products in the last 3 months"),
    "anaphylaxis-measles": _("Confirmed anaphylaxis to a measles, mumps, rubella or chickenpox vaccine"),
    "anaphylaxis-dtp": _("Confirmed anaphylaxis to a diphtheria, tetanus, whooping cough or polio vaccine"),
    "anaphylaxis-menb": _("Confirmed anaphylaxis to a MenB vaccine"),
    "anaphylaxis-pcv": _("Confirmed anaphylaxis to a pneumococcal vaccine"),
    "anaphylaxis-rotavirus": _("Confirmed anaphylaxis to a rotavirus vaccine"),
    "anaphylaxis-hpv": _("Confirmed anaphylaxis to an HPV vaccine"),
    "anaphylaxis-menacwy": _("Confirmed anaphylaxis to a MenACWY vaccine"),
    "anaphylaxis-gelatine": _("Confirmed anaphylaxis to gelatine"),
    "anaphylaxis-neomycin": _("Confirmed anaphylaxis to neomycin"),
    "immunosuppressed": _("Immune system weakened by illness or treatment"),
    "tb-test": _("A TB skin test started and not read"),
    "neuro-change": _("A nervous system condition that is changing"),
    "scid": _("Severe combined immunodeficiency"),
    "intussusception": _("A bowel blockage (intussusception) in the past"),
}

# What holds for life once it is confirmed: it is not forgotten from one clinic to the next (Green Book chapter 6). The
# rest is about a time, and is asked anew.
LASTING_FACTS: frozenset[str] = frozenset(
    code for code in FACTS if code.startswith("anaphylaxis-") or code in ("scid", "intussusception")
)

# For which vaccines a fact matters; the schedule's own rules about facts say the same of their series.
FACT_VACCINES: dict[str, frozenset[str]] = {
    "low-platelets": MEASLES_VACCINES,
    "blood-products": MEASLES_VACCINES,
    "anaphylaxis-measles": MEASLES_VACCINES,
    "anaphylaxis-dtp": WITH_POLIO,
    "anaphylaxis-menb": frozenset({Vaccine.MENB}),
    "anaphylaxis-pcv": frozenset({Vaccine.PNEUMOCOCCAL}),
    "anaphylaxis-rotavirus": frozenset({Vaccine.ROTAVIRUS}),
    "anaphylaxis-hpv": frozenset({Vaccine.HPV}),
    "anaphylaxis-menacwy": frozenset({Vaccine.MENACWY}),
    "anaphylaxis-gelatine": MEASLES_VACCINES,
    "anaphylaxis-neomycin": MEASLES_VACCINES | {Vaccine.SIX_IN_ONE, Vaccine.FOUR_IN_ONE},
    "immunosuppressed": MEASLES_VACCINES | {Vaccine.ROTAVIRUS, Vaccine.HPV},
    "tb-test": MEASLES_VACCINES,
    "neuro-change": MEASLES_VACCINES | WITH_POLIO,
    "scid": frozenset({Vaccine.ROTAVIRUS}),
    "intussusception": frozenset({Vaccine.ROTAVIRUS}),
}

# What a severe allergic reaction to a dose of a vaccine says of the person for life (Green Book chapters 6 and 8). The
# Hib/MenC vaccine is no longer given and has no rules that a fact could change.
ANAPHYLAXIS_TO: dict[str, str] = {
    Vaccine.MMR: "anaphylaxis-measles",
    Vaccine.MMRV: "anaphylaxis-measles",
    Vaccine.SIX_IN_ONE: "anaphylaxis-dtp",
    Vaccine.FOUR_IN_ONE: "anaphylaxis-dtp",
    Vaccine.TD_IPV: "anaphylaxis-dtp",
    Vaccine.MENB: "anaphylaxis-menb",
    Vaccine.PNEUMOCOCCAL: "anaphylaxis-pcv",
    Vaccine.ROTAVIRUS: "anaphylaxis-rotavirus",
    Vaccine.HPV: "anaphylaxis-hpv",
    Vaccine.MENACWY: "anaphylaxis-menacwy",
}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "bleeding",
        _("A bleeding disorder"),
        source="Green Book chapters 4 and 21",
        vaccines=BY_INJECTION,
        facts=("low-platelets",),
    ),
    Question(
        "blood_thinners",
        _("Medicine that thins the blood"),
        source="Green Book chapter 4",
        vaccines=BY_INJECTION,
    ),
    Question(
        "blood_products",
        _("A blood transfusion or immunoglobulin in the last 3 months"),
        source="Green Book chapters 6 and 21",
        vaccines=MEASLES_VACCINES,
        facts=("blood-products",),
    ),
    Question(
        "vaccine_reaction",
        _("A severe allergic reaction to a vaccine before"),
        source="Green Book chapters 6 and 8",
        facts=(
            "anaphylaxis-measles",
            "anaphylaxis-dtp",
            "anaphylaxis-menb",
            "anaphylaxis-pcv",
            "anaphylaxis-rotavirus",
            "anaphylaxis-hpv",
            "anaphylaxis-menacwy",
        ),
    ),
    Question(
        "gelatine",
        _("A severe allergic reaction to gelatine"),
        source="Green Book chapters 6 and 21",
        vaccines=MEASLES_VACCINES,
        facts=("anaphylaxis-gelatine",),
        gelatine_only=True,
    ),
    Question(
        "neomycin",
        _("A severe allergic reaction to neomycin (an antibiotic)"),
        source="Green Book chapters 15 and 21",
        vaccines=MEASLES_VACCINES | {Vaccine.SIX_IN_ONE, Vaccine.FOUR_IN_ONE},
        facts=("anaphylaxis-neomycin",),
    ),
    Question(
        "immune",
        _("An illness or treatment that weakens the immune system"),
        source="Green Book chapters 6, 7, 18a, 21 and 27b",
        vaccines=MEASLES_VACCINES | {Vaccine.ROTAVIRUS, Vaccine.HPV},
        facts=("immunosuppressed", "scid"),
    ),
    Question(
        "recent_live",
        _("A TB test, or a chickenpox or yellow fever vaccine, in the last 4 weeks or planned in the next 4"),
        source="Green Book chapters 11 and 21",
        vaccines=MEASLES_VACCINES,
        facts=("tb-test",),
    ),
    Question(
        "conditions",
        _("Any other medical condition"),
        source="Green Book chapters 6, 15, 21 and 27b",
        facts=("neuro-change", "intussusception"),
    ),
    Question("support", _("Extra support needed for the injection"), source="Green Book chapter 4"),
)
BY_CODE: dict[str, Question] = {question.code: question for question in QUESTIONS}
# Asked of everybody from this age, because they could be pregnant (Green Book chapter 6).
PREGNANCY_FROM_YEARS = 12


def questions_for(vaccines: Collection[str], *, gelatine: bool) -> tuple[Question, ...]:
    """Return the questions that matter for ``vaccines``; the one about gelatine only where it is on offer in them."""
    return tuple(
        question
        for question in QUESTIONS
        if not question.vaccines.isdisjoint(vaccines) and (gelatine or not question.gelatine_only)
    )


def facts_to_confirm(questions: Collection[Question], vaccines: Collection[str]) -> tuple[str, ...]:
    """Return what a vaccinator may confirm behind the questions, as far as it matters for ``vaccines``."""
    possible = dict.fromkeys(fact for question in questions for fact in question.facts)
    return tuple(fact for fact in possible if not FACT_VACCINES[fact].isdisjoint(vaccines))


def answers_of(yes: Mapping[str, Mapping[str, Any]], asked: Collection[Question]) -> dict[str, dict[str, Any]]:
    """Return answers as a screening keeps them: every question asked, with "no" where ``yes`` does not name it.

    ``yes`` maps a code to {"details": words, "facts": codes confirmed}.
    """
    answers: dict[str, dict[str, Any]] = {}
    for question in asked:
        if question.code in yes:
            given = yes[question.code]
            answers[question.code] = {
                "answer": "yes",
                "details": str(given.get("details", "")),
                "facts": [fact for fact in given.get("facts", ()) if fact in question.facts],
            }
        else:
            answers[question.code] = {"answer": "no", "details": ""}
    return answers


def facts_in(answers: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the facts for the schedule that a vaccinator confirmed."""
    return {fact for answer in answers.values() if answer.get("answer") == "yes" for fact in answer.get("facts", ())}


def yes_first(answers: Mapping[str, Mapping[str, Any]]) -> list[tuple[Question, Mapping[str, Any]]]:
    """Return the answers in the order a vaccinator reads them: every yes first."""
    known = [(BY_CODE[code], answer) for code, answer in answers.items() if code in BY_CODE]
    order = {question.code: place for place, question in enumerate(QUESTIONS)}
    return sorted(known, key=lambda pair: (pair[1].get("answer") != "yes", order[pair[0].code]))
