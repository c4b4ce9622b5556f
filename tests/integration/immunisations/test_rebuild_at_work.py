"""Rebuilding every status in processes of their own, killed half-way, and while doses are recorded."""

import subprocess
import sys
import threading
import time
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from immunisations import actions
from immunisations.models import DoseSeen, Person, RecordCheck, SeriesStatus, StatusPage, StatusRun
from immunisations.queries.known_doses import Stretch
from immunisations.rebuild import pages
from immunisations.rebuild import run as runs
from tests.support.processes import environment
from tests.support.records import AT, make_room
from tests.support.statuses import assert_statuses_are_right, status_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SECONDS = 120


def people_of(room, number):
    """People as a migration finds them: with no status yet."""
    born = date(2019, 1, 1)
    return Person.objects.bulk_create(
        Person(team=room.team, first_name=f"C{n}", date_of_birth=born + timedelta(days=n % 900), created_at=AT)
        for n in range(number)
    )


def rebuilding(*arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "rebuild_status", *arguments],
        cwd=settings.BASE_DIR,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(true):
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def check(person, number, room):
    actions.record_check(
        person=person,
        source="chis",
        outcome="doses_found",
        finding="What it shows.",
        doses=[actions.FoundDose("MMR", (date(2021, 9, 1) + timedelta(days=40 * number)).isoformat())],
        by=room.nurse,
        at=AT + timedelta(minutes=number),
    )


def others():
    """How many other connections the database has: those of workers that still run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state IS NOT NULL"
        )
        return cursor.fetchone()[0]


def test_a_run_that_is_killed_goes_on_where_it_was_with_the_result_of_a_whole_one():
    people_of(make_room(), 600)
    connections = others()
    run = rebuilding("--page=10", "--processes=2")
    try:
        wait_until(lambda: StatusPage.objects.count() >= 3)
    finally:
        run.kill()
        run.communicate()
    # Its workers end by themselves, after the pages they had in hand.
    wait_until(lambda: others() <= connections)
    assert StatusRun.objects.get().finished_at is None
    assert 3 <= StatusPage.objects.count() < 60
    again = rebuilding("--resume", "--processes=2")
    said, problems = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, said + problems
    assert "Taken up again after" in said and "5,400 differences in 600 people" in said
    assert "\r" not in said and "\x1b" not in said
    assert SeriesStatus.objects.count() == 5_400
    assert_statuses_are_right()


def test_doses_recorded_during_a_rebuild_are_never_written_over_with_an_older_status():
    room = make_room()
    people = people_of(room, 120)
    run = rebuilding("--page=10", "--processes=2")
    refused = []

    def work(mine):
        try:
            for number in range(3):
                for person in mine:
                    check(person, number, room)
        except Exception as problem:  # said by the test below
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(people[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said, problems = run.communicate(timeout=SECONDS)
    assert run.returncode == 0 and not refused, (said, problems, refused)
    assert_statuses_are_right()


def rebuild_while_a_dose_is_recorded(monkeypatch):
    """Rebuild one person, and record a dose at the moment between reading their record and writing their status."""
    room = make_room()
    person = people_of(room, 1)[0]
    read, recorded = threading.Event(), threading.Event()
    insert = pages._insert

    def pause_and_insert(rows):
        read.set()
        # The dose is recorded now if nothing keeps it waiting.
        recorded.wait(1)
        insert(rows)

    monkeypatch.setattr(pages, "_insert", pause_and_insert)

    def record():
        try:
            read.wait(SECONDS)
            check(person, 1, room)
            recorded.set()
        finally:
            connection.close()

    nurse = threading.Thread(target=record)
    nurse.start()
    try:
        run = runs.begin(team=None, check_only=False, at=AT)
        pages.rebuild_page(run, Stretch(person.pk - 1, person.pk))
    finally:
        nurse.join()
    return status_of(person).counted


def test_a_dose_waits_for_the_moment_in_which_its_persons_status_is_rebuilt(monkeypatch):
    assert rebuild_while_a_dose_is_recorded(monkeypatch) == 1
    assert_statuses_are_right()


def test_without_the_lock_the_dose_and_the_rebuild_would_meet(monkeypatch):
    def not_locked(seeming):
        return list(Person.objects.filter(pk__in=list(seeming)))

    monkeypatch.setattr(pages, "_locked", not_locked)
    with pytest.raises(IntegrityError):
        rebuild_while_a_dose_is_recorded(monkeypatch)


def test_a_worker_that_fails_ends_the_run_with_its_words_and_what_was_done_is_kept():
    room = make_room()
    people_of(room, 30)
    broken = Person.objects.order_by("pk").last()
    # A date that is none, past every check.
    seen = RecordCheck.objects.create(
        person=broken, source="chis", outcome="doses_found", finding="No date.", checked_by=room.nurse, checked_at=AT
    )
    DoseSeen.objects.create(record_check=seen, vaccine="MMR", given_on="2021-02-31")
    run = rebuilding("--page=10", "--processes=2")
    said, problems = run.communicate(timeout=SECONDS)
    assert run.returncode == 1 and "--resume" in problems and "Traceback" not in problems, said + problems
    assert StatusPage.objects.count() == 2
