"""Reading a person's record: one history over every source and every row of the person, and what follows from it."""

from immunisations.queries.history import HistoryDose, Mention, fold, history
from immunisations.queries.outlook import Forecast, facts_for, forecast_for, rule_behind
from immunisations.queries.rows import record_checks, vaccination_rows
from immunisations.queries.visits import DUE, StandingRow, VisitRecord, standing_at, still_due, visit_record

__all__ = [
    "DUE",
    "Forecast",
    "HistoryDose",
    "Mention",
    "StandingRow",
    "VisitRecord",
    "facts_for",
    "fold",
    "forecast_for",
    "history",
    "record_checks",
    "rule_behind",
    "standing_at",
    "still_due",
    "vaccination_rows",
    "visit_record",
]
