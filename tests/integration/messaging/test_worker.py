"""The worker as a process: what it prints, how it ends, and what it does while the database is away."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from messaging.models import Message
from tests.support.processes import database_url, environment

Owe = Callable[..., Message]

# Far longer than anything takes: the machine may run another suite beside this one.
SECONDS = 120


@contextlib.contextmanager
def worker(*arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Start the worker as a process of its own; end it with the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_messages", "--pause=0.05", *arguments],
        cwd=django_settings.BASE_DIR,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def wait_until_it_says(words: str, process: subprocess.Popen[str]) -> None:
    """Read what the process complains about until ``words`` come; fail where it ends without them."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            assert "Traceback" not in said
            return
    raise AssertionError(f"it ended without saying so:\n{said}")


def listening(process: subprocess.Popen[str]) -> bool:
    """Whether the process catches SIGTERM by now, as Linux tells."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def test_once_sends_what_is_due_and_ends(owe: Owe, settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_CHANNEL, settings.MESSAGE_FOLDER = "file", tmp_path
    messages = [owe() for _number in range(3)]
    call_command("send_messages", once=True)
    assert {path.stem for path in tmp_path.glob("*.txt")} == {str(message.public_id) for message in messages}
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    call_command("send_messages", once=True)
    assert len(list(tmp_path.glob("*.txt"))) == 3


def test_a_channel_that_does_not_exist_stops_the_worker_with_a_hint(db: None, settings: Any) -> None:
    settings.MESSAGE_CHANNEL = "pigeon"
    with pytest.raises(CommandError, match="console, file"):
        call_command("send_messages", once=True)


def test_a_lease_shorter_than_a_send_stops_the_worker_with_a_sentence(db: None, settings: Any) -> None:
    settings.MESSAGE_CHANNEL = "console"
    with pytest.raises(CommandError, match="the lease must be longer than"):
        call_command("send_messages", once=True, lease=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("request_to_stop", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_the_worker_ends_without_complaint(request_to_stop: signal.Signals) -> None:
    with worker() as process:
        wait_until(lambda: listening(process))
        time.sleep(0.2)
        process.send_signal(request_to_stop)
        output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, output) == (0, "")
    assert "Traceback" not in errors


# A folder that does not exist holds neither an SQLite file nor a PostgreSQL socket.
@pytest.mark.parametrize("nowhere", ["sqlite:////nowhere/at/all.sqlite3", "postgresql://clinics@%2Fnowhere/clinics"])
@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_worker_waits_and_can_be_stopped(nowhere: str, tmp_path: Path) -> None:
    with worker(DATABASE_URL=nowhere, VAR_DIR=str(tmp_path)) as process:
        wait_until_it_says("the database is away", process)
        assert process.poll() is None
        process.terminate()
        _output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.django_db(transaction=True)
def test_once_says_so_in_a_sentence_when_the_database_is_away(tmp_path: Path) -> None:
    with worker("--once", DATABASE_URL="sqlite:////nowhere/at/all.sqlite3", VAR_DIR=str(tmp_path)) as process:
        _output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "The database is away." in errors and "Traceback" not in errors


@contextlib.contextmanager
def database_away() -> Iterator[None]:
    """Throw everybody out of the test's database and let nobody in until the block ends."""
    name = connection.settings_dict["NAME"]
    # The test's own connections are given up first, those resting in the pool with them.
    connection.close()
    connection.close_pool()
    elsewhere = database_url().rsplit("/", 1)[0] + "/postgres"
    with contextlib.closing(psycopg.connect(elsewhere, autocommit=True)) as keeper:
        keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            keeper.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            keeper.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_its_database_and_then_sends_what_is_owed(tmp_path: Path, owe: Owe) -> None:
    # The process knows the purposes of the service itself; a message about nothing is put together and falls through.
    def settled(message: Message) -> bool:
        message.refresh_from_db()
        return message.attempts == 1

    with worker(MESSAGE_CHANNEL="console") as process:
        first = owe()
        wait_until(lambda: settled(first))
        with database_away():
            wait_until_it_says("the database is away", process)
            time.sleep(0.5)
            assert process.poll() is None
        second = owe()
        wait_until(lambda: settled(second))
        process.terminate()
        _output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in errors
