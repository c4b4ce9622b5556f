"""A run over all people, or over a team's: page after page, each noted once it is done."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import Team
from immunisations.models import Person, StatusPage, StatusRun
from immunisations.queries.known_doses import Stretch
from immunisations.rebuild.pages import Page, rebuild_page
from immunisations.rebuild.workers import pages_of
from immunisations.schedule.standing import rules_version

PAGE_SIZE = 1_000


class NothingToResume(LookupError):
    """No such run was cut off."""


def begin(*, team: Team | None, check_only: bool, at: datetime, page_size: int = PAGE_SIZE) -> StatusRun:
    """Return a new run."""
    return StatusRun.objects.create(
        team=team, check_only=check_only, page_size=page_size, rules_version=rules_version(), started_at=at
    )


def unfinished(*, team: Team | None, check_only: bool) -> StatusRun:
    """Return the latest run of that kind that was cut off. Raises NothingToResume where there is none under the rules
    of today."""
    run = (
        StatusRun.objects.filter(
            team=team, check_only=check_only, finished_at__isnull=True, rules_version=rules_version()
        )
        .order_by("-pk")
        .first()
    )
    if run is None:
        raise NothingToResume
    return run


def people_of(run: StatusRun) -> int:
    """Return how many people, by the rows that stand for them, the run goes through."""
    people = Person.objects.filter(merged_into__isnull=True)
    return (people.filter(team=run.team_id) if run.team_id else people).count()


def done_before(run: StatusRun) -> int:
    """Return how many people the pages hold that are done."""
    return sum(StatusPage.objects.filter(run=run).values_list("people", flat=True))


def go_on(run: StatusRun, *, processes: int) -> Iterator[Page]:
    """Do the pages that are still to do, and yield each once it is done."""
    stretches = _stretches(run)
    if processes == 1:
        for stretch in stretches:
            yield rebuild_page(run, stretch)
    else:
        yield from pages_of(run.pk, stretches, processes=processes)


def _stretches(run: StatusRun) -> Iterator[Stretch]:
    """Yield the stretches that are not done, one after another: one query for each, nothing held in between.

    People are never deleted and new ones come last, so the same stretches come up when a run is taken up again.
    """
    done = dict(StatusPage.objects.filter(run=run).values_list("after", "until"))
    keys = Person.objects.order_by("pk").values_list("pk", flat=True)
    if run.team_id:
        keys = keys.filter(team=run.team_id)
    after = 0
    while True:
        if after in done:
            after = done[after]
            continue
        until = next(iter(keys.filter(pk__gt=after)[run.page_size - 1 : run.page_size]), None)
        if until is None:
            until = keys.filter(pk__gt=after).order_by("-pk").first()
        if until is None:
            return
        yield Stretch(after, until)
        after = until


def finish(run: StatusRun, *, at: datetime) -> StatusRun:
    """Add up the pages of a run that is through, keep the sums, and forget the pages."""
    people = 0
    differences: dict[str, dict[str, int]] = {}
    for page in StatusPage.objects.filter(run=run).order_by("after").iterator():
        people += page.people
        for series, kinds in page.differences.items():
            known = differences.setdefault(series, {})
            for kind, count in kinds.items():
                known[kind] = known.get(kind, 0) + count
    run.people, run.differences, run.finished_at = people, differences, at
    run.save(update_fields=["people", "differences", "finished_at"])
    StatusPage.objects.filter(run=run).delete()
    return run
