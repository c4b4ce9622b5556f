"""Writing the pages that answer the public's questions."""

from django.urls import path

from bookings.views.coordinate import guides

urlpatterns = [
    path("", guides.GuidesEdit.as_view(), name="guides-edit"),
    path("versions/<uuid:version>/", guides.GuideVersionPage.as_view(), name="guide-version"),
    path("<slug:slug>/<slug:language>/", guides.GuideEdit.as_view(), name="guide-edit"),
    path("<slug:slug>/<slug:language>/history/", guides.GuideHistory.as_view(), name="guide-history"),
]
