"""``manage.py rebuild_status``: work out where every series of everybody stands, and put right what differs."""

import os
import sys
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from accounts.models import Team
from immunisations.models import StatusRun
from immunisations.rebuild import run as runs
from immunisations.rebuild.pages import DIFFERENCES, MISSING, OLDER_RULES, UNWANTED, WRONG
from immunisations.rebuild.progress import Progress
from immunisations.rebuild.workers import WorkerFailed

WORDS = {
    MISSING: "missing",
    WRONG: "wrong",
    UNWANTED: "not wanted",
    OLDER_RULES: "right, but written under other rules",
}


class Command(BaseCommand):
    """Compare every stored status with the record, and put right what differs."""

    help = (
        "Works out from the records where every series of every person stands, compares it with what is stored, and "
        "puts right what differs: normally nothing. Run it after a migration that asks for it and after a change of "
        "the rules. Clinics can go on working meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", metavar="ODS_CODE", help="Only the people of the team with this ODS code.")
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; end with 1 where there are differences."
        )
        parser.add_argument("--resume", action="store_true", help="Take up the run that was cut off last.")
        parser.add_argument(
            "--processes",
            type=int,
            metavar="NUMBER",
            help="How many processes share the work (default: one for each core; on SQLite one).",
        )
        parser.add_argument(
            "--page", type=int, default=runs.PAGE_SIZE, metavar="PEOPLE", help="People a page (default: %(default)d)."
        )

    def handle(
        self,
        *args: Any,
        team: str | None,
        check: bool,
        resume: bool,
        processes: int | None,
        page: int,
        **options: Any,
    ) -> None:
        if page < 1 or (processes is not None and processes < 1):
            raise CommandError("--page and --processes take a number from 1.", returncode=2)
        run = self._run(self._team(team), check=check, resume=resume, page=page)
        began = monotonic()
        before = done = runs.done_before(run)
        if before:
            self.stdout.write(f"Taken up again after {before:,} people.")
        progress = Progress(self.stdout, runs.people_of(run), noun="people")
        progress.begin_at(before)
        try:
            for each in runs.go_on(run, processes=processes or _cores()):
                done += each.people
                progress.show(done)
        except WorkerFailed as problem:
            raise CommandError(f"{problem}\nWhat was done is kept; go on with --resume.") from problem
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was done is kept; go on with --resume.", returncode=130) from None
        finally:
            progress.end()
        runs.finish(run, at=timezone.now())
        if self._report(run, seconds=monotonic() - began, here=done - before) and check:
            sys.exit(1)

    def _team(self, ods_code: str | None) -> Team | None:
        if ods_code is None:
            return None
        teams = list(Team.objects.filter(ods_code=ods_code)[:2])
        if len(teams) != 1:
            raise CommandError(f"{len(teams) or 'No'} team has the ODS code {ods_code}.", returncode=2)
        return teams[0]

    def _run(self, team: Team | None, *, check: bool, resume: bool, page: int) -> StatusRun:
        if not resume:
            return runs.begin(team=team, check_only=check, at=timezone.now(), page_size=page)
        try:
            return runs.unfinished(team=team, check_only=check)
        except runs.NothingToResume:
            raise CommandError("No such run was cut off: start one without --resume.", returncode=2) from None

    def _report(self, run: StatusRun, *, seconds: float, here: int) -> int:
        """Say what came of it, without anybody's name, and return how many rows differed."""
        found = {
            kind: sum(kinds.get(kind, 0) for kinds in run.differences.values()) for kind in (*DIFFERENCES, OLDER_RULES)
        }
        different = sum(found[kind] for kind in DIFFERENCES)
        self.stdout.write(
            f"{different:,} difference{'' if different == 1 else 's'} in {run.people or 0:,} people"
            f" ({here:,} in {seconds:.1f} s, {here / max(seconds, 0.001):,.0f} a second)."
        )
        for series, kinds in sorted(run.differences.items()):
            words = ", ".join(f"{kinds[kind]:,} {WORDS[kind]}" for kind in (*DIFFERENCES, OLDER_RULES) if kind in kinds)
            self.stdout.write(f"  {series}: {words}")
        if different or found[OLDER_RULES]:
            self.stdout.write("Nothing was changed." if run.check_only else "They were put right.")
        return different


def _cores() -> int:
    """Return how many processes are worth having: SQLite lets one write at a time."""
    return 1 if connection.vendor == "sqlite" else os.cpu_count() or 1
