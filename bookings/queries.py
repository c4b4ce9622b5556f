"""What whole screens of the clinic day show."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team
from bookings.models import Appointment, Booking
from bookings.references import clean_reference
from clinics.models import ClinicSession
from clinics.vaccines import Series, Vaccine, series_of
from immunisations.ages import age_in_words, years_between
from immunisations.models import Person, RecordCheck, Vaccination, Visit
from immunisations.outcomes import COLOURS, STILL_HERE, Outcome, Recorded, outcome_of
from immunisations.people import row_ids
from immunisations.queries import (
    Forecast,
    HistoryDose,
    VisitRecord,
    facts_for,
    forecast_for,
    history,
    record_checks,
    rule_behind,
    standing_at,
    still_due,
    vaccination_rows,
    visit_record,
)
from immunisations.schedule import DoseVerdict, SeriesForecast
from immunisations.search import Found, Query, fits_name, read_query, search_people, sounds_like


@dataclass(frozen=True)
class Flag:
    """Something that whoever sees the person has to know beforehand."""

    words: str
    colour: str = "yellow"


@dataclass
class DayRow:
    """One person on the day's list: expected, here, seen, or not come."""

    appointment: Appointment | None
    visit: Visit | None
    person: Person | None
    outcome: Outcome
    today: date
    given: tuple[str, ...] = ()
    why: tuple[str | Promise, ...] = ()

    @property
    def booking(self) -> Booking | None:
        return self.appointment.booking if self.appointment else None

    @property
    def _named(self) -> Person | Appointment:
        named = self.person or self.appointment
        if named is None:
            raise ValueError("a row is about a person or an appointment")
        return named

    @property
    def list_name(self) -> str:
        return self._named.list_name

    @property
    def first_name(self) -> str:
        return self._named.first_name

    @property
    def last_name(self) -> str:
        return self._named.last_name

    @property
    def date_of_birth(self) -> date:
        return self._named.date_of_birth

    @property
    def age(self) -> str:
        return age_in_words(self.date_of_birth, self.today)

    @property
    def nhs_number(self) -> str:
        return self._named.nhs_number

    @property
    def postcode(self) -> str:
        return self._named.postcode

    @property
    def starts_at(self) -> datetime | None:
        """The booked time; None for somebody who walked in."""
        return self.appointment.starts_at if self.appointment else None

    @property
    def colour(self) -> str:
        return COLOURS[self.outcome]

    @property
    def flags(self) -> list[Flag]:
        return flags_of(self.appointment, self.person)


def flags_of(appointment: Appointment | None, person: Person | None) -> list[Flag]:
    """Return what the booking and the person's own record ask staff to know."""
    flags = []
    booking = appointment.booking if appointment else None
    interpreter = (booking is not None and booking.interpreter_needed) or (
        person is not None and person.interpreter_needed
    )
    language = (booking.spoken_language if booking else "") or (person.language if person else "")
    if interpreter:
        words = _("Interpreter: %(language)s") % {"language": language} if language else _("Interpreter")
        flags.append(Flag(words, "orange"))
    elif language:
        flags.append(Flag(_("Speaks %(language)s") % {"language": language}, "white"))
    if appointment and appointment.extra_time:
        flags.append(Flag(_("Extra time"), "orange"))
    if appointment and appointment.gelatine_free:
        flags.append(Flag(_("Gelatine-free"), "orange"))
    notes = [
        booking.support_needs if booking else "",
        appointment.support_needs if appointment else "",
        person.note if person else "",
    ]
    flags += [Flag(note, "yellow") for note in dict.fromkeys(notes) if note]
    approximate = (
        person.date_of_birth_is_approximate
        if person
        else bool(appointment and appointment.date_of_birth_is_approximate)
    )
    if approximate:
        flags.append(Flag(_("Date of birth not certain"), "yellow"))
    return flags


@dataclass
class Family:
    """People of one booking who stand together on the list, and can arrive in one tap."""

    rows: list[DayRow]
    booking: Booking | None = None

    @property
    def several(self) -> bool:
        return len(self.rows) > 1

    @property
    def arrive_words(self) -> str:
        """The words of the button that marks them all: "Arrive all 3 Khan children"."""
        count = len(self.rows)
        names = {row.last_name for row in self.rows}
        children = all(years_between(row.date_of_birth, row.today) < 18 for row in self.rows)
        if len(names) == 1 and names != {""}:
            name = names.pop()
            if children:
                return _("Arrive all %(count)s %(name)s children") % {"count": count, "name": name}
            return _("Arrive all %(count)s of the %(name)s family") % {"count": count, "name": name}
        return _("Arrive all %(count)s people of this booking") % {"count": count}


@dataclass
class DayList:
    """The list of one clinic: everybody in one of four sections."""

    session: ClinicSession
    expected: list[Family] = field(default_factory=list)
    here: list[DayRow] = field(default_factory=list)
    seen: list[DayRow] = field(default_factory=list)
    not_come: list[DayRow] = field(default_factory=list)
    cancelled: int = 0

    @property
    def expected_count(self) -> int:
        return sum(len(family.rows) for family in self.expected)

    @property
    def to_see(self) -> int:
        return self.expected_count + len(self.here)

    @property
    def rows(self) -> list[DayRow]:
        """Everybody on the list."""
        return [row for family in self.expected for row in family.rows] + self.here + self.seen + self.not_come


def day_list(session: ClinicSession, *, today: date) -> DayList:
    """Return the list of a clinic, in a number of queries that does not depend on how many people are on it."""
    appointments = list(
        Appointment.objects.filter(session=session)
        .select_related("booking", "person__merged_into")
        .order_by("starts_at", "position", "pk")
    )
    visits = list(
        Visit.objects.filter(session=session).select_related("person__merged_into").order_by("arrived_at", "pk")
    )
    recorded: dict[int, list[Recorded]] = defaultdict(list)
    given: dict[int, list[str]] = defaultdict(list)
    for row in standing_at(session):
        recorded[row.visit_id].append(Recorded(row.status, row.not_done_reason))
        if row.status == Vaccination.Status.COMPLETED:
            given[row.visit_id].append(str(Vaccine(row.vaccine).label))
    by_id = {visit.pk: visit for visit in visits}
    with_appointment = {appointment.visit_id: appointment for appointment in appointments if appointment.visit_id}
    listing = DayList(session)
    families: dict[int, Family] = {}
    for appointment in appointments:
        if appointment.visit_id in by_id:
            continue
        if appointment.state == Appointment.State.CANCELLED:
            listing.cancelled += 1
            continue
        person = appointment.person
        entry = DayRow(appointment, None, _root(person), Outcome.BOOKED, today)
        if appointment.state == Appointment.State.DID_NOT_ATTEND:
            entry.outcome = Outcome.DID_NOT_ATTEND
            listing.not_come.append(entry)
            continue
        family = families.get(appointment.booking_id)
        if family is None:
            family = families[appointment.booking_id] = Family([], appointment.booking)
            listing.expected.append(family)
        family.rows.append(entry)
    for visit in visits:
        outcome = outcome_of(visit, recorded[visit.pk])
        whose = with_appointment.get(visit.pk)
        entry = DayRow(whose, visit, _root(visit.person), outcome, today, tuple(given[visit.pk]))
        (listing.here if outcome in STILL_HERE else listing.seen).append(entry)
    return listing


def _root(person: Person | None) -> Person | None:
    return (person.merged_into or person) if person is not None else None


@dataclass(frozen=True)
class SearchAnswer:
    """What a search found, in the order in which it is shown."""

    query: Query
    here: list[DayRow]
    people: list[Found]

    @property
    def count(self) -> int:
        return len(self.here) + len(self.people)


def search(session: ClinicSession, text: str, *, today: date) -> SearchAnswer:
    """Find somebody by what was typed into the one box: first at this clinic, then among all the team's people."""
    query = read_query(text, today=today)
    reference = clean_reference(text)
    rows = []
    for row in day_list(session, today=today).rows:
        reasons = _fits(row, query, reference)
        if reasons:
            row.why = reasons
            rows.append(row)
    on_list = {row.person.pk for row in rows if row.person is not None}
    people = [found for found in search_people(session.team, query) if found.person.pk not in on_list]
    return SearchAnswer(query, rows, people)


def _fits(row: DayRow, query: Query, reference: str) -> tuple[str | Promise, ...]:
    """Return why a row of the list fits everything in the query, or nothing where it does not."""
    booking = row.booking
    if booking is not None and len(reference) >= 5 and booking.reference.startswith(reference):
        return (_("booking reference"),)
    if not query:
        return ()
    reasons: list[str | Promise] = []
    if query.nhs_number:
        if row.nhs_number != query.nhs_number:
            return ()
        reasons.append(_("NHS number"))
    if query.dates:
        if row.date_of_birth not in query.dates:
            return ()
        reasons.append(_("date of birth"))
    if query.postcode:
        if row.postcode != query.postcode:
            return ()
        reasons.append(_("postcode"))
    if query.code:
        phone = booking.phone if booking else ""
        if not (query.code.isdigit() and len(query.code) >= 6 and query.code.lstrip("0") in phone):
            return ()
        reasons.append(_("phone"))
    if query.words:
        joined = ("".join(query.words),)
        if fits_name(query.words, row.first_name, row.last_name) or fits_name(joined, row.first_name, row.last_name):
            reasons.append(_("name"))
        elif sounds_like(query.words, row.first_name, row.last_name):
            reasons.append(_("name sounds alike"))
        else:
            return ()
    return tuple(reasons)


@dataclass(frozen=True)
class TimelineDose:
    """A dose of the person's history with what each series makes of it."""

    dose: HistoryDose
    verdicts: tuple[tuple[str, DoseVerdict], ...]
    age: str

    @property
    def rows(self) -> list[tuple[str, DoseVerdict, str]]:
        """Series, verdict, and where the rule behind it comes from."""
        return [(series, verdict, _source(verdict)) for series, verdict in self.verdicts]


def _source(verdict: SeriesForecast | DoseVerdict) -> str:
    rule = rule_behind(verdict)
    return f"{rule.source} ({rule.id})" if rule else ""


STATUS_WORDS: dict[str, tuple[str | Promise, str]] = {
    "due": (gettext_lazy("Due today"), "blue"),
    "overdue": (gettext_lazy("Due today"), "blue"),
    "complete": (gettext_lazy("Complete"), "green"),
    "not_yet": (gettext_lazy("Not yet"), "grey"),
    "not_needed": (gettext_lazy("Not needed"), "grey"),
    "too_old": (gettext_lazy("Not for this age"), "grey"),
    "blocked": (gettext_lazy("Do not give"), "red"),
    "ask": (gettext_lazy("Cannot say: ask a nurse"), "orange"),
}


@dataclass(frozen=True)
class DueCard:
    """One series on the person's page: where it stands, why, and what can be done about it here."""

    result: SeriesForecast
    offered: bool
    recorded: Vaccination | None

    @property
    def name(self) -> str | Promise:
        return Series(self.result.series).label

    @property
    def vaccine_name(self) -> str | Promise:
        return Vaccine(self.result.vaccine).label if self.result.vaccine else self.name

    @property
    def status_words(self) -> str | Promise:
        if self.recorded is not None:
            return self.recorded.get_status_display()
        return STATUS_WORDS[self.result.status][0]

    @property
    def colour(self) -> str:
        if self.recorded is not None:
            return "green" if self.recorded.status == Vaccination.Status.COMPLETED else "orange"
        return STATUS_WORDS[self.result.status][1]

    @property
    def source(self) -> str:
        return _source(self.result)

    @property
    def to_give(self) -> bool:
        """Whether giving it is the thing to do, rather than something to be done against advice."""
        return self.result.status in ("due", "overdue", "ask") or self.result.counts_if_given is False

    @property
    def rule_text(self) -> str:
        rule = rule_behind(self.result)
        return rule.text if rule else ""


@dataclass
class PersonPage:
    """Everything on a person's page at one clinic."""

    person: Person
    rows: list[int]
    session: ClinicSession
    visit: Visit | None
    appointment: Appointment | None
    family: list[DayRow]
    checks: list[RecordCheck]
    timeline: list[TimelineDose]
    outlook: Forecast
    cards: list[DueCard]
    record: VisitRecord | None
    due: list[SeriesForecast]
    history_rows: list[Vaccination]
    today: date

    @property
    def age(self) -> str:
        return age_in_words(self.person.date_of_birth, self.today)

    @property
    def flags(self) -> list[Flag]:
        return flags_of(self.appointment, self.person)

    @property
    def gelatine_free(self) -> bool:
        return bool(self.appointment and self.appointment.gelatine_free)

    @property
    def outcome(self) -> Outcome | None:
        if self.visit is None or self.record is None:
            return None
        return outcome_of(
            self.visit, [Recorded(row.status, row.not_done_reason) for row in self.record.recorded.values()]
        )

    @property
    def outcome_colour(self) -> str:
        return COLOURS[self.outcome] if self.outcome else "grey"

    @property
    def checked_today(self) -> bool:
        return bool(self.record and self.record.checks)

    @property
    def screened(self) -> bool:
        return bool(self.record and self.record.screening)

    def consent_given(self, vaccine: str) -> bool:
        """Whether the latest word on a vaccine is yes."""
        consent = self.record.consent_for(vaccine) if self.record else None
        return consent is not None and consent.decision == consent.Decision.GIVEN

    @property
    def vaccines_to_ask(self) -> list[str]:
        """The vaccines that are due here and that nobody was asked about yet."""
        if self.record is None:
            return []
        return [code for code in self.vaccines_due if self.record.consent_for(code) is None]

    @property
    def vaccines_due(self) -> list[str]:
        """The vaccines to offer today, one a series: the schedule's choice where the clinic has it."""
        return [vaccine_to_offer(result, self.session) for result in self.due]

    @property
    def ready(self) -> bool:
        """Whether consent and health questions are done for something that is due."""
        return self.screened and any(self.consent_given(code) for code in self.vaccines_due)

    @property
    def needs_consent(self) -> bool:
        return self.record is not None and bool(self.due) and (not self.screened or bool(self.vaccines_to_ask))


def vaccine_to_offer(result: SeriesForecast, session: ClinicSession) -> str:
    """Return the vaccine that the clinic can offer for a series: the schedule's choice, else another it has."""
    offered = [code for code in session.vaccine_codes() if series_of(code) == result.series]
    if result.vaccine is None or (offered and result.vaccine not in offered):
        return offered[0]
    return result.vaccine


def person_page(session: ClinicSession, person: Person, *, today: date) -> PersonPage:
    """Return everything that a person's page shows, read through every row of the person."""
    root = person.merged_into or person
    ids = row_ids(root)
    visit = Visit.objects.filter(session=session, person__in=ids).select_related("person", "session__venue").first()
    appointment = (
        Appointment.objects.filter(session=session, person__in=ids)
        .exclude(state=Appointment.State.CANCELLED)
        .select_related("booking")
        .first()
    )
    family: list[DayRow] = []
    if appointment is not None:
        others = (
            Appointment.objects.filter(booking=appointment.booking_id)
            .exclude(pk=appointment.pk)
            .exclude(state=Appointment.State.CANCELLED)
            .select_related("booking", "person__merged_into", "visit")
        )
        family = [_sibling(other, today) for other in others]
    record = visit_record(visit) if visit else None
    on = session.date if visit else today
    doses = history(root)
    facts = facts_for(root, session, record.screening if record else None)
    outlook = forecast_for(root, on, facts, doses=doses)
    offered = {series_of(code) for code in session.vaccine_codes()}
    recorded = record.recorded if record else {}
    cards = [DueCard(result, result.series in offered, recorded.get(result.series)) for result in outlook.series]
    cards.sort(key=lambda card: (not card.offered, card.result.status in ("complete", "not_needed", "too_old")))
    return PersonPage(
        person=root,
        rows=ids,
        session=session,
        visit=visit,
        appointment=appointment,
        family=family,
        checks=record_checks(root),
        timeline=[_timeline(dose, outlook, root.date_of_birth) for dose in doses],
        outlook=outlook,
        cards=cards,
        record=record,
        due=still_due(record, outlook, session) if record else [],
        history_rows=vaccination_rows(root),
        today=today,
    )


def _sibling(appointment: Appointment, today: date) -> DayRow:
    outcome = Outcome.BOOKED
    if appointment.state == Appointment.State.DID_NOT_ATTEND:
        outcome = Outcome.DID_NOT_ATTEND
    if appointment.visit is not None:
        rows = Vaccination.objects.current().filter(visit=appointment.visit)
        outcome = outcome_of(
            appointment.visit, [Recorded(*row) for row in rows.values_list("status", "not_done_reason")]
        )
    return DayRow(appointment, appointment.visit, _root(appointment.person), outcome, today)


def _timeline(dose: HistoryDose, outlook: Forecast, born: date) -> TimelineDose:
    verdicts = []
    for result in outlook.series:
        for verdict in result.doses:
            if verdict.given_on == dose.given_on and _alike(verdict.vaccine, dose):
                verdicts.append((str(Series(result.series).label), verdict))
    exact = len(dose.given_on) == len("2019-03-03")
    age = age_in_words(born, date.fromisoformat(dose.given_on)) if exact and dose not in outlook.impossible else ""
    return TimelineDose(dose, tuple(verdicts), age)


def _alike(vaccine: str, dose: HistoryDose) -> bool:
    named = {mention.vaccine for mention in dose.mentions} | {dose.vaccine}
    read_as = {"5IN1": "6IN1"}
    return vaccine in named | {read_as.get(each, each) for each in named}


@dataclass(frozen=True)
class DoseCount:
    """How often a vaccine was given as which dose."""

    vaccine: str | Promise
    dose_number: int | None
    count: int


@dataclass
class Totals:
    """A clinic's numbers, counted from its records: each person who came stands in just one of the groups."""

    session: ClinicSession
    came: int
    vaccinated: int
    partly: int
    not_vaccinated: int
    advice_only: int
    check_only: int
    still_here: int
    walked_in: int
    did_not_attend: int
    expected: int
    cancelled: int
    doses: list[DoseCount]
    reasons: list[tuple[str | Promise, int]]
    declined: int
    records_checked: int

    @property
    def people_vaccinated(self) -> int:
        """Everybody who was given at least one dose."""
        return self.vaccinated + self.partly

    @property
    def sentence(self) -> str:
        """The clinic in one sentence."""
        first = ngettext(
            "%(count)s person was vaccinated", "%(count)s people were vaccinated", self.people_vaccinated
        ) % {"count": self.people_vaccinated}
        parts = []
        if self.advice_only:
            parts.append(
                ngettext("%(count)s came for advice", "%(count)s came for advice", self.advice_only)
                % {"count": self.advice_only}
            )
        if self.check_only:
            parts.append(
                ngettext(
                    "%(count)s to have their record checked", "%(count)s to have their record checked", self.check_only
                )
                % {"count": self.check_only}
            )
            if not self.advice_only:
                parts[-1] = _("%(count)s came to have their record checked") % {"count": self.check_only}
        if not parts:
            return _("%(first)s.") % {"first": first}
        return _("%(first)s; %(rest)s.") % {"first": first, "rest": _(" and ").join(parts)}


def totals(session: ClinicSession) -> Totals:
    """Return the numbers of a clinic. Two visits of one person, found later to be one, count once."""
    recorded: dict[int, list[Recorded]] = defaultdict(list)
    doses: Counter[tuple[str, int | None]] = Counter()
    reasons: Counter[str] = Counter()
    for row in standing_at(session):
        recorded[row.visit_id].append(Recorded(row.status, row.not_done_reason))
        if row.status == Vaccination.Status.COMPLETED:
            doses[row.vaccine, row.dose_number] += 1
        else:
            reasons[row.not_done_reason] += 1
    people: dict[int, list[Outcome]] = defaultdict(list)
    walked_in = 0
    declined: set[int] = set()
    for visit in Visit.objects.filter(session=session).select_related("person"):
        root = visit.person.root_id
        rows = recorded[visit.pk]
        outcome = outcome_of(visit, rows)
        if outcome in STILL_HERE and any(each.status == Vaccination.Status.COMPLETED for each in rows):
            # Whoever had a dose was vaccinated, even if nobody ended the visit because more was due.
            outcome = Outcome.PARTLY
        people[root].append(outcome)
        walked_in += visit.how == Visit.How.WALK_IN
        if any(each.not_done_reason == Vaccination.Reason.DECLINED for each in rows):
            declined.add(root)
    groups = Counter(_foremost(outcomes) for outcomes in people.values())
    states = Counter(Appointment.objects.filter(session=session, visit__isnull=True).values_list("state", flat=True))
    order = list(Vaccine)
    return Totals(
        session=session,
        came=len(people),
        vaccinated=groups[Outcome.VACCINATED],
        partly=groups[Outcome.PARTLY],
        not_vaccinated=groups[Outcome.NOT_VACCINATED],
        advice_only=groups[Outcome.ADVICE_ONLY],
        check_only=groups[Outcome.CHECK_ONLY],
        still_here=sum(groups[outcome] for outcome in STILL_HERE),
        walked_in=walked_in,
        did_not_attend=states[Appointment.State.DID_NOT_ATTEND],
        expected=states[Appointment.State.BOOKED],
        cancelled=states[Appointment.State.CANCELLED],
        doses=[
            DoseCount(Vaccine(vaccine).label, number, count)
            for (vaccine, number), count in sorted(
                doses.items(), key=lambda item: (order.index(Vaccine(item[0][0])), item[0][1] or 0)
            )
        ],
        reasons=[(Vaccination.Reason(reason).label, count) for reason, count in reasons.most_common()],
        declined=len(declined),
        records_checked=len(set(RecordCheck.objects.filter(visit__session=session).values_list("visit_id", flat=True))),
    )


_ORDER = (
    Outcome.VACCINATED,
    Outcome.PARTLY,
    Outcome.IN_PROGRESS,
    Outcome.PAUSED,
    Outcome.ARRIVED,
    Outcome.NOT_VACCINATED,
    Outcome.ADVICE_ONLY,
    Outcome.CHECK_ONLY,
)


def _foremost(outcomes: Iterable[Outcome]) -> Outcome:
    return min(outcomes, key=_ORDER.index)


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
