"""The list of one clinic: who is here, who is expected, who has been seen, who did not come."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Model, QuerySet

from accounts.models import Team
from accounts.recurring import Recurring
from bookings.drop_ins.desk import ComingTicket, tickets_by_visit, tickets_to_come
from bookings.models import Appointment, ListEntry
from bookings.privacy import private_people
from bookings.queries.day_keys import (
    DONE,
    EXPECTED,
    LONGEST,
    NOT_COME,
    NOT_VACCINATED,
    SECTIONS,
    SHOWN,
    Booked,
    Came,
    Keys,
    Listed,
    keys_of,
    next_families,
)
from bookings.queries.home_answers import to_read_from_home
from bookings.queries.rows import DayRow, Family, Flag, Group, flags_of, root_of
from bookings.queue import Pace, Waiting, in_order, pace_of
from clinics.models import ClinicSession
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.models import Screening, SeriesStatus, StatusState, Vaccination, Visit
from immunisations.outcomes import STILL_HERE, Outcome, Recorded, leaving_words, outcome_of
from immunisations.queries import standing_at

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

Row = TypeVar("Row", bound=Model)
NOT_VACCINATED_OUTCOMES = frozenset({Outcome.NOT_VACCINATED, Outcome.NOT_PRODUCED})


@dataclass
class DayList:
    """The list of one clinic: everybody in one of its sections, of the long ones those who are next or were last."""

    session: ClinicSession
    # Those who wait, in the order of the queue; the first is next.
    ready: list[DayRow] = field(default_factory=list)
    # Those whom somebody is seeing, or has paused.
    in_progress: list[DayRow] = field(default_factory=list)
    expected: list[Family] = field(default_factory=list)
    # Those on a closed clinic's list who have not come yet, by wing or site.
    listed: list[Group] = field(default_factory=list)
    # Of these three the latest first.
    done: list[DayRow] = field(default_factory=list)
    not_vaccinated: list[DayRow] = field(default_factory=list)
    not_come: list[DayRow] = field(default_factory=list)
    cancelled: int = 0
    pace: Pace | None = None
    # Families on the way with a ticket of the drop-in.
    tickets: list[ComingTicket] = field(default_factory=list)
    # How many people each section has, shown or not.
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def expected_count(self) -> int:
        return self.counts[EXPECTED]

    @property
    def done_count(self) -> int:
        return self.counts[DONE]

    @property
    def not_vaccinated_count(self) -> int:
        return self.counts[NOT_VACCINATED]

    @property
    def not_come_count(self) -> int:
        return self.counts[NOT_COME]

    @property
    def seen_count(self) -> int:
        """How many came and have left."""
        return self.done_count + self.not_vaccinated_count

    @property
    def is_cut(self) -> dict[str, bool]:
        """Of each section whether some of its people are not shown."""
        shown = {
            EXPECTED: len(self.not_come_yet),
            DONE: len(self.done),
            NOT_VACCINATED: len(self.not_vaccinated),
            NOT_COME: len(self.not_come),
        }
        return {section: self.counts[section] > count for section, count in shown.items()}

    @property
    def here(self) -> list[DayRow]:
        """Everybody who has arrived and not left."""
        return self.ready + self.in_progress

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
        """Everybody who is still expected, as far as they are shown."""
        rows = [row for family in self.expected for row in family.rows]
        return rows + [row for group in self.listed for row in group.rows]

    @property
    def rows(self) -> list[DayRow]:
        """Everybody on the list who is shown."""
        return self.not_come_yet + self.here + self.done + self.not_vaccinated + self.not_come


def day_list(
    session: ClinicSession,
    *,
    today: date,
    at: datetime,
    hidden: bool = False,
    whole: Collection[str] = SECTIONS,
) -> DayList:
    """Return the list of a clinic, in a number of queries that does not depend on how many people are on it.

    ``at`` is the moment for which the pace of the queue is worked out; ``hidden`` where a queue can read the screen.
    Sections that are not in ``whole`` are cut where they are long (``bookings.queries.day_keys``).
    """
    keys = keys_of(session)
    listing = DayList(session, cancelled=keys.cancelled)
    came = _sorted_visits(session, keys.visits, at)
    shown = _choose(listing, keys, came, whole)
    _read(listing, shown, keys, came, today)
    observed = timedelta(minutes=session.observation_minutes or 0)
    listing.pace = pace_of([(visit.started_at, visit.left_at) for visit in keys.visits], at=at, observed=observed)
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


@dataclass
class _Visits:
    """Those who came, by the section they stand in, with what came of each and what each was given."""

    sections: dict[str, list[Came]]
    outcomes: dict[int, Outcome]
    given: dict[int, list[str]]
    at: datetime


@dataclass
class _Shown:
    """The keys of those whom the page shows."""

    families: list[list[Booked]]
    listed: list[Listed]
    not_come: list[Booked]
    visits: list[tuple[str, Came]]


def _sorted_visits(session: ClinicSession, visits: list[Came], at: datetime) -> _Visits:
    """Put everybody who came where they stand by what was recorded."""
    recorded: dict[int, list[Recorded]] = defaultdict(list)
    given: dict[int, list[str]] = defaultdict(list)
    for standing in standing_at(session):
        recorded[standing.visit_id].append(Recorded(standing.status, standing.not_done_reason))
        if standing.status == Vaccination.Status.COMPLETED:
            given[standing.visit_id].append(standing.vaccine)
    found = _Visits({name: [] for name in ("ready", "in_progress", DONE, NOT_VACCINATED)}, {}, given, at)
    for visit in visits:
        outcome = found.outcomes[visit.pk] = outcome_of(visit, recorded[visit.pk], now=at)
        if outcome == Outcome.ARRIVED:
            section = "ready"
        elif outcome in STILL_HERE:
            section = "in_progress"
        else:
            section = NOT_VACCINATED if outcome in NOT_VACCINATED_OUTCOMES else DONE
        found.sections[section].append(visit)
    for section in (DONE, NOT_VACCINATED):
        found.sections[section].sort(key=lambda visit: (visit.left_at or at, visit.pk), reverse=True)
    return found


def _choose(listing: DayList, keys: Keys, came: _Visits, whole: Collection[str]) -> _Shown:
    """Count everybody, and choose whom the page shows of the long sections."""
    booked = sum(len(family) for family in keys.families)
    counts = listing.counts
    counts[EXPECTED] = booked + len(keys.listed)
    counts[NOT_COME] = len(keys.not_come)
    counts[DONE], counts[NOT_VACCINATED] = len(came.sections[DONE]), len(came.sections[NOT_VACCINATED])
    cut = {section: section not in whole and counts[section] > LONGEST for section in SECTIONS}
    families = next_families(keys.families, cut=cut[EXPECTED])
    room = max(0, SHOWN - sum(len(family) for family in families))
    latest = {section: SHOWN if cut[section] else None for section in SECTIONS}
    visits = [
        (section, visit) for section, several in came.sections.items() for visit in several[: latest.get(section)]
    ]
    return _Shown(
        families,
        keys.listed[:room] if cut[EXPECTED] else keys.listed,
        keys.not_come[::-1][: latest[NOT_COME]],
        visits,
    )


def _read(listing: DayList, shown: _Shown, keys: Keys, came: _Visits, today: date) -> None:
    """Read whom the page shows, and put each into their section."""
    session = listing.session
    expected = [booked for family in shown.families for booked in family]
    with_visit = [keys.booked[visit.pk] for _section, visit in shown.visits if visit.pk in keys.booked]
    appointments = _by_key(
        Appointment.objects.select_related("booking", "person__merged_into"),
        [booked.pk for booked in (*expected, *shown.not_come, *with_visit)],
    )
    visits = _by_key(
        Visit.objects.select_related("person__merged_into", "started_by"),
        [visit.pk for _section, visit in shown.visits],
    )
    roots = {booked.root for booked in (*expected, *shown.not_come)} | {visit.root for _section, visit in shown.visits}
    entries = _by_key(
        ListEntry.objects.select_related("person__merged_into"),
        [each.pk for each in shown.listed] + [pk for root, pk in keys.entries.items() if root in roots],
    )

    def row_of(booked: Booked, outcome: Outcome) -> DayRow:
        appointment = appointments[booked.pk]
        return DayRow(appointment, None, root_of(appointment.person), outcome, today)

    for family in shown.families:
        rows = [row_of(booked, Outcome.BOOKED) for booked in family if booked.pk in appointments]
        if rows:
            listing.expected.append(Family(rows, rows[0].booking))
    listing.not_come = [row_of(each, Outcome.DID_NOT_ATTEND) for each in shown.not_come if each.pk in appointments]
    _add_visits(listing, shown, keys, came, appointments, visits, today)
    by_root = {row.person.pk: row for row in listing.rows if row.person is not None}
    for root, pk in keys.entries.items():
        if root in by_root and pk in entries:
            by_root[root].entry = entries[pk]
    sizes = Counter(each.group for each in keys.listed)
    groups: dict[str, Group] = {}
    for each in shown.listed:
        if each.pk not in entries:
            continue
        row = DayRow(None, None, root_of(entries[each.pk].person), Outcome.BOOKED, today, entry=entries[each.pk])
        groups.setdefault(each.group, Group(each.group, [], sizes[each.group])).rows.append(row)
    listing.listed = list(groups.values())
    _note_answers_to_read(session, listing.here)
    _number(listing)


def _by_key(rows: "QuerySet[Row]", keys: Collection[int]) -> "dict[int, Row]":
    """Return the rows of these keys, in one query; in none where there are none."""
    return {row.pk: row for row in rows.filter(pk__in=keys)} if keys else {}


def _add_visits(
    listing: DayList,
    shown: _Shown,
    keys: Keys,
    came: _Visits,
    appointments: dict[int, Appointment],
    visits: dict[int, Visit],
    today: date,
) -> None:
    """Put everybody who came and is shown into their section."""
    for section, each in shown.visits:
        visit = visits.get(each.pk)
        if visit is None:
            # Taken back between the two queries.
            continue
        booked = keys.booked.get(each.pk)
        given = came.given.get(each.pk, [])
        row = DayRow(
            appointments.get(booked.pk) if booked else None,
            visit,
            root_of(visit.person),
            came.outcomes[each.pk],
            today,
            tuple(str(Vaccine(code).label) for code in given),
        )
        if given:
            row.leaving = leaving_words(visit, asked=listing.session.observation_minutes, now=came.at)
        getattr(listing, section).append(row)


def _note_answers_to_read(session: ClinicSession, here: list[DayRow]) -> None:
    """Mark those who are here with a yes to a health question behind which nothing was confirmed."""
    answers: dict[int, dict[str, dict[str, Any]]] = {}
    for visit, answered in _ANSWERS.all(session=session.pk):
        answers.setdefault(visit, {}).update(answered)
    for row in here:
        answered = answers.get(row.visit.pk, {}) if row.visit else {}
        row.to_read = any(each.get("answer") == "yes" and not each.get("facts") for each in answered.values())


_ANSWERS: "Recurring[tuple[int, dict[str, dict[str, Any]]]]" = Recurring(
    lambda session: (
        Screening.objects.filter(visit__session=session, visit__left_at__isnull=True)
        .order_by("at", "pk")
        .values_list("visit", "answers")
    ),
    session=BigIntegerField(),
)


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
