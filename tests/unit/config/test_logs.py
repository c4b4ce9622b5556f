"""What a log line may hold."""

import logging
import sys

from config.logs import NoPersonalData, WithoutWords


def written(message: str, *args: object, error: bool = False) -> str:
    """Return the line that the service's own handler would write."""
    record = logging.LogRecord(
        "test",
        logging.ERROR,
        "here.py",
        1,
        message,
        args,
        sys.exc_info() if error else None,  # type: ignore[arg-type]
    )
    NoPersonalData().filter(record)
    return WithoutWords("{message}", style="{").format(record)


def test_a_query_string_is_never_logged() -> None:
    assert "Khan" not in written("GET %s failed", "/clinics/?near=Khan")
    assert "Khan" not in written("GET /clinics/?near=Khan failed")


def test_the_secret_of_a_link_is_never_logged() -> None:
    line = written('"%s" 404', "GET /booking/m/abcdefghijkl_-mnop/ HTTP/1.1")
    assert "abcdefghijkl" not in line
    assert "/booking/m/…/" in line


def test_an_error_is_logged_with_its_place_and_its_causes_and_without_its_words() -> None:
    row, person = "Failing row contains (Amina, Khan, 2020-01-01)", "Amina Khan"
    try:
        try:
            raise ValueError(row)
        except ValueError as cause:
            raise RuntimeError(person) from cause
    except RuntimeError:
        line = written("Internal Server Error: %s", "/book/", error=True)
    assert "Amina" not in line
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "test_logs.py" in line
