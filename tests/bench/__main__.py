"""Measure everything on a PostgreSQL of its own; print each ratio with its goal. Ends with 1 where one was missed."""

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import replace

from tests.bench.forecasts import forecasts
from tests.bench.report import Line
from tests.bench.size import FULL, QUICK
from tests.bench.statuses import statuses
from tests.support.postgres import NoPostgreSQL, throwaway_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that everything runs; the numbers mean nothing")
    parser.add_argument("--forecasts", action="store_true", help="the schedule alone, which needs no database")
    parser.add_argument("--statuses", action="store_true", help="working out statuses and choosing people alone")
    parser.add_argument("--day", action="store_true", help="the pages of a clinic’s day alone")
    parser.add_argument("--journey", action="store_true", help="the public’s whole journey alone")
    parser.add_argument("--people", type=int, help="how many people's statuses are worked out, for example 1000000")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else FULL
    if arguments.people:
        size = replace(size, people=arguments.people)
    if arguments.forecasts:
        return said(forecasts(size.forecasts, size.forecast_rounds), arguments.quick)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
    os.environ["API_THROTTLE"] = "off"
    # As it would run for real: what is committed is on the disk.
    try:
        with throwaway_postgres(durable=not arguments.quick) as url:
            os.environ["DATABASE_URL"] = url
            if arguments.statuses:
                return said(statuses(url, size.people), arguments.quick)
            import django

            django.setup()
            from tests.bench.measure import measure, measure_day, measure_journey

            part = measure_day if arguments.day else measure_journey if arguments.journey else measure
            return said(part(url, size), arguments.quick)
    except NoPostgreSQL as absent:
        print(f"NOT RUN: {absent}")
        return 1


def said(lines: Iterable[Line], quick: bool) -> int:
    """Print the lines as they come; 1 where a goal was missed."""
    missed = 0
    for line in lines:
        print(line, flush=True)
        missed += line.met is False
    return 1 if missed and not quick else 0


if __name__ == "__main__":
    sys.exit(main())
