"""The public's addresses: booking, and finding a booking again."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
