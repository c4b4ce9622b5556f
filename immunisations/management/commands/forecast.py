"""``manage.py forecast``: what the schedule says about one person, without touching any record."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from immunisations.schedule import ScheduleError
from immunisations.schedule.report import as_json, as_text, ask, ask_plan, plan_as_json, plan_as_text


class Command(BaseCommand):
    help = "Says what is due for one person and what each dose was worth. Reads and writes no record."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dob", required=True, metavar="2025-02-10", help="date of birth")
        parser.add_argument("--on", required=True, metavar="2026-11-21", help="the day asked about")
        parser.add_argument(
            "--dose",
            action="append",
            default=[],
            metavar="MMR:2026-02-10",
            help="a dose given, with its day, month or year; as often as needed",
        )
        parser.add_argument(
            "--fact",
            action="append",
            default=[],
            metavar="pregnant",
            help="a fact about the person",
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="no-early-second-advice",
            help="what the clinical lead has decided",
        )
        parser.add_argument("--plan", action="store_true", help="say what a visit on that day would best give, too")
        parser.add_argument(
            "--offered",
            action="append",
            metavar="MMR",
            help="a vaccine that the clinic of the plan has; as often as needed; all vaccines without it",
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = (options["dob"], options["on"], options["dose"], options["fact"], options["option"])
        try:
            on, results = ask(*asked)
            planned = ask_plan(*asked, options["offered"]) if options["plan"] else None
        except ScheduleError as error:
            raise CommandError(error.message, returncode=2) from error
        if options["json"]:
            plan = {"plan": plan_as_json(planned)} if planned else {}
            self.stdout.write(json.dumps({**as_json(on, results), **plan}, indent=2))
        else:
            self.stdout.write(as_text(on, results))
            if planned:
                self.stdout.write("\n" + plan_as_text(planned))
