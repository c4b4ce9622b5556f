"""A run in parts: each takes its share of the files, and together they take all."""

from collections.abc import Collection, Iterable
from pathlib import PurePath

# Which part this run is, such as "1/2"; empty for the whole.
PART = "TEST_PART"
# What this run leaves to the one on the other database, one of the two below; empty where it leaves nothing.
LEAVES = "TEST_LEAVES"
# Tests that touch no database: they run beside SQLite. Stories in a browser, and what throws everything there is at a
# door: they run on PostgreSQL, which refuses more.
PURE, STORIES = "pure", "stories"
PURE_FOLDERS, STORY_FOLDERS = {"unit", "code"}, {"journeys", "effort"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def files_of_part(files: Iterable[str], part: str) -> set[str]:
    """Return the files that this part runs: every so manieth in order, or all where ``part`` is empty.

    Raises ValueError for what is no part.
    """
    if not part:
        return set(files)
    number, _slash, of = part.partition("/")
    if not 1 <= int(number) <= int(of):
        raise ValueError(f"{part} is no part of a whole")
    return set(sorted(files)[int(number) - 1 :: int(of)])


def is_left(path: PurePath, *, leaves: str, marks: Collection[str], fixtures: Collection[str]) -> bool:
    """Whether a test of a file is left to the run on the other database.

    ``marks`` are the names of its markers, "once" among them where it is about every page and not about what a database
    does with it, "strict" where it is about what a database refuses; ``fixtures`` are the names of those it asks for.
    """
    folders = set(path.parts)
    if leaves == PURE and "once" in marks:
        return True
    if leaves == STORIES:
        return (bool(folders & STORY_FOLDERS) and "once" not in marks) or "strict" in marks
    touches = "django_db" in marks or bool(DATABASE_FIXTURES & set(fixtures))
    return leaves == PURE and bool(folders & PURE_FOLDERS) and not touches
