"""Who may decide about a vaccination, and what their word is good for."""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils.translation import gettext as _

from accounts.errors import Refused
from clinics.vaccines import Vaccine
from immunisations.ages import years_between
from immunisations.health_questions import PREGNANCY_FROM_YEARS
from immunisations.models import Consent, ConsentRoute, Person
from immunisations.text import is_blank

ADULT_FOR_CONSENT = 16
# The law names no age for Gillick competence; offering it for a small child would only be a way to press it wrongly.
GILLICK_FROM_YEARS = 10


class ConsentRefused(Refused):
    """Consent cannot be recorded like this."""

    code = "consent_refused"


def asks_about_pregnancy(person: Person, on: date) -> bool:
    """Whether to ask: anyone of 12 and over who could be pregnant (Green Book chapter 6). Unknown sex is asked."""
    return years_between(person.date_of_birth, on) >= PREGNANCY_FROM_YEARS and person.sex != Person.Sex.MALE


def consent_routes(person: Person, on: date) -> tuple[ConsentRoute, ...]:
    """Return who may decide for somebody of this age, commonest first (Green Book chapter 2)."""
    age = years_between(person.date_of_birth, on)
    parents = (Consent.Route.PARENT_PRESENT, Consent.Route.PARENT_PHONE, Consent.Route.DELEGATED)
    if age >= 18:
        return (Consent.Route.OWN, Consent.Route.BEST_INTERESTS)
    if age >= ADULT_FOR_CONSENT:
        return (Consent.Route.OWN, *parents, Consent.Route.BEST_INTERESTS)
    return (*parents, Consent.Route.GILLICK) if age >= GILLICK_FROM_YEARS else parents


def check_consent(*, person: Person, route: str, given_by_name: str, vaccines: Collection[str], on: date) -> None:
    """Raise ConsentRefused where this person could not be consented for in this way."""
    if route not in consent_routes(person, on):
        raise ConsentRefused(_("Select somebody who may decide at this age."), code="route_for_age")
    if is_blank(given_by_name):
        raise ConsentRefused(_("Enter the name of the person who decides."), code="no_name")
    if not vaccines:
        raise ConsentRefused(_("Select the vaccines that the decision is about."), code="no_vaccines")
    if set(vaccines) - set(Vaccine.values):
        raise ConsentRefused(_("Select vaccines that are on the list."), code="unknown_vaccine")


def consent_for(consents: Sequence[Consent], vaccine: str) -> Consent | None:
    """Return the latest word on a vaccine out of a visit's consents, oldest first; None where nobody was asked."""
    return next((consent for consent in reversed(consents) if vaccine in consent.vaccines), None)
