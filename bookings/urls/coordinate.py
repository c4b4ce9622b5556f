"""Co-ordinating: the coming clinics, the team's stock, a batch recall."""

from django.urls import path

from bookings.views.coordinate import (
    landing,
    phone,
    phone_booking,
    phone_call,
    phone_change,
    phone_wait,
    recall,
    stock,
)

BATCH = "stock/<uuid:batch>/"
CALL = "phone/calls/<uuid:call>/"
BOOKING = "phone/bookings/<uuid:booking>/"

urlpatterns = [
    path("", landing.Coordinate.as_view(), name="coordinate"),
    path("phone/", phone.PhoneBookings.as_view(), name="phone-bookings"),
    path("phone/clinics/<uuid:session>/", phone.PhoneClinic.as_view(), name="phone-clinic"),
    path(CALL, phone_call.PhoneCall.as_view(), name="phone-call"),
    path(CALL + "clinics/", phone.CallClinics.as_view(), name="phone-call-clinics"),
    path(CALL + "clinics/<uuid:session>/", phone.CallTimes.as_view(), name="phone-call-times"),
    path(CALL + "wait/", phone_wait.PhoneCallWait.as_view(), name="phone-call-wait"),
    path("phone/wait/", phone_wait.PhoneWait.as_view(), name="phone-wait"),
    path("phone/waiting/<uuid:entry>/", phone_wait.PhoneWaiting.as_view(), name="phone-waiting"),
    path("phone/waiting/<uuid:entry>/answer/", phone_wait.PhoneWaitingAnswer.as_view(), name="phone-waiting-answer"),
    path(BOOKING, phone_booking.PhoneBooking.as_view(), name="phone-booking"),
    path(BOOKING + "print/", phone_booking.PhoneBookingPrint.as_view(), name="phone-booking-print"),
    path(BOOKING + "clinics/", phone_change.ChangeClinics.as_view(), name="phone-booking-clinics"),
    path(BOOKING + "clinics/<uuid:session>/", phone_change.ChangeTimes.as_view(), name="phone-booking-times"),
    path(BOOKING + "add/", phone_change.AddToBooking.as_view(), name="phone-booking-add"),
    path(BOOKING + "wait/", phone_change.WaitForEarlier.as_view(), name="phone-booking-wait"),
    path(BOOKING + "cancel/", phone_booking.PhoneBookingCancel.as_view(), name="phone-booking-cancel"),
    path(BOOKING + "contact/", phone_change.ChangeContactForCaller.as_view(), name="phone-booking-contact"),
    path("stock/", stock.Stock.as_view(), name="stock"),
    path("stock/receive/", stock.StockReceive.as_view(), name="stock-receive"),
    path("stock/counts/<uuid:movement>/", stock.CountRight.as_view(), name="stock-count-right"),
    path(BATCH, stock.StockBatch.as_view(), name="stock-batch"),
    path(BATCH + "waste/", stock.StoreWaste.as_view(), name="stock-waste"),
    path(BATCH + "quarantine/", stock.StockQuarantine.as_view(), name="stock-quarantine"),
    path(BATCH + "release/", stock.StockRelease.as_view(), name="stock-release"),
    path(BATCH + "recall/", recall.BatchRecall.as_view(), name="batch-recall"),
    path(BATCH + "recall/file/", recall.BatchRecallFile.as_view(), name="batch-recall-file"),
]
