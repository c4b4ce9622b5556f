"""The service as it runs for real: gunicorn with several processes, on a drill's database."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 120
REAL = "config.wsgi:application"
# The same service with the lock on places taken out. The pages look a second time when a kept time is booked, and
# would hide it: for them that look is gone, too.
WITHOUT_LOCK = "tests.drills.planted:service('lock')"
WITHOUT_LOCK_AND_SECOND_LOOK = "tests.drills.planted:service('lock', 'second look')"
WITHOUT_PERSON_LOCK = "tests.drills.planted:service('person lock')"
# Two tablets that give the same dose: the later one replaces the earlier, as if it had been a correction.
WITHOUT_STANDING_DOSE = "tests.drills.planted:service('standing dose')"
WITHOUT_WHOLE_FAMILIES = "tests.drills.planted:service('whole families')"


def free_port() -> int:
    """Return a port of the loopback that nobody uses at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running_service(database_url: str, *, application: str = REAL, workers: int = 4, threads: int = 8) -> Iterator[str]:
    """Start the service on ``database_url`` and yield its address; stop it at the end.

    Raises RuntimeError where it ends, or does not answer within two minutes.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": database_url,
        "DATABASE_POOL": str(threads),
        # Everybody comes from one address, and answers as fast as a program can.
        "API_THROTTLE": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SECRET_KEY": "a-drill-keeps-no-secrets-0123456789-abcdefghijklmnop",
    }
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application),
            *("--workers", str(workers), "--threads", str(threads)),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "error", "--preload", "--timeout", "60"),
        ],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        # Every refusal is a line of its log; what matters of them is counted by those who were refused.
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(server, address)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the service did not start")
