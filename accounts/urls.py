"""Staff sign-in and account pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
