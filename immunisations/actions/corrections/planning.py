"""What a record will say once it is put right: worked out before anything is written.

The page on which a correction is checked and the action that writes it ask the same functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from clinics.models import Batch, Direction, Product
from clinics.times import london_day
from clinics.vaccines import series_of
from immunisations.actions.corrections.refusals import CorrectionRefused
from immunisations.models import Consent, Person, Vaccination, Visit
from immunisations.people import row_ids
from immunisations.policies import (
    DoseRefused,
    check_batch_was_possible,
    check_born_by,
    check_site,
    consent_for,
    parents_not_told,
    screening_for,
)
from immunisations.queries import facts_for, forecast_for

# What may be put right on a record as it stands. Anything else is entered in error and recorded anew.
CORRECTABLE = frozenset({"batch", "body_site", "route", "given_at", "note", "not_done_reason"})
# Columns that a replacing row never takes over from the one it replaces.
OWN = frozenset(
    {
        "id",
        "public_id",
        "client_uuid",
        "replaces",
        "moved_from",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
        "correction_reason",
    }
)
# What the person, or somebody for them, said before a dose.
OF_WHO_WAS_ASKED: dict[str, Any] = {
    "consent": None,
    "screening": None,
    "consent_by_name": "",
    "consent_relationship": "",
    "identity_confirmed_by": "",
}
# What a dose rests on, and a record that nothing was given does not have.
OF_A_DOSE: dict[str, Any] = {
    **OF_WHO_WAS_ASKED,
    "vaccine": "",
    "dose_number": None,
    "product": None,
    "batch": None,
    "product_name": "",
    "product_code": "",
    "maker": "",
    "batch_number": "",
    "batch_expires_on": None,
    "volume_ml": None,
    "body_site": "",
    "route": "",
    "legal_mechanism": "",
    "direction": None,
    "legal_mechanism_name": "",
    "legal_mechanism_version": "",
    "legal_mechanism_valid_until": None,
    "indication": "",
    "given_at": None,
    "given_on": None,
    "given_by": None,
    "given_by_name": "",
    "supplied_by": None,
    "supplied_by_name": "",
    "override_reason": "",
    "cautions": [],
}


@dataclass(frozen=True)
class Planned:
    """What one correction comes to.

    ``action`` is its name in the audit, ``row`` what will stand (not saved; of the very person, clinic and series, but
    without who corrects it and what it replaces), ``elsewhere`` whether the old record becomes an error and ``row`` is
    recorded anew, on another person or as another vaccine.
    """

    action: str
    row: Vaccination
    elsewhere: bool = False


def copied(row: Vaccination, **columns: Any) -> Vaccination:
    """Return a row, not saved, with what another one says but for ``columns``.

    Asks nothing of the database: a row it points to comes along where it was loaded, else its key does.
    """
    facts = {}
    for field in row._meta.concrete_fields:
        if field.name in OWN or field.name in columns:
            continue
        name = field.attname if isinstance(field, ForeignKey) and not field.is_cached(row) else field.name
        facts[name] = getattr(row, name)
    return Vaccination(**facts, **columns)


def facts_of(batch: Batch) -> dict[str, Any]:
    """Return the columns that a batch brings along, its product's and its own."""
    product = batch.product
    return {
        "batch": batch,
        "product": product,
        "vaccine": product.vaccine,
        "product_name": product.name.strip(),
        "product_code": product.dmd_code,
        "maker": product.maker,
        "batch_number": batch.number.strip(),
        "batch_expires_on": batch.expires_on,
        "volume_ml": product.volume_ml,
    }


def facts_of_vaccine(row: Vaccination, vaccine: str) -> dict[str, Any]:
    """Return the columns that rest on which vaccine it was, where what was agreed and signed fits another better.

    The consent to that vaccine, where one was given on the visit; the direction for it that was in force that day.
    Where there is none, what was recorded stays: the page says so to whoever corrects.
    """
    if vaccine == row.vaccine:
        return {}
    columns: dict[str, Any] = {}
    if row.consent is None or vaccine not in row.consent.vaccines:
        agreed = consent_for(list(row.visit.consents.all()), vaccine)
        if agreed is not None and agreed.decision == Consent.Decision.GIVEN:
            columns |= facts_of_consent(agreed)
    # The wish stands, whoever agreed to the other vaccine.
    columns["parents_not_told"] = row.parents_not_told or parents_not_told(list(row.visit.consents.all()), vaccine)
    if row.direction is not None and not row.direction.covers(vaccine):
        signed = [
            direction
            for direction in Direction.objects.filter(
                team=row.session.team_id,
                kind=row.direction.kind,
                valid_from__lte=row.given_on,
                valid_until__gte=row.given_on,
            )
            if direction.covers(vaccine)
        ]
        if signed:
            columns |= {
                "direction": signed[0],
                "legal_mechanism_name": signed[0].name,
                "legal_mechanism_version": signed[0].version,
                "legal_mechanism_valid_until": signed[0].valid_until,
            }
    return columns


def facts_of_consent(consent: Consent) -> dict[str, Any]:
    """Return the columns copied from a consent."""
    return {
        "consent": consent,
        "consent_by_name": consent.given_by_name,
        "consent_relationship": consent.relationship,
    }


def plan(
    row: Vaccination,
    *,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    entered_in_error: bool = False,
    not_given: str = "",
    given_instead: Batch | None = None,
    body_site: str = "",
    move_to: Person | None = None,
) -> Planned:
    """Return what a correction comes to, as ``correct_vaccination`` takes it.

    Needs the row's session, visit, person, batch, consent and direction. Raises CorrectionRefused or DoseRefused for
    what cannot stand; TypeError for none or several kinds of correction at once, and for unknown columns.
    """
    if sum((bool(changes), entered_in_error, bool(not_given), bool(given_instead), bool(move_to))) != 1:
        raise TypeError("a correction changes something, marks an error, says that nothing was given, or moves: one")
    if changes:
        if set(changes) - CORRECTABLE:
            raise TypeError(f"not correctable: {', '.join(sorted(set(changes) - CORRECTABLE))}")
        return Planned("correct_vaccination", _changed(row, changes, at=at))
    if entered_in_error:
        return Planned("mark_entered_in_error", copied(row, status=Vaccination.Status.ENTERED_IN_ERROR))
    if not_given:
        return Planned("correct_to_not_given", _not_given(row, not_given))
    if given_instead:
        return Planned("correct_to_other_vaccine", _other_series(row, given_instead, body_site), elsewhere=True)
    if not move_to:
        raise TypeError("nothing to correct")
    return Planned("move_vaccination", _moved(row, move_to), elsewhere=True)


def _changed(row: Vaccination, changes: Mapping[str, Any], *, at: datetime) -> Vaccination:
    columns = dict(changes)
    if row.status == Vaccination.Status.NOT_DONE:
        if set(changes) - {"note", "not_done_reason"}:
            raise CorrectionRefused(_("Only the reason and the note of this record can be corrected."), code="fixed")
        if "not_done_reason" in changes and changes["not_done_reason"] not in Vaccination.Reason.values:
            raise CorrectionRefused(_("Select why it was not given."), code="no_reason_selected")
    elif "not_done_reason" in changes:
        raise CorrectionRefused(_("A dose that was given has no such reason."), code="fixed")
    else:
        columns |= _changed_dose(row, changes, at=at)
    if all(getattr(row, name) == value for name, value in columns.items()):
        raise CorrectionRefused(_("The record says that already."), code="nothing_changed")
    return copied(row, **columns)


def _changed_dose(row: Vaccination, changes: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    # A dose that was given has its time: the database sees to it.
    given_at: datetime = changes.get("given_at") or row.given_at or row.recorded_at
    if given_at > at:
        raise DoseRefused(_("The dose cannot have been given in the future."), code="in_the_future")
    given_on = london_day(given_at)
    if given_on != row.session.date:
        raise DoseRefused(_("The time must be on the day of the clinic."), code="other_day")
    columns |= {"given_at": given_at, "given_on": given_on}
    batch: Batch | None = changes.get("batch")
    if batch is not None:
        if series_of(batch.product.vaccine) != row.series:
            raise CorrectionRefused(
                _("That batch is of another vaccine. Say that another vaccine was given."), code="other_series"
            )
        check_batch_was_possible(batch, team_id=row.session.team_id, on=given_on)
        columns |= facts_of(batch) | facts_of_vaccine(row, batch.product.vaccine)
    check_site(changes.get("body_site", row.body_site), changes.get("route", row.route))
    return columns


def _only_given(row: Vaccination) -> None:
    if row.status != Vaccination.Status.COMPLETED:
        raise CorrectionRefused(_("This record says already that nothing was given."), code="fixed")


def _not_given(row: Vaccination, reason: str) -> Vaccination:
    _only_given(row)
    if reason not in Vaccination.Reason.values:
        raise CorrectionRefused(_("Select why it was not given."), code="no_reason_selected")
    return copied(row, **OF_A_DOSE, status=Vaccination.Status.NOT_DONE, not_done_reason=reason)


def _other_series(row: Vaccination, batch: Batch, body_site: str) -> Vaccination:
    _only_given(row)
    vaccine = batch.product.vaccine
    if series_of(vaccine) == row.series:
        raise CorrectionRefused(_("That batch is of the same course: correct the batch."), code="same_series")
    check_batch_was_possible(batch, team_id=row.session.team_id, on=row.session.date)
    agreed = consent_for(list(row.visit.consents.all()), vaccine)
    if agreed is None or agreed.decision != Consent.Decision.GIVEN:
        raise CorrectionRefused(
            _(
                "There is no consent to %(vaccine)s on this visit, so it cannot be recorded in place of this one. If "
                "somebody agreed to it, record that consent on the person’s page first. If nobody did, report an "
                "incident, and mark this record as entered in error."
            )
            % {"vaccine": batch.product.get_vaccine_display()},
            code="no_consent",
        )
    route = row.route
    if Product.Route.ORAL in (route, batch.product.route) and route != batch.product.route:
        route, body_site = batch.product.route, body_site or _mouth(batch.product)
        if not body_site:
            raise CorrectionRefused(_("Select where it was given."), code="no_site")
    body_site = body_site or row.body_site
    check_site(body_site, route)
    new = copied(
        row,
        **facts_of(batch) | facts_of_vaccine(row, vaccine) | facts_of_consent(agreed),
        series=series_of(vaccine),
        body_site=body_site,
        route=route,
        # What was gone against belonged to the other vaccine.
        override_reason="",
        cautions=[],
    )
    new.screening = screening_for(list(row.visit.screenings.all()), vaccine) or row.screening
    new.dose_number = _dose_number(row.person, new)
    return new


def _mouth(product: Product) -> str:
    return Vaccination.BodySite.MOUTH if product.route == Product.Route.ORAL else ""


def _moved(row: Vaccination, target: Person) -> Vaccination:
    root = target.merged_into or target
    if root.pk == row.person.root_id:
        raise CorrectionRefused(_("The record is this person’s already."), code="same_person")
    check_born_by(root, row.session.date)
    # Wish, consent and answers are the person's own: the other one's stay with them, and none may be on record here.
    new = copied(row, person=root, parents_not_told=False, moved_here=True, **OF_WHO_WAS_ASKED)
    visit = visit_at(root, row.session_id)
    if visit is not None:
        new.person, new.visit = visit.person, visit
        own_words = list(visit.consents.all())
        new.parents_not_told = parents_not_told(own_words, row.vaccine or None)
        if row.status == Vaccination.Status.COMPLETED:
            agreed = consent_for(own_words, row.vaccine)
            screening = screening_for(list(visit.screenings.all()), row.vaccine)
            if agreed is not None and agreed.decision == Consent.Decision.GIVEN:
                for name, value in facts_of_consent(agreed).items():
                    setattr(new, name, value)
            if screening is not None:
                new.screening, new.identity_confirmed_by = screening, screening.identity_confirmed_by
    if row.status == Vaccination.Status.COMPLETED:
        new.dose_number = _dose_number(root, new)
    return new


def visit_at(root: Person, session_id: int) -> Visit | None:
    """Return a person's visit to a clinic, whichever of their rows it hangs on, or None."""
    return (
        Visit.objects.filter(session=session_id, person__in=row_ids(root))
        .select_related("session", "person")
        .order_by("arrived_at", "pk")
        .first()
    )


def _dose_number(person: Person, row: Vaccination) -> int | None:
    """Return which dose of its series the row is for the person, by what else is known up to its day."""
    root = person.merged_into or person
    on = row.given_on or row.session.date
    verdict = forecast_for(root, on, facts_for(root, row.session, row.screening)).of(row.series)
    return (verdict.next_dose or verdict.counted + 1) if verdict else None
