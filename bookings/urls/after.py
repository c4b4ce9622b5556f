"""The clinic day: after the dose, and what is still to be done."""

from django.urls import path

from bookings.views.clinic_day import ending, following_up, reacting

SESSION = "<uuid:session>/"
PERSON = SESSION + "people/<uuid:person>/"
REACTION = PERSON + "reactions/<uuid:reaction>/"

urlpatterns = [
    path("follow-ups/", following_up.FollowUps.as_view(), name="follow-ups"),
    path("follow-ups/<uuid:follow_up>/", following_up.OneFollowUp.as_view(), name="follow-up"),
    path(PERSON + "follow-up/", following_up.FollowUpAdd.as_view(), name="follow-up-add"),
    path(PERSON + "records/<uuid:vaccination>/reaction/", reacting.ReactionRecord.as_view(), name="reaction-record"),
    path(REACTION, reacting.OneReaction.as_view(), name="reaction"),
    path(REACTION + "correct/", reacting.ReactionCorrect.as_view(), name="reaction-correct"),
    path(REACTION + "export/", reacting.ReactionExport.as_view(), name="reaction-export"),
    path(SESSION + "end/", ending.ClinicEnd.as_view(), name="clinic-day-end"),
    path(SESSION + "reopen/", ending.ClinicReopen.as_view(), name="clinic-day-reopen"),
    path(SESSION + "report.csv", ending.ReportFile.as_view(), name="clinic-day-report-file"),
]
