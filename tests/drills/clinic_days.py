"""A whole clinic day with many tablets at once, and whether every word that staff were given holds in the database."""

import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.utils import timezone

from accounts.models import AuditEvent, Role, User
from bookings.actions import PersonDetails
from bookings.arrivals import arrive_appointments
from bookings.models import Appointment
from clinics.models import ClinicSession
from clinics.places import TimesTaken
from clinics.times import london_day
from immunisations import actions
from immunisations.health_questions import QUESTIONS
from immunisations.models import Consent, Person, RecordCheck, Screening, Vaccination, Visit
from tests.drills import crowd, tablets
from tests.drills.tablets import CLOSER, DESK, NURSE, Day, Said
from tests.support.factories import PASSWORD, book, child, contact, make_batch, make_session, make_team, make_user
from tests.support.statuses import rebuild

LAST_NAMES = ("Khan", "Novak", "Okoro", "Petrov", "Hughes", "Silva", "Ahmed", "Jones", "Kowalska", "Mensah")
FIRST_NAMES = ("Amina", "Bilal", "Chloe", "Dara", "Emre", "Freya", "Goran", "Hana", "Ivo", "Jaya", "Kofi", "Lena")
# How every member of staff is called here, so that a refusal can be seen to name one.
STAFF = "Tablet"
WHEN = re.compile(r"\d{1,2}(?::\d\d)?[ap]m|midday|midnight")


@dataclass
class DayFindings:
    """What the day left in the database, against what staff were told."""

    name: str
    people: int
    tablets: int
    said: Counter[str]
    doses: int
    not_given: int
    refusals: int
    requests: int
    polls: int
    unchanged: int
    slowest_ms: int
    median_ms: int
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person who runs the drills."""
        verdict = "FAULT: " + "; ".join(self.faults) if self.faults else "as it must be"
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(self.said.items()))
        return (
            f"{self.name}: {self.people} people, {self.tablets} tablets, {self.requests} pages "
            f"({self.polls} small looks at the list, {self.unchanged} unchanged), {said}; {self.doses} doses and "
            f"{self.not_given} not given stand, {self.refusals} refused and told why, median {self.median_ms} ms, "
            f"slowest {self.slowest_ms} ms: {verdict}"
        )


def fill(people: int) -> ClinicSession:
    """A clinic of today with so many people booked, in families of one to four, and two batches."""
    now = timezone.now()
    today = london_day(now)
    team = make_team(f"Day team {uuid.uuid4()}")
    lanes = 5
    minutes = 10 * (-(-people // lanes) + 8)
    start = time(8, 0)
    session = make_session(
        team,
        date=today,
        periods=[(start, (datetime.combine(today, start) + timedelta(minutes=min(minutes, 15 * 60))).time(), lanes)],
        at=now - timedelta(days=7),
        slug=f"day-{uuid.uuid4()}",
        name="Drill town hall clinic",
    )
    for product in ("priorix", *["priorix-tetra"] * 8, "infanrix-hexa", "infanrix-hexa"):
        make_batch(team, product, expires_on=today + timedelta(days=300))
    booked = 0
    while booked < people:
        size = min(1 + (booked % 4), people - booked)
        last = f"{LAST_NAMES[booked % len(LAST_NAMES)]}{_letters(booked)}"
        family = [
            child(
                f"{FIRST_NAMES[(booked + number) % len(FIRST_NAMES)]}",
                last,
                today - timedelta(days=600 + 211 * number + booked % 90),
            )
            for number in range(size)
        ]
        for at_once in (family, *[[each] for each in family]):
            # A family that fits nowhere in one run comes as several.
            if _booked(session, at_once, now) and at_once is family:
                break
        booked += size
    return session


def _booked(session: ClinicSession, family: list[PersonDetails], now: datetime) -> bool:
    try:
        book(session, *family, at=now - timedelta(days=6), contact=contact(name="Sara Parent", email="", phone=""))
    except TimesTaken:
        return False
    return True


def _letters(number: int) -> str:
    """Return a number as letters, for names that sound like nobody else's."""
    return "".join("bdfgklmnrt"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def a_clinic_day(
    address: str,
    *,
    name: str = "a clinic day, web pages",
    people: int = 300,
    nurses: int = 8,
    desks: int = 4,
    walk_ins: int = 3,
    minutes: float = 20,
) -> DayFindings:
    """Let that many tablets loose on one clinic until everybody was seen, and look at what they leave."""
    session = fill(people)
    staff = []
    for number in range(nurses + desks):
        role = Role.VACCINATOR if number < nurses else Role.DESK
        username = staff_member(session, role, first_name=STAFF, last_name=f"N{number}")
        does = NURSE if number < nurses else CLOSER if number == nurses + desks - 1 else DESK
        staff.append((username, does))
    days = crowd.all_at_once(
        [
            (
                tablets.work,
                (address, str(session.public_id)),
                {
                    "username": username,
                    "password": PASSWORD,
                    "does": does,
                    "seed": number,
                    "walk_ins": 0 if does == NURSE else walk_ins,
                    "minutes": minutes,
                },
            )
            for number, (username, does) in enumerate(staff)
        ],
        longest_seconds=int(minutes * 60) + crowd.LONGEST_SECONDS,
    )
    findings = look_at(name, session, days)
    findings.faults += totals_that_differ(address, session)
    return findings


def one_person_at_once(
    address: str, *, name: str = "one person at once, web pages", people: int = 8, nurses: int = 6
) -> DayFindings:
    """Several nurses save a dose for the same person at the same moment, one person after the other."""
    session = fill(people)
    team, now = session.team, timezone.now()
    prepared = make_user(team, Role.VACCINATOR, first_name="Pre", last_name="Pared")
    ready = []
    for appointment in Appointment.objects.filter(session=session).order_by("starts_at", "pk"):
        [visit] = arrive_appointments(
            session=session, appointments=[appointment], by=prepared, at=now, chosen={appointment.pk: None}
        ).visits
        about: dict[str, Any] = {"visit": visit, "by": prepared, "at": now}
        actions.record_check(source="red_book", outcome="nothing_recorded", finding="Nothing.", **about)
        vaccines = ["MMR", "MMRV"]
        actions.record_consent(
            decision="given", route="parent_present", given_by_name="Sara Parent", vaccines=vaccines, **about
        )
        actions.record_screening(
            answers={question.code: {"answer": "no"} for question in QUESTIONS},
            well_today=True,
            not_pregnant=None,
            identity_confirmed_by="Sara Parent",
            **about,
        )
        ready.append(str(visit.person.public_id))
    usernames = [
        staff_member(session, Role.VACCINATOR, first_name=STAFF, last_name=f"N{number}") for number in range(nurses)
    ]
    days = crowd.all_at_once(
        [
            (
                tablets.give_at_once,
                (address, str(session.public_id)),
                {"username": username, "password": PASSWORD, "people": ready, "seed": number},
            )
            for number, username in enumerate(usernames)
        ],
        between=lambda: None,
    )
    findings = look_at(name, session, days)
    if findings.said["dose"] != people:
        findings.faults.append(f"{findings.said['dose']} doses acknowledged for {people} people")
    return findings


def staff_member(session: ClinicSession, role: str, **details: str) -> str:
    """Add a member of staff who signs in with PASSWORD, and return the username."""
    user = make_user(session.team, role, username=f"tablet-{uuid.uuid4()}", **details)
    # As the service hashes them, not as tests do.
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD, hasher=PBKDF2PasswordHasher()))
    return user.username


def look_at(name: str, session: ClinicSession, days: list[Day]) -> DayFindings:
    """Compare every word that the tablets were given with the rows."""
    said = [each for day in days for each in day.acknowledged]
    seconds = sorted(each for day in days for each in day.seconds)
    standing = Vaccination.objects.filter(session=session).current()
    findings = DayFindings(
        name=name,
        people=Appointment.objects.filter(session=session).count(),
        tablets=len(days),
        said=Counter(each.kind for each in said),
        doses=standing.filter(status=Vaccination.Status.COMPLETED).count(),
        not_given=standing.filter(status=Vaccination.Status.NOT_DONE).count(),
        refusals=sum(len(day.refusals) for day in days),
        requests=len(seconds),
        polls=sum(day.polls for day in days),
        unchanged=sum(day.unchanged for day in days),
        slowest_ms=int(seconds[-1] * 1000) if seconds else 0,
        median_ms=int(seconds[len(seconds) // 2] * 1000) if seconds else 0,
    )
    wrong = Counter(re.sub(tablets.UUID, "…", each) for day in days for each in day.wrong)
    for what, count in [
        *((f"the service failed or answered strangely ({each})", count) for each, count in wrong.items()),
        *((f"acknowledged and not stored: {what}", count) for what, count in Counter(lost(session, said)).items()),
        ("dose given twice", twice(session)),
        ("did not attend and yet came", ghosts(session)),
        ("record of a visit on somebody else's", strays(session)),
        ("still expected when the day was over", waited_for(session)),
        *(
            (f"a refusal does not say who did what and when: {text[:160]}", count)
            for text, count in Counter(text for day in days for text in day.refusals if not says_who(text)).items()
        ),
    ]:
        if count:
            findings.faults.append(f"{count} times {what}")
    ended, words = rebuild("--check")
    if ended or "0 differences in" not in words:
        findings.faults.append(f"statuses differ from the records: {words.strip()[:200]}")
    return findings


def lost(session: ClinicSession, said: list[Said]) -> list[str]:
    """Return what was acknowledged and is not there."""
    return [*_lost_records(session, said), *_lost_answers(session, said), *_lost_visits(session, said)]


def _of(said: list[Said], kind: str) -> list[Said]:
    return [each for each in said if each.kind == kind]


def _lost_records(session: ClinicSession, said: list[Said]) -> Iterator[str]:
    """Doses that do not stand as they were sent, and other records that are not there at all."""
    rows = {str(row.client_uuid): row for row in Vaccination.objects.filter(session=session).select_related("person")}
    replaced = {row.replaces_id for row in rows.values()}
    for each in _of(said, "dose"):
        row = rows.get(each.key)
        if row is None:
            yield "a dose is not there"
        elif row.status != Vaccination.Status.COMPLETED or row.pk in replaced:
            yield "a dose no longer stands"
        elif (row.series, str(row.person.public_id)) != (each.more, each.person):
            yield "a dose is another's"
    for each in _of(said, "not given"):
        if str(uuid.uuid5(uuid.UUID(each.key), each.more)) not in rows:
            yield "not given is not there"
    # By the team: whose arrival was undone meanwhile has a check, and no visit that it hangs on.
    checks = RecordCheck.objects.filter(person__team=session.team_id)
    rounds = {str(key) for key in checks.values_list("round", flat=True)}
    for each in _of(said, "record check"):
        if each.key not in rounds:
            yield "a record check is not there"


def _lost_answers(session: ClinicSession, said: list[Said]) -> Iterator[str]:
    """Consents and answers beyond those that are stored for each person."""
    people = "visit__person__public_id"
    agreed = Consent.objects.filter(visit__session=session).values_list(people, flat=True)
    answered = Screening.objects.filter(visit__session=session).values_list(people, flat=True)
    for kind, stored in (("consent", agreed), ("health", answered)):
        kept = Counter(map(str, stored))
        for person, count in Counter(each.person for each in _of(said, kind)).items():
            if count > kept[person]:
                yield f"{kind} is not there: {_story(session, person, _of(said, kind))}"


def _story(session: ClinicSession, person: str, said: list[Said]) -> str:
    """Say what was acknowledged about somebody and what their audit holds, for whoever looks into a fault."""
    told = [each.how for each in said if each.person == person]
    events = AuditEvent.objects.filter(person_id=person).order_by("id")
    rows = [f"{event.pk} {event.at:%H:%M:%S} {event.actor_name} {event.action} {event.after}" for event in events]
    return f"told {told}, written {rows}"


def _lost_visits(session: ClinicSession, said: list[Said]) -> Iterator[str]:
    """Arrivals that are not there though nobody undid them, and pauses and people that left no trace."""
    events = AuditEvent.objects.filter(team_id=session.team_id)
    here = Appointment.objects.filter(session=session, visit__isnull=False).values_list("public_id", flat=True)
    gone = {each.key for each in _of(said, "arrived")} - set(map(str, here))
    if len(gone) > events.filter(action="undo_arrival").count():
        yield "an arrival is not there"
    walked = set(Person.objects.filter(team=session.team_id).values_list("first_name", flat=True))
    for each in _of(said, "walk-in"):
        if each.key not in walked:
            yield "a walk-in is not there"
    # Taken over from somebody who had just paused is taken up.
    over = ("take_over_visit", "start_visit")
    for kind, traces in (("paused", ("pause_visit",)), ("taken over", over)):
        there = set(map(str, events.filter(action__in=traces).values_list("person_id", flat=True)))
        for each in _of(said, kind):
            if each.person not in there:
                yield f"{kind} left no trace"


def twice(session: ClinicSession) -> int:
    """Count doses given beyond one a person and series."""
    rows = Vaccination.objects.filter(session=session).given().values_list("person__merged_into", "person", "series")
    return sum(count - 1 for count in Counter((root or person, series) for root, person, series in rows).values())


def ghosts(session: ClinicSession) -> int:
    """Count those who are marked as not attending and have a visit or a dose."""
    missed = Appointment.objects.filter(session=session, state=Appointment.State.DID_NOT_ATTEND)
    there = Visit.objects.filter(session=session).values("person")
    return missed.filter(visit__isnull=False).count() + missed.filter(person__in=there).count()


def waited_for(session: ClinicSession) -> int:
    """Count those whom no desk could arrive, nor mark as not attending."""
    return Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit=None).count()


def strays(session: ClinicSession) -> int:
    """Count rows whose visit is another person's."""
    return sum(
        row.person.root_id != row.visit.person.root_id
        for row in Vaccination.objects.filter(session=session).select_related("person", "visit__person")
    )


def says_who(text: str) -> bool:
    """Whether a refusal names who of the staff did it, and when."""
    return bool(re.search(rf"{STAFF} N\d+", text)) and bool(WHEN.search(text))


def totals_that_differ(address: str, session: ClinicSession) -> list[str]:
    """Compare the page of totals, as a co-ordinator sees it, with the rows; return what differs."""
    reader = tablets.Tablet(address, str(session.public_id), chance=random.Random(0))
    reader.sign_in(staff_member(session, Role.COORDINATOR), PASSWORD)
    text = reader.ask(f"{reader.day_path}totals/").text
    reader.close_connection()
    standing = Vaccination.objects.filter(session=session).current()
    expected = {
        "Everybody who came": Visit.objects.filter(session=session).values("person").distinct().count(),
        "Did not attend": Appointment.objects.filter(session=session, state="did_not_attend", visit=None).count(),
        "Declined": standing.filter(not_done_reason=Vaccination.Reason.DECLINED).count(),
    }
    wrong = [f"reading the totals: {each}" for each in reader.day.wrong]
    for words, count in expected.items():
        found = re.findall(rf"{words} (\d+)", text)
        if (found[0] if found else "0") != str(count):
            wrong.append(f"the totals say {words} {found}, the rows {count}")
    # Each line of the table: the vaccine, which dose, and how many.
    table = text.partition("Doses given")[2].partition("Not given")[0]
    numbers = [each for each in table.split() if each.isdigit() or each == "–"]
    doses = standing.filter(status=Vaccination.Status.COMPLETED).count()
    if sum(map(int, numbers[1::2])) != doses:
        wrong.append(f"the totals show {numbers[1::2]} doses, the rows {doses}")
    return wrong
