"""Records of other teams in an emergency, and who looked at records."""

from django.urls import path

from bookings.views import privacy as views

urlpatterns = [
    path("clinic-day/emergency/", views.EmergencyFind.as_view(), name="emergency"),
    path("clinic-day/emergency/<uuid:access>/", views.EmergencyRecord.as_view(), name="emergency-record"),
    path("accounts/who-looked/", views.WhoLooked.as_view(), name="account-looks"),
]
