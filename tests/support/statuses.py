"""What is kept of every series, against what the records give."""

from io import StringIO

from django.core.management import call_command

from immunisations.models import Person, SeriesStatus


def rebuild(*arguments: str) -> tuple[int, str]:
    """Run ``rebuild_status`` in this process, and return how it ended and what it said."""
    said = StringIO()
    try:
        call_command("rebuild_status", "--processes=1", *arguments, stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def assert_statuses_are_right() -> None:
    """Every status that is stored is what the records give, and none is missing."""
    ended, said = rebuild("--check")
    assert ended == 0, said
    assert "0 differences in" in said and "other rules" not in said, said


def status_of(person: Person, series: str = "MEASLES") -> SeriesStatus:
    """Return what is kept of a person's series."""
    return SeriesStatus.objects.get(person=person, series=series)
