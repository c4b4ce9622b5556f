"""Reading a person's record: one history over every source and every row of the person, and what follows from it."""

from immunisations.queries.follow_ups import Choice, FollowUpPage, follow_up_page, follow_ups_of, given_since
from immunisations.queries.history import HistoryDose, Look, Mention, fold, history, read_history
from immunisations.queries.lasting import Lasting, LastingFact, lasting_facts
from immunisations.queries.outlook import Forecast, facts_for, forecast_for, plan_for, rule_behind
from immunisations.queries.questions import DoseQuestion, dose_questions, question_words
from immunisations.queries.reactions import first_said, reactions_at, reactions_of, said_at, standing_reactions
from immunisations.queries.rows import record_checks, vaccination_rows
from immunisations.queries.sending import Sending, Standing, sending_at, sent_rows, standing_of
from immunisations.queries.stock import ClinicStock, StockLine, stock_of
from immunisations.queries.timeline import CheckRound, check_rounds, not_asked, unsaved_mentions, verdicts_on
from immunisations.queries.visits import DUE, StandingRow, VisitRecord, standing_at, still_due, visit_record

__all__ = [
    "DUE",
    "CheckRound",
    "Choice",
    "ClinicStock",
    "DoseQuestion",
    "FollowUpPage",
    "Forecast",
    "HistoryDose",
    "Lasting",
    "LastingFact",
    "Look",
    "Mention",
    "Sending",
    "Standing",
    "StandingRow",
    "StockLine",
    "VisitRecord",
    "check_rounds",
    "dose_questions",
    "facts_for",
    "first_said",
    "fold",
    "follow_up_page",
    "follow_ups_of",
    "forecast_for",
    "given_since",
    "history",
    "lasting_facts",
    "not_asked",
    "plan_for",
    "question_words",
    "reactions_at",
    "reactions_of",
    "read_history",
    "record_checks",
    "rule_behind",
    "said_at",
    "sending_at",
    "sent_rows",
    "standing_at",
    "standing_of",
    "standing_reactions",
    "still_due",
    "stock_of",
    "unsaved_mentions",
    "vaccination_rows",
    "verdicts_on",
    "visit_record",
]
