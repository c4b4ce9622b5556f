"""Every change to what is offered: clinics, their periods and places."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from clinics.models import ClinicSession, Place, VaccinationPeriod, VaccineOffer, Venue
from clinics.policies import ClinicRefused, check_move, check_publishable
from clinics.times import LONDON, NotATime, london_day, wall_time

# Once places have been laid out they hang on the clinic's day and the length of its appointments; its address on the
# site has been passed on.
FIXED_ONCE_PUBLISHED = ("date", "appointment_minutes", "slug")
LONGEST_PERIOD = timedelta(hours=14)
MOST_PLACES = 5000


def free_slug(*, town: str, day: datetime | object) -> str:
    """Return an address for a clinic made of its town and date that no other clinic has yet."""
    base = slugify(f"{town} {day}")[:100] or "clinic"
    taken = set(ClinicSession.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def change_session(
    *, session: ClinicSession, changes: Mapping[str, Any], by: User | None, at: datetime, source: str
) -> ClinicSession:
    """Change what is said of a clinic: ``changes`` are new values by the name of the field, and under "vaccines" the
    codes of all it offers. Its state is changed by the actions for that, and nothing else is written.

    Returns the clinic as it is now. Raises ClinicRefused where it is closed off or cancelled, for what is fixed once
    it has been published, and for another venue (code "people_booked") while somebody has, or is just booking, a
    place: they would go to the old one.
    """
    session = _locked(session)
    if session.state in (ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED):
        raise ClinicRefused(_("This clinic can no longer be changed."), code="wrong_state")
    vaccines = set(session.vaccine_codes())
    after = {name: value for name, value in changes.items() if name != "vaccines" and getattr(session, name) != value}
    if session.state != ClinicSession.State.DRAFT and not after.keys().isdisjoint(FIXED_ONCE_PUBLISHED):
        raise ClinicRefused(
            _("The date, the length of appointments and the address on the site are fixed once a clinic is published."),
            code="wrong_state",
        )
    if "venue" in after and session.places.exclude(pk__in=session.places.free(at)).exists():
        raise ClinicRefused(
            _("The venue cannot be changed: somebody is booked. Cancel this clinic and plan another."),
            code="people_booked",
        )
    before = {name: getattr(session, name) for name in after}
    for name, value in after.items():
        setattr(session, name, value)
    if after:
        session.save(update_fields=list(after))
    if "vaccines" in changes and vaccines != set(changes["vaccines"]):
        before["vaccines"], after["vaccines"] = sorted(vaccines), sorted(changes["vaccines"])
        session.offers.exclude(vaccine__in=after["vaccines"]).delete()
        VaccineOffer.objects.bulk_create(
            VaccineOffer(session=session, vaccine=vaccine) for vaccine in changes["vaccines"] if vaccine not in vaccines
        )
    if after:
        audit.record(
            by=by,
            at=at,
            source=source,
            action="change_session",
            thing=session,
            team=session.team_id,
            before=_as_json(before),
            after=_as_json(after),
        )
    return session


@transaction.atomic
def save_periods(
    *, session: ClinicSession, periods: Sequence[tuple[time, time, int]], by: User | None, at: datetime, source: str
) -> None:
    """Set the clinic's vaccination periods: for each, wall times of start and end on its date, and how many people
    can be vaccinated at the same time.

    On a published clinic the grid of places follows at once. Raises NotATime for a wall time of a clock-change night,
    ClinicRefused for periods that overlap or end before they start, and where places that somebody has would go.
    """
    session = _locked(session)
    if session.state in (ClinicSession.State.CLOSED_OFF, ClinicSession.State.CANCELLED):
        raise ClinicRefused(_("The times of this clinic can no longer be changed."), code="wrong_state")
    wanted = []
    for starts, ends, vaccinators in periods:
        starts_at, ends_at = wall_time(session.date, starts), wall_time(session.date, ends)
        if ends_at <= starts_at:
            raise ClinicRefused(_("A period must end after it starts."), code="period_order")
        if ends_at - starts_at > LONGEST_PERIOD:
            raise ClinicRefused(_("A period can be at most 14 hours long."), code="period_length")
        if not 1 <= vaccinators <= 50:
            raise ClinicRefused(
                _("Between 1 and 50 people can be vaccinated at the same time."), code="period_vaccinators"
            )
        wanted.append((starts_at, ends_at, vaccinators))
    wanted.sort()
    for before, after in pairwise(wanted):
        if after[0] < before[1]:
            raise ClinicRefused(_("The periods overlap. End one before the next starts."), code="periods_overlap")
    before_change = _periods_as_json(session)
    existing = {(period.starts_at, period.ends_at): period for period in session.periods.all()}
    kept = []
    for starts_at, ends_at, vaccinators in wanted:
        period = existing.pop((starts_at, ends_at), None) or VaccinationPeriod(
            session=session, starts_at=starts_at, ends_at=ends_at
        )
        if period.vaccinators != vaccinators or period.pk is None:
            period.vaccinators = vaccinators
            period.save()
        kept.append(period)
    if session.places.exists() or session.state != ClinicSession.State.DRAFT:
        _lay_out(session, kept, at)
    for period in existing.values():
        period.delete()
    audit.record(
        by=by,
        at=at,
        source=source,
        action="save_periods",
        thing=session,
        team=session.team_id,
        before={"periods": before_change},
        after={"periods": _periods_as_json(session)},
    )


@transaction.atomic
def publish_session(*, session: ClinicSession, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Lay out the grid of places and open the clinic to those who may book.

    Raises ClinicRefused where the clinic is not a draft or lacks something, NotATime where a place would begin at a
    wall time that comes twice.
    """
    session = _locked(session)
    check_publishable(session, london_day(at))
    _lay_out(session, list(session.periods.all()), at)
    return _move(session, ClinicSession.State.PUBLISHED, action="publish_session", by=by, at=at, source=source)


@transaction.atomic
def close_bookings(*, session: ClinicSession, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Stop new bookings; those who are booked stay booked."""
    session = _locked(session)
    return _move(session, ClinicSession.State.BOOKINGS_CLOSED, action="close_bookings", by=by, at=at, source=source)


@transaction.atomic
def reopen_bookings(*, session: ClinicSession, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Take bookings again after they were stopped."""
    session = _locked(session)
    if session.state != ClinicSession.State.BOOKINGS_CLOSED:
        raise ClinicRefused(_("Bookings can be opened again only where they were stopped."), code="wrong_state")
    return _move(session, ClinicSession.State.PUBLISHED, action="reopen_bookings", by=by, at=at, source=source)


@transaction.atomic
def finish_session(*, session: ClinicSession, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Say that the clinic's day is over."""
    session = _locked(session)
    return _move(session, ClinicSession.State.FINISHED, action="finish_session", by=by, at=at, source=source)


@transaction.atomic
def close_off_session(
    *, session: ClinicSession, by: User | None, at: datetime, source: str, note: str = ""
) -> ClinicSession:
    """Say that the clinic's figures are agreed: nothing more is recorded for it but corrections.

    Called by ``bookings.closing.close_clinic``, which sees that nothing is left open: screens call that one.
    """
    session = _locked(session)
    session.closed_off_at, session.closed_off_by_name = at, str(by) if by else source
    session.closing_note = note[:1000]
    return _move(
        session, ClinicSession.State.CLOSED_OFF, action="close_off_session", by=by, at=at, source=source, reason=note
    )


@transaction.atomic
def reopen_session(*, session: ClinicSession, reason: str, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Take back that a clinic was closed off, for what was found on paper later: it is finished again, until it is
    closed off anew. Who closed it first, and why it was reopened, stands in the audit.

    No table of states leads there: it is not a step of a clinic's life but a mistake put right. Raises ClinicRefused
    (``wrong_state``) for a clinic that is not closed off.
    """
    session = _locked(session)
    if session.state != ClinicSession.State.CLOSED_OFF:
        raise ClinicRefused(_("Only a clinic that was closed off can be reopened."), code="wrong_state")
    before = {
        "state": str(session.state),
        "closed_off_at": session.closed_off_at.isoformat() if session.closed_off_at else None,
        "closed_off_by": session.closed_off_by_name,
        "note": session.closing_note,
    }
    session.state = ClinicSession.State.FINISHED
    session.closed_off_at, session.closed_off_by_name, session.closing_note = None, "", ""
    session.save(update_fields=["state", "closed_off_at", "closed_off_by_name", "closing_note"])
    audit.record(
        by=by,
        at=at,
        source=source,
        action="reopen_session",
        thing=session,
        team=session.team_id,
        before=before,
        after={"state": str(session.state)},
        reason=reason,
    )
    return session


@transaction.atomic
def mark_cancelled(*, session: ClinicSession, reason: str, by: User | None, at: datetime, source: str) -> ClinicSession:
    """Mark the clinic as cancelled. Called by ``bookings.actions.cancel_session``, which cancels the appointments too:
    screens call that one.
    """
    session = _locked(session)
    session.cancelled_reason = reason
    return _move(
        session,
        ClinicSession.State.CANCELLED,
        action="cancel_session",
        by=by,
        at=at,
        source=source,
        reason=reason,
    )


def _locked(session: ClinicSession) -> ClinicSession:
    """Read the clinic again under the lock that bookings under way must wait for, and be waited for."""
    return ClinicSession.objects.select_for_update(of=("self",)).select_related("venue").get(pk=session.pk)


def _move(
    session: ClinicSession,
    to: str,
    *,
    action: str,
    by: User | None,
    at: datetime,
    source: str,
    reason: str = "",
) -> ClinicSession:
    check_move(session, to)
    before, session.state = session.state, to
    session.save(
        update_fields=["state", "cancelled_reason", "closed_off_at", "closed_off_by_name", "closing_note"],
    )
    audit.record(
        by=by,
        at=at,
        source=source,
        action=action,
        thing=session,
        team=session.team_id,
        before={"state": str(before)},
        after={"state": str(to)},
        reason=reason,
    )
    return session


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, Venue):
            return str(value.public_id)
        return value.isoformat() if isinstance(value, date | time) else value

    return {name: plain(value) for name, value in values.items()}


def _periods_as_json(session: ClinicSession) -> list[list[object]]:
    return [
        [period.starts_at.isoformat(), period.ends_at.isoformat(), period.vaccinators]
        for period in session.periods.order_by("starts_at")
    ]


def _lay_out(session: ClinicSession, periods: Sequence[VaccinationPeriod], at: datetime) -> None:
    """Make the places exactly those of the periods: add what is missing, remove what is free and no longer wanted.

    Raises ClinicRefused (code "places_taken") where somebody has a place that would go.
    """
    step = timedelta(minutes=session.appointment_minutes)
    wanted: dict[tuple[datetime, int], VaccinationPeriod] = {}
    shown: dict[datetime, datetime] = {}
    for period in periods:
        start = period.starts_at
        while start + step <= period.ends_at:
            wall = start.astimezone(LONDON).replace(tzinfo=None, fold=0)
            if shown.setdefault(wall, start) != start:
                raise NotATime(
                    _("%(time)s happens twice on that night: the clocks go back. Choose other times.")
                    % {"time": f"{wall:%H:%M}"}
                )
            for lane in range(1, period.vaccinators + 1):
                wanted[start, lane] = period
            start += step
    if not wanted:
        raise ClinicRefused(
            _("The periods are too short: no appointment of %(minutes)s minutes fits in.")
            % {"minutes": session.appointment_minutes},
            code="no_places",
        )
    if len(wanted) > MOST_PLACES:
        raise ClinicRefused(_("That makes more than 5,000 places. Shorten the periods."), code="too_many_places")
    present = {
        (place.starts_at, place.lane): place
        for place in Place.objects.select_for_update(of=("self",))
        .filter(session=session)
        .select_related("reservation")
        .order_by("id")
    }
    going = [place for key, place in present.items() if key not in wanted]
    taken = [
        place
        for place in going
        if place.reservation and (place.reservation.expires_at is None or place.reservation.expires_at > at)
    ]
    if taken:
        raise ClinicRefused(
            _("Somebody is booked in places that would go. Move or cancel their appointments first."),
            code="places_taken",
        )
    Place.objects.filter(pk__in=[place.pk for place in going]).delete()
    for (start, lane), period in wanted.items():
        place = present.get((start, lane))
        if place is not None and place.period_id != period.pk:
            Place.objects.filter(pk=place.pk).update(period=period)
    Place.objects.bulk_create(
        [
            Place(session=session, period=period, starts_at=start, lane=lane)
            for (start, lane), period in sorted(wanted.items(), key=lambda item: item[0])
            if (start, lane) not in present
        ]
    )
