"""Staff's part of messages: letters to post, and what did not arrive."""

from django.urls import path

from bookings.views.coordinate import letters, messages

urlpatterns = [
    path("", messages.MessagesToCheck.as_view(), name="messages-to-check"),
    path("letters/", letters.Letters.as_view(), name="letters"),
    path("letters/print/", letters.LettersPrint.as_view(), name="letters-print"),
    path("stop/", messages.StopForCaller.as_view(), name="messages-stop-for-caller"),
    path("<uuid:message>/", messages.MessageToCheck.as_view(), name="message-to-check"),
]
