"""Measure everything on a PostgreSQL of its own; print each ratio with its goal. Ends with 1 where one was missed."""

import argparse
import os
import sys

from tests.support.postgres import NoPostgreSQL, throwaway_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that everything runs; the numbers mean nothing")
    arguments = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    os.environ["API_THROTTLE"] = "off"
    # As it would run for real: what is committed is on the disk.
    try:
        with throwaway_postgres(durable=not arguments.quick) as url:
            os.environ["DATABASE_URL"] = url
            import django

            django.setup()
            from tests.bench.measure import measure
            from tests.bench.size import FULL, QUICK

            missed = 0
            for line in measure(url, QUICK if arguments.quick else FULL):
                print(line, flush=True)
                missed += line.met is False
    except NoPostgreSQL as absent:
        print(f"NOT RUN: {absent}")
        return 1
    return 1 if missed and not arguments.quick else 0


if __name__ == "__main__":
    sys.exit(main())
