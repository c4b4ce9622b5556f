"""The list of one clinic: who is here, who is expected, who has been seen, who did not come."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Team
from bookings.drop_ins import ComingTicket, tickets_by_visit, tickets_to_come
from bookings.models import Appointment, ListEntry
from bookings.privacy import private_people
from bookings.queries.home_answers import to_read_from_home
from bookings.queries.rows import DayRow, Family, Flag, Group, flags_of, root_of
from bookings.queue import Pace, Waiting, in_order, pace_of
from clinics.models import ClinicSession
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.models import Screening, SeriesStatus, StatusState, Vaccination, Visit
from immunisations.outcomes import STILL_HERE, Outcome, Recorded, leaving_words, outcome_of
from immunisations.queries import (
    standing_at,
)

__all__ = [
    "Clinics",
    "DayList",
    "DayRow",
    "Family",
    "Flag",
    "Group",
    "clinics_around",
    "closing_rows",
    "day_list",
    "flags_of",
    "root_of",
]

NOT_VACCINATED = frozenset({Outcome.NOT_VACCINATED, Outcome.NOT_PRODUCED})


@dataclass
class DayList:
    """The list of one clinic: everybody in one of its sections."""

    session: ClinicSession
    # Those who wait, in the order of the queue; the first is next.
    ready: list[DayRow] = field(default_factory=list)
    # Those whom somebody is seeing, or has paused.
    in_progress: list[DayRow] = field(default_factory=list)
    expected: list[Family] = field(default_factory=list)
    # Those on a closed clinic's list who have not come yet, by wing or site.
    listed: list[Group] = field(default_factory=list)
    done: list[DayRow] = field(default_factory=list)
    not_vaccinated: list[DayRow] = field(default_factory=list)
    not_come: list[DayRow] = field(default_factory=list)
    cancelled: int = 0
    pace: Pace | None = None
    # Families on the way with a ticket of the drop-in.
    tickets: list[ComingTicket] = field(default_factory=list)

    @property
    def expected_count(self) -> int:
        return sum(len(family.rows) for family in self.expected) + sum(len(group.rows) for group in self.listed)

    @property
    def here(self) -> list[DayRow]:
        """Everybody who has arrived and not left."""
        return self.ready + self.in_progress

    @property
    def seen(self) -> list[DayRow]:
        """Everybody who came and has left."""
        return self.done + self.not_vaccinated

    @property
    def walk_ins(self) -> int:
        """How many of those who are here have no appointment and are on no list."""
        return sum(1 for row in self.here if row.appointment is None and row.entry is None)

    @property
    def to_see(self) -> int:
        return self.expected_count + len(self.here)

    @property
    def wait(self) -> str:
        """How long somebody who arrives now waits, in words."""
        return self.pace.wait(len(self.ready)) if self.pace else ""

    @property
    def not_come_yet(self) -> list[DayRow]:
        """Everybody who is still expected."""
        rows = [row for family in self.expected for row in family.rows]
        return rows + [row for group in self.listed for row in group.rows]

    @property
    def rows(self) -> list[DayRow]:
        """Everybody on the list."""
        return self.not_come_yet + self.here + self.seen + self.not_come


def day_list(session: ClinicSession, *, today: date, at: datetime, hidden: bool = False) -> DayList:
    """Return the list of a clinic, in a number of queries that does not depend on how many people are on it.

    ``at`` is the moment for which the pace of the queue is worked out; ``hidden`` where a queue can read the screen.
    """
    appointments = list(
        Appointment.objects.filter(session=session)
        .select_related("booking", "person__merged_into")
        .order_by("starts_at", "position", "pk")
    )
    visits = list(
        Visit.objects.filter(session=session)
        .select_related("person__merged_into", "started_by")
        .order_by("arrived_at", "pk")
    )
    listing = DayList(session)
    _expect(listing, appointments, {visit.pk for visit in visits}, today)
    _see(listing, appointments, visits, today, at)
    _add_entries(listing, today)
    _number(listing)
    observed = timedelta(minutes=session.observation_minutes or 0)
    listing.pace = pace_of([(visit.started_at, visit.left_at) for visit in visits], at=at, observed=observed)
    if session.drop_in_from:
        listing.tickets = [ComingTicket(ticket, hidden) for ticket in tickets_to_come(session, today=today)]
    rows = listing.rows
    private = private_people({row.person.pk for row in rows if row.person})
    _note_due(listing)
    from_home = to_read_from_home(session)
    for row in rows:
        row.hidden = hidden
        coming = row.visit is None and row.outcome == Outcome.BOOKED
        if row.appointment is not None and row.appointment.pk in from_home and (coming or row.outcome in STILL_HERE):
            row.to_read = True
        if row.person is not None and row.person.pk in private:
            row.private, row.given, row.due = True, (), ()
    return listing


def _expect(listing: DayList, appointments: list[Appointment], here: set[int], today: date) -> None:
    """Put those who have an appointment and have not come under their family, or among those who did not attend."""
    families: dict[int, Family] = {}
    for appointment in appointments:
        if appointment.visit_id in here:
            continue
        if appointment.state == Appointment.State.CANCELLED:
            listing.cancelled += 1
            continue
        row = DayRow(appointment, None, root_of(appointment.person), Outcome.BOOKED, today)
        if appointment.state == Appointment.State.DID_NOT_ATTEND:
            row.outcome = Outcome.DID_NOT_ATTEND
            listing.not_come.append(row)
            continue
        family = families.get(appointment.booking_id)
        if family is None:
            family = families[appointment.booking_id] = Family([], appointment.booking)
            listing.expected.append(family)
        family.rows.append(row)


def _see(listing: DayList, appointments: list[Appointment], visits: list[Visit], today: date, at: datetime) -> None:
    """Put everybody who came where they stand by what was recorded."""
    recorded: dict[int, list[Recorded]] = defaultdict(list)
    given: dict[int, list[str]] = defaultdict(list)
    for standing in standing_at(listing.session):
        recorded[standing.visit_id].append(Recorded(standing.status, standing.not_done_reason))
        if standing.status == Vaccination.Status.COMPLETED:
            given[standing.visit_id].append(str(Vaccine(standing.vaccine).label))
    with_appointment = {appointment.visit_id: appointment for appointment in appointments if appointment.visit_id}
    to_read = _answers_to_read(listing.session)
    for visit in visits:
        outcome = outcome_of(visit, recorded[visit.pk], now=at)
        row = DayRow(
            with_appointment.get(visit.pk), visit, root_of(visit.person), outcome, today, tuple(given[visit.pk])
        )
        if given[visit.pk]:
            row.leaving = leaving_words(visit, asked=listing.session.observation_minutes, now=at)
        if outcome == Outcome.ARRIVED:
            listing.ready.append(row)
        elif outcome in STILL_HERE:
            listing.in_progress.append(row)
        else:
            (listing.not_vaccinated if outcome in NOT_VACCINATED else listing.done).append(row)
        row.to_read = outcome in STILL_HERE and visit.pk in to_read


def _answers_to_read(session: ClinicSession) -> set[int]:
    """Return the visits, of those that go on, with a yes to a health question behind which nothing was confirmed."""
    rows = Screening.objects.filter(visit__session=session, visit__left_at__isnull=True).order_by("at", "pk")
    answers: dict[int, dict[str, dict[str, Any]]] = {}
    for visit, answered in rows.values_list("visit", "answers"):
        answers.setdefault(visit, {}).update(answered)
    return {
        visit
        for visit, answered in answers.items()
        if any(answer.get("answer") == "yes" and not answer.get("facts") for answer in answered.values())
    }


def _add_entries(listing: DayList, today: date) -> None:
    """Put those on the clinic's own list who have not come under their wing or site, and note the others' place."""
    entries = (
        ListEntry.objects.filter(session=listing.session, taken_off_at__isnull=True)
        .select_related("person__merged_into")
        .order_by("group", "position", "pk")
    )
    rows = {row.person.pk: row for row in listing.rows if row.person is not None}
    groups: dict[str, Group] = {}
    for entry in entries:
        person = root_of(entry.person)
        there = rows.get(person.pk) if person else None
        if there is not None:
            there.entry = there.entry or entry
            continue
        row = DayRow(None, None, person, Outcome.BOOKED, today, entry=entry)
        groups.setdefault(entry.group, Group(entry.group, [])).rows.append(row)
    listing.listed = list(groups.values())


def _number(listing: DayList) -> None:
    """Put those who wait into the order of the queue, and number them."""
    by_visit = {row.visit.pk: row for row in listing.ready if row.visit}
    tickets = tickets_by_visit(listing.session) if listing.session.drop_in_from else {}
    waiting = [
        Waiting(row.visit.pk, row.visit.arrived_at, row.starts_at, tickets.get(row.visit.pk))
        for row in listing.ready
        if row.visit
    ]
    listing.ready = [by_visit[one.visit] for one in in_order(waiting)]
    for number, row in enumerate(listing.ready, start=1):
        row.number = number


def _note_due(listing: DayList) -> None:
    """Note what is due at this clinic to those who have not left, by their record alone: a nurse checks it."""
    session = listing.session
    rows = {row.person.pk: row for row in listing.not_come_yet + listing.here if row.person is not None}
    offered = {series_of(code).value for code in session.vaccine_codes()}
    due = (
        SeriesStatus.objects.filter(
            person__in=list(rows), series__in=offered, state=StatusState.OPEN, due_on__lte=session.date
        )
        .exclude(closes_on__lte=session.date)
        .order_by("series")
        .values_list("person", "series")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for person, series in due:
        found[person].append(str(Series(series).label))
    for person, names in found.items():
        rows[person].due = tuple(names)


@dataclass(frozen=True)
class Clinics:
    """A team's clinics around a day."""

    today: list[ClinicSession]
    following: ClinicSession | None
    last: ClinicSession | None


_NOT_WORKED = (ClinicSession.State.DRAFT, ClinicSession.State.CANCELLED)


def clinics_around(team: Team | int, *, today: date) -> Clinics:
    """Return a team's clinics of the day, and where there are none the next and the last one."""
    sessions = ClinicSession.objects.filter(team=team).exclude(state__in=_NOT_WORKED).select_related("venue")
    of_today = list(sessions.filter(date=today).order_by("name", "pk"))
    if of_today:
        return Clinics(of_today, None, None)
    return Clinics(
        [],
        sessions.filter(date__gt=today).order_by("date", "pk").first(),
        sessions.filter(date__lt=today, date__gte=today - timedelta(days=366)).order_by("-date", "pk").first(),
    )


def closing_rows(session: ClinicSession, *, at: datetime) -> list[Appointment]:
    """Return the appointments whose time has come and for which nobody has, for marking who did not attend."""
    return list(
        Appointment.objects.filter(
            session=session, state=Appointment.State.BOOKED, visit__isnull=True, starts_at__lte=at
        )
        .select_related("booking")
        .order_by("starts_at", "position", "pk")
    )
