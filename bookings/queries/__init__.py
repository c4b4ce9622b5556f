"""The data of whole screens of the clinic day, a file a screen."""

from bookings.queries.day import Clinics, DayList, DayRow, clinics_around, closing_rows, day_list
from bookings.queries.person import PersonPage, person_page
from bookings.queries.search import SearchAnswer, search
from bookings.queries.totals import Totals, totals

__all__ = [
    "Clinics",
    "DayList",
    "DayRow",
    "PersonPage",
    "SearchAnswer",
    "Totals",
    "clinics_around",
    "closing_rows",
    "day_list",
    "person_page",
    "search",
    "totals",
]
