"""The clinic day: staff screens of one clinic."""

from django.urls import path

from bookings.urls import after, corrections, day_list, lists
from bookings.views import clinic_day as views
from bookings.views.clinic_day.at_once import DoseAtOnce

SESSION = "<uuid:session>/"
PERSON = SESSION + "people/<uuid:person>/"

urlpatterns = [
    *day_list.urlpatterns,
    path("rules/", views.Rules.as_view(), name="rules"),
    path(SESSION + "arrive/", views.Arrive.as_view(), name="clinic-day-arrive"),
    path(SESSION + "arrive/<uuid:appointment>/", views.MatchAppointment.as_view(), name="clinic-day-match"),
    path(SESSION + "undo-arrival/", views.ArrivalUndo.as_view(), name="clinic-day-undo-arrival"),
    path(SESSION + "walk-in/", views.WalkIn.as_view(), name="walk-in"),
    path(SESSION + "did-not-attend/", views.DidNotAttend.as_view(), name="clinic-day-did-not-attend"),
    path(SESSION + "totals/", views.SessionTotals.as_view(), name="clinic-day-totals"),
    path(PERSON, views.PersonDay.as_view(), name="person"),
    path(PERSON + "facts/<slug:fact>/lift/", views.FactLift.as_view(), name="lift-fact"),
    path(PERSON + "working/", views.ShowWorking.as_view(), name="show-working"),
    path(PERSON + "record-of-today/", views.RecordOfToday.as_view(), name="record-of-today"),
    path(PERSON + "record-check/", views.RecordCheckAdd.as_view(), name="record-check"),
    path(PERSON + "dose-questions/", views.DoseQuestions.as_view(), name="dose-questions"),
    path(PERSON + "consent-and-health/", views.ConsentAndHealth.as_view(), name="consent-and-health"),
    path(PERSON + "dose/<str:series>/", views.DoseGive.as_view(), name="give-dose"),
    path(PERSON + "dose/<str:series>/at-once/", DoseAtOnce.as_view(), name="dose-at-once"),
    path(PERSON + "not-given/", views.NotGiven.as_view(), name="not-given"),
    path(PERSON + "visit/", views.VisitEnd.as_view(), name="visit-end"),
    *after.urlpatterns,
    *corrections.urlpatterns,
    *lists.urlpatterns,
]
