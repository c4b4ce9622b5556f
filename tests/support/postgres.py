"""A PostgreSQL of one's own for a test run, a drill or a bench: made in a second, gone afterwards.

In code: ``with throwaway_postgres() as url: ...``. From a shell: ``python -m tests.support.postgres`` prints the URL
and keeps the server until its standard input closes, so that it never outlives whoever asked for it.
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
OWNER = "clinics"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
# A test's data need not survive a power cut.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgreSQL(RuntimeError):
    """PostgreSQL's server programs are not installed here, or would not start."""


def find_programs() -> Path | None:
    """Return the folder that holds ``initdb`` and ``postgres``: the one on the path, or the newest of Debian's."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    versions = sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda folder: int(folder.parent.name.split(".")[0]))
    folders += reversed(versions)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _as_another_user(folder: Path) -> dict[str, Any]:
    """Give ``folder`` away and return what makes a child another user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_until_it_answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NoPostgreSQL(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.02)
        else:
            return


def _stop(server: subprocess.Popen[bytes]) -> None:
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(kind)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(SECONDS_TO_STOP)


@contextlib.contextmanager
def throwaway_postgres(*, max_connections: int = 200, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL of its own and yield the URL of an empty database in it; stop and remove it at the end.

    It listens on a socket in a temporary folder and on no network address. ``durable`` keeps the settings with which a
    real service would run, for measuring. Raises NoPostgreSQL where it is not installed or does not start.
    """
    programs = find_programs()
    if programs is None:
        raise NoPostgreSQL("PostgreSQL's server programs are not installed here")
    # Short, because a socket's path may have no more than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="clinics-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
    data, log = folder / "data", folder / "log"
    server: subprocess.Popen[bytes] | None = None
    try:
        who = _as_another_user(folder)
        made = subprocess.run(
            [str(programs / "initdb"), "-D", str(data), "-U", OWNER, "--auth=trust"]
            + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
            **who,
        )
        if made.returncode != 0:
            raise NoPostgreSQL(f"initdb failed:\n{made.stderr}")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": str(max_connections),
            "timezone": "UTC",
            **({} if durable else CARELESS),
        }
        options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C in the terminal must reach the tests, not the database under them.
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                start_new_session=True,
                **who,
            )
        address = f"postgresql://{OWNER}@{quote(str(folder), safe='')}"
        _wait_until_it_answers(server, f"{address}/postgres", log)
        with contextlib.closing(psycopg.connect(f"{address}/postgres", autocommit=True)) as connection:
            connection.execute("CREATE DATABASE clinics")
        yield f"{address}/clinics"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def start_for_this_process() -> str:
    """Start a throwaway PostgreSQL that lives as long as this process, however it ends, and return its URL."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    assert keeper.stdin is not None and keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    if not url:
        keeper.communicate()
        raise NoPostgreSQL("no PostgreSQL could be started; see above")
    starter = os.getpid()

    def end() -> None:
        if os.getpid() == starter:  # not in a child that was forked from here
            keeper.communicate()

    atexit.register(end)
    return url


def main() -> None:
    # Asked to end, end as at the end of input: by way of the ``finally`` that removes everything.
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    try:
        with throwaway_postgres() as url:
            print(url, flush=True)
            sys.stdin.read()
    except NoPostgreSQL as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
