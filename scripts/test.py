"""Run the whole suite twice, on SQLite and on PostgreSQL, and say last what was not run and why.

Arguments go to both runs of pytest. With REQUIRE_ALL=1 anything left out is a failure.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import not_run, postgres  # noqa: E402

NO_TESTS_COLLECTED = 5
# Interrupted, by Ctrl-C or otherwise, before it could finish.
ENDED = {2, -signal.SIGINT, -signal.SIGTERM}


def run(database: str, arguments: list[str], notes: Path) -> tuple[int, dict[str, int]]:
    """Run pytest on one database; return its exit code and what it left out."""
    print(f"\nThe suite on {database}", flush=True)
    environment = os.environ | {"TEST_DATABASE": database.lower(), not_run.NOTES_FILE: str(notes)}
    environment.pop("DATABASE_URL", None)
    suite = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)
    # Whoever ends this run ends the suite, which then tidies up after itself.
    signal.signal(signal.SIGTERM, lambda signum, frame: suite.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = suite.wait()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if code in ENDED:
        sys.exit(code)
    reasons = {}
    if notes.exists():
        for line in notes.read_text().splitlines():
            count, reason = line.split("\t", 1)
            reasons[f"{reason}, on {database}"] = int(count)
    return (0 if arguments and code == NO_TESTS_COLLECTED else code), reasons


def main() -> int:
    arguments = sys.argv[1:]
    left_out: dict[str, int] = {}
    codes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for database in ("SQLite", "PostgreSQL"):
            if database == "PostgreSQL" and postgres.find_programs() is None:
                left_out["the suite on PostgreSQL, which is not installed here"] = 0
                continue
            codes[database], reasons = run(database, arguments, Path(folder) / database)
            left_out |= reasons
    failed = [database for database, code in codes.items() if code]
    print(f"\n{'Failed on ' + ' and '.join(failed) if failed else 'Passed on ' + ' and '.join(codes)}.")
    print(not_run.sentence(left_out), flush=True)
    return 1 if failed or (left_out and not_run.required()) else 0


if __name__ == "__main__":
    sys.exit(main())
