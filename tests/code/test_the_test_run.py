"""The test run itself: what it promises to every other test."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path, PurePath

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import AuditEvent
from tests.support import postgres
from tests.support.not_run import sentence
from tests.support.parts import PURE, STORIES, files_of_part, is_left

ROOT = Path(settings.BASE_DIR)


def write_an_audit_event() -> AuditEvent:
    return AuditEvent.objects.create(at=timezone.now(), actor_name="test", source="command", action="try")


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match="tried to connect"):
        probe.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="tried to look up"):
        socket.getaddrinfo("vaccinations.example", 443)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [1, 2])
def test_append_only_rows_are_guarded_in_every_transactional_test(again: int) -> None:
    # Twice: the tables are emptied in between, which takes the guards off for a moment.
    event = write_an_audit_event()
    with pytest.raises(IntegrityError):
        AuditEvent.objects.filter(pk=event.pk).update(action="changed")
    with pytest.raises(IntegrityError):
        AuditEvent.objects.filter(pk=event.pk).delete()
    assert AuditEvent.objects.count() == 1


@pytest.mark.sqlite
def test_sqlite_is_a_file_of_this_process_alone() -> None:
    name = Path(settings.DATABASES["default"]["TEST"]["NAME"])
    assert str(os.getpid()) in name.name
    assert not connection.is_in_memory_db()


def test_what_was_left_out_is_said_with_its_reason() -> None:
    assert sentence({}) == "NOT RUN: nothing was left out."
    assert sentence({"journeys, for want of Chromium": 3}) == "NOT RUN: journeys, for want of Chromium (3 tests)."


@pytest.mark.skipif(postgres.find_programs() is None, reason="NOT RUN: the throwaway PostgreSQL, not installed here")
class TestThrowawayPostgres:
    def test_it_answers_and_leaves_nothing_behind(self) -> None:
        with postgres.throwaway_postgres() as url:
            with psycopg.connect(url) as database:
                folder = Path(str(database.execute("SHOW unix_socket_directories").fetchone()[0]))
                assert database.execute("SHOW listen_addresses").fetchone() == ("",)
                assert int(database.execute("SHOW max_connections").fetchone()[0]) == 200
            assert folder.is_dir()
        assert not folder.exists()

    def test_it_stops_when_the_body_fails(self) -> None:
        with pytest.raises(ZeroDivisionError), postgres.throwaway_postgres() as url:
            raise ZeroDivisionError
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=1)

    def test_it_ends_with_the_process_that_asked_for_it_even_when_that_is_killed(self) -> None:
        asker = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys\nfrom tests.support.postgres import start_for_this_process\n"
                "print(start_for_this_process(), flush=True)\nsys.stdin.read()",
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with asker:
            assert asker.stdout is not None
            url = asker.stdout.readline().strip()
            psycopg.connect(url).close()
            asker.kill()
        for _ in range(100):
            try:
                psycopg.connect(url, connect_timeout=1).close()
            except psycopg.OperationalError:
                break
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=1)


def test_a_run_without_chromium_says_so_and_fails_where_everything_is_required(tmp_path: Path) -> None:
    story = tmp_path / "test_story.py"
    story.write_text("def test_a_story(phone):\n    phone.goto('/')\n")
    # An empty folder as the path: no Chromium on it.
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    environment = os.environ | {"PATH": str(bin_folder), "REQUIRE_ALL": "1"}
    environment.pop("DATABASE_URL", None)
    environment.pop("TEST_DATABASE", None)
    environment.pop("NOT_RUN_FILE", None)
    environment.pop("VAR_DIR", None)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml")]
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    run = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(story)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "NOT RUN: browser journeys, for want of Chromium (1 tests)." in run.stdout, run.stdout + run.stderr
    assert run.returncode == 1


@pytest.mark.sqlite
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=["asked to end", "Ctrl-C"])
def test_ending_the_run_ends_the_suite_on_either_database(tmp_path: Path, by: signal.Signals) -> None:
    (tmp_path / "test_forever.py").write_text(
        "import os, pathlib, time\n"
        "def test_it():\n"
        "    place = pathlib.Path(__file__).parent\n"
        "    (place / f'{os.getpid()}.pid').touch()\n"
        "    time.sleep(600)\n"
    )
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "VAR_DIR"}}
    databases = 1 if postgres.find_programs() is None else 2
    run = subprocess.Popen(
        [sys.executable, "scripts/test.py", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
        + [str(tmp_path / "test_forever.py")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with run:
        deadline = time.monotonic() + 120
        while len(suites := [int(file.stem) for file in tmp_path.glob("*.pid")]) < databases:
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        # A terminal sends Ctrl-C to everybody in it; whoever asks this run to end knows of no other.
        (os.killpg if by == signal.SIGINT else os.kill)(run.pid, by)
        output, _errors = run.communicate(timeout=120)
    assert run.returncode not in (0, None)
    assert "Passed" not in output
    assert not [suite for suite in suites if Path(f"/proc/{suite}").exists()]


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_parts_of_a_run_take_each_file_once(parts: int) -> None:
    files = {f"tests/test_{number}.py" for number in range(10)}
    taken = [files_of_part(files, f"{number}/{parts}") for number in range(1, parts + 1)]
    assert sorted(file for part in taken for file in part) == sorted(files)
    assert files_of_part(files, "") == files


@pytest.mark.parametrize("part", ["0/2", "3/2", "half"])
def test_what_is_no_part_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        files_of_part({"tests/test_it.py"}, part)


def test_a_test_that_touches_a_database_is_left_to_no_other_run() -> None:
    def left(path: str, leaves: str, marks: tuple[str, ...] = (), *fixtures: str) -> bool:
        return is_left(PurePath(path), leaves=leaves, marks=marks, fixtures=fixtures)

    for leaves in (PURE, STORIES, ""):
        assert not left("tests/integration/test_it.py", leaves)
        assert not left("tests/unit/test_it.py", leaves, ("django_db",))
        assert not left("tests/unit/test_it.py", leaves, (), "db")
    assert left("tests/unit/test_it.py", PURE) and not left("tests/unit/test_it.py", STORIES)
    story = "tests/journeys/test_it.py"
    assert left(story, STORIES, ("django_db",)) and not left(story, PURE, ("django_db",))
    walk = "tests/integration/test_walk.py"
    assert left(walk, PURE, ("django_db", "once")) and not left(walk, STORIES, ("django_db", "once"))
    # A story about every page, or about none that keeps anything, is told on SQLite.
    assert left("tests/journeys/test_a.py", PURE, ("journey", "once")) and not left(
        "tests/journeys/test_a.py", STORIES, ("journey", "once")
    )
    assert left(walk, STORIES, ("django_db", "strict")) and not left(walk, PURE, ("django_db", "strict"))
