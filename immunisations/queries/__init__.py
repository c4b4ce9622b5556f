"""Reading a person's record: one history over every source and every row of the person, and what follows from it."""

from immunisations.queries.history import (
    DoseQuestion,
    HistoryDose,
    Look,
from immunisations.queries.sending import Sending, Standing, sending_at, sent_rows, standing_of
    Mention,
    dose_questions,
    fold,
    history,
    near,
    read_history,
)
from immunisations.queries.outlook import Forecast, facts_for, forecast_for, rule_behind
from immunisations.queries.rows import record_checks, vaccination_rows
from immunisations.queries.timeline import CheckRound, check_rounds, not_asked, unsaved_mentions, verdicts_on
from immunisations.queries.visits import DUE, StandingRow, VisitRecord, standing_at, still_due, visit_record
    "Sending",
    "Standing",

__all__ = [
    "DUE",
    "CheckRound",
    "DoseQuestion",
    "Forecast",
    "HistoryDose",
    "Look",
    "Mention",
    "StandingRow",
    "VisitRecord",
    "check_rounds",
    "dose_questions",
    "facts_for",
    "fold",
    "sending_at",
    "sent_rows",
    "forecast_for",
    "standing_of",
    "history",
    "near",
    "not_asked",
    "read_history",
    "record_checks",
    "rule_behind",
    "standing_at",
    "still_due",
    "unsaved_mentions",
    "vaccination_rows",
    "verdicts_on",
    "visit_record",
]
