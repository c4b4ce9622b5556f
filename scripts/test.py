"""Run the whole suite on SQLite and on PostgreSQL side by side, and say last what was not run and why.

Arguments go to both runs of pytest. What the run on SQLite prints is shown as it comes, then what the one on PostgreSQL
has printed. With REQUIRE_ALL=1 anything left out is a failure.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import not_run, postgres  # noqa: E402

NO_TESTS_COLLECTED = 5
# Interrupted, by Ctrl-C or otherwise, before it could finish.
ENDED = {2, -signal.SIGINT, -signal.SIGTERM}
PAUSE_SECONDS = 0.2


@dataclass
class Suite:
    """One run of pytest: on which database, the process, and the files for its output and for what it left out."""

    database: str
    process: "subprocess.Popen[bytes]"
    output: Path
    notes: Path

    def follow(self) -> int:
        """Print what it prints until it ends; return its exit code."""
        print(f"\nThe suite on {self.database}", flush=True)
        with self.output.open("rb") as output:
            while True:
                ended = self.process.poll() is not None
                sys.stdout.buffer.write(output.read())
                sys.stdout.buffer.flush()
                if ended:
                    return self.process.returncode
                time.sleep(PAUSE_SECONDS)

    def left_out(self) -> dict[str, int]:
        """Return what it left out, each reason with the number of tests."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        parts = [line.split("\t", 1) for line in lines]
        return {f"{reason}, on {self.database}": int(count) for count, reason in parts}


def start(database: str, arguments: list[str], folder: Path) -> Suite:
    """Start pytest on one database."""
    output, notes = folder / f"{database} output", folder / f"{database} notes"
    environment = os.environ | {"TEST_DATABASE": database.lower(), not_run.NOTES_FILE: str(notes)}
    environment.pop("DATABASE_URL", None)
    options = ["-o", f"cache_dir=.pytest_cache/{database.lower()}"]
    if sys.stdout.isatty():
        options.append("--color=yes")
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Suite(database, process, output, notes)


@contextmanager
def ended_together(suites: list[Suite]) -> Iterator[None]:
    """Whoever ends this run ends every suite that has been started, which then tidies up after itself."""

    def end(signum: int, frame: object) -> None:
        for suite in suites:
            if suite.process.poll() is None:
                suite.process.terminate()

    before = signal.signal(signal.SIGTERM, end)
    # A terminal sends Ctrl-C to the suites, too. Not SIG_IGN, which they would inherit.
    interrupted = signal.signal(signal.SIGINT, lambda signum, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupted)


def main() -> int:
    arguments = sys.argv[1:]
    left_out: dict[str, int] = {}
    databases = ["SQLite", "PostgreSQL"]
    if postgres.find_programs() is None:
        databases.remove("PostgreSQL")
        left_out["the suite on PostgreSQL, which is not installed here"] = 0
    codes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        suites: list[Suite] = []
        with ended_together(suites):
            for database in databases:
                suites.append(start(database, arguments, Path(folder)))
            for suite in suites:
                codes[suite.database] = suite.follow()
                left_out |= suite.left_out()
    if interrupted := ENDED & set(codes.values()):
        return interrupted.pop()
    failed = [database for database, code in codes.items() if code and not (arguments and code == NO_TESTS_COLLECTED)]
    print(f"\n{'Failed on ' + ' and '.join(failed) if failed else 'Passed on ' + ' and '.join(codes)}.")
    print(not_run.sentence(left_out), flush=True)
    return 1 if failed or (left_out and not_run.required()) else 0


if __name__ == "__main__":
    sys.exit(main())
