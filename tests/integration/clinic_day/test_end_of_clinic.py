"""The end of a clinic on one page: nothing forgotten, nothing recorded after it, and numbers that agree."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Role
from bookings.actions import mark_did_not_attend
from bookings.arrivals import arrive_appointments, undo_arrival
from bookings.closing import NotReadyToClose, close_clinic
from bookings.models import Appointment
from bookings.queries.report import clinic_report
from clinics.actions import take_stock
from clinics.models import ClinicSession
from immunisations import actions
from immunisations.meanwhile import changes_since, seen_now
from immunisations.models import FollowUp, Reaction, Vaccination, Visit
from immunisations.policies import SessionNotOpen
from tests.integration.clinic_day.conftest import signed_in, words
from tests.support.factories import book, child, make_user
from tests.support.records import AT, BORN, Room, make_room

EVENING = AT + timedelta(hours=7)


@pytest.fixture
def room(db: None) -> Room:
    return make_room()


@pytest.fixture
def senior(room: Room) -> Client:
    return signed_in(room.senior)


@pytest.fixture(autouse=True)
def this_evening(this_morning: Any) -> Any:
    """The clinic is over."""
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


def url(room: Room, name: str = "clinic-day-end") -> str:
    return reverse(name, args=[room.session.public_id])


def close(room: Room, **details: Any) -> ClinicSession:
    return close_clinic(**{"session": room.session, "by": room.senior, "at": EVENING, "source": "staff", **details})


class TestClosing:
    def test_a_clinic_with_nothing_open_is_closed_by_one_press(self, room, senior):
        answer = senior.post(url(room), {"does": "close", "note": "Calm day"}, follow=True)
        room.session.refresh_from_db()
        assert room.session.state == "closed_off" and room.session.closing_note == "Calm day"
        assert room.session.closed_off_by_name == "Sue Senior" and room.session.closed_off_at == EVENING
        assert "Closed at 5pm" in words(answer) and "Calm day" in words(answer)
        assert AuditEvent.objects.filter(action="close_off_session").count() == 1

    @pytest.mark.parametrize("then", ["arrived", "in progress", "paused", "waiting"])
    def test_it_is_not_closed_while_somebody_is_still_here_and_says_who(self, room, senior, then):
        if then == "waiting":
            ClinicSession.objects.filter(pk=room.session.pk).update(observation_minutes=120)
            room.session.refresh_from_db()
            visit = room.ready()
            room.give(visit, given_at=EVENING - timedelta(minutes=5), at=EVENING, override_reason="Late")
            actions.end_visit(visit=visit, by=room.nurse, at=EVENING)
            actions.count_back(
                session=room.session, counts={room.mmrv: 0}, notes={room.mmrv: "-"}, by=room.nurse, at=EVENING
            )
        else:
            visit = room.visit()
        if then in ("in progress", "paused"):
            actions.start_visit(visit=visit, by=room.nurse, at=AT)
        if then == "paused":
            actions.pause_visit(visit=visit, by=room.nurse, at=AT)
        answer = senior.post(url(room), {"does": "close", "note": "Typed"})
        assert answer.status_code == 409
        assert "1 person is still here: KHAN, Amina." in words(answer)
        assert "Typed" in answer.content.decode()
        assert reverse("person", args=[room.session.public_id, visit.person.public_id]) in answer.content.decode()
        if then == "in progress":
            assert "with Nora Nurse" in words(answer)
        room.session.refresh_from_db()
        assert room.session.state == "published"

    def test_it_is_not_closed_while_somebody_is_expected(self, room, senior):
        book(room.session, child("Amina"), child("Bilal"))
        with pytest.raises(NotReadyToClose) as refused:
            close(room)
        assert refused.value.details["in_the_way"] == ["2 people are still expected. Mark who did not attend."]

    def test_it_is_not_closed_before_its_day(self, room):
        with pytest.raises(NotReadyToClose) as refused:
            close(room, at=AT - timedelta(days=1))
        assert refused.value.code == "not_yet"

    def test_it_is_not_closed_before_the_stock_is_counted_back(self, room):
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
        with pytest.raises(NotReadyToClose) as refused:
            close(room)
        assert "TET1" in str(refused.value)

    def test_it_is_not_closed_before_each_box_that_was_read_is_read_again(self, room):
        for box, moment in (("Blue", "start"), ("Red", "start"), ("Red", "end")):
            actions.record_reading(
                session=room.session, box=box, moment=moment, celsius=Decimal("4.5"), by=room.nurse, at=AT
            )
        with pytest.raises(NotReadyToClose) as refused:
            close(room)
        assert "missing: Blue." in str(refused.value)

    def test_the_second_tablet_is_told_who_closed_it_and_when(self, room, senior):
        close(room)
        answer = senior.post(url(room), {"does": "close"})
        assert answer.status_code == 409 and "This clinic was closed at 5pm" in words(answer)
        assert "by Sue Senior" in words(answer)

    def test_a_vaccinator_does_not_close_a_clinic(self, room):
        nurse = signed_in(room.nurse)
        assert nurse.post(url(room), {"does": "close"}).status_code == 403

    def test_what_stays_open_is_carried_over_and_does_not_stop_it(self, room, senior):
        visit = room.ready()
        dose = room.give(visit)
        room.decline(visit, "6IN1", follow_up=actions.Wanted("phone", EVENING.date()))
        actions.end_visit(visit=visit, by=room.nurse, at=AT)
        actions.record_reaction(
            vaccination=dose, kind="faint", began_at=AT, actions=["watched"], by=room.nurse, at=EVENING
        )
        actions.count_back(
            session=room.session, counts={room.mmrv: 3}, notes={room.mmrv: "One box more"}, by=room.nurse, at=EVENING
        )
        shown = words(senior.get(url(room)))
        assert "1 follow-up is open." in shown and "1 reaction has no Yellow Card reference yet." in shown
        assert "3 counted back, -1 expected (One box more)" in shown
        close(room)
        assert FollowUp.objects.get().state == "open"


class TestAfterwards:
    def test_nothing_is_recorded_at_a_closed_clinic_and_it_says_who_closed_it(self, room):
        visit = room.ready()
        actions.end_visit(visit=visit, by=room.nurse, at=AT)
        other = room.person("Bilal")
        close(room)
        for record in (
            lambda: room.give(visit),
            lambda: room.decline(visit),
            lambda: room.visit(other),
            lambda: actions.start_visit(visit=visit, by=room.nurse, at=EVENING),
            lambda: room.check(visit),
        ):
            with pytest.raises(SessionNotOpen) as refused:
                record()
            assert refused.value.status == 409 and "closed at 5pm" in str(refused.value)
            assert "by Sue Senior" in str(refused.value)

    def test_corrections_reactions_and_follow_ups_go_on(self, room):
        visit = room.ready()
        dose = room.give(visit)
        actions.end_visit(visit=visit, by=room.nurse, at=AT)
        actions.count_back(session=room.session, counts={room.mmrv: 0}, notes={room.mmrv: "x"}, by=room.nurse, at=AT)
        close(room)
        actions.record_reaction(
            vaccination=dose, kind="fever", began_at=EVENING, actions=["nothing"], by=room.nurse, at=EVENING
        )
        actions.correct_vaccination(
            vaccination=dose, changes={"body_site": "right_arm"}, reason="Wrong arm", by=room.senior, at=EVENING
        )
        assert Reaction.objects.get(replaced_by__isnull=True).vaccination.body_site == "right_arm"

    def test_a_senior_nurse_opens_it_again_with_a_reason_for_late_entries(self, room, senior):
        close(room, note="Calm day")
        assert senior.post(url(room, "clinic-day-reopen"), {"reason": " "}).status_code == 422
        senior.post(url(room, "clinic-day-reopen"), {"reason": "Two sheets of paper were found"})
        room.session.refresh_from_db()
        assert room.session.state == "finished" and room.session.closed_off_at is None
        event = AuditEvent.objects.get(action="reopen_session")
        assert event.reason == "Two sheets of paper were found" and event.before["closed_off_by"] == "Sue Senior"
        visit = room.ready()
        assert room.give(visit).is_given

    def test_only_a_closed_clinic_is_opened_again(self, room, senior):
        answer = senior.post(url(room, "clinic-day-reopen"), {"reason": "Why not"})
        assert answer.status_code == 409

    def test_the_admin_closes_only_what_has_nothing_open(self, room):
        visit = room.visit()
        coordinator = signed_in(make_user(room.team, Role.COORDINATOR, is_staff=True))
        from clinics.actions import finish_session

        finish_session(session=room.session, by=room.senior, at=AT, source="staff")
        there = reverse("admin:clinics_clinicsession_changelist")
        sent = {"action": "close_off", "_selected_action": [room.session.pk], "confirmed": "yes", "confirm": "yes"}
        coordinator.post(there, sent)
        room.session.refresh_from_db()
        assert room.session.state == "finished" and visit.left_at is None


class TestOnThePage:
    def test_everybody_expected_is_marked_in_one_press_but_for_those_ticked(self, room, senior):
        book(room.session, child("Amina"), child("Bilal"), child("Caleb"))
        rows = list(Appointment.objects.order_by("pk"))
        ids = [str(row.public_id) for row in rows]
        senior.post(url(room), {"does": "absent", "shown": ids, "except": ids[1]})
        states = [Appointment.objects.get(pk=row.pk).state for row in rows]
        assert states == ["did_not_attend", "booked", "did_not_attend"]

    def test_the_count_is_typed_here_and_a_difference_needs_a_note(self, room, senior):
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
        sent = {"does": "count", f"back-{room.mmrv.public_id}": "9"}
        answer = senior.post(url(room), sent)
        assert answer.status_code == 409 and "Say why the count differs" in words(answer)
        assert 'value="9"' in answer.content.decode()
        senior.post(url(room), {**sent, f"note-{room.mmrv.public_id}": "One is missing"})
        [line] = clinic_report(room.session, at=EVENING).stock.lines
        assert (line.back, line.difference) == (9, -1)
        assert "Differs" in words(senior.get(url(room)))

    @pytest.mark.strict
    @pytest.mark.parametrize("typed", ["nine", "-1", "9.5", "\u0669", "9" * 20, "\x00"])
    def test_what_is_no_count_gets_a_sentence(self, room, senior, typed):
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
        answer = senior.post(url(room), {"does": "count", f"back-{room.mmrv.public_id}": typed})
        assert answer.status_code == 422 and "Enter how many doses of batch TET1 came back" in words(answer)

    def test_the_temperature_at_the_end_is_typed_here(self, room, senior):
        actions.record_reading(
            session=room.session, box="Blue", moment="start", celsius=Decimal("4.5"), by=room.nurse, at=AT
        )
        for typed in ("warm", "", "NaN", "99999"):
            answer = senior.post(url(room), {"does": "temperatures", "box-1": "Blue", "celsius-1": typed})
            assert answer.status_code in (409, 422)
        senior.post(url(room), {"does": "temperatures", "box-1": "Blue", "celsius-1": "5,2"})
        assert clinic_report(room.session, at=EVENING).without_temperature == []

    def test_a_box_outside_its_range_at_the_end_is_said_to_have_quarantined_what_it_held(self, room, senior):
        take_stock(session=room.session, counts={room.mmrv: 10}, by=room.nurse, at=AT, confirmed=True)
        actions.record_reading(
            session=room.session, box="Blue", moment="start", celsius=Decimal("4.5"), by=room.nurse, at=AT
        )
        sent = {"does": "temperatures", "box-1": "Blue", "celsius-1": "11"}
        said = words(senior.post(url(room), sent, follow=True))
        assert "Blue at 11.0 °C is outside +2 to +8 °C. Quarantined: " in said and "TET1. Do not give them." in said

    def test_a_button_of_nobodys_changes_nothing(self, room, senior):
        assert senior.post(url(room), {"does": "dance"}).status_code == 302


class TestTheReport:
    def test_the_file_says_on_which_day_it_was_closed(self, room, senior):
        close(room)
        text = senior.get(url(room, "clinic-day-report-file")).content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [row[3] for row in rows if row[1] == "Closed by"] == ["5pm on 21 November 2026"]
        assert len([row for row in rows if row[1] == "Not produced"]) == 1

    @pytest.mark.once
    def test_the_page_and_the_file_say_the_same_and_no_cell_can_run(self, room, senior):
        visit = room.ready()
        room.give(visit)
        actions.end_visit(visit=visit, by=room.nurse, at=AT)
        actions.count_back(
            session=room.session,
            counts={room.mmrv: 1},
            notes={room.mmrv: "=HYPERLINK(1)"},
            by=room.nurse,
            at=AT,
        )
        text = senior.get(url(room, "clinic-day-report-file")).content.decode("utf-8-sig")
        rows = [tuple(row) for row in csv.reader(io.StringIO(text))]
        assert ("People", "Came", "", "1") in rows and ("Doses given", "MMRV", "1", "1") in rows
        assert not any(cell.startswith("=") for row in rows for cell in row)
        shown = words(senior.get(url(room, "clinic-day-totals")))
        assert "Everybody who came 1" in shown and "=HYPERLINK(1)" in shown
        assert "KHAN" not in shown and "KHAN" not in text

    def test_in_the_file_too_everybody_who_came_stands_in_one_row(self, room, senior):
        room.give(room.ready(room.person("Amina")))
        room.visit(room.person("Bilal"))
        text = senior.get(url(room, "clinic-day-report-file")).content.decode("utf-8-sig")
        people = {row[1]: int(row[3]) for row in csv.reader(io.StringIO(text)) if row[0] == "People"}
        outcomes = [
            "Vaccinated",
            "Partly vaccinated",
            "Came but not vaccinated",
            "Advice only",
            "Record checked only",
            "Still here",
        ]
        assert people["Partly vaccinated"] == people["Still here"] == 1
        assert sum(people[name] for name in outcomes) == people["Came"] == 2
        assert people["Not produced"] == 0

    @pytest.mark.once
    def test_it_says_how_long_it_took_from_arrival_to_the_first_saved_dose(self, room):
        for number, name in enumerate(["Amina", "Bilal", "Caleb", "Dora"]):
            room.give(room.ready(room.person(name)), at=AT + timedelta(minutes=4 + 2 * number))
        dose = Vaccination.objects.first()
        actions.correct_vaccination(
            vaccination=dose, changes={"body_site": "right_arm"}, reason="Arm", by=room.nurse, at=EVENING
        )
        timing = clinic_report(room.session, at=EVENING).timing
        assert (timing.people, timing.middle, timing.nine_in_ten) == (4, timedelta(minutes=7), timedelta(minutes=10))
        assert timing.middle_words == "7 minutes"

    def test_what_happens_next_is_counted_by_reason(self, room):
        visit = room.ready()
        room.decline(visit, reason="unwell", follow_up=actions.Wanted("book_again", EVENING.date()))
        row = FollowUp.objects.get()
        actions.add_follow_up(
            person=visit.person,
            session=room.session,
            wanted=actions.Wanted("phone", EVENING.date()),
            by=room.nurse,
            at=AT,
        )
        actions.close_follow_up(follow_up=row, version=1, state="done", came_of_it="Booked", by=room.nurse, at=EVENING)
        report = clinic_report(room.session, at=EVENING)
        assert [(str(each.reason), each.doses, each.set_up, each.still_open) for each in report.next_steps] == [
            ("Unwell today", 1, 1, 0),
            ("Set by themselves", 0, 1, 1),
        ]
        assert report.open_follow_ups == 1

    def test_it_takes_the_same_queries_however_many_came(self, room, senior, django_assert_max_num_queries):
        def somebody(name: str) -> None:
            visit = room.ready(room.person(name))
            room.give(visit)
            actions.end_visit(visit=visit, by=room.nurse, at=AT)

        somebody("Amina")
        with django_assert_max_num_queries(60) as one:
            senior.get(url(room))
        for name in ("Bilal", "Caleb", "Dora", "Ewa"):
            somebody(name)
        with django_assert_max_num_queries(len(one)):
            senior.get(url(room))


def test_those_who_did_not_attend_and_those_who_cancelled_are_counted_apart(room):
    book(room.session, child("Amina"), child("Bilal"))
    mark_did_not_attend(appointments=list(Appointment.objects.all()[:1]), by=room.nurse, source="staff", at=EVENING)
    report = clinic_report(room.session, at=EVENING)
    assert (report.booked, report.totals.did_not_attend, report.totals.expected) == (2, 1, 1)


class TestWhoCameOnceItIsClosed:
    @pytest.fixture(autouse=True)
    def closed(self, room: Room) -> None:
        """One person came for advice, and one who was booked did not come."""
        actions.end_visit(visit=room.visit(), why=Visit.Why.ADVICE, by=room.nurse, at=AT)
        book(room.session, child("Bilal"))
        mark_did_not_attend(appointments=list(Appointment.objects.all()), by=room.nurse, source="staff", at=EVENING)
        close(room)

    def test_an_arrival_is_not_undone_from_a_list_that_was_still_open(self, room):
        page = signed_in(room.nurse).post(
            url(room, "clinic-day-undo-arrival"), {"visit": str(Visit.objects.get().public_id)}
        )
        assert page.status_code == 409 and "was closed at" in words(page)
        report = clinic_report(room.session, at=EVENING)
        assert (report.totals.came, report.totals.advice_only) == (1, 1)

    def test_nobody_is_marked_as_not_having_come_by_whichever_door(self, room):
        with pytest.raises(SessionNotOpen, match="was closed at"):
            mark_did_not_attend(appointments=list(Appointment.objects.all()), by=room.nurse, source="staff", at=EVENING)


def test_who_is_known_and_did_not_attend_has_it_among_what_was_done_to_them(room):
    person = room.person()
    [booked] = book(room.session, child("Amina", "Khan", BORN)).appointments
    [visit] = arrive_appointments(
        session=room.session, appointments=[booked], chosen={booked.pk: person}, by=room.nurse, at=AT
    ).visits
    undo_arrival(visit=visit, by=room.nurse, at=AT)
    page = seen_now(person)
    mark_did_not_attend(appointments=[booked], by=room.senior, source="staff", at=EVENING)
    [change] = changes_since(person, page, by=room.nurse)
    assert str(change) == "Sue Senior marked them as did not attend at 5pm."
