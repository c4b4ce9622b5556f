"""The clinic day: putting records right, and what was sent of them."""

from django.urls import path

from bookings.views.clinic_day import clinic_batch, correcting, moving, sending

SESSION = "<uuid:session>/"
RECORD = SESSION + "people/<uuid:person>/records/<uuid:vaccination>/"
BATCH = SESSION + "correct-batch/<uuid:batch>/"

urlpatterns = [
    path("corrections/", sending.Corrections.as_view(), name="corrections"),
    path(SESSION + "sent/", sending.SentAndToSend.as_view(), name="clinic-day-sent"),
    path(SESSION + "correct-batch/", clinic_batch.BatchCorrect.as_view(), name="batch-correct"),
    path(BATCH, clinic_batch.BatchCorrectWhich.as_view(), name="batch-correct-which"),
    path(BATCH + "check/", clinic_batch.BatchCorrectCheck.as_view(), name="batch-correct-check"),
    path(RECORD + "correct/", correcting.RecordCorrect.as_view(), name="record-correct"),
    path(RECORD + "correct/<str:what>/", correcting.RecordCorrectWhat.as_view(), name="record-correct-what"),
    path(RECORD + "correct/<str:what>/check/", correcting.RecordCorrectCheck.as_view(), name="record-correct-check"),
    path(RECORD + "move/", moving.RecordMove.as_view(), name="record-move"),
    path(RECORD + "move/<uuid:to>/", moving.RecordMoveTo.as_view(), name="record-move-to"),
]
