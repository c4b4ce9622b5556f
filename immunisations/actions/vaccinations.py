"""Recording that a dose was given, or was not, and why."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import require
from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Permission
from clinics.directions import directions_for
from clinics.models import Batch, Direction
from clinics.places import share_session
from clinics.stock import hold_of
from clinics.times import london_day
from clinics.vaccines import Series
from immunisations.actions.follow_ups import Wanted, add_follow_up
from immunisations.actions.statuses import refresh_status
from immunisations.actions.visits import lock_visit, visit_ended
from immunisations.models import Person, Vaccination, Visit
from immunisations.people import lock_root, row_ids
from immunisations.policies import (
    DoseRefused,
    PatientDirection,
    already_recorded,
    cautions,
    check_dose_is_possible,
    check_givers,
    check_reason,
    check_session_open,
    given_before_hold,
    parents_not_told,
    worked_under,
)
from immunisations.queries import facts_for, forecast_for, still_due, visit_record
from immunisations.waiting import end_of_visit

# Among the codes of a dose's warnings: its batch was quarantined after it was given, and before it was written down.
GIVEN_BEFORE_HOLD = "given_before_hold"


class NotGivenRefused(Refused):
    """A reason why a dose was not given cannot be recorded like this."""

    code = "not_given_refused"


def sent_before(client_uuid: uuid.UUID | None, root: Person) -> Vaccination | None:
    """Return the row that this very request made before. Raises Refused where it was made about somebody else."""
    if client_uuid is None:
        return None
    row = Vaccination.objects.filter(client_uuid=client_uuid).first()
    if row is not None and row.person_id not in row_ids(root):
        raise Refused(_("This record was sent before, for somebody else."), code="used_before")
    return row


def standing(root: Person, session_id: int, series: str) -> tuple[Vaccination | None, Vaccination | None]:
    """Return what stands for a person at a clinic in a series: the dose given, and the row a further one replaces.

    Read over every row of the person, under the root's lock. The row to replace is the end of the chain: one that
    says "not given", or that an earlier dose was entered in error.
    """
    ends = list(
        Vaccination.objects.filter(
            person__in=row_ids(root), session=session_id, series=series, replaced_by__isnull=True
        ).order_by("pk")
    )
    given = next((row for row in ends if row.status == Vaccination.Status.COMPLETED), None)
    to_replace = next((row for row in ends if row.status == Vaccination.Status.NOT_DONE), ends[-1] if ends else None)
    return given, to_replace


def chain_end(root: Person, person: Person, session_id: int, series: str) -> Vaccination | None:
    """Return the row that a new one must replace, after refusing where a dose stands already.

    Raises Refused (``already_recorded``), saying who recorded it and when.
    """
    given, to_replace = standing(root, session_id, series)
    if given is not None:
        raise already_recorded(given)
    own = Vaccination.objects.filter(person=person, session=session_id, series=series, replaced_by__isnull=True).first()
    return own or to_replace


def _finish_if_done(visit: Visit, *, by: User, at: datetime) -> bool:
    """End the visit where nothing that the clinic offers is still due; return whether it ended."""
    record = visit_record(visit)
    facts = facts_for(visit.person, visit.session, record.screenings)
    outlook = forecast_for(visit.person, visit.session.date, facts)
    done = not outlook.problem and not still_due(record, outlook, visit.session)
    if visit.started_by_id is None or visit.paused_at or visit.left_at:
        visit.started_by = by
    visit.started_at = visit.started_at or at
    visit.paused_at = None
    visit.left_at = end_of_visit(visit, at=at) if done else None
    visit.save(update_fields=["started_at", "started_by", "paused_at", "left_at"])
    return done


@transaction.atomic
def record_vaccination(
    *,
    visit: Visit,
    series: str,
    batch: Batch,
    body_site: str,
    by: User,
    at: datetime,
    route: str = "",
    given_at: datetime | None = None,
    given_by: User | None = None,
    supplied_by: User | None = None,
    legal_mechanism: str = "",
    direction: Direction | None = None,
    patient_direction: PatientDirection | None = None,
    client_uuid: uuid.UUID | None = None,
    device_at: datetime | None = None,
    override_reason: str = "",
    cautions_seen: Collection[str] | None = None,
    gelatine_free: bool = False,
    note: str = "",
    source: str = "staff",
) -> Vaccination:
    """Write down a dose given on a visit, with everything it rests on copied onto it.

    ``series`` says what is being given, ``batch`` of which product; ``route`` is the product's own unless given;
    ``given_at`` is when, ``at`` unless given; ``given_by`` who, ``by`` unless given; ``supplied_by`` who handed the
    vaccine out, where that was somebody else. It is given under ``direction``, or under the ``patient_direction`` of
    this person alone, or else under the only direction in force for the vaccine (of the kind ``legal_mechanism``,
    where one is named). ``device_at`` is what the device's own clock said, kept and never relied on;
    ``gelatine_free`` says that the family asked for it. Where nothing else is due that the clinic offers, the visit
    ends. The same ``client_uuid`` returns the same row.

    Raises Refused ``already_recorded`` where another dose of the series stands for the person at this clinic;
    DoseRefused for what nobody may overrule; NeedsReason where there are cautions and no ``override_reason``, or one
    that speaks of other cautions than these (``cautions_seen``, keys of Caution; None: of all); SessionNotOpen;
    PermissionDenied.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    # The clinic first, as everybody else: it is neither cancelled nor closed off while this is written.
    share_session(visit.session)
    root = lock_root(visit.person)
    there = sent_before(client_uuid, root)
    if there is not None:
        return there
    visit = lock_visit(visit)
    session = visit.session
    replaces = chain_end(root, visit.person, session.pk, series)
    # The batch row is locked too: a quarantine is either seen here, or sees this dose.
    batch = Batch.objects.select_for_update(of=("self",)).select_related("product").get(pk=batch.pk)
    product = batch.product
    given_at = given_at or at
    given_by = given_by or by
    if given_at > at:
        raise DoseRefused(_("The dose cannot have been given in the future."), code="in_the_future")
    given_on = london_day(given_at)
    record = visit_record(visit)
    facts = facts_for(root, session, record.screenings)
    outlook = forecast_for(root, given_on, facts)
    verdict = outlook.of(series)
    route = route or product.route
    hold = hold_of(session=session, batch=batch)
    consent, screening = check_dose_is_possible(
        visit=visit,
        series=series,
        batch=batch,
        hold=hold,
        body_site=body_site,
        route=route,
        given_at=given_at,
        on=given_on,
        consents=record.consents,
        screenings=record.screenings,
        facts=facts,
        verdict=verdict,
    )
    check_givers(given_by=given_by, supplied_by=supplied_by, team_id=session.team_id)
    under = worked_under(
        directions=directions_for(session.team_id, [product.vaccine]),
        vaccine=product.vaccine,
        on=given_on,
        team_id=session.team_id,
        named=direction,
        patient=patient_direction,
        kind=legal_mechanism,
    )
    found = cautions(
        person=root,
        product=product,
        body_site=body_site,
        on=given_on,
        was_checked=bool(record.checks),
        verdict=verdict,
        gelatine_free=gelatine_free,
        route=route,
        screening=screening,
        given_at=given_at,
        arrived_at=visit.arrived_at,
    )
    check_reason(found, override_reason, seen=cautions_seen)
    marks = [caution.code for caution in found]
    if given_before_hold(batch, hold, given_at=given_at):
        # No warning to go against: it was given. Whoever follows up the batch has to see it.
        marks.append(GIVEN_BEFORE_HOLD)
    row = Vaccination.objects.create(
        person=visit.person,
        session=session,
        visit=visit,
        status=Vaccination.Status.COMPLETED,
        series=series,
        vaccine=product.vaccine,
        dose_number=(verdict.next_dose or verdict.counted + 1) if verdict else None,
        product=product,
        batch=batch,
        consent=consent,
        screening=screening,
        product_name=product.name.strip(),
        product_code=product.dmd_code,
        maker=product.maker,
        batch_number=batch.number.strip(),
        batch_expires_on=batch.expires_on,
        volume_ml=product.volume_ml,
        body_site=body_site,
        route=route,
        legal_mechanism=under.kind,
        direction=under.direction,
        legal_mechanism_name=under.name,
        legal_mechanism_version=under.version,
        legal_mechanism_valid_until=under.valid_until,
        indication=Vaccination.Indication.OUTBREAK
        if verdict is not None and verdict.counts_if_given is False
        else Vaccination.Indication.ROUTINE,
        given_at=given_at,
        given_on=given_on,
        given_by=given_by,
        given_by_name=str(given_by).strip(),
        supplied_by=supplied_by,
        supplied_by_name=str(supplied_by).strip() if supplied_by else "",
        consent_by_name=consent.given_by_name,
        consent_relationship=consent.relationship,
        identity_confirmed_by=screening.identity_confirmed_by,
        place_name=_place_name(visit),
        place_ods_code=session.venue.ods_code,
        override_reason=override_reason.strip() if found else "",
        cautions=marks,
        note=note.strip(),
        parents_not_told=record.parents_not_told(product.vaccine),
        recorded_by=by,
        recorded_by_name=str(by),
        recorded_at=at,
        device_at=device_at,
        client_uuid=client_uuid or uuid.uuid4(),
        replaces=replaces,
    )
    refresh_status(root)
    if _finish_if_done(visit, by=by, at=at):
        visit_ended(visit, by=by, at=at, source=source)
    audit.record(
        by=by,
        at=at,
        source=source,
        action="record_vaccination",
        thing=row,
        team=session.team_id,
        person_id=root.public_id,
        after={
            "series": series,
            "vaccine": row.vaccine,
            "product": product.code,
            "batch": row.batch_number,
            "direction": f"{under.kind} {under.name}, {under.version}",
            "given_by": row.given_by_name,
            "cautions": marks,
            "replaces": str(replaces.public_id) if replaces else None,
        },
        reason=row.override_reason,
    )
    return row


def _place_name(visit: Visit) -> str:
    return str(visit.session.venue)[:220]


@transaction.atomic
def record_not_given(
    *,
    visit: Visit,
    series: Sequence[str],
    reason: str,
    by: User,
    at: datetime,
    note: str = "",
    follow_up: Wanted | None = None,
    client_uuid: uuid.UUID | None = None,
    source: str = "staff",
) -> list[Vaccination]:
    """Write down, for each series, that nothing was given at this clinic and why.

    A later word on the same series replaces an earlier one. ``follow_up`` is what is to be done next, set by the first
    of the rows. Where nothing else is due, or the person left, the visit ends. The same ``client_uuid`` returns the
    same rows. Raises Refused ``already_recorded`` where a dose of a series stands; NotGivenRefused for an unknown
    reason or series, or none; FollowUpRefused.
    """
    require(by, Permission.VACCINATE, visit.session.team_id)
    share_session(visit.session)
    root = lock_root(visit.person)
    visit = lock_visit(visit)
    session = visit.session
    if reason not in Vaccination.Reason.values:
        raise NotGivenRefused(_("Select why it was not given."), code="no_reason")
    if not series or set(series) - set(Series.values):
        raise NotGivenRefused(_("Select what was not given."), code="no_series")
    check_session_open(session)
    not_told = parents_not_told(list(visit.consents.all()))
    rows = []
    for each in dict.fromkeys(series):
        # One request may speak of several series: each row's id is made of the request's and the series.
        row_uuid = uuid.uuid5(client_uuid, each) if client_uuid else uuid.uuid4()
        there = sent_before(row_uuid, root)
        if there is not None:
            rows.append(there)
            continue
        row = Vaccination.objects.create(
            person=visit.person,
            session=session,
            visit=visit,
            parents_not_told=not_told,
            status=Vaccination.Status.NOT_DONE,
            series=each,
            not_done_reason=reason,
            place_name=_place_name(visit),
            place_ods_code=session.venue.ods_code,
            note=note.strip(),
            recorded_by=by,
            recorded_by_name=str(by),
            recorded_at=at,
            client_uuid=row_uuid,
            replaces=chain_end(root, visit.person, session.pk, each),
        )
        audit.record(
            by=by,
            at=at,
            source=source,
            action="record_not_given",
            thing=row,
            team=session.team_id,
            person_id=root.public_id,
            after={"series": each, "reason": reason},
        )
        rows.append(row)
    if follow_up is not None:
        add_follow_up(
            person=visit.person,
            session=session,
            visit=visit,
            vaccination=rows[0],
            wanted=follow_up,
            client_uuid=uuid.uuid5(client_uuid, "follow-up") if client_uuid else None,
            by=by,
            at=at,
            source=source,
        )
    ended = _finish_if_done(visit, by=by, at=at)
    if not ended and reason == Vaccination.Reason.LEFT:
        ended, visit.left_at = True, at
        visit.save(update_fields=["left_at"])
    if ended:
        visit_ended(visit, by=by, at=at, source=source)
    return rows
