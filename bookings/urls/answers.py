"""The public's addresses for questions that are answered at once, and of which nothing is kept."""

from django.urls import path

from bookings.views.public import needed

urlpatterns = [path("what-is-needed/", needed.WhatIsNeeded.as_view(), name="what-is-needed")]
