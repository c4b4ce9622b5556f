"""The public addresses of clinics: the start page, the list, each clinic’s own page, and the answers to questions."""

from django.urls import path

from clinics.views.public import clinics, guides, start

urlpatterns = [
    path("", start.Start.as_view(), name="start"),
    path("about/", start.About.as_view(), name="about"),
    path("clinics/", clinics.ClinicList.as_view(), name="clinic-list"),
    path("clinics/<slug:slug>/", clinics.ClinicDetail.as_view(), name="clinic-detail"),
    path("guides/", guides.GuideList.as_view(), name="guide-list"),
    # The same page, by the name under which every page's footer knows it.
    path("guides/privacy/", guides.Guide.as_view(), {"slug": "privacy"}, name="privacy"),
    path("guides/<slug:slug>/", guides.Guide.as_view(), name="guide"),
]
