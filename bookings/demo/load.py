"""Load the demonstration, and on any later day make sure that a clinic is today."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Membership, Role, Team, User
from bookings.actions import PersonDetails, cancel_appointments, cancel_session, make_booking, mark_did_not_attend
from bookings.arrivals import arrive_appointments
from bookings.closing import close_clinic
from bookings.demo import lists, neighbours, stock
from bookings.demo.people import LAST_WEEK, PRISON, TODAY, Family, Paper, Somebody, born, years
from bookings.demo.places import CHILDHOOD, CLINICS, MEASLES, SHORT_DAY, VENUES
from bookings.details import Contact
from bookings.models import Appointment, Booking
from clinics.actions import (
    add_batch,
    free_slug,
    publish_session,
    save_periods,
    wall_time,
)
from clinics.directions import directions_for, in_force
from clinics.models import Batch, ClinicSession, Direction, Place, Product, VaccineOffer, Venue
from clinics.times import london_day
from clinics.vaccines import Vaccine
from immunisations.actions import (
    FoundDose,
    SourceLook,
    Wanted,
    add_person,
    arrive,
    end_visit,
    record_consent,
    record_not_given,
    record_reaction,
    record_round,
    record_screening,
    record_vaccination,
    start_visit,
)
from immunisations.health_questions import QUESTIONS, answers_of
from immunisations.models import Consent, Person, Practice, Reaction, Vaccination, Visit
from immunisations.next_steps import next_step
from immunisations.policies import NeedsReason
from immunisations.queries import forecast_for

# Printed for everybody to see: the demonstration holds nothing that is not invented.
PASSWORD = "popup-clinics-demo"  # noqa: S105
TEAM = "Vale and Severn immunisation team"
SOURCE = "demonstration"

PEOPLE: list[tuple[str, str, str, str]] = [
    ("coordinator", "Carys", "Hughes", Role.COORDINATOR),
    ("nurse", "Rosa", "Okafor", Role.VACCINATOR),
    ("senior", "Margaret", "Ellis", Role.SENIOR_NURSE),
    ("desk", "Tom", "Baker", Role.DESK),
    ("analyst", "Priya", "Nair", Role.ANALYST),
    ("admin", "Alex", "Stone", Role.ADMINISTRATOR),
    ("privacy", "Wen", "Clarke", Role.PRIVACY_LEAD),
]


def nhs_number(serial: int) -> str:
    """Return the ``serial``-th NHS number of the range that is never issued, with its check digit.

    Numbers whose check digit would be 10 do not exist; the next that does is returned. Source: NHS data dictionary,
    NHS number, modulus 11.
    """
    stem = 999_000_000 + serial * 7
    while True:
        digits = [int(digit) for digit in str(stem)]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{stem}{0 if check == 11 else check}"
        stem += 1


class NotADemonstration(Exception):
    """The database holds something real: the demonstration does not go there."""


class Loader:
    """One loading, with the clock it was given and the people who do things in it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = london_day(now)
        self.serial = Person.objects.count() * 3

    @transaction.atomic
    def load(self) -> bool:
        """Load everything into an empty database, or only what today needs. Returns whether it was empty.

        Raises NotADemonstration where there are teams other than the demonstration's two.
        """
        if Team.objects.exclude(name__in=[TEAM, neighbours.TEAM]).exists():
            raise NotADemonstration("This database has teams of its own. Load the demonstration into an empty one.")
        fresh = not Team.objects.exists()
        if fresh:
            self._staff()
            self._places()
        self.team = Team.objects.get(name=TEAM)
        if not fresh:
            self._people(self.team)
        self.users = {user.username: user for user in User.objects.filter(memberships__team=self.team)}
        self.nurse, self.coordinator = self.users["nurse"], self.users["coordinator"]
        self._batches()
        self._directions()
        neighbours.add_neighbours(today=self.today, source=SOURCE)
        if fresh:
            self._past()
            for days, venue, details in CLINICS:
                self._upcoming(days, venue, details)
        elif (
            not ClinicSession.objects.filter(
                team=self.team, date=self.today, who_may_book=ClinicSession.WhoMayBook.PUBLIC
            )
            .exclude(state=ClinicSession.State.CANCELLED)
            .exists()
        ):
            self._upcoming(*CLINICS[0])
            # What the public can book runs out as days go by: the weeks ahead are filled up again.
            for days, venue, details in CLINICS[1:]:
                if not ClinicSession.objects.filter(date=self.today + timedelta(days=days)).exists():
                    self._upcoming(days, venue, details)
        return fresh

    # What stands still

    def _staff(self) -> None:
        team = Team.objects.create(
            name=TEAM,
            organisation="Vale and Severn Health and Care Trust (demonstration)",
            ods_code="R1A",
            phone="01632 960 001",
            email="clinics@example.com",
            phone_hours="Monday to Friday, 8am to 6pm",
        )
        self._people(team)

    def _people(self, team: Team) -> None:
        """Add whoever is not there yet: a demonstration from before a role was added gets its sign-in too."""
        there = set(User.objects.filter(memberships__team=team).values_list("username", flat=True))
        for username, first_name, last_name, role in PEOPLE:
            if username in there:
                continue
            user = User.objects.create_user(
                username=username,
                password=PASSWORD,
                first_name=first_name,
                last_name=last_name,
                email=f"{username}@example.com" if role == Role.PRIVACY_LEAD else "",
            )
            Membership.objects.create(user=user, team=team, role=role)

    def _places(self) -> None:
        team = Team.objects.get(name=TEAM)
        for venue in VENUES.values():
            Venue.objects.create(team=team, **venue)
        for code, name, postcode in [
            ("M81001", "Vale Surgery (demonstration)", "WR11 4BS"),
            ("M81002", "Abbey Medical Practice (demonstration)", "WR11 4QG"),
            ("M81003", "Severn Valley Practice (demonstration)", "WR14 1AB"),
            ("Y04566", "HMP Hewell", "B97 6QS"),
        ]:
            Practice.objects.create(ods_code=code, name=name, postcode=postcode)

    def _batches(self) -> None:
        """Make sure that there are batches in date, whatever the day; one that expires soon, too."""
        for product, prefix, days in [
            ("priorix", "PX", 40),
            ("priorix", "PX", 320),
            ("mmrvaxpro", "MV", 200),
            ("priorix-tetra", "PT", 90),
            ("priorix-tetra", "PT", 300),
            ("proquad", "PQ", 150),
            ("infanrix-hexa", "IH", 250),
            ("vaxelis", "VX", 60),
        ]:
            in_date = Batch.objects.filter(
                team=self.team, product__code=product, expires_on__gte=self.today + timedelta(days=min(days, 60) - 20)
            )
            if in_date.count() >= (2 if product in ("priorix", "priorix-tetra") else 1):
                continue
            expires = self.today + timedelta(days=days)
            batch = add_batch(
                team_id=self.team.pk,
                product=Product.objects.get(code=product),
                number=f"{prefix}{expires:%y%j}",
                expires_on=expires,
                by=self.coordinator,
                at=self.now,
                source=SOURCE,
            )
            if not batch.movements.exists():
                stock.deliver(batch, by=self.coordinator, at=self.now - timedelta(days=14))

    def _directions(self) -> None:
        """Make sure that exactly one direction is in force for every vaccine, today and for weeks to come."""
        measles = [Vaccine.MMR.value, Vaccine.MMRV.value]
        others = [code for code in Vaccine.values if code not in measles]
        for name, version, vaccines in [
            ("MMR and MMRV patient group direction", 4, measles),
            ("Routine vaccines patient group direction", 2, others),
        ]:
            known = directions_for(self.team.pk, vaccines)
            now, later = (in_force(known, vaccines[0], self.today + timedelta(days=days)) for days in (0, 30))
            if now and later:
                continue
            # The first time, an earlier version that has ended is kept too, as a team would.
            begins = max([each.valid_until for each in now], default=self.today - timedelta(days=200)) + timedelta(1)
            if not known:
                self._direction(name, version - 1, vaccines, begins - timedelta(days=730), begins - timedelta(days=1))
            self._direction(name, version + max(len(known) - 1, 0), vaccines, begins, begins + timedelta(days=729))

    def _direction(self, name: str, version: int, vaccines: list[str], begins: date, ends: date) -> None:
        Direction.objects.create(
            team=self.team,
            kind=Direction.Kind.PGD,
            name=name,
            version=str(version),
            vaccines=vaccines,
            valid_from=begins,
            valid_until=ends,
        )

    # Clinics

    def _clinic(self, on: date, venue: str, details: dict[str, Any], at: datetime) -> ClinicSession:
        details = dict(details)
        periods = details.pop("periods")
        vaccines = details.pop("vaccines")
        place = Venue.objects.get(team=self.team, name=VENUES[venue]["name"])
        session = ClinicSession.objects.create(
            team=self.team,
            venue=place,
            date=on,
            name=f"{place.town} clinic" if venue not in ("mosque", "roadside", "prison") else f"Clinic at {place.name}",
            slug=free_slug(town=place.name if venue in ("mosque", "roadside") else place.town, day=on),
            **details,
        )
        VaccineOffer.objects.bulk_create([VaccineOffer(session=session, vaccine=vaccine) for vaccine in vaccines])
        save_periods(session=session, periods=periods, by=self.coordinator, at=at, source=SOURCE)
        return publish_session(session=session, by=self.coordinator, at=at, source=SOURCE)

    def _upcoming(self, days: int, venue: str, details: dict[str, Any]) -> None:
        on = self.today + timedelta(days=days)
        planned = min(self.now, wall_time(on, time(12))) - timedelta(days=20)
        session = self._clinic(on, venue, details, planned)
        if days == 0:
            stock.take(session, by=self.nurse, at=min(self.now, wall_time(on, time(8, 30))))
            for family in TODAY:
                self._family(session, family)
            return
        if venue == "prison":
            lists.add_wing(session, by=self.coordinator, at=planned + timedelta(days=1), source=SOURCE)
        if session.who_may_book == ClinicSession.WhoMayBook.PUBLIC:
            # Enough bookings for a list that looks like one, few enough that everybody can still book.
            self._others(session, planned + timedelta(days=1), count=2 + days % 4)

    def _others(self, session: ClinicSession, at: datetime, *, count: int) -> None:
        names = ["Ivy", "Theo", "Mia", "Arlo", "Nadia", "Kacper", "Erin", "Idris"]
        for number in range(count):
            name = names[(number + session.date.day) % len(names)]
            self._book(
                session,
                Family((Somebody(name, "Field", 900 + 37 * number, postcode="WR9 7AA"),), slot=number * 2),
                at=at,
            )

    def _past(self) -> None:
        """Last week's clinics: one in Malvern, closed off; one in the prison; and one next week that was called off."""
        self._over(7, "malvern", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}, LAST_WEEK)
        self._over(
            6,
            "prison",
            {
                "periods": [(time(9), time(12), 2)],
                "vaccines": MEASLES,
                "who_may_book": ClinicSession.WhoMayBook.CLOSED_LIST,
                "for_whom": "Residents and staff, by wing",
            },
            PRISON,
        )
        self._wing()
        on = self.today + timedelta(days=5)
        called_off = self._clinic(
            on, "wythall", {"periods": SHORT_DAY, "vaccines": CHILDHOOD}, self.now - timedelta(days=9)
        )
        self._others(called_off, self.now - timedelta(days=8), count=2)
        cancel_session(
            session=called_off,
            reason="The hall is closed for repairs",
            by=self.coordinator,
            source=SOURCE,
            at=self.now - timedelta(days=1),
        )

    def _wing(self) -> None:
        """Yesterday’s clinic in the prison: a list by wing, some of it done, the rest to be entered from paper."""
        on = self.today - timedelta(days=1)
        details = {
            "periods": [(time(9), time(12), 2)],
            "vaccines": MEASLES,
            "who_may_book": ClinicSession.WhoMayBook.CLOSED_LIST,
            "for_whom": "Residents and staff, by wing",
        }
        session = self._clinic(on, "prison", details, wall_time(on, time(12)) - timedelta(days=20))
        stock.take(session, by=self.nurse, at=wall_time(on, time(8)))
        lists.add_wing(session, by=self.coordinator, at=wall_time(on, time(8, 30)), source=SOURCE)
        paper = Paper("none", "not_available", "No record anywhere: treat as not vaccinated.")
        for number, each in enumerate(lists.WING):
            if each.then == "expected":
                continue
            visit = arrive(
                session=session,
                person=lists.person_on(session, each),
                by=self.nurse,
                at=wall_time(on, time(9, 5)) + timedelta(minutes=9 * number),
                how=Visit.How.LIST,
                source=SOURCE,
            )
            somebody = Somebody(each.first_name, each.last_name, years(each.age), then=each.then, papers=(paper,))
            self._live(visit, somebody, session)

    def _over(self, days: int, venue: str, details: dict[str, Any], families: Sequence[Family]) -> None:
        on = self.today - timedelta(days=days)
        noon = wall_time(on, time(12))
        session = self._clinic(on, venue, details, noon - timedelta(days=20))
        stock.take(session, by=self.nurse, at=wall_time(on, time(8)))
        for family in families:
            self._family(session, family)
        if venue == "malvern":
            self._faint(session)
        missed = Appointment.objects.filter(session=session, state=Appointment.State.BOOKED, visit__isnull=True)
        evening = wall_time(on, time(18))
        mark_did_not_attend(appointments=list(missed), by=self.nurse, source=SOURCE, at=evening)
        stock.bring_back(session, by=self.nurse, at=evening)
        close_clinic(
            session=session,
            note="Quiet until the schools came out. The hall was locked until 9:40.",
            by=self.coordinator,
            at=evening + timedelta(minutes=5),
            source=SOURCE,
        )

    def _faint(self, session: ClinicSession) -> None:
        """Somebody fainted after their dose, and was well soon."""
        dose = Vaccination.objects.given().filter(session=session).order_by("-given_at", "-pk")[0]
        given_at = dose.given_at or self.now
        record_reaction(
            vaccination=dose,
            kind=Reaction.Kind.FAINT,
            began_at=given_at + timedelta(minutes=4),
            actions=[Reaction.Action.LAID_DOWN, Reaction.Action.WATCHED],
            note="Pale and sweating, well again after five minutes. Mother was with them.",
            by=self.nurse,
            at=given_at + timedelta(minutes=12),
            source=SOURCE,
        )

    # People

    def _family(self, session: ClinicSession, family: Family) -> None:
        if family.contact is None:
            for somebody in family.people:
                self._live(self._walk_in(session, family, somebody), somebody, session)
            return
        booking = self._book(session, family, at=wall_time(session.date - timedelta(days=6), time(19, 30)))
        for appointment, somebody in zip(booking.appointments.order_by("position"), family.people, strict=True):
            if somebody.then == "cancelled":
                cancel_appointments(
                    booking=booking,
                    appointments=[appointment],
                    by=None,
                    source="public",
                    at=wall_time(session.date - timedelta(days=1), time(8)),
                )
            elif somebody.then not in ("expected", "missed"):
                person = self._person(session, somebody, family)
                at = self._moment(session, appointment.starts_at - timedelta(minutes=8))
                arrivals = arrive_appointments(
                    session=session,
                    appointments=[appointment],
                    chosen={appointment.pk: person},
                    by=self.nurse,
                    at=at,
                    source=SOURCE,
                )
                visit = arrivals.visits[0]
                self._live(visit, somebody, session)
            elif somebody.known:
                self._person(session, somebody, family)

    def _book(self, session: ClinicSession, family: Family, *, at: datetime) -> Booking:
        starts = list(
            Place.objects.filter(session=session).order_by("starts_at").values_list("starts_at", flat=True).distinct()
        )
        details = [self._details(session, somebody) for somebody in family.people]
        wanted = starts[min(family.slot, len(starts) - 3)]
        contact = family.contact or Contact(name="A parent", relationship="Mother")
        made = make_booking(
            session=session,
            people=details,
            contact=contact,
            starts_at=wanted,
            submission_id=uuid.uuid4(),
            how=Booking.How.WEB,
            by=None,
            source=SOURCE,
            at=at,
        )
        return made.booking

    def _details(self, session: ClinicSession, somebody: Somebody) -> PersonDetails:
        return PersonDetails(
            first_name=somebody.first_name,
            last_name=somebody.last_name,
            date_of_birth=born(session.date, somebody.age),
            nhs_number=self._number(somebody),
            postcode=somebody.postcode,
            no_fixed_abode=somebody.no_fixed_abode,
            extra_time=somebody.extra_time,
            gelatine_free=somebody.gelatine_free,
            support_needs=somebody.support_needs,
        )

    def _number(self, somebody: Somebody) -> str:
        if not somebody.nhs_number:
            return ""
        self.serial += 1
        return nhs_number(self.serial)

    def _person(self, session: ClinicSession, somebody: Somebody, family: Family) -> Person:
        appointment = Appointment.objects.filter(
            session=session, first_name=somebody.first_name, last_name=somebody.last_name
        ).last()
        number = appointment.nhs_number if appointment else self._number(somebody)
        return add_person(
            team=self.team,
            first_name=somebody.first_name,
            last_name=somebody.last_name,
            date_of_birth=born(session.date, somebody.age),
            sex=somebody.sex,
            nhs_number=number,
            postcode=somebody.postcode,
            no_fixed_abode=somebody.no_fixed_abode,
            note=somebody.support_needs,
            language=family.contact.spoken_language if family.contact else family.language,
            interpreter_needed=bool(family.contact and family.contact.interpreter_needed),
            phone=family.contact.phone if family.contact else "",
            practice=Practice.objects.filter(ods_code="M81001").first() if number else None,
            gp_registration=Person.GPRegistration.REGISTERED if number else Person.GPRegistration.UNKNOWN,
            by=self.nurse,
            at=self._moment(session, wall_time(session.date, time(9))),
            source=SOURCE,
        )

    def _walk_in(self, session: ClinicSession, family: Family, somebody: Somebody) -> Visit:
        at = self._moment(session, wall_time(session.date, time(9, 20)) + timedelta(minutes=5 * len(family.people)))
        how = Visit.How.LIST if session.who_may_book == ClinicSession.WhoMayBook.CLOSED_LIST else Visit.How.WALK_IN
        return arrive(
            session=session,
            person=self._person(session, somebody, family),
            by=self.nurse,
            at=at,
            how=how,
            accompanied_by=family.accompanied_by,
            accompanied_as=family.accompanied_as,
            source=SOURCE,
        )

    def _moment(self, session: ClinicSession, wished: datetime) -> datetime:
        """Return ``wished``, but never a time that has not come yet, and always on the clinic's day."""
        return max(min(wished, self.now), wall_time(session.date, time(0, 5)))

    def _live(self, visit: Visit, somebody: Somebody, session: ClinicSession) -> None:
        """Take a visit as far as the story says."""
        at = visit.arrived_at
        if somebody.then == "arrived" and not somebody.papers:
            return
        if somebody.papers:
            self._check(visit, somebody, self._moment(session, at + timedelta(minutes=6)))
        if somebody.then in ("arrived", "checked"):
            return
        later = self._moment(session, at + timedelta(minutes=12))
        start_visit(visit=visit, by=self.nurse, at=later, source=SOURCE)
        if somebody.then == "vaccinated":
            self._vaccinate(visit, somebody, later)
        elif somebody.then in ("declined", "unwell"):
            reason = Vaccination.Reason.DECLINED if somebody.then == "declined" else Vaccination.Reason.UNWELL
            usual = next_step(reason, today=session.date)
            record_not_given(
                visit=visit,
                series=[somebody.series],
                reason=reason,
                follow_up=Wanted(usual.step, usual.due_on) if usual else None,
                note="Wants to think it over" if somebody.then == "declined" else "Fever since last night: rebook",
                by=self.nurse,
                at=later,
                source=SOURCE,
            )
            end_visit(visit=visit, by=self.nurse, at=later, source=SOURCE)
        else:
            why = Visit.Why.ADVICE if somebody.then == "advice" else Visit.Why.CHECK
            end_visit(visit=visit, by=self.nurse, at=later, why=why, source=SOURCE)

    def _check(self, visit: Visit, somebody: Somebody, at: datetime) -> None:
        day = born(visit.session.date, somebody.age)
        record_round(
            visit=visit,
            looks=[
                SourceLook(
                    source=paper.source,
                    outcome=paper.outcome,
                    source_name=paper.source_name,
                    how_seen=paper.how_seen,
                    doses=[
                        FoundDose(vaccine, _given_on(day, when), country=paper.country, as_written="".join(name))
                        for vaccine, when, *name in paper.doses
                    ],
                )
                for paper in somebody.papers
            ],
            finding=" ".join(paper.finding for paper in somebody.papers if paper.finding),
            by=self.nurse,
            at=at,
            door=SOURCE,
        )

    def _vaccinate(self, visit: Visit, somebody: Somebody, at: datetime) -> None:
        person, on = visit.person, visit.session.date
        verdict = forecast_for(person, on, frozenset({somebody.sex} & {"male", "female"})).of(somebody.series)
        vaccine = verdict.vaccine if verdict and verdict.vaccine else "MMR"
        in_date = Batch.objects.filter(
            team=self.team, product__vaccine=vaccine, product__contains_gelatine=False, expires_on__gte=on
        )
        batch = in_date.order_by("expires_on")[0]
        age = (on - person.date_of_birth).days
        own = age >= 16 * 365.25
        confirmed = "Prison officer" if visit.how == Visit.How.LIST else visit.accompanied_by or "Themselves"
        record_consent(
            visit=visit,
            decision=Consent.Decision.GIVEN,
            route=Consent.Route.OWN if own else Consent.Route.PARENT_PRESENT,
            given_by_name=str(person) if own else visit.accompanied_by or "Their mother",
            relationship="" if own else visit.accompanied_as,
            vaccines=[vaccine],
            by=self.nurse,
            at=at,
            source=SOURCE,
        )
        record_screening(
            visit=visit,
            answers=answers_of({}, QUESTIONS),
            well_today=True,
            not_pregnant=None,
            identity_confirmed_by=confirmed,
            by=self.nurse,
            at=at,
            source=SOURCE,
        )
        site = Vaccination.BodySite.LEFT_THIGH if age < 366 else Vaccination.BodySite.LEFT_ARM
        try:
            record_vaccination(
                visit=visit, series=somebody.series, batch=batch, body_site=site, by=self.nurse, at=at, source=SOURCE
            )
        except NeedsReason:
            record_vaccination(
                visit=visit,
                series=somebody.series,
                batch=batch,
                body_site=site,
                by=self.nurse,
                at=at,
                override_reason="Agreed with the senior nurse on the day",
                source=SOURCE,
            )
        end_visit(visit=visit, by=self.nurse, at=at, source=SOURCE)


def _given_on(birth: date, when: int | str) -> str:
    """Return the date of a dose as a paper shows it: days after birth, "month:N" or "year:N" for that many after."""
    if isinstance(when, int):
        return (birth + timedelta(days=when)).isoformat()
    if when.startswith("year:"):
        return f"{birth.year + int(when.removeprefix('year:')):04}"
    months = birth.year * 12 + birth.month - 1 + int(when.removeprefix("month:"))
    return f"{months // 12:04}-{months % 12 + 1:02}"


def sign_ins() -> list[str]:
    """Return the lines that tell a newcomer how to sign in."""
    lines = [f"Demonstration sign-ins, all with the password {PASSWORD}:"]
    lines += [f"  {username:<12} {Role(role).label}, {first} {last}" for username, first, last, role in PEOPLE]
    return lines


__all__ = ["PASSWORD", "TEAM", "Loader", "NotADemonstration", "nhs_number", "sign_ins"]
