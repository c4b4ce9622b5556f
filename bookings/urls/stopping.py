"""The link by which whoever booked says that they want no more messages."""

from django.urls import path

from bookings.views.public import stopping

urlpatterns = [
    path("stop/<str:token>/", stopping.MessageStop.as_view(), name="message-stop"),
]
