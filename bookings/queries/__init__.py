"""The data of whole screens of the clinic day, a file a screen."""

from bookings.queries.checking import CheckPreview, lines_to_start_from, preview_check
from bookings.queries.day import Clinics, DayList, DayRow, clinics_around, closing_rows, day_list
from bookings.queries.lists import ListReport, list_report
from bookings.queries.person import PersonPage, person_page
from bookings.queries.search import SearchAnswer, search
from bookings.queries.today_record import TodayRecord, today_record
from bookings.queries.totals import Totals, totals
from bookings.queries.working import Working, every_rule, working

__all__ = [
    "CheckPreview",
    "Clinics",
    "DayList",
    "DayRow",
    "ListReport",
    "PersonPage",
    "SearchAnswer",
    "TodayRecord",
    "Totals",
    "Working",
    "clinics_around",
    "closing_rows",
    "day_list",
    "every_rule",
    "lines_to_start_from",
    "list_report",
    "person_page",
    "preview_check",
    "search",
    "today_record",
    "totals",
    "working",
]
