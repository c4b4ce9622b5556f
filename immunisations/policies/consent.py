"""Who may decide about a vaccination, and what their word is good for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from clinics.vaccines import Vaccine, series_of
from immunisations.ages import years_between
from immunisations.health_questions import PREGNANCY_FROM_YEARS
from immunisations.models import Consent, ConsentRoute, Person, Screening, Vaccination
from immunisations.models.consent import GILLICK_ANSWERS
from immunisations.policies.refusals import DoseRefused
from immunisations.schedule import SeriesForecast
from immunisations.text import is_blank

ADULT_FOR_CONSENT = 16
# The law names no age for Gillick competence; offering it for a small child would only be a way to press it wrongly.
GILLICK_FROM_YEARS = 10
ADULT = 18
# Where the person themselves decides: nobody else's word goes against it, and they may ask that parents are not told.
OWN_ROUTES = (Consent.Route.OWN, Consent.Route.GILLICK)
# The five things to know, in the words of the question and of the answer.
GILLICK_WORDS = dict(
    zip(
        GILLICK_ANSWERS,
        (
            gettext_lazy("which vaccination it is"),
            gettext_lazy("the disease it protects against"),
            gettext_lazy("what may follow, with and without it"),
            gettext_lazy("how it is given"),
            gettext_lazy("the side effects"),
        ),
        strict=True,
    )
)
PARENTAL_ROUTES = (Consent.Route.PARENT_PRESENT, Consent.Route.PARENT_PHONE, Consent.Route.DELEGATED)


class ConsentRefused(Refused):
    """Consent cannot be recorded like this."""

    code = "consent_refused"


def asks_about_pregnancy(person: Person, on: date) -> bool:
    """Whether to ask: anyone of 12 and over who could be pregnant (Green Book chapter 6). Unknown sex is asked."""
    return years_between(person.date_of_birth, on) >= PREGNANCY_FROM_YEARS and person.sex != Person.Sex.MALE


def consent_routes(person: Person, on: date) -> tuple[ConsentRoute, ...]:
    """Return who may decide for somebody of this age, commonest first (Green Book chapter 2)."""
    age = years_between(person.date_of_birth, on)
    parents = PARENTAL_ROUTES
    if age >= ADULT:
        return (Consent.Route.OWN, Consent.Route.BEST_INTERESTS)
    if age >= ADULT_FOR_CONSENT:
        return (Consent.Route.OWN, *parents, Consent.Route.BEST_INTERESTS)
    return (*parents, Consent.Route.GILLICK) if age >= GILLICK_FROM_YEARS else parents


def may_ask_not_to_tell(person: Person, route: str, on: date) -> bool:
    """Whether somebody who decides in this way may ask that parents are not told: the young person, under 18."""
    return route in OWN_ROUTES and years_between(person.date_of_birth, on) < ADULT


def may_disagree(person: Person, on: date) -> bool:
    """Whether it matters that those with parental responsibility disagree: not from 16, who decide for themselves."""
    return years_between(person.date_of_birth, on) < ADULT_FOR_CONSENT


def check_consent(
    *,
    person: Person,
    decision: str,
    route: str,
    given_by_name: str,
    vaccines: Collection[str],
    on: date,
    consents: Sequence[Consent] = (),
    phone: str = "",
    gillick: Mapping[str, bool | None] | None = None,
    not_told: bool = False,
    note: str = "",
) -> None:
    """Raise ConsentRefused where this person could not be consented for in this way.

    ``gillick`` maps the five answers of ``GILLICK_ANSWERS`` to yes or no; ``consents`` are those of the visit so far.
    Sources: Green Book chapter 2; Mental Capacity Act 2005 section 4 for who is consulted about an adult.
    """
    if decision not in Consent.Decision.values:
        raise ConsentRefused(_("Say whether consent is given."), code="unknown_decision")
    if route not in consent_routes(person, on):
        raise ConsentRefused(_("Select somebody who may decide at this age."), code="route_for_age")
    if is_blank(given_by_name):
        raise ConsentRefused(_("Enter the name of the person who decides."), code="no_name")
    if not vaccines:
        raise ConsentRefused(_("Select the vaccines that the decision is about."), code="no_vaccines")
    if set(vaccines) - set(Vaccine.values):
        raise ConsentRefused(_("Select vaccines that are on the list."), code="unknown_vaccine")
    given = decision == Consent.Decision.GIVEN
    if route == Consent.Route.PARENT_PHONE and given and is_blank(phone):
        raise ConsentRefused(_("Enter the phone number that was called."), code="no_phone")
    if route == Consent.Route.BEST_INTERESTS and is_blank(note):
        raise ConsentRefused(_("Say who was consulted about their best interests."), code="nobody_consulted")
    if route == Consent.Route.GILLICK and given:
        check_gillick(person, gillick or {})
    if not_told and not may_ask_not_to_tell(person, route, on):
        raise ConsentRefused(
            _("Only a young person under 18 who decides for themselves may ask that parents are not told."),
            code="wish_of_another",
        )
    if decision == Consent.Decision.DISAGREED:
        _check_disagreement(person, route, on)
    if route in PARENTAL_ROUTES and not given and any(decides_alone(consents, vaccine) for vaccine in vaccines):
        raise ConsentRefused(
            _("%(name)s decided for themselves, and that stands.") % {"name": person.first_name}, code="decided_alone"
        )


def check_gillick(person: Person, answers: Mapping[str, bool | None]) -> None:
    """Raise ConsentRefused unless all five were asked and answered yes (Gillick v West Norfolk, 1985)."""
    if any(answers.get(name) is None for name in GILLICK_ANSWERS):
        raise ConsentRefused(_("Ask all five, and say yes or no to each."), code="gillick_not_asked")
    missing = [str(words) for name, words in GILLICK_WORDS.items() if not answers[name]]
    if missing:
        raise ConsentRefused(
            _(
                "%(name)s does not know %(missing)s, so is not Gillick competent for this and cannot consent alone. "
                "Ask somebody with parental responsibility by phone, or choose “Not given”."
            )
            % {"name": person.first_name, "missing": ", ".join(missing)},
            code="not_gillick_competent",
        )


def _check_disagreement(person: Person, route: str, on: date) -> None:
    if route not in PARENTAL_ROUTES:
        raise ConsentRefused(_("Only those with parental responsibility can disagree."), code="route_of_disagreement")
    if not may_disagree(person, on):
        raise ConsentRefused(
            _("%(name)s is 16 or over and decides for themselves.") % {"name": person.first_name}, code="route_for_age"
        )


def consent_for(consents: Sequence[Consent], vaccine: str) -> Consent | None:
    """Return the latest word on a vaccine out of a visit's consents, oldest first; None where nobody was asked."""
    return next((consent for consent in reversed(consents) if vaccine in consent.vaccines), None)


def decides_alone(consents: Sequence[Consent], vaccine: str) -> bool:
    """Whether the person themselves agreed to the vaccine, by the latest word on it."""
    consent = consent_for(consents, vaccine)
    return consent is not None and consent.route in OWN_ROUTES and consent.decision == Consent.Decision.GIVEN


def dose_number_of(verdict: SeriesForecast | None) -> int | None:
    """Return which dose of its series would be given next, or None where the schedule cannot say."""
    return (verdict.next_dose or verdict.counted + 1) if verdict is not None else None


def for_another_dose(consent: Consent, vaccine: str, dose_number: int | None) -> int | None:
    """Return the number of the dose that was agreed to, where it is another than the one to give now."""
    agreed = consent.dose_numbers.get(vaccine)
    return agreed if agreed is not None and dose_number is not None and agreed != dose_number else None


def agreed_to(consents: Sequence[Consent], vaccine: str, dose_number: int | None) -> bool:
    """Whether the latest word on this vaccine is yes, and was about this dose."""
    consent = consent_for(consents, vaccine)
    return (
        consent is not None
        and consent.decision == Consent.Decision.GIVEN
        and for_another_dose(consent, vaccine, dose_number) is None
    )


def stops_by_disagreement(consents: Sequence[Consent], vaccine: str) -> Consent | None:
    """Return the word that those with parental responsibility disagree about the vaccine, where it is the latest."""
    consent = consent_for(consents, vaccine)
    return consent if consent is not None and consent.decision == Consent.Decision.DISAGREED else None


def asked_again_because(consents: Sequence[Consent], vaccine: str, dose_number: int | None) -> str:
    """Return why somebody who agreed has to be asked again, in a sentence; "" where nobody agreed before.

    Consent is to a vaccine and a dose: it is sought again where either changes (Green Book chapter 2).
    """
    consent = consent_for(consents, vaccine)
    if consent is not None and consent.decision == Consent.Decision.GIVEN:
        agreed = for_another_dose(consent, vaccine, dose_number)
        if agreed is None:
            return ""
        return _("%(name)s agreed to dose %(agreed)s of %(vaccine)s. It is dose %(now)s now, so ask again.") % {
            "name": consent.given_by_name,
            "agreed": agreed,
            "vaccine": Vaccine(vaccine).label,
            "now": dose_number,
        }
    if consent is not None:
        return ""
    series = series_of(vaccine)
    for earlier in reversed(consents):
        others = [code for code in earlier.vaccines if series_of(code) == series]
        if others and earlier.decision == Consent.Decision.GIVEN:
            return _("%(name)s agreed to %(agreed)s. It is %(now)s now, so ask again.") % {
                "name": earlier.given_by_name,
                "agreed": Vaccine(others[0]).label,
                "now": Vaccine(vaccine).label,
            }
    return ""


def check_agreed(consents: Sequence[Consent], vaccine: str, *, dose_number: int | None) -> Consent:
    """Return the consent that a dose of ``vaccine`` rests on. Raises DoseRefused where there is none that holds."""
    label = Vaccine(vaccine).label
    consent = consent_for(consents, vaccine)
    if consent is None:
        raise DoseRefused(_("Record consent for %(vaccine)s first.") % {"vaccine": label}, code="no_consent")
    if consent.decision == Consent.Decision.DISAGREED:
        raise DoseRefused(
            _("Do not give %(vaccine)s: those with parental responsibility disagree. Record why it is not given.")
            % {"vaccine": label},
            code="consent_disagreed",
        )
    if consent.decision != Consent.Decision.GIVEN:
        raise DoseRefused(
            _("Consent was refused by %(name)s. Record why the dose is not given.") % {"name": consent.given_by_name},
            code="consent_refused",
        )
    if for_another_dose(consent, vaccine, dose_number) is not None:
        raise DoseRefused(asked_again_because(consents, vaccine, dose_number), code="consent_for_another_dose")
    return consent


def screening_for(screenings: Sequence[Screening], vaccine: str) -> Screening | None:
    """Return the latest answers that cover a vaccine, out of a visit's screenings, oldest first."""
    return next(
        (screening for screening in reversed(screenings) if not screening.vaccines or vaccine in screening.vaccines),
        None,
    )


def standing_screenings(screenings: Sequence[Screening]) -> list[Screening]:
    """Return the screenings that still stand: the latest for at least one vaccine. Oldest first."""
    latest = {screening_for(screenings, vaccine) for vaccine in Vaccine.values}
    return [screening for screening in screenings if screening in latest]


def standing_answers(screenings: Sequence[Screening]) -> dict[str, dict[str, Any]]:
    """Return the answer to each question asked on a visit; a yes stands until it is asked again for its vaccines."""
    answers: dict[str, dict[str, Any]] = {}
    for screening in standing_screenings(screenings):
        for code, answer in screening.answers.items():
            if code not in answers or answer.get("answer") == "yes":
                answers[code] = answer
    return answers


def check_screened(screenings: Sequence[Screening], vaccine: str) -> Screening:
    """Return the answers that a dose of ``vaccine`` rests on. Raises DoseRefused where it was not asked about."""
    screening = screening_for(screenings, vaccine)
    if screening is None:
        raise DoseRefused(
            _("Ask the health questions for %(vaccine)s first.") % {"vaccine": Vaccine(vaccine).label},
            code="no_screening",
        )
    return screening


def parents_not_told(consents: Sequence[Consent], vaccine: str | None = None) -> bool:
    """Whether the young person asked that parents are not told: about ``vaccine``, or about any.

    Their own latest word on each vaccine counts. A parent's later word does not lift it, nor does what they say
    themselves about another vaccine.
    """
    latest = wishes((each.vaccines, each.parents_not_told) for each in consents if each.route in OWN_ROUTES)
    return latest.get(vaccine, False) if vaccine is not None else any(latest.values())


def wishes(own: Iterable[tuple[Collection[str], bool]]) -> dict[str, bool]:
    """Return the latest wish about each vaccine out of a person's own words, oldest first: vaccines, and the wish."""
    return {vaccine: not_told for vaccines, not_told in own for vaccine in vaccines}


def may_send_by_itself(vaccination: Vaccination) -> bool:
    """Whether the record may leave without somebody deciding it: not where the young person asked for privacy.

    A practice's or a child health department's letter to the home tells the parents (Green Book chapter 2).
    """
    return not vaccination.parents_not_told
