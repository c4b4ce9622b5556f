"""Every sentence the schedule says, in one place.

A template is the English sentence, or a pair (one, many) chosen by the parameter ``days`` or ``counted``.
Parameters are JSON-safe: a name that ends in ``_on`` is an ISO date, ``facts`` is a list of fact codes, the rest
are numbers. To say the same in another language, translate the template and format the same parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .dates import in_words

Template = str | tuple[str, str]

TEMPLATES: dict[str, Template] = {
    # one dose
    "counts": "Counts as dose {dose}.",
    "counts_short_gap": (
        "Counts as dose {dose}. Given {days} day after the dose before instead of {needs}: one such gap is accepted.",
        "Counts as dose {dose}. Given {days} days after the dose before instead of {needs}: one such gap is accepted.",
    ),
    "counts_but_early": (
        "Counts as dose {dose}. Given {days} day before 18 months of age and less than 3 months after dose 1,"
        " so the routine dose at 18 months or later is still advised.",
        "Counts as dose {dose}. Given {days} days before 18 months of age and less than 3 months after dose 1,"
        " so the routine dose at 18 months or later is still advised.",
    ),
    "counts_extra": "Counts: it is the further dose that was advised.",
    "counts_booster": "Counts as the booster.",
    "counts_late": (
        "Counts as dose {dose}, although given {days} day after the latest age for it.",
        "Counts as dose {dose}, although given {days} days after the latest age for it.",
    ),
    "additional": "An additional dose: the course was already complete. It does no harm.",
    "too_soon": (
        "Given {days} day after the dose before: too early, it needs {needs}.",
        "Given {days} days after the dose before: too early, it needs {needs}.",
    ),
    "before_birthday_1": (
        "Given {days} day before the first birthday: does not count.",
        "Given {days} days before the first birthday: does not count.",
    ),
    "before_birthday_3": (
        "Given {days} day before the third birthday: does not count.",
        "Given {days} days before the third birthday: does not count.",
    ),
    "before_birthday_9": (
        "Given {days} day before the ninth birthday: does not count.",
        "Given {days} days before the ninth birthday: does not count.",
    ),
    "before_birthday_10": (
        "Given {days} day before the tenth birthday: does not count.",
        "Given {days} days before the tenth birthday: does not count.",
    ),
    "before_birthday": (
        "Given {days} day before the age of {years} years: does not count.",
        "Given {days} days before the age of {years} years: does not count.",
    ),
    "before_weeks": (
        "Given {days} day before {weeks} weeks of age: does not count.",
        "Given {days} days before {weeks} weeks of age: does not count.",
    ),
    "before_months": (
        "Given {days} day before {months} months of age: does not count.",
        "Given {days} days before {months} months of age: does not count.",
    ),
    "before_years_months": (
        "Given {days} day before the age of {years} years and {months} months: does not count.",
        "Given {days} days before the age of {years} years and {months} months: does not count.",
    ),
    "before_day": (
        "Given {days} day before {from_on}, the first day it would count: does not count.",
        "Given {days} days before {from_on}, the first day it would count: does not count.",
    ),
    "measles_only": "A measles or measles-rubella vaccine that is not MMR: does not count.",
    "oral_polio": "Oral polio vaccine alone: does not count as a dose of the 6-in-1 vaccine.",
    "oral_polio_from": "Oral polio vaccine given from {from_on}: does not count.",
    "needs_primary": "Given before three doses of the 6-in-1 vaccine that count: does not count as the booster.",
    "date_counts": "The day is not fully known, but it counts whichever day it was.",
    "date_never_counts": "The day is not fully known, but it does not count whichever day it was.",
    "date_decides": "The day is not fully known, and it decides: on some possible days it counts, on others not.",
    "other_date_counts": "Counts, although another dose has a day that is not fully known.",
    "other_date_never_counts": "Does not count, whichever day another dose was given.",
    "other_date_decides": "Whether it counts depends on another dose whose day is not fully known.",
    # said besides
    "note_yellow_fever_same_day": "Given on the same day as a yellow fever vaccine: consider a repeat.",
    "note_yellow_fever": (
        "Given {days} day apart from a yellow fever vaccine, which needs {needs}: consider a repeat.",
        "Given {days} days apart from a yellow fever vaccine, which needs {needs}: consider a repeat.",
    ),
    "note_yellow_fever_certain": (
        "Given less than {needs} days apart from a yellow fever vaccine, whichever day it was: consider a repeat."
    ),
    "note_yellow_fever_perhaps": (
        "It may have been given less than {needs} days apart from a yellow fever vaccine: a day is not fully known."
        " Try to find the day, and consider a repeat."
    ),
    "note_varicella": (
        "Given {days} day apart from a chickenpox vaccine, which needs {needs} or the same day: consider a repeat.",
        "Given {days} days apart from a chickenpox vaccine, which needs {needs} or the same day: consider a repeat.",
    ),
    "note_varicella_certain": (
        "Given less than {needs} days apart from a chickenpox vaccine, and not on the same day, whichever day it was:"
        " consider a repeat."
    ),
    "note_varicella_perhaps": (
        "It may have been given less than {needs} days apart from a chickenpox vaccine, and not on the same day:"
        " a day is not fully known. Try to find the day, and consider a repeat."
    ),
    "note_measles_only": (
        "Given {days} day apart from a measles or measles-rubella vaccine, which needs {needs} or the same day:"
        " consider a repeat.",
        "Given {days} days apart from a measles or measles-rubella vaccine, which needs {needs} or the same day:"
        " consider a repeat.",
    ),
    "note_measles_only_certain": (
        "Given less than {needs} days apart from a measles or measles-rubella vaccine, and not on the same day,"
        " whichever day it was: consider a repeat."
    ),
    "note_measles_only_perhaps": (
        "It may have been given less than {needs} days apart from a measles or measles-rubella vaccine, and not on the"
        " same day: a day is not fully known. Try to find the day, and consider a repeat."
    ),
    # said besides of a series
    "wait_yellow_fever": "It waits until {until_on}, {needs} days after a yellow fever vaccine.",
    "wait_varicella": "It waits until {until_on}, {needs} days after a chickenpox vaccine.",
    "wait_measles_only": "It waits until {until_on}, {needs} days after a measles or measles-rubella vaccine.",
    "further_given": "The further dose that was advised was given.",
    # two doses that may be one
    "near_duplicate": (
        "{first_on} and {second_on} are {days} day apart, in different records. Is it one dose written down twice?",
        "{first_on} and {second_on} are {days} days apart, in different records. Is it one dose written down twice?",
    ),
    "near_duplicate_unclear": (
        "{first_on} and {second_on}, in different records, may be the same day. Is it one dose written down twice?"
    ),
    # a visit
    "plan_mmrv_instead": "MMRV is given in place of MMR, which this clinic does not have. It counts the same.",
    "plan_also_booster": "It serves as the pre-school booster as well.",
    "plan_no_record": "Offered because there is no record of any vaccination.",
    "plan_then": "Dose {dose}, due on {due_on}.",
    "plan_wait_due": "Dose {dose} is not due before {until_on}.",
    "plan_wait_yellow_fever": (
        "Dose {dose} waits until {until_on}: not on the same day as yellow fever vaccine, nor too soon after it."
    ),
    "plan_wait_live": "Dose {dose} waits until {until_on}, because of another live vaccine.",
    "plan_wait_third_visit": "Dose {dose} is given at the visit of the third 6-in-1.",
    "plan_wait_later_visit": "Dose {dose} is given at the visit from {until_on}.",
    "plan_wait_primary": "The booster waits until three doses of the 6-in-1 vaccine count.",
    # one series
    "complete": (
        "Complete: {counted} dose counts and nothing more is needed.",
        "Complete: {counted} doses count and nothing more is needed.",
    ),
    "complete_but_three": (
        "One dose counts, and most people need no more. With a weakened immune system {doses} are given: ask a nurse."
    ),
    "due": "Dose {dose} is due. It has been due since {due_on}.",
    "due_today": "Dose {dose} is due today.",
    "overdue": "Dose {dose} is overdue. It was due on {due_on}.",
    "not_yet": "Dose {dose} is not due yet. It is due on {due_on}.",
    "not_yet_primary": "Not yet: three doses of the 6-in-1 vaccine that count come first.",
    "too_old": "Not complete, and no longer given: it is given before {before_on}.",
    "not_needed_male": "Not needed: this vaccine was not offered to boys born before {from_on}.",
    "blocked": "Do not give: {facts}.",
    "ask_fact": "Due, but ask a nurse first: {facts}.",
    "ask_date": "Ask a nurse: the answer depends on the day of a dose that is not fully known.",
    "ask_dates_too_many": "Ask a nurse: too many doses have a day that is not fully known.",
    "ask_born_before": "Ask a nurse: most people born before {from_on} had measles as children and do not need it.",
    "ask_sex": "Ask a nurse: boys born before {from_on} were not offered this vaccine, and the sex is not known.",
    "outbreak_infant": (
        "An early dose because of an outbreak. It is given before the first birthday, so it will not count."
    ),
}

FACT_WORDS: dict[str, str] = {
    "pregnant": "pregnant",
    "immunosuppressed": "a weakened immune system",
    "anaphylaxis-measles": "a severe allergic reaction to a measles, mumps, rubella or chickenpox vaccine",
    "anaphylaxis-neomycin": "a severe allergic reaction to neomycin",
    "anaphylaxis-gelatine": "a severe allergic reaction to gelatine",
    "anaphylaxis-dtp": "a severe allergic reaction to a diphtheria, tetanus, whooping cough or polio vaccine",
    "anaphylaxis-menb": "a severe allergic reaction to a MenB vaccine",
    "anaphylaxis-pcv": "a severe allergic reaction to a pneumococcal vaccine",
    "anaphylaxis-rotavirus": "a severe allergic reaction to a rotavirus vaccine",
    "anaphylaxis-hpv": "a severe allergic reaction to an HPV vaccine",
    "anaphylaxis-menacwy": "a severe allergic reaction to a MenACWY vaccine",
    "scid": "severe combined immunodeficiency",
    "intussusception": "a bowel blockage (intussusception) in the past",
    "unwell": "unwell today",
    "low-platelets": "a low platelet count",
    "blood-products": "a blood product or immunoglobulin in the last 3 months",
    "tb-test": "a TB skin test begun and not read",
    "neuro-change": "a nervous system condition that is changing",
    "outbreak": "an outbreak",
    "male": "male",
    "female": "female",
    "no-chickenpox": "has not had chickenpox",
    "had-chickenpox": "has had chickenpox",
}


def say(code: str, params: Mapping[str, Any]) -> str:
    """The English sentence for a code and its parameters."""
    template = TEMPLATES[code]
    if isinstance(template, tuple):
        template = template[(params["days"] if "days" in params else params["counted"]) != 1]
    if not params:
        return template
    words = {}
    for name, value in params.items():
        if name.endswith("_on"):
            words[name] = in_words(value)
        elif name == "facts":
            words[name] = "; ".join(FACT_WORDS[fact] for fact in value)
        else:
            words[name] = value
    return template.format(**words)
