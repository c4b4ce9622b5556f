"""Find somebody from the clinic day’s one box: at this clinic, at another of the team's, among all its people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bookings.arrivals import details_of
from bookings.models import Appointment, Booking, ListEntry
from bookings.queries.day import day_list
from bookings.queries.rows import DayRow, Family, initials
from bookings.references import ALPHABET, LENGTH, clean_reference
from bookings.scans import looks_scanned, scanned
from clinics.models import ClinicSession
from clinics.words import clock
from clinics.words import day as day_words
from immunisations.matching import strict_match
from immunisations.models import Person, PersonIdentifier, Visit
from immunisations.search import MOST_RESULTS, Query, read_query, search_people, why_named

# What is shown of those whom one fact alone finds, a common name for example: more would be read by nobody.
MOST_FOR_ONE_FACT = 10
# People who are booked elsewhere and whom no clinic has seen yet are looked for so many days around today.
DAYS_AROUND = 14
MOST_READ = 3000

Reasons = tuple[str | Promise, ...]


@dataclass(frozen=True)
class FoundPerson:
    """Somebody who is not on this clinic's list: one of the team's people, or only booked at another clinic."""

    first_name: str
    last_name: str
    list_name: str
    date_of_birth: date
    nhs_number: str
    why: Reasons
    person: Person | None = None
    # Where else they are, in words: "Booked at Malvern clinic, Saturday 28 November 2026, 10am".
    places: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def shown_name(self) -> str:
        """The name, or the initials while names are hidden."""
        return initials(self.first_name, self.last_name) if self.hidden else self.list_name


@dataclass
class SearchAnswer:
    """What a search found, in the order in which it is shown."""

    query: Query
    here: list[DayRow] = field(default_factory=list)
    elsewhere: list[FoundPerson] = field(default_factory=list)
    people: list[FoundPerson] = field(default_factory=list)
    # Those of a scanned booking whose appointment at this clinic was cancelled.
    cancelled: list[FoundPerson] = field(default_factory=list)
    # Whether there are more than are shown: a second fact finds the right one.
    more: bool = False
    # Whether a QR code was read, and the family of it that can arrive in one tap.
    scan: bool = False
    family: Family | None = None

    @property
    def count(self) -> int:
        return len(self.here) + len(self.cancelled) + len(self.elsewhere) + len(self.people)

    @property
    def found_people(self) -> list[Person]:
        """Everybody known who is shown."""
        shown = [row.person or row.record for row in self.here] + [
            found.person for found in self.cancelled + self.elsewhere + self.people
        ]
        return [person for person in shown if person is not None]


def search(session: ClinicSession, text: str, *, today: date, at: datetime, hidden: bool = False) -> SearchAnswer:
    """Find somebody by what was typed or scanned into the one box, in a constant number of queries."""
    rows = day_list(session, today=today, at=at, hidden=hidden).rows
    code = scanned(text, session.team)
    if code is not None or looks_scanned(text):
        return _scan_answer(session, code, rows, hidden=hidden)
    query = _read(session, text, today=today)
    most = MOST_FOR_ONE_FACT if query.facts < 2 else MOST_RESULTS
    answer = SearchAnswer(query)
    numbers = _numbers(rows, query)
    for row in rows:
        row.why = _fits(row, query, numbers)
    answer.here = [row for row in rows if row.why]
    on_list = {row.person.pk for row in answer.here if row.person is not None}
    known = [found for found in search_people(session.team, query, limit=most + 1) if found.person.pk not in on_list]
    for row in answer.here:
        if row.person is None and row.appointment is not None:
            # Booked, and not matched yet: one person, who is found once.
            row.record = strict_match((found.person for found in known), details_of(row.appointment))
    on_list = {row.record.pk for row in answer.here if row.record is not None}
    known = [found for found in known if found.person.pk not in on_list]
    places = _places({found.person.pk for found in known}, session, today)
    for one in known:
        person = one.person
        row_found = FoundPerson(
            person.first_name,
            person.last_name,
            person.list_name,
            person.date_of_birth,
            person.nhs_number,
            one.why,
            person,
            tuple(places.get(person.pk, ())),
            hidden,
        )
        (answer.elsewhere if row_found.places else answer.people).append(row_found)
    answer.elsewhere += _booked_elsewhere(session, query, today=today, most=most + 1, hidden=hidden)
    for name in ("here", "elsewhere", "people"):
        group = getattr(answer, name)
        answer.more = answer.more or len(group) > most
        setattr(answer, name, group[:most])
    return answer


def _read(session: ClinicSession, text: str, *, today: date) -> Query:
    """Return what was typed. A reference of the team's is one, even where its letters could be a postcode or names."""
    query = read_query(text, today=today)
    reference = clean_reference(text)
    possible = len(reference) == LENGTH and set(reference) <= set(ALPHABET)
    if possible and Booking.objects.filter(team=session.team_id, reference=reference).exists():
        return Query(query.text, code=reference)
    return query


def _scan_answer(
    session: ClinicSession, found: Booking | Visit | None, rows: list[DayRow], *, hidden: bool
) -> SearchAnswer:
    """Return the family of a QR code: here with what they can do, or where they are booked."""
    answer = SearchAnswer(Query(""), scan=True)
    if isinstance(found, Visit):
        answer.here = [row for row in rows if row.visit is not None and row.visit.pk == found.pk]
    elif found is not None:
        answer.here = [row for row in rows if row.booking is not None and row.booking.pk == found.pk]
        to_come = [row for row in answer.here if row.visit is None]
        answer.family = Family(to_come, found) if len(to_come) > 1 else None
        if not answer.here:
            appointments = found.appointments.select_related("session", "person__merged_into").order_by("position")
            for each in appointments:
                group = answer.cancelled if each.session_id == session.pk else answer.elsewhere
                group.append(_of_appointment(each, (_("QR code"),), hidden))
    for row in answer.here:
        row.why = (_("QR code"),)
    return answer


def _numbers(rows: list[DayRow], query: Query) -> set[int]:
    """Return who of the list has the local number that was typed, a prison number for example."""
    if not query.code:
        return set()
    known = [row.person.pk for row in rows if row.person is not None]
    own = PersonIdentifier.objects.filter(value__iexact=query.code).filter(
        Q(person__in=known) | Q(person__merged_into__in=known)
    )
    return {merged or person for person, merged in own.values_list("person", "person__merged_into")}


def _fits(row: DayRow, query: Query, numbers: set[int]) -> Reasons:
    """Return why a row of the list fits everything in the query, or nothing where it does not."""
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
        reason = _why_code(row, query, numbers)
        if reason is None:
            return ()
        reasons.append(reason)
    if query.words:
        named = why_named(query.words, row.first_name, row.last_name)
        if named is None and not reasons:
            # A reference may be all letters.
            named = _("booking reference") if _is_reference(row, clean_reference(query.text)) else None
        if named is None:
            return ()
        reasons.append(named)
    return tuple(reasons)


def _is_reference(row: DayRow, typed: str) -> bool:
    booking = row.booking
    return booking is not None and len(typed) >= 5 and booking.reference.startswith(typed)


def _why_code(row: DayRow, query: Query, numbers: set[int]) -> str | None:
    """Return what of a row a code is: a reference, a telephone number, a local number, a day, part of a postcode."""
    if _is_reference(row, query.code) or _is_reference(row, clean_reference(query.text)):
        return _("booking reference")
    if row.person is not None and row.person.pk in numbers:
        return _("number")
    if query.code.isdigit() and len(query.code) >= 6:
        phones = [row.booking.phone if row.booking else "", row.person.phone if row.person else ""]
        if any(query.code.lstrip("0") in phone for phone in phones):
            return _("phone")
    if len(query.code) >= 3 and not query.code.isdigit() and row.postcode.replace(" ", "").startswith(query.code):
        return _("postcode")
    return None


def _places(people: Iterable[int], session: ClinicSession, today: date) -> dict[int, list[str]]:
    """Return where else in the team each person (keys of root rows) is booked, listed or was seen: the nearest first.

    Three queries, however many people.
    """
    keys = list(people)
    if not keys:
        return {}
    theirs = Q(person__in=keys) | Q(person__merged_into__in=keys)
    others = Q(session__team=session.team_id) & ~Q(session=session.pk)
    found: dict[int, dict[int, tuple[ClinicSession, str]]] = defaultdict(dict)
    for entry in ListEntry.objects.filter(theirs, others, taken_off_at__isnull=True).select_related(
        "session", "person"
    ):
        words = _("On the list of %(clinic)s, %(day)s")
        found[entry.person.root_id][entry.session_id] = (entry.session, words % _clinic_words(entry.session))
    booked = Appointment.objects.filter(theirs, others, state=Appointment.State.BOOKED, visit__isnull=True)
    for appointment in booked.select_related("session", "person"):
        if appointment.person is not None:
            found[appointment.person.root_id][appointment.session_id] = (appointment.session, _booked(appointment))
    for visit in Visit.objects.filter(theirs, others).select_related("session", "person"):
        words = _("Came to %(clinic)s, %(day)s")
        found[visit.person.root_id][visit.session_id] = (visit.session, words % _clinic_words(visit.session))
    return {
        person: [words for _session, words in sorted(each.values(), key=lambda one: abs(one[0].date - today))][:2]
        for person, each in found.items()
    }


def _clinic_words(session: ClinicSession) -> dict[str, str]:
    return {"clinic": session.name, "day": day_words(session.date)}


def _booked(appointment: Appointment) -> str:
    return _("Booked at %(clinic)s, %(day)s, %(time)s") % {
        **_clinic_words(appointment.session),
        "time": clock(appointment.starts_at),
    }


def _where(appointment: Appointment) -> str:
    """Where an appointment stands that is not on this clinic's list, in words: cancelled, or booked."""
    if appointment.state == Appointment.State.CANCELLED:
        words = _("Cancelled: %(clinic)s, %(day)s, %(time)s")
        return words % {**_clinic_words(appointment.session), "time": clock(appointment.starts_at)}
    return _booked(appointment)


def _of_appointment(appointment: Appointment, why: Reasons, hidden: bool) -> FoundPerson:
    person = appointment.person
    return FoundPerson(
        appointment.first_name,
        appointment.last_name,
        appointment.list_name,
        appointment.date_of_birth,
        appointment.nhs_number,
        why,
        (person.merged_into or person) if person else None,
        (_where(appointment),),
        hidden,
    )


def _booked_elsewhere(
    session: ClinicSession, query: Query, *, today: date, most: int, hidden: bool
) -> list[FoundPerson]:
    """Return those booked at another clinic of the team around these days whom nobody has matched to a person yet."""
    if not query:
        return []
    rows = Appointment.objects.filter(
        session__team=session.team_id,
        session__date__gte=today - timedelta(days=DAYS_AROUND),
        session__date__lte=today + timedelta(days=DAYS_AROUND),
        state=Appointment.State.BOOKED,
        person__isnull=True,
    ).exclude(session=session)
    if query.dates:
        rows = rows.filter(date_of_birth__in=query.dates)
    if query.nhs_number:
        rows = rows.filter(nhs_number=query.nhs_number)
    if query.postcode:
        rows = rows.filter(postcode=query.postcode)
    reference = clean_reference(query.text)
    if query.code:
        called = Q(booking__phone=query.phone) if query.phone else Q()
        rows = rows.filter(called | Q(booking__reference__in=[query.code, reference]))
    found = []
    columns = rows.order_by("starts_at", "pk").values_list("pk", "first_name", "last_name")[:MOST_READ]
    reasons = _reasons(query)
    wanted: dict[int, Reasons] = {}
    for pk, first_name, last_name in columns:
        named = why_named(query.words, first_name, last_name) if query.words else None
        if query.words and named is None:
            continue
        wanted[pk] = (*reasons, named) if named else reasons
        if len(wanted) == most:
            break
    for appointment in (
        Appointment.objects.filter(pk__in=wanted).select_related("session", "person").order_by("starts_at", "pk")
    ):
        found.append(_of_appointment(appointment, wanted[appointment.pk], hidden))
    return found


def _reasons(query: Query) -> Reasons:
    facts = (
        (query.nhs_number, _("NHS number")),
        (query.dates, _("date of birth")),
        (query.postcode, _("postcode")),
        (query.phone, _("phone")),
        (query.code and not query.phone, _("booking reference")),
    )
    return tuple(words for given, words in facts if given)
