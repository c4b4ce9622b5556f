"""Where whoever booked says that they want no more messages."""

from django.urls import path

from bookings.views.public import stopping

urlpatterns = [
    path("booking/reminders/", stopping.Reminders.as_view(), name="booking-reminders"),
    path("stop/<str:token>/", stopping.MessageStop.as_view(), name="message-stop"),
]
