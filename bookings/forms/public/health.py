"""The health questions as they are asked at home, one a page."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from immunisations.health_questions import Question
from nhsuk.forms import NhsukForm, RadiosField, TextareaField

YES, NO, NOT_SURE = "yes", "no", "not_sure"
LONGEST_DETAILS = 500

# The questions of ``immunisations.health_questions``, by their codes, as somebody is asked about another person.
ASKED = {
    "bleeding": _("Does %(name)s have a bleeding disorder?"),
    "blood_thinners": _("Does %(name)s take medicine that thins the blood?"),
    "blood_products": _("Has %(name)s had a blood transfusion or immunoglobulin in the last 3 months?"),
    "vaccine_reaction": _("Has %(name)s ever had a severe allergic reaction to a vaccine?"),
    "gelatine": _("Has %(name)s ever had a severe allergic reaction to gelatine?"),
    "neomycin": _("Has %(name)s ever had a severe allergic reaction to neomycin?"),
    "immune": _("Does %(name)s have an illness, or a treatment, that weakens the immune system?"),
    "recent_live": _(
        "Has %(name)s had a TB test, or a chickenpox or yellow fever vaccine, in the last 4 weeks, "
        "or is one planned in the next 4 weeks?"
    ),
    "conditions": _("Does %(name)s have any other medical condition?"),
    "support": _("Does %(name)s need extra support for the injection?"),
}
HINTS = {
    "bleeding": _("For example, haemophilia, or very low platelets."),
    "blood_thinners": _("For example, warfarin or heparin."),
    "vaccine_reaction": _(
        "A severe reaction starts within minutes, and needs help at once. A sore arm or a fever is not one."
    ),
    "gelatine": _("Gelatine is in some sweets and medicines."),
    "neomycin": _("Neomycin is an antibiotic. It is in some creams, and in eye and ear drops."),
    "immune": _("For example, leukaemia, an organ transplant, chemotherapy, or high doses of steroids."),
    "conditions": _("For example, epilepsy or another condition of the nervous system."),
    "support": _("For example, because they are very afraid of needles, or have fainted before."),
}


def question_words(question: Question, name: str) -> str:
    """Return a question as it is asked about somebody."""
    return str(ASKED[question.code]) % {"name": name}


class HealthForm(NhsukForm):
    """One health question about one person."""

    answer = RadiosField(choices=[(YES, _("Yes")), (NO, _("No"))], heading=True, reveals={YES: ["details"]})
    details = TextareaField(
        label=_("Tell us more (optional)"),
        help_text=_("A nurse reads this. For example, what it is called, and when it was."),
        subject=_("what you tell us"),
        max_length=LONGEST_DETAILS,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, question: Question, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["answer"]
        field.label = question_words(question, name)
        field.help_text = HINTS.get(question.code, "")
        field.error_messages["required"] = _t("Select yes or no")
        field.own_messages = frozenset({"required"})


AGREES = {
    YES: _("Yes, I agree"),
    NO: _("No, I do not agree"),
    NOT_SURE: _("I am not sure, I want to talk to a nurse first"),
}


class AgreesForm(NhsukForm):
    """Whether whoever answers agrees to the vaccination: information for the nurse, who asks again."""

    agrees = RadiosField(
        choices=list(AGREES.items()),
        help_text=_("This tells the nurse what you think. The nurse asks again at the clinic, before the vaccination."),
        heading=True,
        error_messages={"required": _("Select whether you agree, or that you are not sure")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agrees"]
        field.label = _t("Do you agree to the vaccination of %(name)s?") % {"name": name}
