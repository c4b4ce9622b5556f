"""Run every drill at full size on a PostgreSQL of its own, and say what came of each. Ends with 1 on any fault."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.support.postgres import NoPostgreSQL, throwaway_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("--tries", type=int, default=10, help="tries for each of the 32 clients (default 10)")
    arguments = parser.parse_args()
    try:
        with throwaway_postgres(durable=True) as url:
            return drill(url, tries=arguments.tries)
    except NoPostgreSQL as absent:
        print(f"NOT RUN: {absent}")
        return 1


def drill(url: str, *, tries: int) -> int:
    """Run the drills on the empty database at ``url``."""
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.drills import scenes
    from tests.drills.service import WITHOUT_LOCK, running_service

    passed = True
    with running_service(url) as address:
        for findings in (
            scenes.last_places_through_the_api(address, tries=tries),
            scenes.last_places_through_the_api(address, name="families of three, API", places=60, tries=3, family=3),
            scenes.last_places_through_the_pages(address, journeys=tries),
            scenes.last_places_through_the_pages(
                address, name="families of three, web pages", places=60, journeys=2, family=3
            ),
            scenes.drafts_that_expire(url),
        ):
            print(findings.line(), flush=True)
            passed = passed and not findings.faults
    with running_service(url, application=WITHOUT_LOCK) as address:
        # Through the API alone: the pages keep a time first and look again when it is booked, and that second look
        # would hide the missing lock.
        findings = scenes.last_places_through_the_api(address, name="the same, without the lock", tries=tries)
        print(findings.line(), flush=True)
        if not findings.oversold:
            print("The drill did not find the planted fault: it cannot be trusted.")
            passed = False
    return 0 if drill_messages() and passed else 1


def drill_messages() -> bool:
    """Run the drill of the outbox, as it is and with its planted faults; return whether all is as it must be."""
    from tests.drills import messages

    with tempfile.TemporaryDirectory() as folder:
        faithful = messages.run(Path(folder), messages=1500, kills=150)
    verdict = "as it must be" if faithful.exactly_once else "FAULT: not every message exactly once"
    print(f"the outbox: {faithful}: {verdict}", flush=True)
    found = True
    for name, fault in messages.PLANTED_FAULTS.items():
        with tempfile.TemporaryDirectory() as folder:
            result = messages.run(Path(folder), messages=400, kills=30, trouble=0, **fault)
        print(f"the outbox, {name}: {result}", flush=True)
        if result.exactly_once or not (result.twice or result.missing):
            print("The drill did not find the planted fault: it cannot be trusted.")
            found = False
    return faithful.exactly_once and found


if __name__ == "__main__":
    sys.exit(main())
