"""Build ``.venv`` from a requirements file with hashes, or leave it alone where it already matches.

Usage: python3 scripts/environment.py requirements.txt

Needs nothing but Python's own library. Debian's Python may come without ``ensurepip``; then the machine's own pip
installs into the environment, and where there is none, root may have it installed by the package manager.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "built-from.json"
# What installing the key also brings: the developer's file holds everything of the service's own.
COVERS = {"requirements-dev.txt": ["requirements.txt"]}


def fingerprint(name: str) -> str:
    """Return what identifies the content of a requirements file."""
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def built_from() -> dict[str, str]:
    """Return the fingerprint of each file that the environment was built from; nothing where it does not run."""
    try:
        subprocess.run([PYTHON, "-c", ""], check=True, capture_output=True)
        stamps: dict[str, str] = json.loads(STAMP.read_text())
        return stamps
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}


def pip_command() -> list[str] | None:
    """Return a command that runs pip for the environment: its own, or the machine's pointed at it."""
    for command in ([str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]):
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def build() -> list[str]:
    """Make the environment where there is none that runs, and return the command of its pip."""
    runs = PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True, check=False).returncode == 0
    if not runs:
        make = [sys.executable, "-m", "venv", "--clear"]
        print("Making the environment in .venv", flush=True)
        if subprocess.run([*make, str(VENV)], capture_output=True, check=False).returncode != 0:
            subprocess.run([*make, "--without-pip", str(VENV)], check=True)
    command = pip_command()
    if command is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing pip by apt-get", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-pip"], check=False)
        command = pip_command()
    if command is None:
        sys.exit("This Python has neither ensurepip nor pip. Install one (on Debian: apt-get install python3-venv).")
    return command


def main() -> None:
    name = Path(sys.argv[1]).name
    with (ROOT / "Makefile").open() as lock:
        # Two commands started at once must not both install.
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamps = built_from()
        enough = [name, *(larger for larger, smaller in COVERS.items() if name in smaller)]
        if any(stamps.get(one) == fingerprint(one) for one in enough):
            return
        pip = build()
        print(f"Installing {name}", flush=True)
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "install", *options, "-r", str(ROOT / name)], check=True)
        for one in [name, *COVERS.get(name, [])]:
            stamps[one] = fingerprint(one)
        STAMP.write_text(json.dumps(stamps, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
