"""The public addresses of clinics: the start page, the list and each clinic’s own page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
