"""Install by the system's package manager what the tests need and this machine lacks, where that is allowed.

PostgreSQL's server programs and Chromium. Only root on a Debian system may; anybody else is told, and the test run
says at its end what it therefore left out.
"""

import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def has_postgresql() -> bool:
    """Whether PostgreSQL's server programs are on the path or in Debian's folder for them."""
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def has_chromium() -> bool:
    """Whether one of the names under which Chromium is installed is on the path."""
    return any(shutil.which(name) for name in CHROMIUM)


def missing() -> list[str]:
    """Return the Debian packages that would bring what is absent."""
    packages = []
    if not has_postgresql():
        packages.append("postgresql")
    if not has_chromium():
        packages += ["chromium", "fonts-liberation"]
    return packages


def main() -> None:
    packages = missing()
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Not installed here, and not installable by this user: {', '.join(packages)}.")
        return
    print(f"Installing {', '.join(packages)} by apt-get", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    for package in packages:
        # One by one, so that one that cannot be had does not keep out the others.
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
