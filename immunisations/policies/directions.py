"""What a dose is given under: a direction that is in force, or it is not recorded as given.

Nobody vaccinates without one, unless they prescribe (Human Medicines Regulations 2012; Green Book chapter 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from clinics.directions import in_force, why_none, why_not_in_force
from clinics.models import Direction, LegalMechanism
from immunisations.policies.refusals import DoseRefused
from immunisations.text import is_blank, tidy


@dataclass(frozen=True, slots=True)
class PatientDirection:
    """A direction for one person, as a prescriber wrote it: its name or the prescriber's, a version or date, and the
    last day on which it may be followed.
    """

    name: str
    version: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class WorkedUnder:
    """What a dose keeps of the direction that it was given under."""

    kind: str
    name: str
    version: str
    valid_until: date
    direction: Direction | None = None


def what_to_do_without() -> str:
    """Return what a vaccinator does where no direction is in force."""
    return _(
        "Ask a co-ordinator to add the direction that is in force, or enter a patient specific direction for this "
        "person."
    )


def worked_under(
    *,
    directions: Sequence[Direction],
    vaccine: str,
    on: date,
    team_id: int,
    named: Direction | None = None,
    patient: PatientDirection | None = None,
    kind: str = "",
) -> WorkedUnder:
    """Return what a dose of ``vaccine`` on the day ``on`` is given under.

    ``directions`` are the team's for that vaccine. The one that is ``named`` or the ``patient``'s own is taken, else
    the only one in force (of that ``kind``, where one is given). Raises DoseRefused: ``direction_not_in_force``,
    ``direction_of_other_team``, ``direction_of_other_vaccine``, ``no_direction``, ``no_legal_mechanism`` for an
    unknown kind, ``several_directions`` (``details["directions"]`` lists them) where somebody has to choose.
    """
    if kind and kind not in LegalMechanism.values:
        raise DoseRefused(_("Select what the dose is given under."), code="no_legal_mechanism")
    if patient is not None:
        return _under_patients_own(patient, on)
    if named is not None:
        return _under_named(named, vaccine, on, team_id)
    found = [each for each in in_force(directions, vaccine, on) if not kind or each.kind == kind]
    if not found:
        raise DoseRefused(f"{why_none(directions, vaccine, on)} {what_to_do_without()}", code="no_direction")
    if len(found) > 1:
        raise DoseRefused(
            _("Several directions are in force: %(names)s. Say which one the dose is given under.")
            % {"names": "; ".join(map(str, found))},
            code="several_directions",
            directions=[{"id": str(each.public_id), "name": str(each)} for each in found],
        )
    return _copied(found[0])


def _under_named(named: Direction, vaccine: str, on: date, team_id: int) -> WorkedUnder:
    if named.team_id != team_id:
        raise DoseRefused(_("Select a direction of this team."), code="direction_of_other_team")
    if not named.covers(vaccine):
        raise DoseRefused(
            _("%(direction)s, is not for this vaccine. Select another direction.") % {"direction": named},
            code="direction_of_other_vaccine",
        )
    if not named.is_in_force(on):
        raise DoseRefused(f"{why_not_in_force(named, on)} {what_to_do_without()}", code="direction_not_in_force")
    return _copied(named)


def _under_patients_own(patient: PatientDirection, on: date) -> WorkedUnder:
    if is_blank(patient.name) or is_blank(patient.version):
        raise DoseRefused(
            _("Enter who wrote the patient specific direction, and its version or date."), code="no_direction"
        )
    if patient.valid_until < on:
        raise DoseRefused(
            _("The patient specific direction ended on %(date)s. Ask the prescriber for one that is in force.")
            % {"date": formats.date_format(patient.valid_until, "j F Y")},
            code="direction_not_in_force",
        )
    return WorkedUnder(
        LegalMechanism.PSD.value, tidy(patient.name)[:120], tidy(patient.version)[:20], patient.valid_until
    )


def _copied(direction: Direction) -> WorkedUnder:
    return WorkedUnder(direction.kind, direction.name, direction.version, direction.valid_until, direction)
