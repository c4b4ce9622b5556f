"""Run the service on this machine, as a demonstration: data, worker and server, until Ctrl-C.

The server is gunicorn, as in production, on the loopback only; the settings are the shared ones, without DEBUG.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
SECONDS_TO_STOP = 10


def environment(port: int) -> dict[str, str]:
    """Return this process's environment with what a demonstration adds where it is not already set."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DEMONSTRATION": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | dict(os.environ)


def refuse_a_used_port(port: int) -> None:
    """Stop with a sentence where something already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Something already uses port {port}. Choose another, as in: make run PORT={port + 1}")


def answers(port: int) -> bool:
    """Whether the server answers with its start page, which also makes it load what a first visitor would wait for."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            return bool(page.status == HTTPStatus.OK)
    except OSError:
        return False


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the children that this process started, kindly first."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children.values():
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def watch(children: dict[str, subprocess.Popen[bytes]], asked_to_stop: Callable[[], bool]) -> int:
    """Wait until this process is asked to stop (0) or a child ends by itself (1, and a sentence)."""
    while not asked_to_stop():
        for name, child in children.items():
            if child.poll() is not None and not asked_to_stop():
                print(f"The {name} ended with code {child.returncode}; stopping.", flush=True)
                return 1
        time.sleep(0.2)
    return 0


def main() -> int:
    os.chdir(ROOT)
    port = int(os.environ.get("PORT") or 8000)
    refuse_a_used_port(port)
    env = environment(port)
    for command in (["migrate", "--no-input", "--verbosity=0"], ["createcachetable", "--verbosity=0"], ["tidy"]):
        subprocess.run([PYTHON, "manage.py", *command], check=True, env=env)
    # Run before the server starts, so that its list of sign-ins can be repeated below as the last thing printed.
    demo = subprocess.run([PYTHON, "manage.py", "load_demo"], check=True, env=env, stdout=subprocess.PIPE, text=True)

    stopping = False

    def ask(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask)
    serve = ["-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    serve += ["--workers", "2", "--threads", "4", "--log-level", "error", "--no-control-socket"]
    children: dict[str, subprocess.Popen[bytes]] = {}
    # Ctrl-C reaches the children too, as they share the terminal. While they start they must not die of it half way;
    # once up, each stops by itself on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        children["server"] = subprocess.Popen([PYTHON, *serve], env=env)
        children["worker"] = subprocess.Popen([PYTHON, "manage.py", "send_messages"], env=env)
        signal.signal(signal.SIGINT, ask)
        while not answers(port) and not stopping and children["server"].poll() is None:
            time.sleep(0.1)
        if not stopping and children["server"].poll() is None:
            address = env["PUBLIC_URL"]
            print(demo.stdout)
            print(f"The public:   {address}/")
            print(f"Clinic staff: {address}/clinic-day/")
            print(f"Admin:        {address}/admin/")
            print(f"API:          {address}/api/v1/docs/")
            print("Ctrl-C stops it.", flush=True)
        return watch(children, lambda: stopping)
    finally:
        stop(children)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(error.cmd[1:])} failed; see above.")
