"""Who may put a record right, and what to think of before."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, may
from clinics.times import london_day
from immunisations.models import Person, Vaccination
from immunisations.policies.doses import Caution
from immunisations.policies.refusals import DoseRefused


def can_correct(vaccination: Vaccination, user: User, on: date) -> bool:
    """Whether the user may correct a record: one's own on the day it was written, or any with that permission."""
    team = vaccination.session.team_id
    if may(user, Permission.CORRECT_RECORDS, team):
        return True
    own = vaccination.recorded_by_id == user.pk and london_day(vaccination.recorded_at) == on
    return own and may(user, Permission.VACCINATE, team)


def check_born_by(person: Person, on: date) -> None:
    """Raise DoseRefused where the person was not born yet on a day."""
    if person.date_of_birth > on:
        raise DoseRefused(
            _("%(name)s was not born yet on %(date)s.")
            % {"name": person.list_name, "date": formats.date_format(on, "j F Y")},
            code="before_birth",
        )


def notes_on_correction(before: Vaccination, after: Vaccination) -> list[Caution]:
    """Return what whoever corrects has to know and does not stop it: a record says what was done, right or wrong.

    Sources: Green Book chapter 2 for consent to what is given, chapter 5 for directions, chapter 3 for stock that may
    not be used.
    """
    found: list[Caution] = []
    if not after.is_given or after.product is None or after.batch is None:
        return found
    vaccine = after.get_vaccine_display()
    if after.consent is not None and after.vaccine not in after.consent.vaccines:
        found.append(
            Caution(
                "consent_for_other",
                _("The consent on record does not name %(vaccine)s. If nobody agreed to it, report an incident.")
                % {"vaccine": vaccine},
            )
        )
    if after.direction is not None and not after.direction.covers(after.vaccine):
        found.append(
            Caution(
                "direction_for_other",
                _("%(direction)s is not for %(vaccine)s. Tell whoever leads your team.")
                % {"direction": after.legal_mechanism_name, "vaccine": vaccine},
            )
        )
    if before.batch_id != after.batch_id and after.batch.quarantined_at is not None:
        found.append(
            Caution(
                "batch_quarantined",
                _("Batch %(number)s is quarantined. If it was given, report an incident.")
                % {"number": after.batch_number},
            )
        )
    if after.product.contains_gelatine and not (before.product and before.product.contains_gelatine):
        found.append(
            Caution("gelatine", _("%(product)s contains gelatine from pigs.") % {"product": after.product_name})
        )
    return found
