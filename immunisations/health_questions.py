"""The health questions asked before a dose, in plain words, as reviewed data.

A "yes" never refuses anybody: a vaccinator reads it and decides. What they confirm (a severe reaction to neomycin, a
weakened immune system) becomes a fact that the schedule knows, and the schedule says what it forbids.

Source: Green Book chapters 4, 6, 8 and 21; the wording is signed off by the service's clinical lead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Question:
    """A health question: ``facts`` are what a vaccinator may confirm behind a yes."""

    code: str
    text: str | Promise
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

QUESTIONS: tuple[Question, ...] = (
    Question("bleeding", _("A bleeding disorder"), ("low-platelets",)),
    Question("blood_thinners", _("Medicine that thins the blood")),
    Question("blood_products", _("A blood transfusion or immunoglobulin in the last 3 months"), ("blood-products",)),
    Question(
        "vaccine_reaction",
        _("A severe allergic reaction to a vaccine before"),
        (
            "anaphylaxis-measles",
            "anaphylaxis-dtp",
            "anaphylaxis-menb",
            "anaphylaxis-pcv",
            "anaphylaxis-rotavirus",
            "anaphylaxis-hpv",
            "anaphylaxis-menacwy",
        ),
    ),
    Question("gelatine", _("A severe allergic reaction to gelatine"), ("anaphylaxis-gelatine",), gelatine_only=True),
    Question("neomycin", _("A severe allergic reaction to neomycin (an antibiotic)"), ("anaphylaxis-neomycin",)),
    Question("immune", _("An illness or treatment that weakens the immune system"), ("immunosuppressed", "scid")),
    Question(
        "recent_live",
        _("A TB test, or a chickenpox or yellow fever vaccine, in the last 4 weeks or planned in the next 4"),
        ("tb-test",),
    ),
    Question("conditions", _("Any other medical condition"), ("neuro-change", "intussusception")),
    Question("support", _("Extra support needed for the injection")),
)
BY_CODE: dict[str, Question] = {question.code: question for question in QUESTIONS}
# Asked of everybody from this age, because they could be pregnant (Green Book chapter 6).
PREGNANCY_FROM_YEARS = 12


def questions_for(*, gelatine: bool) -> tuple[Question, ...]:
    """Return the questions to ask; the one about gelatine only where ``gelatine`` is on offer."""
    return tuple(question for question in QUESTIONS if gelatine or not question.gelatine_only)


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
