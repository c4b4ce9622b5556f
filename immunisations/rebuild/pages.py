"""One stretch of people: what their statuses should be against what is stored.

First everything is read and compared without a lock: normally nothing differs, and nobody at a clinic waits. Whoever
seems to differ is locked, read again, and only then put right or reported, so that a dose that is recorded meanwhile is
never written over with an older status.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Coalesce

from immunisations.actions.statuses import COLUMNS, Row, Subject, rows_for, rows_of_roots, write_rows
from immunisations.models import Person, SeriesStatus, StatusPage, StatusRun
from immunisations.queries.known_doses import Stretch, known_doses
from immunisations.schedule.standing import Given

# How a row can differ. One of older rules says the same as today's and only bears another name of the rules.
MISSING, WRONG, UNWANTED, OLDER_RULES = "missing", "wrong", "unwanted", "older_rules"
DIFFERENCES = (MISSING, WRONG, UNWANTED)


class Page(NamedTuple):
    """What came of a stretch: how many people it holds, and by series and kind how many rows differed."""

    after: int
    until: int
    people: int
    differences: dict[str, dict[str, int]]


class Known(NamedTuple):
    """Of somebody: what matters of their row, their doses, and the statuses that follow."""

    subject: Subject
    doses: Sequence[Given]
    rows: list[Row]


def rebuild_page(run: StatusRun, stretch: Stretch) -> Page:
    """Compare the people of a stretch, put right what differs unless the run only checks, and note the page as done in
    the same transaction."""
    people, seeming = _compare(run, stretch)
    found: Counter[tuple[str, str]] = Counter()
    with transaction.atomic():
        if seeming:
            # Where that is most of them, the stretch is read as one again.
            within = stretch if 2 * len(seeming) > people else None
            _settle(seeming, found, within=within, write=not run.check_only)
        differences: dict[str, dict[str, int]] = defaultdict(dict)
        for (series, kind), count in sorted(found.items()):
            differences[series][kind] = count
        page = Page(stretch.after, stretch.until, people, dict(differences))
        # Of two runs that were started on one page the first is noted.
        StatusPage.objects.bulk_create(
            [StatusPage(run=run, after=page.after, until=page.until, people=people, differences=page.differences)],
            ignore_conflicts=True,
        )
    return page


def _compare(run: StatusRun, stretch: Stretch) -> tuple[int, dict[int, Known | None]]:
    """Return how many people the stretch holds, and who of its rows seems to differ: with what is known of them, or
    None for a row that stands for nobody and has statuses."""
    there = Person.objects.filter(pk__gt=stretch.after, pk__lte=stretch.until)
    if run.team_id:
        there = there.filter(team=run.team_id)
    subjects, merged = [], []
    for key, team, born, sex, root in there.values_list("pk", "team_id", "date_of_birth", "sex", "merged_into_id"):
        if root:
            merged.append(key)
        else:
            subjects.append(Subject(key, team, born, sex))
    rows = {subject.pk: subject.pk for subject in subjects}
    joined = Person.objects.filter(merged_into__gt=stretch.after, merged_into__lte=stretch.until)
    rows |= {key: root for key, root in joined.values_list("pk", "merged_into_id") if root in rows}
    doses = known_doses(rows, within=stretch)
    near = SeriesStatus.objects.filter(person__gt=stretch.after, person__lte=stretch.until)
    stored = _stored(near.values_list(*COLUMNS))
    seeming: dict[int, Known | None] = {key: None for key in merged if key in stored}
    for subject in subjects:
        given = doses.get(subject.pk, ())
        wanted = rows_for(subject, given)
        if stored.get(subject.pk) != {row[1]: row for row in wanted}:
            seeming[subject.pk] = Known(subject, given, wanted)
    return len(subjects), seeming


def _stored(rows: Iterable[Row]) -> dict[int, dict[str, Row]]:
    stored: dict[int, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        stored[row[0]][row[1]] = row
    return stored


def _settle(
    seeming: Mapping[int, Known | None], found: Counter[tuple[str, str]], *, within: Stretch | None, write: bool
) -> None:
    """Count, under the locks of those concerned, what truly differs, and with ``write`` put it right."""
    roots = _locked(seeming)
    rows = rows_of_roots([root.pk for root in roots])
    doses = known_doses(rows, within=within)
    stored = _stored(SeriesStatus.objects.filter(person__in=[*rows]).values_list(*COLUMNS))
    wrong: list[int] = []
    right: list[Row] = []
    for root in roots:
        subject = Subject(root.pk, root.team_id, root.date_of_birth, root.sex)
        known, given = seeming.get(root.pk), doses.get(root.pk, ())
        same = known is not None and known.subject == subject and known.doses == given
        wanted = known.rows if known is not None and same else rows_for(subject, given)
        kinds = _differences(stored.pop(root.pk, {}), wanted)
        if kinds:
            found.update(kinds)
            right += wanted
            if len(kinds) < len(wanted) or any(kind != MISSING for _series, kind in kinds):
                wrong.append(root.pk)
    # What is left stands at rows that were merged into another.
    for key, left in stored.items():
        found.update((series, UNWANTED) for series in left)
        wrong.append(key)
    if write:
        if wrong:
            SeriesStatus.objects.filter(person__in=wrong).delete()
        _insert(right)


def _locked(seeming: Iterable[int]) -> list[Person]:
    """Lock the rows that stand for these people, in the order of their keys, as everybody who locks several does.

    Whoever was merged or parted at this moment is passed over: that transaction wrote their statuses itself.
    """
    found = Person.objects.filter(pk__in=list(seeming)).values_list(Coalesce("merged_into", "pk"), flat=True)
    roots = Person.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=list(found), merged_into__isnull=True
    )
    return list(roots.order_by("pk"))


def _differences(stored: Mapping[str, Row], wanted: Collection[Row]) -> list[tuple[str, str]]:
    """Return how the rows of one person differ: the series and the kind."""
    kinds = [(series, UNWANTED) for series in stored.keys() - {row[1] for row in wanted}]
    for row in wanted:
        there = stored.get(row[1])
        if there is None:
            kinds.append((row[1], MISSING))
        elif there != row:
            kinds.append((row[1], OLDER_RULES if there[:-1] == row[:-1] else WRONG))
    return kinds


def _insert(rows: Sequence[Row]) -> None:
    if connection.vendor != "postgresql":
        write_rows(rows)
    elif rows:
        columns = ", ".join(f'"{column}"' for column in COLUMNS)
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{SeriesStatus._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)
