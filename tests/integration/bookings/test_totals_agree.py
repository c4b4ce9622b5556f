"""A clinic's numbers are its records', to the unit, whatever the day was like."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import Refused
from bookings.actions import mark_did_not_attend
from bookings.arrivals import arrive_appointments
from bookings.models import Appointment, ListEntry
from bookings.queries.report import ClinicReport, clinic_report
from bookings.queries.report_file import report_rows
from clinics.actions import take_stock, waste_stock
from immunisations import actions
from immunisations.models import FollowUp, Person, Reaction, Vaccination, Visit
from tests.support.factories import book, child, make_batch
from tests.support.records import AT, Room, make_room

EVENING = AT + timedelta(hours=7)
NAMES = ["Amina", "Bilal", "Caleb", "Dora", "Ewa", "Farid"]
SERIES = ["MEASLES", "6IN1"]
REASONS = ["declined", "unwell", "already_complete", "too_early", "left", "not_produced"]

who = st.integers(0, len(NAMES) - 1)
days = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), who, st.sampled_from(["booked", "walk_in", "list"])),
        st.tuples(st.just("give"), who, st.sampled_from(SERIES)),
        st.tuples(st.just("give"), who, st.sampled_from(SERIES)),
        st.tuples(st.just("not_given"), who, st.sampled_from(SERIES), st.sampled_from(REASONS), st.booleans()),
        st.tuples(st.just("end"), who, st.sampled_from(["", "advice", "check"])),
        st.tuples(st.just("correct"), who, st.sampled_from(["batch", "error", "not_given"])),
        st.tuples(st.just("move"), who, who),
        st.tuples(st.just("merge"), who, who),
        st.tuples(st.just("react"), who),
        st.tuples(st.just("absent"), who),
        st.tuples(st.just("list"), who),
        st.tuples(st.just("waste"), st.integers(1, 3)),
    ),
    max_size=14,
)


class Day:
    """One clinic, to which things happen as they come; what cannot happen does not."""

    def __init__(self) -> None:
        self.room: Room = make_room()
        self.session = self.room.session
        self.spare = make_batch(self.room.team, "priorix-tetra", number="TET2")
        book(self.session, *(child(name, "Khan") for name in NAMES[:3]))
        self.people: list[Person] = [self.room.person(name) for name in NAMES]
        self.minute = 0
        counts = {self.room.mmrv: 10, self.room.six: 10}
        take_stock(session=self.session, counts=counts, by=self.room.nurse, at=AT, confirmed=True)

    @property
    def now(self) -> Any:
        return AT + timedelta(minutes=self.minute)

    def do(self, step: tuple[Any, ...]) -> None:
        self.minute += 7
        try:
            with transaction.atomic():
                getattr(self, step[0])(*step[1:])
        except (Refused, Visit.DoesNotExist, Vaccination.DoesNotExist, IndexError):
            # Nobody arrives twice, corrects what is not there, or is given what was given.
            return

    def visit(self, number: int) -> Visit:
        person = self.people[number]
        return Visit.objects.get(session=self.session, person=person)

    def given_to(self, number: int) -> Vaccination:
        rows = Vaccination.objects.given().filter(session=self.session, person=self.people[number])
        return rows.order_by("pk")[0]

    def arrive(self, number: int, how: str) -> None:
        if how == "booked":
            row = Appointment.objects.filter(first_name=NAMES[number]).get() if number < 3 else None
            if row is not None:
                arrive_appointments(
                    session=self.session,
                    appointments=[row],
                    chosen={row.pk: self.people[number]},
                    by=self.room.nurse,
                    at=self.now,
                )
                return
        actions.arrive(session=self.session, person=self.people[number], how=how, by=self.room.nurse, at=self.now)

    def give(self, number: int, series: str) -> None:
        visit = self.visit(number)
        self.room.check(visit)
        self.room.consent(visit, at=self.now)
        self.room.screen(visit, at=self.now)
        self.room.give(
            visit,
            self.room.mmrv if series == "MEASLES" else self.room.six,
            series=series,
            body_site="left_arm" if series == "MEASLES" else "right_arm",
            override_reason="Agreed",
            at=self.now,
        )

    def not_given(self, number: int, series: str, reason: str, follow: bool) -> None:
        wanted = actions.Wanted("phone", EVENING.date()) if follow else None
        self.room.decline(self.visit(number), series, reason=reason, follow_up=wanted, at=self.now)

    def end(self, number: int, why: str) -> None:
        actions.end_visit(visit=self.visit(number), why=why or None, by=self.room.nurse, at=self.now)

    def correct(self, number: int, what: str) -> None:
        changes: dict[str, dict[str, Any]] = {
            "batch": {"changes": {"batch": self.spare}},
            "error": {"entered_in_error": True},
            "not_given": {"not_given": "unwell"},
        }
        actions.correct_vaccination(
            vaccination=self.given_to(number), reason="Wrong", by=self.room.senior, at=self.now, **changes[what]
        )

    def move(self, number: int, to: int) -> None:
        actions.correct_vaccination(
            vaccination=self.given_to(number),
            move_to=self.people[to],
            reason="Wrong person",
            by=self.room.senior,
            at=self.now,
        )

    def merge(self, number: int, into: int) -> None:
        actions.merge_people(
            keep=self.people[into], merge=self.people[number], reason="One person", by=self.room.senior, at=self.now
        )

    def react(self, number: int) -> None:
        dose = self.given_to(number)
        actions.record_reaction(
            vaccination=dose, kind="faint", began_at=self.now, actions=["watched"], by=self.room.nurse, at=self.now
        )

    def absent(self, number: int) -> None:
        rows = list(Appointment.objects.filter(first_name=NAMES[number]))
        mark_did_not_attend(appointments=rows, by=self.room.nurse, source="staff", at=EVENING)

    def list(self, number: int) -> None:
        ListEntry.objects.get_or_create(
            session=self.session, person=self.people[number], defaults={"added_by_name": "x", "added_at": AT}
        )

    def waste(self, doses: int) -> None:
        waste_stock(
            batch=self.room.mmrv, session=self.session, doses=doses, reason="dropped", by=self.room.nurse, at=self.now
        )


def root(person_id: int) -> int:
    person = Person.objects.get(pk=person_id)
    return person.merged_into_id or person.pk


def counted_by_hand(day: Day) -> dict[str, Any]:
    """Count everything again, row by row, without any of the functions that the report uses."""
    rows = list(Vaccination.objects.filter(session=day.session).order_by("recorded_at", "pk"))
    replaced = {row.replaces_id for row in rows}
    standing = [row for row in rows if row.pk not in replaced and row.status != "entered-in-error"]
    doses = [row for row in standing if row.status == "completed"]
    # Of one person and series a dose stands before any word that none was given, and of two such words the later.
    words = {}
    for row in standing:
        if row.status == "not-done":
            words[root(row.person_id), row.series] = row
    had = {(root(row.person_id), row.series) for row in doses}
    not_given = [row for key, row in words.items() if key not in had]
    visits = list(Visit.objects.filter(session=day.session))
    appointments = list(Appointment.objects.filter(session=day.session))
    # A visit that ended with nothing but the word that a prison did not produce them: nobody came.
    of_visit = {visit.pk: [row for row in standing if row.visit_id == visit.pk] for visit in visits}
    apart = {
        visit.pk
        for visit in visits
        if visit.left_at and {row.not_done_reason for row in of_visit[visit.pk]} == {"not_produced"}
    }
    here = {root(visit.person_id) for visit in visits if visit.pk not in apart}
    return {
        "came": len(here),
        "not_produced": len({root(visit.person_id) for visit in visits} - here),
        "walk_ins": sum(visit.how == "walk_in" for visit in visits),
        "from_list": sum(visit.how == "list" and visit.pk not in apart for visit in visits),
        "booked": sum(each.state != "cancelled" for each in appointments),
        "absent": sum(each.state == "did_not_attend" and each.visit_id is None for each in appointments),
        "expected": sum(each.state == "booked" and each.visit_id is None for each in appointments),
        "vaccinated": len({root(row.visit.person_id) for row in doses}),
        "doses": Counter((row.vaccine, row.dose_number) for row in doses),
        "reasons": Counter(row.not_done_reason for row in not_given),
        "declined": len({root(row.person_id) for row in not_given if row.not_done_reason == "declined"}),
        "batches": Counter(row.batch_number for row in doses),
        "open": FollowUp.objects.filter(session=day.session, state="open").count(),
        "reactions": len([row for row in Reaction.objects.all() if not Reaction.objects.filter(replaces=row).exists()]),
        "listed": len({root(entry.person_id) for entry in ListEntry.objects.filter(session=day.session)}),
    }


def said(report: ClinicReport) -> dict[str, Any]:
    """Return the same numbers as the page has them."""
    totals = report.totals
    return {
        "came": totals.came,
        "not_produced": totals.not_produced,
        "walk_ins": totals.walked_in,
        "from_list": report.from_list,
        "booked": report.booked,
        "absent": totals.did_not_attend,
        "expected": totals.expected,
        "vaccinated": totals.people_vaccinated,
        "doses": Counter({(each.code, each.dose_number): each.count for each in totals.doses}),
        "reasons": Counter({code: count for code, _label, count in totals.reasons_by_code}),
        "declined": totals.declined,
        "batches": Counter({line.batch.number: line.given for line in report.stock.lines if line.given}),
        "open": report.open_follow_ups,
        "reactions": len(report.reactions),
        "listed": report.listed.all.listed if report.listed else 0,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(days)
def test_the_numbers_of_any_day_are_those_of_its_records(db: None, steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        day = Day()
        for step in steps:
            day.do(step)
        report = clinic_report(day.session, at=EVENING)
        assert said(report) == counted_by_hand(day)
        totals = report.totals
        groups = (totals.vaccinated, totals.partly, totals.not_vaccinated, totals.advice_only, totals.check_only)
        assert sum(groups) + totals.still_here == totals.came
        assert sum(each.doses for each in report.next_steps) == sum(count for _reason, count in totals.reasons)
        for line in report.stock.lines:
            assert line.expected == line.taken - line.given - line.wasted
        in_file = {(str(row[0]), str(row[1]), str(row[2])): row[3] for row in report_rows(report)}
        assert in_file["People", "Came", ""] == totals.came
        assert sum(number for (block, *_rest), number in in_file.items() if block == "Doses given") == sum(
            each.count for each in totals.doses
        )
        transaction.set_rollback(True)


def test_a_day_with_everything_in_it_agrees(db: None) -> None:
    day = Day()
    for step in [
        ("list", 4),
        ("arrive", 0, "booked"),
        ("arrive", 1, "walk_in"),
        ("arrive", 3, "walk_in"),
        ("arrive", 4, "list"),
        ("give", 0, "MEASLES"),
        ("give", 0, "6IN1"),
        ("react", 0),
        ("correct", 0, "batch"),
        ("not_given", 1, "MEASLES", "declined", True),
        ("give", 3, "MEASLES"),
        ("move", 3, 5),
        ("not_given", 4, "6IN1", "unwell", True),
        ("merge", 4, 1),
        ("end", 3, "advice"),
        ("absent", 2),
        ("waste", 2),
    ]:
        day.do(step)
    report = clinic_report(day.session, at=EVENING)
    numbers = said(report)
    assert numbers == counted_by_hand(day)
    assert (numbers["came"], numbers["vaccinated"], numbers["absent"], numbers["open"]) == (4, 2, 1, 2)
    assert numbers["batches"] == Counter({"TET2": 1, "HEX1": 1, "TET1": 1})
    assert uuid.UUID(str(report.reactions[0].public_id)) and report.reactions[0].batch_number == "TET2"
