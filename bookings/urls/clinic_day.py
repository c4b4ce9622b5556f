"""The clinic day: staff screens of one clinic."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
