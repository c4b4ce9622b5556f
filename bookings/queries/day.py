"""The list of one clinic: who is here, who is expected, who has been seen, who did not come."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Team
from bookings.models import Appointment, Booking
from bookings.privacy import private_people
from clinics.models import ClinicSession
from clinics.vaccines import Vaccine
from immunisations.ages import age_in_words, years_between
from immunisations.models import Person, Vaccination, Visit
from immunisations.outcomes import COLOURS, STILL_HERE, Outcome, Recorded, outcome_of
from immunisations.queries import (
    standing_at,
)


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
    # Whether they asked, as a young person, that parents are not told. The list says no more than that.
    private: bool = False

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
        return flags_of(self.appointment, self.person, private=self.private)


def flags_of(appointment: Appointment | None, person: Person | None, *, private: bool = False) -> list[Flag]:
    """Return what the booking and the person's own record ask staff to know."""
    # One plain word: a queue may read the list too.
    flags = [Flag(_("Private"), "grey")] if private else []
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
        entry = DayRow(appointment, None, root_of(person), Outcome.BOOKED, today)
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
        entry = DayRow(whose, visit, root_of(visit.person), outcome, today, tuple(given[visit.pk]))
        (listing.here if outcome in STILL_HERE else listing.seen).append(entry)
    private = private_people({row.person.pk for row in listing.rows if row.person})
    for entry in listing.rows:
        if entry.person is not None and entry.person.pk in private:
            entry.private, entry.given = True, ()
    return listing


def root_of(person: Person | None) -> Person | None:
    """Return the row that stands for this person."""
    return (person.merged_into or person) if person is not None else None


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
