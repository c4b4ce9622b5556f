"""The clinic day: today's list, finding people, and the queue."""

from django.urls import path

from bookings.views.clinic_day import from_paper, listing, printing, queue_slip, searching, tickets

SESSION = "<uuid:session>/"

urlpatterns = [
    path("", listing.ClinicDay.as_view(), name="clinic-day"),
    path(SESSION, listing.SessionDay.as_view(), name="clinic-day-session"),
    path(SESSION + "list/", listing.SessionList.as_view(), name="clinic-day-list"),
    path(SESSION + "names/", listing.HideNames.as_view(), name="clinic-day-names"),
    path(SESSION + "search/", searching.SessionSearch.as_view(), name="clinic-day-search"),
    path(SESSION + "from-paper/", from_paper.FromPaper.as_view(), name="from-paper"),
    path(SESSION + "print/", printing.DayPrint.as_view(), name="clinic-day-print"),
    path(SESSION + "slip/", queue_slip.SlipMake.as_view(), name="clinic-day-slip"),
    path(SESSION + "slip/<uuid:slip>/", queue_slip.SlipShow.as_view(), name="queue-slip"),
    path(SESSION + "tickets/<uuid:ticket>/", tickets.TicketArrive.as_view(), name="drop-in-arrive"),
]
