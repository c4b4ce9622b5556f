"""Which records were looked at since a dose was given, and do not hold it."""

from datetime import UTC, datetime

from immunisations.queries.history import HistoryDose, Look, _name_the_missing


def test_a_record_looked_at_after_midnight_in_england_was_looked_at_the_day_after():
    dose = HistoryDose("MMR", "2026-06-30")
    _name_the_missing([dose], [Look("red_book", "Red book", datetime(2026, 6, 30, 23, 30, tzinfo=UTC))])
    assert dose.missing_from == ("Red book",)
