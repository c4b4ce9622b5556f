"""The bench runs and says each of its lines. How fast anything is, no test can say on a machine that others share."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.drill, pytest.mark.postgresql]

LINES = (
    "Forecasts on one core:",
    "Forecasts with six doses known by their year:",
    "Public clinic list,",
    "Public clinic list near a town,",
    "Staff day list,",
    "Bookings through the API,",
    "A booking through the API:",
    "One child’s whole journey:",
    "A public page, on average:",
    "The day’s list, asked again and unchanged,",
    "A person’s page at a clinic,",
    "Working out every status,",
    "Comparing every status,",
    "People aged 6 to 11 with fewer than two measles doses,",
)


def test_the_bench_measures_everything_and_says_each_goal() -> None:
    # On a PostgreSQL of its own, with the settings of a real service and not those of the tests.
    own = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "TEST_DATABASE"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name not in own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    for start in LINES:
        (line,) = [line for line in lines if line.startswith(start)]
        assert "(goal: at " in line
        assert line.endswith((": met", ": MISSED"))
    # Whatever the clock says, the number of queries does not depend on it.
    assert any(line.startswith("The day’s list, read without its page,") for line in lines)
    assert all("queries" in line for line in lines if line.startswith(("Public clinic list", "Staff day list")))
