"""The public addresses of clinics: the start page, the list and each clinic’s own page."""

from django.urls import path

from clinics.views import public

urlpatterns = [
    path("", public.Start.as_view(), name="start"),
    path("about/", public.About.as_view(), name="about"),
    path("clinics/", public.ClinicList.as_view(), name="clinic-list"),
    path("clinics/<slug:slug>/", public.ClinicDetail.as_view(), name="clinic-detail"),
]
