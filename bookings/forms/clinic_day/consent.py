"""Who agrees, and the health questions: one page, nothing ticked beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinics.vaccines import Vaccine
from immunisations.health_questions import FACTS, Question, answers_of
from immunisations.models import Consent, Person
from immunisations.policies import asks_about_pregnancy, consent_routes
from nhsuk.forms import CheckboxesField, NameField, NhsukForm, RadiosField, TextareaField, TextField

CONTACT = "contact"
ALL = "all"
SOME = "some"
OK = "ok"
SOMETHING = "yes"
UNWELL = "unwell"
PREGNANT = "pregnant"
# Who decides by phone, or for an adult who cannot, is not the one who says who the person is.
ASKS_IDENTITY = (Consent.Route.PARENT_PHONE, Consent.Route.BEST_INTERESTS)
GILLICK_HINT = gettext_lazy(
    "They know which vaccination it is, the disease, what may follow, how it is given and the side effects: all five"
)


@dataclass(frozen=True)
class Accompanied:
    """Who came with the person, as the booking or the desk wrote it."""

    name: str
    relationship: str = ""

    @property
    def words(self) -> str:
        return f"{self.name} ({self.relationship.lower()})" if self.relationship else self.name


class ConsentHealthForm(NhsukForm):
    """Consent for the vaccines of today, and one confirmation of the health questions.

    The first answer names who is here, so that the common case is one tap; it also says who confirmed who this is.
    """

    def __init__(
        self,
        *args: Any,
        person: Person,
        vaccines: Sequence[str],
        accompanied: Accompanied | None,
        questions: Sequence[Question],
        screened: bool,
        on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.vaccines, self.accompanied, self.questions = person, list(vaccines), accompanied, questions
        self.screened = screened
        self.routes = consent_routes(person, on)
        self.asks_pregnancy = asks_about_pregnancy(person, on)
        self.names = [str(Vaccine(code).label) for code in self.vaccines]
        if self.vaccines:
            self._add_consent()
        if not screened:
            self._add_health()

    @property
    def vaccine_words(self) -> str:
        """The vaccines asked about, in words."""
        return _(" and ").join([", ".join(self.names[:-1]), self.names[-1]] if len(self.names) > 1 else self.names)

    def _add_consent(self) -> None:
        by_parent = Consent.Route.PARENT_PRESENT in self.routes
        choices: list[tuple[str, Any]] = []
        hints: dict[str, Any] = {}
        reveals: dict[str, list[str]] = {}
        if by_parent and self.accompanied is not None:
            choices.append((CONTACT, _("%(who)s, who is here") % {"who": self.accompanied.words}))
            hints[CONTACT] = _("Has parental responsibility, agrees, and confirmed who %(name)s is") % {
                "name": self.person.first_name
            }
        for route in self.routes:
            label: Any = route.label
            if route == Consent.Route.OWN:
                label = _("%(name)s, who confirmed who they are and agrees") % {"name": str(self.person)}
            elif route == Consent.Route.PARENT_PRESENT and self.accompanied is not None:
                label = _("Another parent or carer with parental responsibility, here")
            if route == Consent.Route.GILLICK:
                hints[route.value] = GILLICK_HINT
            choices.append((route.value, label))
            if route in (Consent.Route.OWN, Consent.Route.GILLICK):
                continue
            name, relationship = f"name_{route.value}", f"relationship_{route.value}"
            self.fields[name] = NameField(
                label=_("Name of the person who decides"),
                subject=_("the name of the person who decides"),
                size="s",
                max_length=200,
            )
            self.fields[relationship] = TextField(
                label=_("Who they are to %(name)s (optional)") % {"name": self.person.first_name},
                required=False,
                max_length=60,
                size="s",
                width=20,
            )
            reveals[route.value] = [name, relationship]
            if route in ASKS_IDENTITY:
                identity = f"identity_{route.value}"
                self.fields[identity] = NameField(
                    label=_("Who here confirmed who this is?"), subject=_("who confirmed who this is"), size="s"
                )
                reveals[route.value].append(identity)
        self.fields["decides"] = RadiosField(
            label=_("Who agrees to %(vaccines)s?") % {"vaccines": self.vaccine_words},
            subject=_("who agrees"),
            choices=choices,
            choice_hints=hints,
            reveals=reveals,
            size="m",
        )
        if len(self.vaccines) > 1:
            self.fields["some"] = CheckboxesField(
                label=_("Which of them?"),
                subject=_("the vaccines they agree to"),
                choices=[(code, Vaccine(code).label) for code in self.vaccines],
                size="s",
            )
            self.fields["which"] = RadiosField(
                label=_("To which vaccines do they agree?"),
                subject=_("the vaccines they agree to"),
                choices=[
                    (ALL, _("All of them: %(vaccines)s") % {"vaccines": self.vaccine_words}),
                    (SOME, _("Only some")),
                ],
                reveals={SOME: ["some"]},
                size="s",
            )

    def _add_health(self) -> None:
        parts = [_("no to every question"), _("well today"), _("knows which vaccine and agrees")]
        if self.asks_pregnancy:
            parts.append(_("not pregnant"))
        self.fields["yes"] = CheckboxesField(
            label=_("What applies?"),
            subject=_("what applies"),
            choices=[
                (UNWELL, _("Unwell today, or a fever")),
                *([(PREGNANT, _("Pregnant, or may be"))] if self.asks_pregnancy else []),
                *((question.code, question.text) for question in self.questions),
            ],
            size="s",
            small=True,
        )
        self.fields["details"] = TextareaField(
            label=_("What is it? (optional)"), required=False, max_length=500, rows=2, size="s"
        )
        possible = dict.fromkeys(fact for question in self.questions for fact in question.facts)
        self.fields["confirmed"] = CheckboxesField(
            label=_("What have you confirmed? (optional)"),
            help_text=_("These stop or change what may be given"),
            choices=[(fact, FACTS[fact]) for fact in possible],
            required=False,
            size="s",
            small=True,
        )
        self.fields["health"] = RadiosField(
            label=_("What are the answers?"),
            subject=_("what the answers are"),
            choices=[
                (OK, _("I have asked. All true: %(parts)s") % {"parts": ", ".join(parts)}),
                (SOMETHING, _("Something applies, or they are not well")),
            ],
            reveals={SOMETHING: ["yes", "details", "confirmed"]},
            size="m",
        )

    @property
    def consent_fields(self) -> list[Any]:
        """The fields about consent that stand on their own on the page."""
        return [self[name] for name in ("decides", "which") if name in self.fields]

    @property
    def health_fields(self) -> list[Any]:
        """The fields about health that stand on their own on the page."""
        return [self["health"]] if "health" in self.fields else []

    def consent(self) -> dict[str, Any] | None:
        """Return the consent as ``record_consent`` takes it, or None where nothing was asked about."""
        if not self.vaccines:
            return None
        data = self.cleaned_data
        decides = data["decides"]
        if decides == CONTACT and self.accompanied is not None:
            name, relationship = self.accompanied.name, self.accompanied.relationship
            route = Consent.Route.PARENT_PRESENT.value
        elif decides in (Consent.Route.OWN, Consent.Route.GILLICK):
            name, relationship, route = str(self.person), "", decides
        else:
            name, relationship, route = data[f"name_{decides}"], data[f"relationship_{decides}"], decides
        some = data.get("which") == SOME
        return {
            "decision": Consent.Decision.GIVEN.value,
            "route": route,
            "given_by_name": name,
            "relationship": relationship,
            "vaccines": data["some"] if some else self.vaccines,
        }

    def identity(self) -> str:
        """Return who confirmed who the person is."""
        data = self.cleaned_data
        decides = data.get("decides", "")
        if f"identity_{decides}" in self.fields:
            return str(data[f"identity_{decides}"])
        consent = self.consent()
        if consent is None:
            return self.accompanied.words if self.accompanied else str(self.person)
        who = consent["given_by_name"]
        return f"{who} ({consent['relationship'].lower()})" if consent["relationship"] else str(who)

    def screening(self) -> dict[str, Any] | None:
        """Return the screening as ``record_screening`` takes it, or None where it is done already."""
        if self.screened:
            return None
        data = self.cleaned_data
        applies = set(data["yes"]) if data["health"] == SOMETHING else set()
        confirmed = data["confirmed"] if applies else []
        yes = {
            question.code: {
                "details": data["details"],
                "facts": [fact for fact in confirmed if fact in question.facts],
            }
            for question in self.questions
            # What was confirmed belongs to a question that was answered yes, whether or not that was ticked too.
            if question.code in applies or any(fact in question.facts for fact in confirmed)
        }
        return {
            "answers": answers_of(yes, self.questions),
            "well_today": UNWELL not in applies,
            "not_pregnant": (PREGNANT not in applies) if self.asks_pregnancy else None,
            "identity_confirmed_by": self.identity(),
        }
