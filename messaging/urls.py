"""Where GOV.UK Notify tells us what became of messages."""

from django.urls import path

from messaging import views

urlpatterns = [
    path("receipt/", views.receipt, name="notify-receipt"),
    path("reply/", views.reply, name="notify-reply"),
]
