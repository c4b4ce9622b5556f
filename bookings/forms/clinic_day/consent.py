"""Who agrees, and the health questions: one page, nothing ticked beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinics.vaccines import Vaccine
from immunisations.health_questions import FACTS, Question, answers_of, facts_to_confirm
from immunisations.models import Consent, Person
from immunisations.policies import (
    GILLICK_WORDS,
    PARENTAL_ROUTES,
    ConsentRefused,
    asks_about_pregnancy,
    check_gillick,
    consent_routes,
    may_ask_not_to_tell,
    may_disagree,
)
from nhsuk.forms import (
    CheckboxesField,
    CheckboxField,
    NameField,
    NhsukForm,
    PhoneField,
    RadiosField,
    TextareaField,
    TextField,
)

CONTACT = "contact"
DISAGREED = "disagreed"
ALL = "all"
SOME = "some"
OK = "ok"
SOMETHING = "yes"
UNWELL = "unwell"
PREGNANT = "pregnant"
# Who decides by phone, or for an adult who cannot, is not the one who says who the person is.
ASKS_IDENTITY = (Consent.Route.PARENT_PHONE, Consent.Route.BEST_INTERESTS)
THEMSELVES = (Consent.Route.OWN, Consent.Route.GILLICK)


@dataclass(frozen=True)
class Accompanied:
    """Who came with the person, as the booking or the desk wrote it."""

    name: str
    relationship: str = ""

    @property
    def words(self) -> str:
        return f"{self.name} ({self.relationship.lower()})" if self.relationship else self.name


@dataclass(frozen=True)
class AtHome:
    """Who booked, where that was somebody else: they may be the one to phone."""

    name: str = ""
    relationship: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Carried:
    """What was confirmed for an earlier vaccine today and holds for the next: when, by whom, and nothing else."""

    well_today: bool = False
    not_pregnant: bool = False
    identity_confirmed_by: str = ""
    words: str = ""


class ConsentHealthForm(NhsukForm):
    """Consent for the vaccines of today, and one confirmation of the health questions.

    The first answer names who is here, so that the common case is one tap; it also says who confirmed who this is.
    ``vaccines`` are those to agree to, ``screen`` those to ask the health questions for; either may be empty.
    ``reasons`` says why somebody who agreed before is asked again. ``doses`` are the numbers of the doses, as far as
    they are known: with the rest of what the page asks they tell whether somebody answers another page than this.
    ``private`` says that the young person asked before, about one of these vaccines, that parents are not told: the
    wish stands until they take it back, and is not lost because nobody ticked it again.
    """

    def __init__(
        self,
        *args: Any,
        person: Person,
        vaccines: Sequence[str],
        screen: Sequence[str],
        accompanied: Accompanied | None,
        questions: Sequence[Question],
        on: date,
        at_home: AtHome | None = None,
        carried: Carried | None = None,
        reasons: Sequence[str] = (),
        doses: Mapping[str, int | None] | None = None,
        private: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.vaccines, self.accompanied = person, list(vaccines), accompanied
        self.screen, self.questions = list(screen), list(questions) if screen else []
        self.private = private
        self.at_home, self.carried, self.reasons, self.on = at_home or AtHome(), carried or Carried(), reasons, on
        self.routes = consent_routes(person, on)
        self.asks_pregnancy = asks_about_pregnancy(person, on)
        self.names = [str(Vaccine(code).label) for code in self.vaccines]
        agreed = [f"{code}:{(doses or {}).get(code) or ''}" for code in self.vaccines]
        parts = (agreed, self.screen, [question.code for question in self.questions])
        self.asked_about = " ".join(",".join(part) for part in parts)
        if self.vaccines:
            self._add_consent()
        if self.screen:
            self._add_health()

    @property
    def vaccine_words(self) -> str:
        """The vaccines asked about, in words."""
        return joined(self.names)

    @property
    def screen_words(self) -> str:
        """The vaccines that the health questions are asked for, in words."""
        return joined([str(Vaccine(code).label) for code in self.screen])

    def _add_consent(self) -> None:
        choices: list[tuple[str, Any]] = []
        hints: dict[str, Any] = {}
        reveals: dict[str, list[str]] = {}
        if Consent.Route.PARENT_PRESENT in self.routes and self.accompanied is not None:
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
            choices.append((route.value, label))
            reveals[route.value] = self._add_own(route) if route in THEMSELVES else self._add_somebody(route)
        if may_disagree(self.person, self.on):
            choices.append((DISAGREED, Consent.Decision.DISAGREED.label))
            hints[DISAGREED] = _("Nothing is given until they agree")
            reveals[DISAGREED] = self._add_disagreement()
        self.fields["decides"] = RadiosField(
            label=_("Who agrees to %(vaccines)s?") % {"vaccines": self.vaccine_words},
            subject=_("who agrees"),
            choices=choices,
            choice_hints=hints,
            reveals=reveals,
            size="m",
        )
        if len(self.vaccines) > 1:
            self._add_which()

    def _add_own(self, route: str) -> list[str]:
        """Add what is asked of somebody who decides for themselves; return the fields' names."""
        names = []
        if route == Consent.Route.GILLICK:
            for name, what in GILLICK_WORDS.items():
                self.fields[name] = RadiosField(
                    label=_("Does %(name)s know %(what)s?") % {"name": self.person.first_name, "what": what},
                    subject=_("whether %(name)s knows %(what)s") % {"name": self.person.first_name, "what": what},
                    choices=[("yes", _("Yes")), ("no", _("No"))],
                    inline=True,
                    size="s",
                )
                names.append(name)
        if may_ask_not_to_tell(self.person, route, self.on):
            self.fields[f"private_{route}"] = CheckboxField(
                label=_("%(name)s asks that parents are not told") % {"name": self.person.first_name},
                help_text=_("No message goes to a parent, and nothing is sent out by itself. Tell the GP practice."),
                required=False,
                initial=self.private,
            )
            names.append(f"private_{route}")
        return names

    def _add_somebody(self, route: str) -> list[str]:
        """Add who decides for the person, and how they were reached; return the fields' names."""
        phoned = route == Consent.Route.PARENT_PHONE
        known = self.at_home if phoned else AtHome()
        self.fields[f"name_{route}"] = NameField(
            label=_("Name of the person who decides"),
            subject=_("the name of the person who decides"),
            size="s",
            max_length=200,
            initial=known.name,
        )
        self.fields[f"relationship_{route}"] = TextField(
            label=_("Who they are to %(name)s (optional)") % {"name": self.person.first_name},
            required=False,
            max_length=60,
            size="s",
            width=20,
            initial=known.relationship,
        )
        names = [f"name_{route}", f"relationship_{route}"]
        if phoned:
            self.fields["phone"] = PhoneField(
                label=_("Number that you called"),
                subject=_("the number that you called"),
                size="s",
                international=True,
                initial=known.phone,
            )
            self.fields["heard_by"] = NameField(
                label=_("Who else heard the call (optional)"),
                subject=_("who else heard the call"),
                required=False,
                size="s",
                max_length=200,
            )
            names += ["phone", "heard_by"]
        if route == Consent.Route.BEST_INTERESTS:
            self.fields["consulted"] = TextareaField(
                label=_("Who was consulted, and what did they say?"),
                subject=_("who was consulted"),
                max_length=500,
                rows=2,
                size="s",
            )
            names.append("consulted")
        if route in ASKS_IDENTITY:
            self.fields[f"identity_{route}"] = NameField(
                label=_("Who here confirmed who this is?"), subject=_("who confirmed who this is"), size="s"
            )
            names.append(f"identity_{route}")
        return names

    def _add_disagreement(self) -> list[str]:
        self.fields["name_disagreed"] = NameField(
            label=_("Who told you?"),
            subject=_("who told you"),
            size="s",
            max_length=200,
            initial=self.accompanied.name if self.accompanied else "",
        )
        self.fields["said"] = TextareaField(
            label=_("Who agrees, and who does not?"),
            subject=_("who agrees and who does not"),
            max_length=500,
            rows=2,
            size="s",
        )
        return ["name_disagreed", "said"]

    def _add_which(self) -> None:
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
        parts = [_("no to every question")]
        if not self.carried.well_today:
            parts.append(_("well today"))
        parts.append(_("knows which vaccine and agrees"))
        if self.asks_pregnancy and not self.carried.not_pregnant:
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
        possible = facts_to_confirm(self.questions, self.screen)
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

    @property
    def disagreed(self) -> bool:
        """Whether the answer is that those with parental responsibility disagree."""
        return self.cleaned_data.get("decides") == DISAGREED

    def clean(self) -> dict[str, Any]:
        """Ask no more of those who disagree; say at once where a young person is not Gillick competent."""
        cleaned = super().clean() or self.cleaned_data
        if self.fields and self.data.get("asked_about", self.asked_about) != self.asked_about:
            self.add_error(None, _("What is to be asked has changed since you opened this page. Ask again, then save."))
        if self.disagreed:
            for name in ("which", "some", "health", "yes", "details", "confirmed"):
                self.errors.pop(name, None)
        answers = self._gillick()
        if answers is not None and None not in answers.values():
            try:
                check_gillick(self.person, answers)
            except ConsentRefused as refusal:
                self.add_error("decides", str(refusal))
        return cleaned

    def _gillick(self) -> dict[str, bool | None] | None:
        """Return the five answers, None for each that is missing; None where nobody asked for them."""
        if self.cleaned_data.get("decides") != Consent.Route.GILLICK:
            return None
        said = {"yes": True, "no": False}
        return {name: said.get(self.cleaned_data.get(name, "")) for name in GILLICK_WORDS}

    def consent(self) -> dict[str, Any] | None:
        """Return the consent as ``record_consent`` takes it, or None where nothing was asked about."""
        if not self.vaccines:
            return None
        data, decides = self.cleaned_data, self.cleaned_data["decides"]
        about = {
            "decision": Consent.Decision.GIVEN.value,
            "route": decides,
            "vaccines": data["some"] if data.get("which") == SOME else self.vaccines,
            "relationship": "",
        }
        if decides == DISAGREED:
            return about | {
                "decision": Consent.Decision.DISAGREED.value,
                "route": PARENTAL_ROUTES[0].value,
                "given_by_name": data["name_disagreed"],
                "vaccines": self.vaccines,
                "note": data["said"],
            }
        if decides == CONTACT and self.accompanied is not None:
            return about | {
                "route": Consent.Route.PARENT_PRESENT.value,
                "given_by_name": self.accompanied.name,
                "relationship": self.accompanied.relationship,
            }
        if decides in THEMSELVES:
            return about | {
                # Two names of 100 letters each are longer than what keeps a copy of them.
                "given_by_name": str(self.person)[:200],
                "gillick": self._gillick(),
                "parents_not_told": bool(data.get(f"private_{decides}")),
            }
        about |= {"given_by_name": data[f"name_{decides}"], "relationship": data[f"relationship_{decides}"]}
        if decides == Consent.Route.PARENT_PHONE:
            about |= {"phone": data["phone"], "heard_by_name": data["heard_by"]}
        if decides == Consent.Route.BEST_INTERESTS:
            about |= {"note": data["consulted"]}
        return about

    def identity(self) -> str:
        """Return who confirmed who the person is."""
        data = self.cleaned_data
        decides = data.get("decides", "")
        if f"identity_{decides}" in self.fields:
            return str(data[f"identity_{decides}"])
        consent = self.consent()
        if consent is None:
            nobody_new = self.accompanied.words if self.accompanied else str(self.person)
            return self.carried.identity_confirmed_by or nobody_new
        who = consent["given_by_name"]
        return f"{who} ({consent['relationship'].lower()})" if consent["relationship"] else str(who)

    def screening(self) -> dict[str, Any] | None:
        """Return the screening as ``record_screening`` takes it, or None where there is nothing to ask."""
        if not self.screen or self.disagreed:
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
            "vaccines": self.screen,
            "answers": answers_of(yes, self.questions),
            "well_today": UNWELL not in applies,
            "not_pregnant": (PREGNANT not in applies) if self.asks_pregnancy else None,
            "identity_confirmed_by": self.identity(),
        }


def joined(names: Sequence[str]) -> str:
    """Return names in words: "MMRV, MenB and 6-in-1"."""
    return _(" and ").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
