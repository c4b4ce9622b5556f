"""Where every series stands is written with whatever changes it."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.arrivals import arrive_appointments
from bookings.models import Appointment
from immunisations import actions
from immunisations.actions.record_checks import FoundDose
from immunisations.actions.statuses import refresh_status
from immunisations.models import (
    DoseJudgement,
    DoseSeen,
    Person,
    RecordCheck,
    SeenVaccine,
    SeriesStatus,
    StatusPage,
    StatusRun,
    Vaccination,
)
from immunisations.queries import facts_for, forecast_for, history
from immunisations.queries.known_doses import Stretch, known_doses
from immunisations.rebuild import run as runs
from immunisations.rebuild.progress import Progress
from immunisations.schedule import standing as standings
from tests.support.factories import DAY, book, child, make_team
from tests.support.records import AT, BORN, make_room
from tests.support.statuses import assert_statuses_are_right, rebuild, status_of

pytestmark = pytest.mark.django_db


def correct(room, row, minutes=5, **details):
    return actions.correct_vaccination(
        vaccination=row, reason="Put right", by=room.senior, at=AT + timedelta(minutes=minutes), **details
    )


def seen_quietly(room, person, vaccine="MMR", given_on="2024-04-01"):
    """A dose written past the actions: what a fault in one of them would leave."""
    check = RecordCheck.objects.create(
        person=person,
        source="red_book",
        outcome="doses_found",
        finding="Quietly.",
        checked_by=room.nurse,
        checked_at=AT,
    )
    return DoseSeen.objects.create(record_check=check, vaccine=vaccine, given_on=given_on)


# Written with what changes it


def test_somebody_who_is_added_has_a_status_in_every_series_at_once(room):
    person = room.person()
    assert {row.series: row.next_dose for row in person.statuses.all()}["MEASLES"] == 1
    assert person.statuses.count() == 9
    assert_statuses_are_right()


def test_a_record_check_a_dose_and_its_corrections_each_bring_the_status_along(room):
    person = room.person()
    visit = room.ready(person, ("MMR", "2024-04-01"))
    assert (status_of(person).counted, status_of(person).due_on) == (1, date(2026, 7, 27))
    row = room.give(visit)
    assert (status_of(person).state, status_of(person).last_given_on) == ("complete", DAY)
    assert_statuses_are_right()
    error = correct(room, row, entered_in_error=True)
    assert error.status == Vaccination.Status.ENTERED_IN_ERROR
    assert status_of(person).counted == 1
    assert_statuses_are_right()


def test_a_dose_moved_to_another_person_changes_the_status_of_both(room):
    wrong, right = room.person(), room.person("Bilal", born=date(2022, 1, 10))
    row = room.give(room.ready(wrong))
    assert (status_of(wrong).counted, status_of(right).counted) == (1, 0)
    correct(room, row, move_to=right)
    assert (status_of(wrong).counted, status_of(right).counted) == (0, 1)
    assert_statuses_are_right()


def test_a_word_that_nothing_was_given_changes_no_status(room):
    person = room.person()
    before = list(person.statuses.order_by("series").values())
    room.decline(room.ready(person))
    assert list(person.statuses.order_by("series").values()) == before
    assert_statuses_are_right()


def test_another_date_of_birth_or_sex_brings_every_series_along(room):
    person = room.person(born=date(2004, 1, 10))
    assert status_of(person, "HPV").nurse_decides
    actions.change_person(person=person, sex="male", by=room.nurse, at=AT)
    assert status_of(person, "HPV").state == "not_needed"
    actions.change_person(person=person, date_of_birth=date(2020, 5, 1), by=room.nurse, at=AT)
    assert {row.date_of_birth for row in person.statuses.all()} == {date(2020, 5, 1)}
    assert status_of(person).due_on == date(2021, 5, 1)
    assert_statuses_are_right()


def test_two_rows_that_are_one_person_have_one_status_and_two_again_once_parted(room):
    one, other = room.person(), room.person("Aminah")
    room.check(room.visit(one), ("MMR", "2024-04-01"))
    room.check(room.visit(other), ("MMR", "2024-07-10"))
    actions.merge_people(keep=one, merge=other, reason="Same child", by=room.senior, at=AT)
    assert status_of(one).counted == 2
    assert not other.statuses.exists()
    assert_statuses_are_right()
    # What is recorded on the merged row belongs to the person.
    other = Person.objects.get(pk=other.pk)
    actions.record_check(
        person=other,
        source="chis",
        outcome="doses_found",
        finding="What it shows.",
        doses=[FoundDose("6IN1", "2023-06-01")],
        by=room.nurse,
        at=AT,
    )
    assert status_of(one, "6IN1").counted == 1
    assert_statuses_are_right()
    actions.unmerge_people(
        person=Person.objects.get(pk=other.pk), reason="Two children", by=room.senior, at=AT + timedelta(hours=1)
    )
    assert (status_of(one).counted, status_of(other).counted) == (1, 1)
    assert_statuses_are_right()


def test_a_decision_that_two_entries_are_one_dose_is_followed(room):
    person = room.person()
    visit = room.visit(person)
    room.check(visit, ("MMR", "2024-04-01"), ("MMR", "2024-07-10"))
    room.check(visit, ("MMR", "2024-07-12"), source=RecordCheck.Source.CHIS)
    actions.judge_doses(
        person=person,
        first=("MMR", date(2024, 7, 10)),
        second=("MMR", date(2024, 7, 12)),
        verdict=DoseJudgement.Verdict.ONE_DOSE,
        holds_on=date(2024, 7, 12),
        reason="The clinic was on the 12th.",
        by=room.nurse,
        at=AT,
    )
    assert status_of(person).last_given_on == date(2024, 7, 12)
    assert_statuses_are_right()


def test_from_a_booking_to_an_undone_merge_the_statuses_stay_right(room):
    made = book(room.session, child("Amina", "Khan", BORN), child("Bilal", "Khan", date(2021, 2, 3)))
    appointments = list(Appointment.objects.filter(booking=made.booking))
    arrive_appointments(session=room.session, appointments=appointments, by=room.nurse, at=AT, source="staff")
    assert_statuses_are_right()
    amina, bilal = Person.objects.order_by("first_name")
    first, second = room.ready(amina, ("MMR", "2024-04-01")), room.ready(bilal, ("MMR", "2022-02"), ("6IN1", "2021"))
    row = room.give(first)
    row = correct(room, row, changes={"batch": room.mmr})
    assert_statuses_are_right()
    room.decline(second, "MEASLES")
    row = correct(room, row, minutes=6, move_to=bilal)
    # In February 2022 he turned one: the first dose may have been too early.
    assert status_of(bilal).uncertain
    assert_statuses_are_right()
    actions.merge_people(keep=bilal, merge=amina, reason="Same child", by=room.senior, at=AT + timedelta(minutes=7))
    assert_statuses_are_right()
    amina = Person.objects.get(pk=amina.pk)
    actions.unmerge_people(person=amina, reason="Twins", by=room.senior, at=AT + timedelta(minutes=8))
    correct(room, row, minutes=9, entered_in_error=True)
    assert_statuses_are_right()
    for person in (amina, bilal):
        person.refresh_from_db()
        for result in forecast_for(person, DAY, facts_for(person, None, None)).series:
            assert status_of(person, result.series).counted == result.counted


def test_the_demonstration_is_loaded_with_its_statuses(db):
    call_command("load_demo", stdout=StringIO())
    assert SeriesStatus.objects.exists()
    assert_statuses_are_right()


def test_only_what_differs_is_written_in_a_fixed_number_of_queries(room, django_assert_num_queries):
    people = [room.person(f"Child {number}") for number in range(3)]
    for number, person in enumerate(people):
        room.check(room.visit(person), *[("MMR", f"202{each}-04-01") for each in range(4, 5 + number)])
    with django_assert_num_queries(5):
        refresh_status(people[2])
    SeriesStatus.objects.filter(series="MEASLES").update(counted=9)
    with django_assert_num_queries(6):
        refresh_status(people[2])
    assert [status_of(person).counted for person in people] == [9, 9, 2]


# As each one's history has it

found = st.builds(
    lambda vaccine, day, length: (vaccine, (BORN + timedelta(days=day)).isoformat()[:length]),
    st.sampled_from(["MMR", "MMRV", "6IN1", "5IN1", "OTHER", "MEASLES_ONLY"]),
    st.sampled_from([60, 90, 366, 367, 400, 425, 500]),
    st.sampled_from([4, 7, 10, 10, 10]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["red_book", "chis", "gp_record"]), found), max_size=6), st.booleans())
def test_doses_read_for_many_are_those_of_each_ones_history(room, entries, merge):
    one, other = room.person(), room.person("Aminah")
    for number, (source, (vaccine, given_on)) in enumerate(entries):
        actions.record_check(
            person=(one, other)[number % 2],
            source=source,
            outcome="doses_found",
            finding="What it shows.",
            doses=[FoundDose(vaccine, given_on, as_written="Something" if vaccine == SeenVaccine.OTHER else "")],
            by=room.nurse,
            at=AT + timedelta(minutes=number),
        )
    if merge:
        actions.merge_people(keep=one, merge=other, reason="Same child", by=room.senior, at=AT + timedelta(hours=1))
        other = Person.objects.get(pk=other.pk)
    rows = {one.pk: one.pk, other.pk: other.root_id}
    for within in (None, Stretch(one.pk - 1, one.pk)):
        doses = known_doses(rows, within=within)
        for person in {one, other.merged_into or other}:
            read = [(dose.vaccine, dose.given_on) for dose in doses.get(person.pk, ())]
            assert sorted(read) == sorted((dose.vaccine, dose.given_on) for dose in history(person))
    assert_statuses_are_right()


# Rebuilding


def test_a_status_that_is_not_what_the_record_gives_is_found_and_put_right_without_a_name(room):
    person = room.person("Zebedee", "Quillfeather")
    seen_quietly(room, person)
    ended, said = rebuild("--check")
    assert ended == 1
    assert "1 difference in 1 people" in said and "MEASLES: 1 wrong" in said and "Nothing was changed." in said
    assert status_of(person).counted == 0
    ended, said = rebuild()
    assert ended == 0 and "1 difference in" in said and "They were put right." in said
    assert "Quillfeather" not in said and str(person.public_id) not in said
    assert status_of(person).counted == 1
    assert_statuses_are_right()


def test_missing_rows_and_rows_of_nobody_are_found_and_put_right(room):
    one, other, third = room.person(), room.person("Aminah"), room.person("Bilal")
    actions.merge_people(keep=one, merge=other, reason="Same child", by=room.senior, at=AT)
    third.statuses.filter(series__in=["HPV", "MENB"]).delete()
    left = status_of(one)
    left.person = other
    left.save(force_insert=True)
    SeriesStatus.objects.create(
        person=third, series="OLD", team=room.team, date_of_birth=BORN, counted=0, state="open", rules_version="0"
    )
    ended, said = rebuild("--check")
    assert ended == 1 and "4 differences in 2 people" in said
    assert "HPV: 1 missing" in said and "MEASLES: 1 not wanted" in said and "OLD: 1 not wanted" in said
    assert rebuild()[0] == 0
    assert not other.statuses.exists() and third.statuses.count() == 9
    assert_statuses_are_right()


def test_rows_written_under_other_rules_are_brought_to_those_of_today(room, monkeypatch):
    person = room.person()
    SeriesStatus.objects.update(rules_version="1-otherrules")
    ended, said = rebuild("--check")
    assert ended == 0 and "0 differences" in said and "MEASLES: 1 right, but written under other rules" in said
    rebuild()
    assert set(person.statuses.values_list("rules_version", flat=True)) == {standings.rules_version()}


def test_one_teams_people_are_rebuilt_alone(room):
    other = make_room()
    for each in (room, other):
        seen_quietly(each, each.person())
    _ended, said = rebuild("--team", room.team.ods_code)
    assert "1 difference in 1 people" in said
    assert list(SeriesStatus.objects.filter(series="MEASLES").order_by("team").values_list("counted", flat=True)) in (
        [1, 0],
        [0, 1],
    )
    with pytest.raises(CommandError, match="No team has the ODS code NOWHERE"):
        rebuild("--team", "NOWHERE")


def test_a_run_that_was_cut_off_goes_on_where_it_was(room, monkeypatch):
    people = [room.person(f"Child {number}") for number in range(7)]
    for person in people:
        seen_quietly(room, person)
    whole = runs.rebuild_page
    done = []

    def cut_off(run, stretch):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(stretch)
        return whole(run, stretch)

    monkeypatch.setattr(runs, "rebuild_page", cut_off)
    with pytest.raises(CommandError, match="go on with --resume"):
        rebuild("--page=2")
    assert StatusPage.objects.count() == 2
    monkeypatch.setattr(runs, "rebuild_page", whole)
    _ended, said = rebuild("--resume")
    # The whole run's sums, whoever found them.
    assert "Taken up again after 4 people." in said and "7 differences in 7 people (3 in" in said
    assert StatusRun.objects.get().people == 7 and not StatusPage.objects.exists()
    assert_statuses_are_right()
    with pytest.raises(CommandError, match="No such run was cut off"):
        rebuild("--resume")


@pytest.mark.parametrize("arguments", [["--page=0"], ["--processes=0"], ["--page=-1"]])
def test_numbers_that_make_no_sense_are_refused(db, arguments):
    with pytest.raises(CommandError, match="take a number from 1"):
        call_command("rebuild_status", *arguments, stdout=StringIO())


def test_a_page_takes_the_same_queries_however_many_people_it_holds(room, django_assert_max_num_queries):
    for number in range(12):
        person = room.person(f"Child {number}")
        room.check(room.visit(person), ("MMR", "2024-04-01"), ("6IN1", "2023-06-01"))
    with django_assert_max_num_queries(20):
        rebuild("--check")


class Screen(StringIO):
    def isatty(self):
        return True

    def write(self, text, ending="\n"):
        return super().write(text + ending)


class Page(Screen):
    def isatty(self):
        return False


def test_progress_is_one_line_on_a_screen_and_a_few_plain_ones_elsewhere():
    moments = iter(range(10_000))
    screen, page = Screen(), Page()
    for out in (screen, page):
        progress = Progress(out, 1000, noun="people", clock=lambda: float(next(moments)))
        for done in range(0, 1001, 10):
            progress.show(done)
        progress.end()
    assert screen.getvalue().count("\r") == 101 and screen.getvalue().count("\n") == 1
    assert "100%: 1,000 of 1,000 people" in screen.getvalue()
    assert len(page.getvalue().splitlines()) == 10 and "\r" not in page.getvalue() and "\x1b" not in page.getvalue()


# Choosing people


def test_people_of_an_age_with_fewer_doses_than_that_are_found_once_each(room):
    ages = {
        "too old": (date(2014, 11, 20), 0),
        "none": (date(2015, 1, 10), 0),
        "one": (date(2018, 1, 10), 1),
        "two": (date(2018, 1, 10), 2),
        "first day": (date(2014, 11, 21), 1),
        "too young": (date(2020, 11, 23), 0),
    }
    people = {}
    for name, (born, doses) in ages.items():
        people[name] = room.person(name, born=born)
        if doses:
            dates = [born + timedelta(days=400 * number) for number in range(1, doses + 1)]
            room.check(room.visit(people[name]), *[("MMR", day.isoformat()) for day in dates])
    elsewhere = make_team()
    actions.add_person(
        team=elsewhere, first_name="E", last_name="", date_of_birth=date(2018, 1, 10), by=None, at=AT, source="test"
    )
    chosen = SeriesStatus.objects.fewer_than(
        team=room.team, series="MEASLES", doses=2, born_from=date(2014, 11, 21), born_to=date(2020, 11, 22)
    )
    assert set(chosen.people()) == {people[name].pk for name in ("none", "one", "first day")}
    assert chosen.count() == 3


@pytest.mark.postgresql
def test_such_a_choice_is_read_from_one_index_alone(room):
    room.person()
    with connection.cursor() as cursor:
        # A table of nine rows is read faster whole, or through any index and its rows: what matters is that nothing
        # but this index is needed. (Turning off plain index scans makes index-only ones dear, too, so that the whole
        # table costs the same: the other indexes are taken out of sight instead, until the test's transaction ends.)
        for way in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false"
            " WHERE indrelid = 'immunisations_seriesstatus'::regclass AND indexrelid <> 'status_by_doses'::regclass"
        )
    chosen = SeriesStatus.objects.fewer_than(
        team=room.team, series="MEASLES", doses=2, born_from=date(2014, 11, 21), born_to=date(2020, 11, 22)
    )
    plan = chosen.values_list("person_id").explain()
    assert "Index Only Scan using status_by_doses" in plan, plan
