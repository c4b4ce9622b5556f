"""Run the suite on SQLite and on PostgreSQL side by side, and say last what was not run and why.

Every test of what is stored, found, locked or refused runs on both. What touches no database runs once, beside SQLite,
as do tests and stories about pages and words; the other stories in a browser, and what throws everything there is at a
door, run once, on PostgreSQL, which is a real service's: a suite that takes longer than a cup of tea is not run. Each
database has two parts at once, so that no core is idle at the end. Arguments go to every run of pytest; with them, as
on a machine without PostgreSQL, nothing is left to another run. What the first run prints is shown as it comes, then
what the others have printed. With REQUIRE_ALL=1 anything left out is a failure.
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
from tests.support.parts import LEAVES, PART, PURE, STORIES  # noqa: E402

NO_TESTS_COLLECTED = 5
WHOLE = [("SQLite", "", ""), ("PostgreSQL", "", "")]
SIDE_BY_SIDE = [
    (database, part, leaves)
    for database, leaves in (("SQLite", STORIES), ("PostgreSQL", PURE))
    for part in ("1/2", "2/2")
]
# Interrupted, by Ctrl-C or otherwise, before it could finish.
ENDED = {2, -signal.SIGINT, -signal.SIGTERM}
PAUSE_SECONDS = 0.2


@dataclass
class Suite:
    """One run of pytest: on which database, which part, the process, and the files for its output and for what it left
    out.
    """

    database: str
    part: str
    process: "subprocess.Popen[bytes]"
    output: Path
    notes: Path

    def follow(self) -> int:
        """Print what it prints until it ends; return its exit code."""
        print(f"\nThe suite on {self.database}{f', part {self.part}' if self.part else ''}", flush=True)
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


def start(database: str, part: str, leaves: str, arguments: list[str], folder: Path) -> Suite:
    """Start pytest on one database, for one part such as "1/2" or, where that is empty, for the whole.

    ``leaves`` is what it leaves to the run on the other database.
    """
    name = f"{database} {part.replace('/', ' of ')}".strip()
    output, notes = folder / f"{name} output", folder / f"{name} notes"
    environment = os.environ | {"TEST_DATABASE": database.lower(), not_run.NOTES_FILE: str(notes), PART: part}
    environment[LEAVES] = leaves
    environment.pop("DATABASE_URL", None)
    options = ["-o", f"cache_dir=.pytest_cache/{name.lower()}"]
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
    return Suite(database, part, process, output, notes)


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
    runs = WHOLE if arguments else SIDE_BY_SIDE
    if postgres.find_programs() is None:
        runs = WHOLE[:1]
        left_out["the suite on PostgreSQL, which is not installed here"] = 0
    codes: dict[tuple[str, str], int] = {}
    with tempfile.TemporaryDirectory() as folder:
        suites: list[Suite] = []
        with ended_together(suites):
            for database, part, leaves in runs:
                suites.append(start(database, part, leaves, arguments, Path(folder)))
            for suite in suites:
                codes[suite.database, suite.part] = suite.follow()
                for reason, count in suite.left_out().items():
                    left_out[reason] = left_out.get(reason, 0) + count
    if interrupted := ENDED & set(codes.values()):
        return interrupted.pop()
    bad = [run for run, code in codes.items() if code and not (arguments and code == NO_TESTS_COLLECTED)]
    # Each database once, however many parts ran on it.
    failed, ran = (list(dict.fromkeys(database for database, _part in each)) for each in (bad, codes))
    print(f"\n{'Failed on ' + ' and '.join(failed) if failed else 'Passed on ' + ' and '.join(ran)}.")
    print(not_run.sentence(left_out), flush=True)
    return 1 if failed or (left_out and not_run.required()) else 0


if __name__ == "__main__":
    sys.exit(main())
